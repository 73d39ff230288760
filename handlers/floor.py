"""Today's floor, as a real-time analyst looks at it: what waits, who is free, the day so far, where it is behind.

Every figure stands beside the same weekday of last week up to the same time. Queues and teams are groups; no person is
ever a line here.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from frontline.analysis.intervals import wilson
from frontline.catalog.schema_models import UNKNOWN, fold
from frontline.core.clock import local_midnight
from frontline.core.errors import UsageError
from frontline.core.periods import Grain, unit_period
from frontline.core.reply import Button, Column, Item, Outcome, Paragraph, Part, Reply, Table
from frontline.metrics.query import Filter
from handlers.assistant.numbers import NOTHING, show_duration, show_instant, show_number
from handlers.desk import Work
from handlers.figures import Asked, Figure, Reading, change, read_figures, read_groups, show
from handlers.registry import Arguments

LIVE = ("contacts_waiting", "longest_wait", "agents_available")
SO_FAR = ("service_level", "abandonment_rate", "occupancy", "aht", "acw", "contact_volume")
FIGURES = (*LIVE, *SO_FAR)
IN_GROUPS = (*LIVE, "service_level", "abandonment_rate", "occupancy", "contact_volume")
# What the floor can be cut by or down to, and what its lines are then.
PLACES = ("queue", "site", "team")
LINES = {"": "queue", "queue": "channel", "site": "team", "team": "queue"}
# A contact that waits longer than this makes its queue one to look at.
LONG_WAIT_S = 60
# Contacts reach the facts when they end; later than this, the feed is behind.
FRESH = dt.timedelta(hours=1)
A_WEEK = 7


class FloorArguments(Arguments):
    """``value``: a dimension to lay the floor out by (queue, site, team), or one queue, site or team; "" for all."""

    value: str = ""


@dataclass(frozen=True)
class Floor:
    """The floor at an instant. ``groups`` are its lines by ``by``, the one to look at first in front."""

    figures: Sequence[Figure]
    by: str
    groups: Mapping[str, Mapping[str, Reading]]
    where: str

    def figure(self, key: str) -> Figure:
        """Return one of the figures."""
        return next(figure for figure in self.figures if figure.key == key)


def show_floor(work: Work, arguments: FloorArguments) -> Reply:
    """Answer with the floor as it is now."""
    floor = read_floor(work, arguments.value)
    return Reply(
        headline_of(work, floor),
        context=context_of(work, floor),
        parts=parts_of(work, floor),
        buttons=[Button("Refresh", "floor.refresh", arguments.value)],
        outcome=Outcome.ANSWERED,
        # A figure that only now is known; a question about it is one about a metric.
        answer={"intent": "metric"},
        warnings=stale_words(work, floor),
    )


def refresh(work: Work, arguments: FloorArguments) -> Reply:
    """The floor again, in place of the older one."""
    return show_floor(work, arguments).with_(replaces=True)


def home_panel(work: Work) -> list[Part]:
    """Return the floor for App Home: the same lines, with a button that reads everything again."""
    floor = read_floor(work, "")
    head = Item(
        headline_of(work, floor),
        detail=" · ".join([context_of(work, floor), *stale_words(work, floor)]),
        buttons=[Button("Refresh", "home.refresh")],
    )
    return [Paragraph("*Today's floor*"), head, *parts_of(work, floor)]


def read_floor(work: Work, word: str) -> Floor:
    """Read every figure of the floor, or of one queue, site or team.

    Raises:
        UsageError: ``word`` names neither.
        NotPermitted: the person may not see these figures.
    """
    dim, value = place_of(work, word)
    today = unit_period(work.today, Grain.DAY)
    filters = (Filter(dim=dim, values=(value,)),) if value else ()
    asked = Asked(today, today.shifted_days(-A_WEEK), filters)
    by = dim if dim and not value else LINES[dim]
    # A contact that was abandoned has no team: the share of a team would always be 0.
    keys = [key for key in IN_GROUPS if by != "team" or key != "abandonment_rate"]
    groups = read_groups(work, keys, Asked(today, filters=filters, by=(by,)))
    known = [line for line in groups.items() if line[0] != UNKNOWN]
    ordered = sorted(known, key=lambda line: (_urgency(line[1]), line[0]))
    return Floor(read_figures(work, FIGURES, asked), by, dict(ordered), value)


def place_of(work: Work, word: str) -> tuple[str, str]:
    """Return (dimension, value) of a word: ("queue", "care"), ("team", "") for the dimension itself, ("", "").

    Raises:
        UsageError: it is neither.
    """
    catalog, said = work.desk.catalog, fold(word).strip()
    if not said:
        return "", ""
    for dim in PLACES:
        if said in (dim, f"{dim}s"):
            return dim, ""
        if (value := catalog.dimensions[dim].canonical(said)) in catalog.values(dim):
            return dim, value
    known = ", ".join(value for dim in PLACES for value in catalog.values(dim))
    raise UsageError(f"There is no queue, site or team {word!r}.", next_step=f"There are: {known}.")


def headline_of(work: Work, floor: Floor) -> str:
    """Return "The floor at 10:40: 3 waiting, the longest 1 min 20 s, 2 free; service level 78.2 % so far"."""
    name = f"The floor ({floor.where})" if floor.where else "The floor"
    bits = []
    if (waiting := floor.figure("contacts_waiting").now.value) is not None:
        longest = floor.figure("longest_wait").now.value
        bits.append(f"{waiting:.0f} waiting" + (f", the longest {show_duration(longest)}" if longest else ""))
    if (free := floor.figure("agents_available").now.value) is not None:
        bits.append(f"{free:.0f} free")
    level = floor.figure("service_level")
    if level.now.value is not None:
        target = level.metric.target
        aim = f" (target {show_number(target, 'share', decimals=0)})" if target else ""
        bits.append(f"service level {show(level, level.now, currency='')} so far{aim}")
    at = work.now.astimezone(work.desk.zone)
    return f"{name} at {at:%H:%M}: {'; '.join(bits) if bits else 'nothing is known yet today'}."


def context_of(work: Work, floor: Floor) -> str:
    """Return the one line under the headline: what it is held against, and how far the data reach."""
    before = work.today - dt.timedelta(days=A_WEEK)
    bits = [f"Each beside {before:%A} {before.day} {before:%b} up to the same time"]
    reached = [figure.as_of for figure in floor.figures if figure.key in SO_FAR and figure.as_of is not None]
    if reached:
        bits.append(f"contacts to {show_instant(min(reached), work.desk.zone)} ({work.desk.zone.key})")
    live = floor.figure("contacts_waiting")
    if live.as_of is not None and live.notes:
        bits.append(f"queues: {live.notes[0].removeprefix('stale: ')}")
    return " · ".join(bits)


def stale_words(work: Work, floor: Floor) -> list[str]:
    """Say which feed is behind; nothing where both are fresh."""
    found = []
    if floor.figure("contacts_waiting").is_stale:
        found.append("stale: the queues were last reported too long ago to say who waits now")
    reached = floor.figure("contact_volume").as_of
    opened = local_midnight(work.today, work.desk.zone)
    if reached is None or reached < opened:
        found.append("stale: no contact of today is loaded yet")
    elif work.now - reached > FRESH:
        found.append(f"stale: contacts reach only to {show_instant(reached, work.desk.zone)}")
    return found


def parts_of(work: Work, floor: Floor) -> list[Part]:
    """Return where it is behind, the figures, and the lines of the floor."""
    parts: list[Part] = [Paragraph(behind(work, floor)), _figures_table(work, floor)]
    if len(floor.groups) > 1:
        parts.append(_groups_table(work, floor))
    if missing := [figure.metric.title.lower() for figure in floor.figures if figure.missing]:
        parts.append(Paragraph(f"_Not known here: {', '.join(missing)}._"))
    return parts


def behind(work: Work, floor: Floor) -> str:
    """Name the queues (or teams) that are behind: who waits too long there, or a service level below its target.

    A service level counts only where its Wilson interval lies below the target as a whole.
    """
    target = work.desk.catalog.metrics["service_level"].target
    lines = []
    for name, line in floor.groups.items():
        reasons = [words for words in (_waits(line), _below(line, target)) if words]
        if reasons:
            lines.append(f"• {name}: {'; '.join(reasons)}")
    if lines:
        return "*Behind*\n" + "\n".join(lines)
    what = work.desk.catalog.dimensions[floor.by].title.lower()
    if not any(_is_judged(line) for line in floor.groups.values()):
        return f"No {what} can be judged yet: too few contacts stand behind each."
    aim = f", and no service level is below {target * 100:.0f} % beyond chance" if target is not None else ""
    return f"No {what} is behind: nobody waits longer than {LONG_WAIT_S} s{aim}."


def _is_judged(line: Mapping[str, Reading]) -> bool:
    return any(line.get(key, Reading()).value is not None for key in ("longest_wait", "service_level"))


def _waits(line: Mapping[str, Reading]) -> str:
    longest = line.get("longest_wait", Reading()).value
    if longest is None or longest <= LONG_WAIT_S:
        return ""
    waiting = line.get("contacts_waiting", Reading()).value or 0
    free = line.get("agents_available", Reading()).value
    free_words = f", {free:.0f} free" if free is not None else ""
    return f"{waiting:.0f} waiting, the longest {show_duration(longest)}{free_words}"


def _below(line: Mapping[str, Reading], target: float | None) -> str:
    level = line.get("service_level", Reading())
    if target is None or level.value is None or not level.n:
        return ""
    if wilson(round(level.value * level.n), level.n).high >= target:
        return ""
    return f"service level {level.value * 100:.1f} % of {level.n:,}, target {target * 100:.0f} %"


def _urgency(line: Mapping[str, Reading]) -> tuple[float, float]:
    longest = line.get("longest_wait", Reading()).value or 0.0
    level = line.get("service_level", Reading()).value
    return -longest, 1.0 if level is None else level


def _figures_table(work: Work, floor: Floor) -> Table:
    currency = work.desk.catalog.calendar.currency
    rows = [
        [
            figure.metric.title,
            show(figure, figure.now, currency=currency),
            show(figure, figure.then, currency=currency),
            change(figure),
        ]
        for figure in floor.figures
        if not figure.missing
    ]
    before = work.today - dt.timedelta(days=A_WEEK)
    columns = (
        Column("figure", "Figure"),
        Column("now", "Today"),
        Column("then", f"{before:%a} {before.day} {before:%b}"),
        Column("change", "Difference"),
    )
    return Table("Now, and the day so far", columns, rows)


def _groups_table(work: Work, floor: Floor) -> Table:
    catalog = work.desk.catalog
    keys = [key for key in IN_GROUPS if any(key in line for line in floor.groups.values())]
    rows = []
    for name, line in floor.groups.items():
        cells = []
        for key in keys:
            figure = Figure(key, catalog.metrics[key], line.get(key, Reading()))
            cells.append(show(figure, figure.now, currency=catalog.calendar.currency))
        rows.append([name, *("–" if cell == NOTHING else cell for cell in cells)])
    title = catalog.dimensions[floor.by].title
    columns = [Column("group", title), *(Column(key, catalog.metrics[key].title) for key in keys)]
    return Table(f"By {title.lower()}", columns, rows)
