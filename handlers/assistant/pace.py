"""A figure against its target, in words: where it stands, where it is heading, what the rest would have to be."""

from __future__ import annotations

from typing import TYPE_CHECKING

from frontline.catalog.workdays import public_holidays
from frontline.metrics.insights.pace import Pace, Verdict, judge_pace
from handlers.assistant.numbers import show_day, show_number, show_period

if TYPE_CHECKING:
    from frontline.catalog.loader import Catalog
    from frontline.catalog.schema_metrics import Metric
    from frontline.metrics.query import MetricResult
    from handlers.desk import Work

EXAMPLES = {"share": "0.8", "duration": "600", "money": "20", "score": "30", "count": "100"}


def against_target(work: Work, result: MetricResult) -> list[str]:
    """Return paragraphs about the figure of ``result`` and its target: the verdict first."""
    catalog = work.desk.catalog
    if len(result.query.metrics) != 1:
        return ["I judge one target at a time: ask for each metric by itself."]
    key = result.query.metrics[0]
    metric = catalog.metrics[key]
    if metric.target is None:
        return [no_target(metric, key)]
    if result.columns[0] != key:
        return [_groups(catalog, metric, result)]
    if (pace := pace_of(work, result)) is None:
        return []
    return [line for line in (_verdict(catalog, metric, pace), _needed(catalog, metric, pace)) if line]


def pace_of(work: Work, result: MetricResult) -> Pace | None:
    """Return how the figure of ``result`` stands to its target, as the asking person sees it."""
    calendar = work.desk.catalog.calendar
    return judge_pace(
        work.run,
        work.desk.catalog,
        result,
        today=work.today,
        is_holiday=public_holidays(calendar),
    )


def no_target(metric: Metric, key: str) -> str:
    """Say that there is no target, and how to set one."""
    example = EXAMPLES[metric.format]
    what = {"share": " (a share, 0 to 1)", "duration": " (seconds)"}.get(metric.format, "")
    return (
        f"*{metric.title} has no target.* An admin sets one in `catalog/metrics.yaml`{what}: "
        f"`metrics: {{{key}: {{target: {example}}}}}`; it holds from the next start."
    )


def verdict_line(catalog: Catalog, metric: Metric, pace: Pace) -> str:
    """Return the verdict in one line, for a summary."""
    return _verdict(catalog, metric, pace)


def _verdict(catalog: Catalog, metric: Metric, pace: Pace) -> str:
    target = _shown(catalog, metric, pace.target)
    gap = _gap(catalog, metric, pace)
    match pace.verdict:
        case Verdict.MET | Verdict.MISSED:
            said = f"*Target {pace.verdict.value}*: the target is {target}, {gap}."
            if pace.is_close:
                usual = _size(catalog, metric, 1.96 * (pace.error or 0.0))
                said += f" That is within noise (up to {usual} either way): too close to call."
            return said
        case Verdict.UNKNOWN:
            return f"*The period is not over*: the target is {target}, so far {gap}; its end cannot be projected."
        case _:
            heads = {Verdict.ON_PACE: "On pace", Verdict.BEHIND: "Behind", Verdict.OPEN: "Could go either way"}
            heading = ""
            if (end := pace.projection) is not None:
                low, high = _shown(catalog, metric, end.low), _shown(catalog, metric, end.high)
                heading = f" {show_period(pace.period)} is heading for {_shown(catalog, metric, end.value)} "
                heading += f"(80 % range {low} to {high})."
            return f"*{heads[pace.verdict]}*: the target is {target}, so far {gap}.{heading}"


def _needed(catalog: Catalog, metric: Metric, pace: Pace) -> str:
    if pace.needed is None or pace.verdict in (Verdict.MET, Verdict.MISSED):
        return ""
    rest = f"in what comes from {show_day(pace.since)} on" if pace.since else "in the rest of it"
    if not pace.is_reachable:
        return "*What it takes*: the target is out of reach for this period, whatever comes in the rest of it."
    bound = "at least" if pace.higher_is_better else "at most"
    if pace.per_day is not None:
        if pace.needed <= 0:
            return "*What it takes*: the target is reached already."
        return f"*What it takes*: {bound} {_shown(catalog, metric, pace.needed)} {rest}, {pace.per_day:,.1f} a day."
    if metric.unit == "share" and (pace.needed <= 0 if pace.higher_is_better else pace.needed >= 1):
        return "*What it takes*: nothing more; the target is safe for this period."
    return f"*What it takes*: {bound} {_shown(catalog, metric, pace.needed)} {rest}, to end on the target."


def _groups(catalog: Catalog, metric: Metric, result: MetricResult) -> str:
    """Say which groups are on the good side of the target."""
    assert metric.target is not None
    column, better = result.columns.index(result.query.metrics[0]), metric.direction != "lower"
    shown = [(row[:column], row[column]) for row in result.rows if row[column] is not None]
    good = [(keys, value) for keys, value in shown if (value >= metric.target if better else value <= metric.target)]
    bad = [item for item in shown if item not in good]
    side = ("below" if better else "above") if bad else ""
    said = f"*Target {_shown(catalog, metric, metric.target)}*: {len(good)} of {len(shown)} reach it"
    if side:
        names = [f"{' / '.join(map(str, keys))} {_shown(catalog, metric, value)}" for keys, value in bad[:8]]
        said += f"; {side} it: {', '.join(names)}"
    return said + "."


def _gap(catalog: Catalog, metric: Metric, pace: Pace) -> str:
    size = _size(catalog, metric, abs(pace.gap))
    return f"{size} {'above' if pace.gap > 0 else 'below'} it" if pace.gap else "exactly on it"


def _size(catalog: Catalog, metric: Metric, value: float) -> str:
    return f"{value * 100:.1f} points" if metric.format == "share" else _shown(catalog, metric, value)


def _shown(catalog: Catalog, metric: Metric, value: float) -> str:
    rounded = round(value) if metric.format == "count" else value
    return show_number(rounded, metric.format, decimals=metric.decimals, currency=catalog.calendar.currency)
