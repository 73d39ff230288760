"""How one group stands, short: "how is Delta doing?".

Only what passes a test against chance is said; the rest is named as quiet.
"""

from __future__ import annotations

from frontline.catalog.schema_metrics import MetricKind
from frontline.core.periods import Period
from frontline.core.reply import Button, Outcome, Paragraph, Reply
from frontline.metrics.insights.standing import Standing, Statement, standing_of
from frontline.metrics.query import Filter, MetricQuery, PeriodSpec
from handlers import evidence
from handlers.assistant.numbers import show_period
from handlers.desk import Work
from handlers.metric_insight import Size, judged, pace_line

MOST_STATEMENTS = 5
MOST_FIGURES = 4


def show_group(work: Work, dim: str, group: str) -> Reply:
    """Summarise one group: which of the figures that matter moved or differ from the others beyond chance."""
    catalog = work.desk.catalog
    found = standing_of(work.run, catalog, dim, group, today=work.today)
    lines = [_statement(work, found, item) for item in found.statements[:MOST_STATEMENTS]]
    more = len(found.statements) - len(lines)
    if more > 0:
        lines.append(f"{more} more beyond chance, weaker ones.")
    if pace := _group_pace(work, found):
        lines.append(pace)
    if found.quiet:
        lines.append(f"Neither moved nor different beyond chance: {_titles(work, found.quiet)}.")
    if found.unknown:
        lines.append(f"Too little shown to tell: {_titles(work, found.unknown)}.")
    name = catalog.dimensions[dim].label_of(group)
    count = len(found.statements)
    head = (
        f"{count} thing{'s' if count != 1 else ''} stand{'' if count != 1 else 's'} out"
        if count
        else "nothing stands out"
    )
    own = Filter(dim=dim, values=(group,))
    buttons = [
        Button(catalog.metrics[key].title, "metric.show", evidence.as_state(_figure(found.tested[key], key, own)))
        for key in dict.fromkeys([*(item.metric for item in found.statements), *found.quiet])
    ][:MOST_FIGURES]
    return Reply(
        f"{name}: {head}. Which figure shall I show?",
        context=f"weeks of {show_period(found.weeks)} against the four before and against the other "
        f"{catalog.dimensions[dim].title.lower()}s, whose mix of work may differ · at most one in ten by chance",
        parts=[Paragraph("\n".join(f"• {line}" for line in lines))],
        buttons=buttons,
        # No figure was named: the summary comes with the question which one to show.
        outcome=Outcome.CLARIFY,
        answer={"intent": "metric"},
    )


def _group_pace(work: Work, found: Standing) -> str:
    """Return the pace of the first metric with a target that this group is judged by."""
    catalog = work.desk.catalog
    for key in dict.fromkeys([*(item.metric for item in found.statements), *found.quiet]):
        metric = catalog.metrics[key]
        if metric.target is not None:
            own = Filter(dim=found.dim, values=(found.group,))
            said = pace_line(work, metric, _figure(found.tested[key], key, own))
            return f"{metric.title}: {said}" if said else ""
    return ""


def _statement(work: Work, found: Standing, item: Statement) -> str:
    metric = work.desk.catalog.metrics[item.metric]
    size = Size(work, metric)
    if item.kind == "moved":
        per = " a week" if metric.unit == "count" and metric.kind is not MetricKind.SNAPSHOT else ""
        return (
            f"*{metric.title}* {size.plain(item.value)}{per}, {'up' if item.gap > 0 else 'down'} from "
            f"{size.plain(item.other)} in the four weeks before{judged(metric, item.gap)}{_other_weeks(found, item)}."
        )
    title = work.desk.catalog.dimensions[found.dim].title.lower()
    return (
        f"*{metric.title}* {size.plain(item.value)}, {'above' if item.gap > 0 else 'below'} the other {title}s' "
        f"{size.plain(item.other)}{judged(metric, item.gap)}{_other_weeks(found, item)}."
    )


def _titles(work: Work, keys: tuple[str, ...]) -> str:
    return ", ".join(work.desk.catalog.metrics[key].title.lower() for key in keys)


def _other_weeks(found: Standing, item: Statement) -> str:
    """Return the weeks of a statement whose figure ripens later than the others'; "" for the usual ones."""
    return "" if item.weeks == found.weeks else f" (weeks of {show_period(item.weeks)})"


def _figure(weeks: Period, key: str, own: Filter) -> MetricQuery:
    return MetricQuery(metrics=(key,), filters=(own,), period=PeriodSpec(start=weeks.start, end=weeks.end))
