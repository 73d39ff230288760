"""How a theme is worded, in lists, in the digest and in App Home."""

from __future__ import annotations

import datetime as dt
import math

from frontline.store.models.governance import Commitment
from retrieval.theme_registry import GROWING, MAYBE, ThemePeriod, ThemeView

NOBODY = "no owner yet"


def growth_in_words(theme: ThemeView) -> str:
    """Return how a theme moved: "about 2.1 times its usual share (95 % 1.5 to 2.9)"; "" with nothing to compare."""
    growth = theme.growth
    if growth is None or growth.ratio is None:
        return ""
    low, high = growth.interval.low, growth.interval.high
    if math.isinf(growth.ratio):
        return f"none in the months before, so at least {low:.1f} times (95 %)"
    return f"about {growth.ratio:.1f} times its usual share (95 % {low:.1f} to {high:.1f})"


def state_in_words(theme: ThemeView) -> str:
    """Return whether it grows, in one word or two."""
    return {GROWING: "growing", MAYBE: "perhaps growing"}.get(theme.state, "no clear change")


def ownership_in_words(commitment: Commitment | None, handle: str) -> str:
    """Return who has it: "@anna, accepted, due 30 Jun"."""
    if commitment is None:
        return NOBODY
    return f"@{handle}, {commitment.state}, due {commitment.due.day} {commitment.due:%b}"


def month_in_words(period: str) -> str:
    """Return "May 2026" for "2026-05"; other periods stay as they are."""
    try:
        return f"{dt.datetime.strptime(period, '%Y-%m').replace(tzinfo=dt.UTC):%B %Y}"
    except ValueError:
        return "all documents" if period == "all" else period


def sizes_in_words(theme: ThemeView) -> str:
    """Return the last four months: "Feb 0, Mar 2, Apr 6, May 14"."""
    shown = [(period, count) for period, count in theme.sizes if period != "all"][-4:]
    return ", ".join(f"{month_in_words(period)[:3]} {count}" for period, count in shown)


def headline_of(found: ThemePeriod) -> str:
    """Return how many themes there are and how many grow."""
    growing = sum(theme.state == GROWING for theme in found.themes)
    grows = f"{growing} growing" if growing else "none growing beyond chance"
    where = month_in_words(found.period)
    return f"{len(found.themes)} themes in {found.documents} {found.kind}s of {where}, {grows}."
