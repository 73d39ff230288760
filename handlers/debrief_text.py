"""A published debrief as text, and the parts of such a text: headline and sections."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from anonymization.revision import part_of, put_together
from frontline.catalog.debriefs import DebriefRules
from frontline.core.text import AnonymizedText
from frontline.governance.debriefs import KIND, Step, steps_of
from frontline.store.models.debriefs import Debrief, DebriefEntry

HAPPENED = "happened"
DAY = 24 * 60  # minutes
_SOME_DAY = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)
_HEADING = re.compile(r"^(#{1,3}) +(.+?) *$", re.MULTILINE)
# Headings that other ways of writing a debrief use for the same section.
_SAME = {
    HAPPENED: ("what happened", "timeline", "summary"),
    "surprised": ("what surprised us", "what surprised", "surprises"),
    "helped": ("what helped", "what was done", "what went well"),
    "conditions": ("contributing conditions", "conditions", "contributing factors", "root cause", "cause"),
    "lessons": ("lessons", "lessons learned", "what was learned", "actions"),
}


def compose(row: Debrief, entries: Sequence[DebriefEntry], *, rules: DebriefRules, zone: ZoneInfo) -> AnonymizedText:
    """Return the text of the document; what was left out is not in it. It passes the gate before it is kept."""
    kept = [entry for entry in entries if not entry.is_left_out]
    pieces: list[AnonymizedText | str] = ["# ", row.title]
    for key, title in rules.sections.items():
        said = [entry for entry in kept if entry.section == key]
        lines = _course(row, said, zone) if key == HAPPENED else [(_factor(entry, rules), entry.text) for entry in said]
        pieces += [f"\n\n## {title}"] if lines else []
        for before, words in lines:
            pieces += [f"\n- {before}", words]
    return put_together(pieces)


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


def _course(row: Debrief, said: Sequence[DebriefEntry], zone: ZoneInfo) -> list[tuple[str, AnonymizedText]]:
    """Return the steps that are known and what was said of the course, the timed ones in their order."""
    timed = [*steps_of(row), *(Step(entry.clock, entry.text) for entry in said if entry.clock)]
    lines = [(f"{when} ", words) for when, words in in_order(timed, zone)]
    return lines + [("", entry.text) for entry in said if not entry.clock]


def in_order(steps: Sequence[Step], zone: ZoneInfo) -> list[tuple[str, AnonymizedText]]:
    """Return (local time, words) of steps in the order in which they happened; with their days where there are several.

    "00:20" after 23:50 is the next morning: a clock without a day is put on the day that brings it nearest to what is
    known, and where no day is known the day begins behind the longest gap.
    """
    read = [_local(step.when, zone) for step in steps]
    known = sorted(at for at in read if isinstance(at, dt.datetime))
    clocks = [at for at in read if isinstance(at, dt.time)]
    has_days = len({at.date() for at in known}) > 1
    # What carries no time at all comes last.
    placed: list[tuple[bool, dt.datetime, str, AnonymizedText]] = []
    for step, at in zip(steps, read, strict=True):
        match at:
            case dt.datetime():
                placed.append((False, at, f"{at:%-d %b %H:%M}" if has_days else f"{at:%H:%M}", step.words))
            case dt.time():
                day = _nearest(at, known) if known else _after_gap(at, clocks)
                placed.append((False, day, step.when, step.words))
            case None:
                placed.append((True, _SOME_DAY, step.when, step.words))
    placed.sort(key=lambda one: one[:2])
    return [(label, words) for _, _, label, words in placed]


def _local(when: str, zone: ZoneInfo) -> dt.datetime | dt.time | None:
    """Return the local instant or the clock that a step carries; None for other words."""
    for read in (dt.datetime.fromisoformat, dt.time.fromisoformat):
        try:
            at = read(when)
        except ValueError:
            continue
        if isinstance(at, dt.time):
            return at.replace(tzinfo=None)
        return at.astimezone(zone) if at.tzinfo else None
    return None


def _nearest(clock: dt.time, known: Sequence[dt.datetime]) -> dt.datetime:
    first, last = known[0], known[-1]
    days = range(-1, (last.date() - first.date()).days + 2)
    options = [dt.datetime.combine(first.date() + dt.timedelta(days=day), clock, first.tzinfo) for day in days]
    return min(options, key=lambda at: max(first - at, at - last, dt.timedelta()))


def _after_gap(clock: dt.time, clocks: Sequence[dt.time]) -> dt.datetime:
    minutes = sorted({_minute(each) for each in clocks})
    gaps = [(here - minutes[place - 1]) % DAY or DAY for place, here in enumerate(minutes)]
    return _SOME_DAY + dt.timedelta(minutes=(_minute(clock) - minutes[gaps.index(max(gaps))]) % DAY)


def _minute(clock: dt.time) -> int:
    return clock.hour * 60 + clock.minute


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


def _factor(entry: DebriefEntry, rules: DebriefRules) -> str:
    factor = rules.factors.get(entry.factor)
    return f"{factor}: " if factor else ""
