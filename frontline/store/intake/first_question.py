"""After a first load: a question that its data can answer, ready to be typed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping

from frontline.store.intake.report import LoadReport

_COUNTS: Mapping[str, str] = {"interactions": "contact volume", "cases": "case volume", "surveys": "survey volume"}
_CUTS = ("topic", "channel", "team_id", "queue", "product", "region", "priority", "segment")
# What a column answers besides, as people ask for it.
_MORE: Mapping[str, Mapping[str, str]] = {
    "interactions": {
        "outcome": "abandonment rate",
        "wait_s": "average speed of answer",
        "handle_s": "average handle time",
        "resolved": "resolved rate",
    },
    "cases": {
        "closed_at": "resolution time",
        "first_response_at": "first response time",
        "reopened_count": "reopen rate",
        "sla_met": "sla attainment",
    },
}
_SCORES: Mapping[str, str] = {"csat": "csat", "ces": "ces", "nps": "nps"}


def propose_question(report: LoadReport, *, tables: Collection[str]) -> list[str]:
    """Return a line with questions about the newest whole month.

    Args:
        tables: those that held nothing before this load; the others are known to the person.
    """
    for file in report.files:
        spans = report.spans.get(file.table)
        if file.table not in tables or file.table not in _COUNTS or not spans:
            continue
        start, end = spans[-1]
        month = (end.replace(day=1) - dt.timedelta(days=1)).replace(day=1)
        month = max(month, start.replace(day=1))
        if file.table == "surveys":
            what = _SCORES.get(file.read_as.get("type", ""), "csat")
            return [f'First question: frontline ask "{what} in {month:%B %Y}"']
        filled = (cut for cut in _CUTS if file.coverage.get(cut, 0) > 0.5)
        cut = next((f" by {name.removesuffix('_id')}" for name in filled), "")
        lines = [f'First question: frontline ask "{_COUNTS[file.table]}{cut} in {month:%B %Y}"']
        more = [words for column, words in _MORE[file.table].items() if file.coverage.get(column, 0) > 0.1]
        return lines + ([f"Then ask for: {', '.join(more)}."] if more else [])
    return []
