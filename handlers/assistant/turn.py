"""What travels through the chain: one turn of a conversation."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from frontline.core.reply import Reply
from frontline.core.text import QuestionText
from frontline.metrics.query import MetricQuery, MetricResult
from handlers.desk import Work

if TYPE_CHECKING:
    from frontline.metrics.questions import Parsed
    from handlers.assistant.proposal import Proposal


@dataclass
class Turn:
    """A question on its way to a reply. Each step of the chain fills one field."""

    work: Work
    question: QuestionText
    previous: MetricQuery | None = None
    parsed: Parsed | None = None
    results: tuple[MetricResult, ...] = ()
    reply: Reply | None = None
    notes: list[str] = field(default_factory=list)
    # What a model made of a question that the rules did not understand; nothing is computed from it before a click.
    proposal: Proposal | None = None
    # Why there is none though a model was asked: a word for the audit entry.
    model_outcome: str = ""

    @property
    def plan(self) -> Parsed:
        """The typed plan that the planner made."""
        if self.parsed is None:
            raise RuntimeError("the planner has to come before the other steps")
        return self.parsed
