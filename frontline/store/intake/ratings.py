"""Ratings that stand in a file of calls or tickets: the line that loads them as surveys, too."""

from __future__ import annotations

import re
import shlex
from typing import Any

from frontline.catalog.records import Feed, normal
from frontline.store.intake import sql
from frontline.store.intake.columns import Plan
from frontline.store.intake.reading import Layout
from frontline.store.intake.sources import SourceFile

_RATING = re.compile(r"(^|_)(rating|satisfaction|csat|nps|ces|stars)(_|$)")
_TYPES = (("nps", r"(^|_)nps(_|$)"), ("ces", r"(^|_)(ces|effort)(_|$)"))
_SCALES = (5, 7, 10)
_SHARED = ("customer_key", "agent_id", "channel", "case_id")


def propose_ratings(con: Any, file: SourceFile, plan: Plan, layout: Layout) -> list[str]:
    """Return a note with the command for the first column that holds ratings and feeds nothing, or nothing."""
    if plan.table not in ("cases", "interactions"):
        return []
    for header in plan.unused:
        if _RATING.search(normal(header)) and (scale := _scale_of(con, layout.column(header))):
            kind = next((name for name, pattern in _TYPES if re.search(pattern, normal(header))), "csat")
            line = _command(file, plan, header, kind=kind, scale=10 if kind == "nps" else scale)
            return [f"{header} of {file.name} looks like ratings; this loads them as well:\n  {line}"]
    return []


def _scale_of(con: Any, column: str) -> int:
    """The smallest usual scale that holds every cell, 0 when the cells are no ratings."""
    filled, numbers, least, most = con.execute(
        "SELECT count(v), count(n), min(n), max(n) FROM "
        f"(SELECT v, try_cast(v AS DOUBLE) AS n FROM (SELECT {sql.cleaned(column)} AS v FROM raw))"
    ).fetchone()
    if not filled or filled != numbers or least < 0:
        return 0
    return next((scale for scale in _SCALES if most <= scale), 0)


def _command(file: SourceFile, plan: Plan, header: str, *, kind: str, scale: int) -> str:
    key, time = plan.spec.key[0], plan.spec.time or ""
    pairs = [f"survey_id={_as_typed(plan.feeds[key])}", f"ts={_as_typed(plan.feeds[time])}", f"type=={kind}"]
    pairs += [f"score={header}", f"scale_max=={scale}"]
    pairs += [f"{name}={_as_typed(plan.feeds[name])}" for name in _SHARED if name in plan.feeds]
    maps = " \\\n    ".join(f"--map {shlex.quote(pair)}" for pair in pairs)
    return f"frontline ingest {shlex.quote(str(file.path))} --table surveys \\\n    {maps}"


def _as_typed(feed: Feed) -> str:
    """A feed as ``--map`` spells it."""
    if feed.is_row_key:
        return "#"
    if feed.const:
        return f"={feed.const}"
    column = "+".join(feed.join) or feed.column
    return f"{column}@{feed.format}" if feed.format else column
