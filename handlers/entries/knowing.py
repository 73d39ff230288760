"""Knowledge: articles for a case, and the log of what was recommended."""

from __future__ import annotations

from handlers import knowledge
from handlers.entries.kinds import ACTION, COMMAND, FORM
from handlers.readers import read_case_or_words, whole
from handlers.registry import Entry

_VERDICT = knowledge.VerdictArguments


def entries() -> list[Entry]:
    """Return the entries of this family."""
    return [
        Entry(
            COMMAND,
            ("ops", "kb suggest"),
            "kb.suggest",
            knowledge.suggest,
            knowledge.SuggestArguments,
            read_case_or_words,
            summary="recommends articles for a case or for words.",
            examples=("/ops kb suggest C-000123", "/ops kb suggest the router has a red light"),
        ),
        Entry(
            COMMAND,
            ("ops", "kb log"),
            "kb.log",
            knowledge.show_log,
            knowledge.CaseArguments,
            whole("value"),
            summary="shows what was recommended in a case, and ranks it again from the log.",
            examples=("/ops kb log C-000123",),
        ),
        Entry(
            COMMAND,
            ("ops", "kb gaps"),
            "kb.gaps",
            knowledge.list_gaps,
            summary="lists topics without an article, and articles that were flagged.",
            examples=("/ops kb gaps",),
        ),
        Entry(ACTION, ("kb.solved",), "kb.judge", knowledge.solved, _VERDICT, writes=True),
        Entry(ACTION, ("kb.tried",), "kb.judge", knowledge.tried, _VERDICT, writes=True),
        Entry(ACTION, ("kb.flag.form",), "kb.judge", knowledge.ask_flag, _VERDICT),
        Entry(FORM, ("kb.flag",), "kb.judge", knowledge.flag, _VERDICT, writes=True),
        Entry(ACTION, ("kb.undo",), "kb.judge", knowledge.take_back, _VERDICT, writes=True),
    ]
