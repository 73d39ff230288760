"""Why a figure moved, in words: noise first, then where it comes from, since when, what was unusual, what to look at.

The split is arithmetic, not a cause; themes are hypotheses. The words say so.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import TYPE_CHECKING

from frontline.metrics.insights.splits import REST, STANDS_OUT, UNNAMED, Part, Split, standing_out
from frontline.metrics.insights.why import Why, explain
from handlers.assistant.hypotheses import find_hypotheses
from handlers.assistant.numbers import show_day, show_number

if TYPE_CHECKING:
    from frontline.analysis.levels import Move, Start
    from frontline.catalog.loader import Catalog
    from frontline.catalog.schema_metrics import Metric
    from frontline.metrics.query import MetricQuery, MetricResult
    from handlers.assistant.turn import Turn

MOST_DRIVERS = 3
MOST_UNUSUAL = 4
SMALL = "The groups behind it are too small, or not recorded, to say where the change comes from."


def explain_change(turn: Turn, compared: MetricResult) -> list[str]:
    """Return paragraphs about where the change in ``compared`` comes from; empty when it shows none."""
    query = compared.query
    if len(query.metrics) != 1:
        return []
    work = turn.work
    catalog = work.desk.catalog
    found = explain(
        work.run,
        catalog,
        compared,
        today=work.today,
        by=turn.plan.query.by if turn.plan.query is not None else (),
        together=work.run_together,
    )
    if found is None:
        return []
    words = _Words(catalog, query, compared)
    lines = [words.noise(found), words.days(found), words.where(found), words.since(found), words.unusual(found)]
    return [line for line in [*lines, find_hypotheses(work, query, found)] if line]


class _Words:
    """Says what was found about one metric."""

    def __init__(self, catalog: Catalog, query: MetricQuery, compared: MetricResult) -> None:
        self._catalog = catalog
        self._query = query
        self._compared = compared
        self._metric: Metric = catalog.metrics[query.metrics[0]]

    def noise(self, found: Why) -> str:
        """Say whether chance makes changes like this one."""
        move = found.move
        if move is None:
            return "Too little of its history is shown to tell this change from chance; the parts are sizes only."
        if not self._is_rate:
            return self._noise_of_count(move, found.is_level)
        usual = self._size(1.96 * move.error)
        if move.is_noise:
            return (
                f"*Within noise*: between two such periods up to {usual} either way comes about by chance. "
                "What follows are sizes, not reasons."
            )
        return f"*Beyond noise*: between two such periods up to {usual} either way would be chance."

    def days(self, found: Why) -> str:
        """Say how much of a count's change is only a longer period."""
        now, then = self._query.period.period, self._compared.compare_period
        if self._is_rate or then is None or self._compared.is_unfinished or found.is_level or now.days == then.days:
            return ""
        return (
            f"The periods have {now.days} and {then.days} days: "
            f"{self._figure(found.after / now.days)} a day against {self._figure(found.before / then.days)}."
        )

    def where(self, found: Why) -> str:
        """Say which groups the change comes from."""
        if not found.is_splittable:
            return self._medians(found)
        if found.split is None:
            return SMALL
        split = found.split
        lines = [f"*Where it comes from, by {self._title(split.dim)}* (arithmetic, not a proven cause)"]
        lines += [f"• {self._part(part, split)}" for part in split.drivers[:MOST_DRIVERS]]
        lines += [f"• working against it: {self._part(part, split)}" for part in split.detractors[:1]]
        if found.is_noise:
            lines.append(self._apart(split))
        else:
            lines += [self._carried(split), self._also(found.others)]
        lines = [line for line in lines if line]
        return "\n".join(lines)

    def since(self, found: Why) -> str:
        """Say since when, with the days that fit nearly as well."""
        start = found.start
        if start is None:
            return ""
        if found.is_noise or not start.is_clear or not self._same_way(found, start):
            return "*Since when*: no clear start; no day parts the time before from the time after beyond chance."
        first, last = dt.date.fromordinal(start.earliest), dt.date.fromordinal(start.latest)
        day = dt.date.fromordinal(start.day)
        unit = {1: "", 7: "the week of "}.get(start.step, "the month of ")
        span = "" if first == last else f" (between {show_day(first)} and {show_day(last)} fits nearly as well)"
        who = ""
        if found.start_group is not None:
            dim, group = found.start_group
            who = f", in {self._catalog.dimensions[dim].label_of(group)}"
        return f"*Since when*: {unit or 'about '}{show_day(day)}{who}{span}."

    def unusual(self, found: Why) -> str:
        """Name the days outside their adjusted limits."""
        if not found.unusual:
            return ""
        ordered = sorted(found.unusual, key=lambda item: -abs(item[1]))[:MOST_UNUSUAL]
        said = [f"{show_day(day)} ({'high' if z > 0 else 'low'})" for day, z in sorted(ordered)]
        more = len(found.unusual) - len(said)
        unit = {1: "days", 7: "weeks from"}.get(found.unusual_step, "months from")
        rest = f" and {more} more" if more > 0 else ""
        return f"*Unusual {unit}* (outside three standard deviations of the weeks before): {', '.join(said)}{rest}."

    def _noise_of_count(self, move: Move, is_level: bool) -> str:
        if not move.before:
            return ""
        change, usual = move.change / move.before * 100, 1.96 * move.error / move.before * 100
        how = "averaged over its days" if is_level else "weekday for weekday"
        said = f"{how} that is {change:+.1f} %"
        if move.is_noise:
            return (
                f"*Within noise*: {said}, and up to {usual:.1f} % either way comes about by chance. "
                "What follows are sizes, not reasons."
            )
        return f"*Beyond noise*: {said}; up to {usual:.1f} % either way would be chance."

    def _same_way(self, found: Why, start: Start) -> bool:
        return (start.after - start.before) * found.change > 0

    def _part(self, part: Part, split: Split) -> str:
        noise = " (within its noise)" if part.is_noise and part.group != REST else ""
        before, after = (self._figure(value) for value in (part.before, part.after))
        who = self._catalog.dimensions[split.dim].label_of(part.group)
        if part.rate is None or part.mix is None:
            return f"{who}: {self._signed(part.total)} ({before} to {after}){noise}"
        which = "its own rate" if abs(part.rate) >= abs(part.mix) else "its share of the whole"
        return f"{who}: {self._signed(part.total)}, mostly through {which} ({before} to {after}){noise}"

    def _apart(self, split: Split) -> str:
        """Say which groups moved beyond their own noise though the whole did not."""
        moved = [part for part in split.parts if part.is_noise is False and part.group not in UNNAMED]
        if not moved:
            return ""
        label_of = self._catalog.dimensions[split.dim].label_of
        said = [f"{label_of(part.group)} {'up' if part.total > 0 else 'down'}" for part in moved[:3]]
        return f"Beyond their own noise though: {', '.join(said)}."

    def _carried(self, split: Split) -> str:
        among = f"{len(split.parts)} {self._title(split.dim)}s"
        rises = "rise" if split.change > 0 else "fall"
        if split.concentration < STANDS_OUT and len(split.carriers) > 2:
            return f"It is spread: {len(split.carriers)} of {among} make 80 % of the {rises}."
        share = split.carried() * 100
        amount = f"{share:.0f} % of the {rises}"
        if share > 101:
            amount = f"more than the whole {rises}, others went the other way"
        verb = "makes" if len(split.carriers) == 1 else "make"
        return f"{len(split.carriers)} of {among} {verb} {amount}."

    def _also(self, others: Sequence[Split]) -> str:
        said = [
            f"{self._catalog.dimensions[split.dim].label_of(split.drivers[0].group)} ({self._title(split.dim)}, "
            f"{self._signed(split.drivers[0].total)})"
            for split in standing_out(others)[:2]
            if split.drivers and split.drivers[0].group not in UNNAMED
        ]
        if said:
            return f"Cut another way it stands out in {' and '.join(said)}: the same change, not a further one."
        looked = ", ".join(self._title(split.dim) for split in others)
        return f"Nothing stands out by {looked}." if looked else ""

    def _medians(self, found: Why) -> str:
        if not found.medians:
            return f"{self._metric.title} does not add up over groups, so that its change cannot be split exactly."
        lines = [
            f"*Whose own figure moved most, by {self._title(found.median_dim)}* "
            "(it does not add up over groups: these are no parts of the change)"
        ]
        for part in found.medians:
            before, after = (self._figure(value) for value in (part.before, part.after))
            who = self._catalog.dimensions[found.median_dim].label_of(part.group)
            size = f"{part.size * 100:.0f} % of all"
            lines.append(f"• {who}: {before} to {after}, {size}")
        return "\n".join(lines)

    @property
    def _is_rate(self) -> bool:
        return any(behind[0][1] is not None for behind in self._compared.parts) or self._metric.unit in (
            "share", "seconds", "score",
        )  # fmt: skip

    def _title(self, dim: str) -> str:
        return self._catalog.dimensions[dim].title.lower()

    def _figure(self, value: float | None) -> str:
        return show_number(
            value, self._metric.format, decimals=self._metric.decimals, currency=self._catalog.calendar.currency
        )

    def _size(self, value: float) -> str:
        return f"{value * 100:.1f} points" if self._metric.format == "share" else self._figure(value)

    def _signed(self, value: float) -> str:
        return ("+" if value >= 0 else "-") + self._size(abs(value))
