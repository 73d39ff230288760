"""Pin: a figure on the person's own App Home, worked out anew under their own rights whenever it opens.

A pin is one figure over its filters, with its change. "Last week" stays last week; dates that were said stay dates.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Sequence

from pydantic import ValidationError

from frontline.core.errors import UsageError, UserError
from frontline.core.ids import content_hash
from frontline.core.reply import Button, Item, Outcome, Paragraph, Part, Reply
from frontline.governance import pins
from frontline.metrics.checks import canonical_key
from frontline.metrics.insights.series import plain
from frontline.metrics.policy import person_dimensions
from frontline.metrics.query import Kind, MetricQuery, MetricResult, PeriodSpec, Span
from frontline.metrics.questions.restate import restate, say_dates
from frontline.store.models.pins import PinnedFigure
from frontline.store.work import Unit
from handlers import evidence
from handlers.assistant.card import Card
from handlers.desk import Work
from handlers.looks import note_looks
from handlers.registry import Arguments

PANEL, ACTION = "pins", pins.ACTION
# Stands for the dates of a period that moves: two pins of "last week" are the same whenever they were made.
_ANY = {"start": dt.date(2000, 1, 3), "end": dt.date(2000, 1, 4)}


class PinArguments(Arguments):
    """A typed query that travelled in a button, or the id of a pin."""

    value: str = ""


def may_pin(work: Work, query: MetricQuery) -> bool:
    """Whether Pin stands under Details of this answer."""
    is_allowed = work.desk.policy.is_allowed(work.actor, pins.ACTION, audience=work.audience)
    return is_allowed and not _obstacle(work, query)


def add(work: Work, arguments: PinArguments) -> Reply:
    """Pin the figure of an answer; where six are pinned, say so and let one be unpinned."""
    draft = _draft(work, arguments.value)
    known = pins.list_own(work.session, work.actor, policy=work.desk.policy)
    if pins.is_full(known) and not pins.is_among(known, draft):
        return Reply(
            pins.FULL,
            context="Unpin one, then press Pin again.",
            parts=[Item(_name(work, row), buttons=[_unpin(row)]) for row in known],
            buttons=[Button("Pin", "pin.add", arguments.value)],
            outcome=Outcome.CLARIFY,
            for_one=True,
        )
    # What cannot be shown to this person is not kept: the engine says why.
    _measure(work, MetricQuery.model_validate(draft.query))
    row = pins.keep(work.unit, work.actor, draft, policy=work.desk.policy)
    return Reply(
        f"Pinned to your App Home: {_name(work, row)}.",
        context=_promise(row),
        buttons=[Button("Undo", "pin.drop", row.pin_id)],
        for_one=True,
    )


def drop(work: Work, arguments: PinArguments) -> Reply:
    """Unpin a figure."""
    if not arguments.value.strip():
        raise UsageError("Which pin?", next_step="/ops pin list shows them with their ids.")
    row = pins.drop(work.unit, work.actor, arguments.value, policy=work.desk.policy)
    return Reply(f"Unpinned: {_name(work, row)}.", buttons=_undo(row, "pin.add"), for_one=True)


def list_pins(work: Work, arguments: Arguments) -> Reply:
    """List what the person pinned, each worked out now."""
    rows = pins.list_own(work.session, work.actor, policy=work.desk.policy)
    if not rows:
        return Reply("Nothing is pinned.", context="Pin stands under Details of an answer.", exit_code=4, for_one=True)
    return Reply(
        f"{len(rows)} of {pins.MOST} pinned.",
        parts=[_line(work, row) for row in rows],
        outcome=Outcome.ANSWERED,
        for_one=True,
    )


def home_panel(work: Work) -> list[Part]:
    """Return what the person pinned, for App Home."""
    return _panel(work, pins.list_own(work.session, work.actor, policy=work.desk.policy))


def drop_at_home(work: Work, arguments: PinArguments) -> Reply:
    """Unpin a figure on App Home, and show it again without it."""
    rows = pins.list_own(work.session, work.actor, policy=work.desk.policy)
    row = next((own for own in rows if own.pin_id == arguments.value), None)
    if row is None:
        return _home(work, rows, Item("It is not pinned any more."))
    pin_id = row.pin_id
    work.effects.append(lambda unit: _drop(work, unit, pin_id))
    left = [own for own in rows if own is not row]
    return _home(work, left, Item(f"Unpinned: {_name(work, row)}.", buttons=_undo(row, "home.pin")))


def add_at_home(work: Work, arguments: PinArguments) -> Reply:
    """Take an unpinning back on App Home."""
    rows = pins.list_own(work.session, work.actor, policy=work.desk.policy)
    draft = _draft(work, arguments.value)
    if pins.is_among(rows, draft) or pins.is_full(rows):
        return _home(work, rows, Item("Nothing was changed: it is pinned already, or no more fit."))
    work.effects.append(lambda unit: _keep(work, unit, draft))
    return _home(work, [*rows, draft], None)


def _home(work: Work, rows: Sequence[PinnedFigure], notice: Item | None) -> Reply:
    from handlers import ops, panels

    def show(work: Work) -> list[Part]:
        return _panel(work, rows, notice)

    shown = [dataclasses.replace(panel, show=show) if panel.key == PANEL else panel for panel in panels.PANELS]
    return ops.show_home_of(work, shown).with_(replaces=True)


def _panel(work: Work, rows: Sequence[PinnedFigure], notice: Item | None = None) -> list[Part]:
    lines = [*([notice] if notice else []), *(_line(work, row, at_home=True) for row in rows)]
    return [Paragraph("*Pinned*"), *lines] if lines else []


def _line(work: Work, row: PinnedFigure, *, at_home: bool = False) -> Item:
    """Return a pin with its figure as of now; one that has none any more says why."""
    unpin = _unpin(row, at_home=at_home)
    query = _query(row)
    if query is None:
        return Item("A pin from another version that I cannot read any more.", buttons=[unpin])
    try:
        result = _measure(work, query)
    except UserError as error:
        return Item(f"{_name(work, row)}: {error.message}", detail=error.next_step, buttons=[unpin])
    note_looks(work, result)
    card = Card(work.desk.catalog, result)
    said = f"{_when(query)} · {card.context()} · {row.pin_id}"
    show = Button("Show", "metric.show", evidence.as_state(_asked(query, work.today)))
    return Item(card.headline(), detail=said, buttons=[show, unpin])


def _measure(work: Work, query: MetricQuery) -> MetricResult:
    """Return the figure beside its earlier one, or alone where there is nothing to hold it against."""
    asked = _asked(query, work.today)
    alone = asked.model_copy(update={"kind": Kind.LOOKUP, "compare": None})
    try:
        result = work.run(asked)
    except UsageError:
        return work.run(alone)
    return work.run(alone) if result.suppressed else result


def _asked(query: MetricQuery, today: dt.date) -> MetricQuery:
    """Return a pinned query as of today."""
    moves = query.period.moves
    if moves is None:
        return query
    try:
        span = moves.period(today)
    except (ValueError, OverflowError):
        raise UsageError("The period has not begun.", next_step="Look again when it has.") from None
    period = query.period.model_copy(update={"start": span.start, "end": span.end})
    return query.model_copy(update={"period": period})


def _draft(work: Work, value: str) -> PinnedFigure:
    query = evidence.read_query(value)
    if query is None:
        raise UsageError("That button is from an older version.", next_step="Ask the question again.")
    if obstacle := _obstacle(work, query):
        raise UsageError(obstacle, next_step="Ask for one figure of the team or the whole company.")
    kept = _single(query)
    period = kept.period.model_copy(update=_ANY) if kept.period.moves is not None else kept.period
    key = canonical_key(kept.model_copy(update={"period": period}))
    same_as = content_hash(key, period.moves.model_dump_json() if period.moves is not None else "")
    return pins.draft(work.actor, kept.as_state(), same_as[:40], at=work.now)


def _obstacle(work: Work, query: MetricQuery) -> str:
    """Return why a figure cannot be pinned; "" where it can."""
    catalog = work.desk.catalog
    if len(query.metrics) != 1:
        return "One figure at a time can be pinned."
    if query.metrics[0] not in catalog.metrics:
        return f"There is no metric {query.metrics[0]} any more."
    if query.kind is Kind.FORECAST:
        return "A forecast cannot be pinned."
    # A colleague's figure that comes up every morning would be watching; each look at one is asked for and audited.
    persons = person_dimensions(catalog, _single(query))
    named = {name.removeprefix("@") for item in query.filters if item.dim in persons for name in item.values}
    is_excluded = any(item.dim in persons and item.op == "not_in" for item in query.filters)
    if persons and (is_excluded or not named <= {work.actor.handle, work.actor.agent_id}):
        return "The figure of another person cannot be pinned."
    return ""


def _single(query: MetricQuery) -> MetricQuery:
    """Return the one figure of a question, beside what it is compared with: without breakdown, series and order."""
    span = query.period
    period = PeriodSpec(start=span.start, end=span.end, moves=span.moves)
    compare = query.compare or "previous"
    if isinstance(compare, Span) and span.moves is not None:
        compare = "previous"  # dates beside a period that moves would be another comparison every day
    return plain(query, Kind.COMPARISON, period).model_copy(update={"compare": compare})


def _query(row: PinnedFigure) -> MetricQuery | None:
    try:
        return MetricQuery.model_validate(row.query)
    except ValidationError:
        return None


def _name(work: Work, row: PinnedFigure) -> str:
    """Return the restatement of a pin, with its period as it was meant."""
    query = _query(row)
    if query is None:
        return "a pin from another version"
    said, moves = restate(plain(query, Kind.LOOKUP, query.period), work.desk.catalog), query.period.moves
    if moves is None:
        return said
    return said.removesuffix(say_dates(query.period.start, query.period.end)) + moves.say()


def _when(query: MetricQuery) -> str:
    return query.period.moves.say() if query.period.moves is not None else "fixed dates"


def _promise(row: PinnedFigure) -> str:
    query = _query(row)
    if query is not None and query.period.moves is not None:
        return f"It is worked out anew whenever App Home opens: “{query.period.moves.say()}” counts from that day."
    return "It is worked out anew whenever App Home opens; its dates stay."


def _unpin(row: PinnedFigure, *, at_home: bool = False) -> Button:
    return Button("Unpin", "home.unpin" if at_home else "pin.drop", row.pin_id)


def _undo(row: PinnedFigure, action: str) -> list[Button]:
    query = _query(row)
    return [Button("Undo", action, evidence.as_state(query))] if query is not None else []


def _drop(work: Work, unit: Unit, pin_id: str) -> None:
    pins.drop(unit, work.actor, pin_id, policy=work.desk.policy)


def _keep(work: Work, unit: Unit, row: PinnedFigure) -> None:
    pins.keep(unit, work.actor, row, policy=work.desk.policy)
