"""After a first load: a question that its data can answer, ready to be typed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from frontline.store.intake.report import LoadReport

_COUNTS: Mapping[str, str] = {"interactions": "contact volume", "cases": "case volume"}
_CUTS = ("channel", "topic", "team_id", "queue", "product", "region", "priority", "segment")


def propose_question(report: LoadReport, *, is_first: bool) -> list[str]:
    """Return a line with a first question about the newest whole month, or nothing."""
    if not is_first:
        return []
    for file in report.files:
        spans = report.spans.get(file.table)
        if file.table not in _COUNTS or not spans:
            continue
        start, end = spans[-1]
        month = (end.replace(day=1) - dt.timedelta(days=1)).replace(day=1)
        month = max(month, start.replace(day=1))
        filled = (cut for cut in _CUTS if file.coverage.get(cut, 0) > 0.5)
        cut = next((f" by {name.removesuffix('_id')}" for name in filled), "")
        return [f'First question: frontline ask "{_COUNTS[file.table]}{cut} in {month:%B %Y}"']
    return []
