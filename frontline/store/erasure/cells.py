"""The person in a cell of a table, as DuckDB finds them."""

from __future__ import annotations

import re

from frontline.store.erasure.traces import Traces
from frontline.store.intake.sql import literal

_EDGE = r"[^\p{L}\p{N}_]"


def naming_tests(cell: str, traces: Traces) -> list[str]:
    """Return SQL conditions, each true where ``cell`` (a quoted column of text) names the person."""
    tests = [f"contains(lower({cell}), {literal(word.lower())})" for word in traces.words]
    for form in dict.fromkeys(form for name in traces.short_names for form in (name, name.upper())):
        body = r"\s+".join(map(re.escape, form.split()))
        tests.append(f"regexp_matches({cell}, {literal(f'(^|{_EDGE}){body}($|{_EDGE})')})")
    return tests
