"""The timeline of a debrief: steps read from lines, put in their order, shown."""

from __future__ import annotations

import re
from collections.abc import Sequence

from anonymization.revision import part_of
from frontline.core.errors import UsageError
from frontline.core.forms import Field, Form
from frontline.core.reply import Item, Paragraph, Part, Reply
from frontline.core.text import AnonymizedText
from frontline.governance import debriefs
from frontline.governance.debriefs import Step
from handlers import debrief_lint
from handlers.arguments import pass_again
from handlers.debrief_text import in_order
from handlers.desk import Work
from handlers.registry import Arguments

# How many steps (and how many entries of one section) a card shows; the rest stands in the document.
MOST = 8
_CLOCK = re.compile(r"^\s*(?:[-•*]\s*)?([01]?\d|2[0-3])[:.h]([0-5]\d)\s*(?:[-–:]\s*)?(.*)$")


class TimelineArguments(Arguments):
    """Steps of a timeline, a line each; ``value`` is the debrief."""

    value: str = ""
    steps: AnonymizedText | None = None


def add_timeline(work: Work, arguments: TimelineArguments) -> Reply:
    """Add steps to the timeline; without words, open the form."""
    if arguments.steps is None:
        return timeline_form(work, arguments)
    row = debriefs.access_debrief(work.session, work.actor, arguments.value, policy=work.desk.policy)
    fresh, left_out = read_steps(work, arguments.steps)
    row = debriefs.add_steps(work.unit, work.actor, row.debrief_id, fresh, policy=work.desk.policy)
    known = debriefs.steps_of(row)
    return Reply(
        f"The timeline has {len(known)} step{'s' if len(known) > 1 else ''}.{left_out}",
        context=row.debrief_id,
        parts=shown(work, known),
    )


def timeline_form(work: Work, arguments: TimelineArguments) -> Reply:
    """Open the form for steps of the timeline."""
    row = debriefs.access_debrief(work.session, work.actor, arguments.value, policy=work.desk.policy)
    steps = Field("steps", "Steps, a line each", kind="text", hint="06:40 first alarm", limit=2000)
    return Reply("Timeline", form=Form("debrief.timeline", "Add to the timeline", [steps], state=row.debrief_id))


def read_steps(work: Work, text: AnonymizedText) -> tuple[list[Step], str]:
    """Return a step per line that begins with a time, and a sentence about the lines that do not ("" for none).

    Each step passes the gate on its own.

    Raises:
        UsageError: no line begins with a time, or a step blames a person.
    """
    steps, without, at = [], 0, 0
    for line in text.show().splitlines(keepends=True):
        begin, at = at, at + len(line)
        if (found := _CLOCK.match(line)) and found[3].strip():
            words = pass_again(part_of(text, begin + found.start(3), begin + found.end(3)), gate=work.desk.gate)
            words = debrief_lint.check(words, debrief_lint.rules_of(work))
            steps.append(Step(f"{int(found[1]):02d}:{found[2]}", words))
        else:
            without += bool(line.strip())
    if not steps:
        raise UsageError("I found no step that begins with a time.", next_step="For example: 06:40 first alarm")
    return steps, f" Left out, for want of a time: {without} line{'s' if without > 1 else ''}." if without else ""


def read_clock(said: str) -> str:
    """Return the time that words begin with ("6.40" is "06:40"), "" for none."""
    found = _CLOCK.match(said)
    return f"{int(found[1]):02d}:{found[2]}" if found else ""


def shown(work: Work, steps: Sequence[Step]) -> list[Part]:
    """Return the first steps, in their order, and how many more there are."""
    ordered = in_order(steps, work.desk.zone)
    parts: list[Part] = [Item(words, detail=when) for when, words in ordered[:MOST]]
    return parts + more(len(ordered))


def more(count: int) -> list[Part]:
    """Say how many of ``count`` are not shown."""
    return [Paragraph(f"_{count - MOST} more; the published debrief has all._")] if count > MOST else []
