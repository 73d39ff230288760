"""Themes of the corpus beside a change: where to look, never why it happened."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from frontline.core.errors import NotPermitted
from frontline.metrics.insights.why import Why
from handlers.theme_words import growth_in_words, month_in_words
from retrieval.theme_registry import GROWING, MAYBE, ThemePeriod, ThemeView, list_themes

if TYPE_CHECKING:
    from frontline.metrics.query import MetricQuery
    from handlers.desk import Work

KIND = "complaint"
MOST = 2
# A theme is about a topic when this share of its documents is.
ABOUT = 0.5


def find_hypotheses(work: Work, query: MetricQuery, found: Why) -> str:
    """Return the growing themes of the same months, those about the group that carries the change first; "" for none.

    Reads the themes as they were worked out last; a question starts no such work. A change within noise gets none.
    """
    if found.is_noise:
        return ""
    months = _months(query)
    seen: list[tuple[ThemeView, ThemePeriod]] = []
    for month in months:
        try:
            themes = list_themes(
                work.session, work.actor, kind=KIND, period=month, policy=work.desk.policy, audience=work.audience
            )
        except NotPermitted:
            return ""
        if themes is not None:
            seen += [(theme, themes) for theme in themes.themes if theme.state in (GROWING, MAYBE)]
    topic = _topic(query, found)
    chosen = [item for item in seen if topic is None or _is_about(item[0], topic)][:MOST]
    if not chosen:
        return ""
    lines = ["*Worth a look* (hypotheses: they grew at the same time, which proves nothing)"]
    for theme, themes in chosen:
        lines.append(f"• “{theme.label.show()}” in {month_in_words(themes.period)}: {growth_in_words(theme)}")
    return "\n".join(lines)


def _months(query: MetricQuery) -> Sequence[str]:
    period = query.period.period
    return sorted({f"{day:%Y-%m}" for day in (period.start, period.last_day)}, reverse=True)


def _topic(query: MetricQuery, found: Why) -> str | None:
    """Return the topic that the change sits in, or that was asked for; None where it is not a matter of topics."""
    if found.split is not None and found.split.dim == "topic" and found.split.drivers:
        return found.split.drivers[0].group
    named = [value for item in query.filters if item.dim == "topic" and item.op == "in" for value in item.values]
    return named[0] if len(named) == 1 else None


def _is_about(theme: ThemeView, topic: str) -> bool:
    whole = sum(theme.categories.values())
    return whole > 0 and theme.categories.get(topic, 0) >= ABOUT * whole
