"""A published debrief as text, and the parts of such a text: headline and sections."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from anonymization.revision import part_of
from frontline.catalog.debriefs import DebriefRules
from frontline.core.text import AnonymizedText
from frontline.governance.debriefs import KIND, Step, steps_of
from frontline.store.models.debriefs import Debrief, DebriefEntry

HAPPENED = "happened"
_HEADING = re.compile(r"^(#{1,3}) +(.+?) *$", re.MULTILINE)
# Headings that other ways of writing a debrief use for the same section.
_SAME = {
    HAPPENED: ("what happened", "timeline", "summary"),
    "surprised": ("what surprised us", "what surprised", "surprises"),
    "helped": ("what helped", "what was done", "what went well"),
    "conditions": ("contributing conditions", "conditions", "contributing factors", "root cause", "cause"),
    "lessons": ("lessons", "lessons learned", "what was learned", "actions"),
}


def compose(row: Debrief, entries: Sequence[DebriefEntry], *, rules: DebriefRules, zone: ZoneInfo) -> str:
    """Return the text of the document; what was left out is not in it. It passes the gate before it is kept."""
    kept = [entry for entry in entries if not entry.is_left_out]
    parts = [f"# {row.title.show()}"]
    for key, title in rules.sections.items():
        said = [entry for entry in kept if entry.section == key]
        lines = (
            timeline_lines(row, said, zone=zone) if key == HAPPENED else [f"- {_said(entry, rules)}" for entry in said]
        )
        if lines:
            parts.append(f"## {title}\n" + "\n".join(lines))
    return "\n\n".join(parts)


def document_of(
    row: Debrief, entries: Sequence[DebriefEntry], *, rules: DebriefRules, zone: ZoneInfo
) -> dict[str, Any]:
    """Return the row with which a published debrief goes into the corpus."""
    return {
        "id": row.doc_id,
        "kind": KIND,
        "text": compose(row, entries, rules=rules, zone=zone),
        "category": row.category,
        "region": row.region,
        "received_at": (row.happened_at or row.opened_at).isoformat(timespec="seconds"),
        "language": "english",
    }


def timeline_lines(row: Debrief, said: Sequence[DebriefEntry], *, zone: ZoneInfo) -> list[str]:
    """Return the steps that are known and what was said of the course, the timed ones in their order."""
    timed = [(clock_of(step, zone), step.words.show()) for step in steps_of(row)]
    timed += [(entry.clock, entry.text.show()) for entry in said if entry.clock]
    lines = [f"- {when} {words}" for when, words in sorted(timed, key=lambda pair: pair[0][-5:])]
    return lines + [f"- {entry.text.show()}" for entry in said if not entry.clock]


def clock_of(step: Step, zone: ZoneInfo) -> str:
    """Return the local time of a step ("06:40"), or its words when it is no instant."""
    try:
        at = dt.datetime.fromisoformat(step.when)
    except ValueError:
        return step.when
    return f"{at.astimezone(zone):%H:%M}" if at.tzinfo else step.when


def sections_of(text: AnonymizedText) -> tuple[AnonymizedText, Mapping[str, AnonymizedText]]:
    """Return the headline of a debrief and its sections by key; a text without headings is its own headline."""
    shown = text.show()
    found = list(_HEADING.finditer(shown))
    if not found:
        end = shown.find("\n")
        return part_of(text, 0, end if 0 < end <= 200 else min(len(shown), 200)), {}
    headline = part_of(text, *found[0].span(2))
    sections: dict[str, AnonymizedText] = {}
    for place, heading in enumerate(found):
        key = next((key for key, names in _SAME.items() if heading[2].lower() in names), None)
        if key is not None and key not in sections:
            end = found[place + 1].start() if place + 1 < len(found) else len(shown)
            sections[key] = part_of(text, heading.end(), end)
    return headline, sections


def _said(entry: DebriefEntry, rules: DebriefRules) -> str:
    factor = rules.factors.get(entry.factor)
    return f"{factor}: {entry.text.show()}" if factor else entry.text.show()
