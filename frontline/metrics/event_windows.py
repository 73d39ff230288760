"""What followed within a window: recontact, first-contact resolution, containment.

Contacts are flagged on the customer's full history and filtered afterwards: a filter before the window function is
the classic wrong answer, for it hides the contact that came back through another channel. "Full" means every contact
that can lie within the window of one in the slice.
"""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa

from frontline.catalog.schema_metrics import EventWindow, WindowShape
from frontline.metrics.compiler import Ask, Scope, grouped, time_of
from frontline.metrics.dialects import ONE, Expression, naive
from frontline.metrics.sources import Rows, fact_table

ANSWERED = ("answered", "transferred")  # a transferred contact was answered, then moved on


def compile_event_window(scope: Scope, ask: Ask) -> sa.Select[tuple[object, ...]]:
    """Compile recontact, first-contact resolution or containment. Rows too young to be judged are left out."""
    window = ask.metric.window
    assert window is not None
    if window.shape is WindowShape.CONTAINMENT:
        return _compile_containment(scope, ask, window)
    contacts = answered_contacts(scope, ask.piece.start, ask.piece.end, window)
    rows = scope.rows("interactions", contacts)
    followed = rows.column("next_ts") <= scope.hooks.add_seconds(rows.column("ts"), window.hours * 3600)
    is_followed = sa.func.coalesce(followed, sa.false())
    conditions = [is_mature(scope, ask, rows.column("ts"))]
    if window.shape is WindowShape.RECONTACT:
        late = rows.column("next_ts") > scope.hooks.add_seconds(rows.column("ts"), window.after * 3600)
        flag: Expression = sa.and_(is_followed, late) if window.after else is_followed
    elif window.shape is WindowShape.CHANNEL_SWITCH:
        flag = sa.and_(is_followed, rows.column("next_channel") != rows.column("channel"))
    else:
        earlier = rows.column("prev_ts") >= scope.hooks.add_seconds(rows.column("ts"), -window.hours * 3600)
        conditions.append(sa.not_(sa.func.coalesce(earlier, sa.false())))
        flag = sa.and_(
            sa.not_(is_followed), rows.column("outcome") != "transferred", sa.not_(_escalated(scope, rows, window))
        )
    values = {"a": sa.case((flag, ONE)), "b": ONE}
    num, den = sa.func.count(sa.column("a")), sa.func.count(sa.column("b"))
    return grouped(scope, ask, rows, "ts", values, (num, den, den), conditions)


def answered_contacts(scope: Scope, start: dt.datetime, end: dt.datetime, window: EventWindow) -> sa.Subquery:
    """Return the answered contacts of identified customers near ``[start, end)`` with ``next_ts`` and ``prev_ts``,
    and ``next_channel`` where the window looks at it.

    Outbound contacts are ours, not the customer's, and do not count.
    """
    table = fact_table(scope.catalog, "interactions")
    reach = dt.timedelta(hours=window.hours)
    # What followed lies after a contact; only first contacts look back.
    before = reach if window.shape is WindowShape.FIRST_CONTACT else dt.timedelta()
    partition = [table.c.customer_key, *(table.c[name] for name in window.same)]
    order = [table.c.ts, table.c.interaction_id]
    lead = sa.func.lead(table.c.ts).over(partition_by=partition, order_by=order)
    lag = sa.func.lag(table.c.ts).over(partition_by=partition, order_by=order)
    # Of two contacts in the same second each is followed by the other; lead alone sees only one of them.
    following = sa.case((lag == table.c.ts, table.c.ts), else_=lead).label("next_ts")
    marks = [following, lag.label("prev_ts")]
    if window.shape is WindowShape.CHANNEL_SWITCH:  # two more looks at millions of rows, so only where they are read
        through = sa.func.lead(table.c.channel).over(partition_by=partition, order_by=order)
        beside = sa.func.lag(table.c.channel).over(partition_by=partition, order_by=order)
        marks.append(sa.case((lag == table.c.ts, beside), else_=through).label("next_channel"))
    return (
        sa.select(*table.c, *marks)
        .where(
            *counts_as_contact(table),
            table.c.customer_key.is_not(None),
            table.c.ts >= naive(start - before),
            table.c.ts < naive(min(end + reach + dt.timedelta(seconds=1), scope.now)),
        )
        .subquery("contacts")
    )


def counts_as_contact(table: sa.FromClause) -> list[Expression]:
    """Return the tests of an answered contact that the customer began."""
    inbound = sa.or_(table.c.direction.is_(None), table.c.direction != "outbound")
    return [table.c.outcome.in_(ANSWERED), inbound]


def is_mature(scope: Scope, ask: Ask, instant: Expression) -> Expression:
    """Return the test that the whole window after ``instant`` lies within one contiguous loaded span."""
    spans = [(max(low, ask.piece.start), high) for low, high in mature_ranges(scope, ask) if high > ask.piece.start]
    tests = [sa.and_(instant >= naive(low), instant <= naive(high)) for low, high in spans if low <= ask.piece.end]
    return sa.or_(*tests) if tests else sa.false()


def mature_ranges(scope: Scope, ask: Ask) -> list[tuple[dt.datetime, dt.datetime]]:
    """Return per loaded span the instants from which a window still fits, both ends included."""
    length = ask.metric.window_length
    ends = [(span.start, min(span.end, scope.now) - length) for span in scope.spans(ask.metric.model)]
    return [(start, last) for start, last in ends if last >= start]


def immature_spans(scope: Scope, ask: Ask) -> list[tuple[dt.datetime, dt.datetime]]:
    """Return the stretches of the slice whose rows are too young to be judged."""
    found = []
    length = ask.metric.window_length
    for span in scope.spans(ask.metric.model):
        end = min(span.end, scope.now)
        low, high = max(span.start, end - length, ask.piece.start), min(end, ask.piece.end)
        if low < high:
            found.append((low, high))
    return found


def coverage_select(scope: Scope, ask: Ask, *, count_identified: bool = True) -> sa.Select[tuple[object, ...]]:
    """Return num = identified and den = all answered contacts of the slice, under the same filters.

    Customer keys are long words, and reading five million of them is most of the time: not where num is known.
    """
    rows = scope.rows("interactions")
    is_identified = sa.case((rows.column("customer_key").is_not(None), ONE))
    values = {"a": is_identified if count_identified else sa.null(), "b": ONE}
    num, den = sa.func.count(sa.column("a")), sa.func.count(sa.column("b"))
    conditions = [
        rows.column("outcome").in_(ANSWERED),
        sa.or_(rows.column("direction").is_(None), rows.column("direction") != "outbound"),
    ]
    whole = Ask(ask.key, ask.metric, ask.piece, (), ask.filters)
    return grouped(scope, whole, rows, "ts", values, (num, den, den), conditions)


def _escalated(scope: Scope, rows: Rows, window: EventWindow) -> Expression:
    """Return whether the contact's case was escalated within the window."""
    if not scope.filled.of("cases", "escalated_at") or not scope.filled.of("interactions", "case_id"):
        return sa.false()
    limit = scope.hooks.add_seconds(rows.column("ts"), window.hours * 3600)
    return sa.func.coalesce(rows.column("cases.escalated_at") <= limit, sa.false())


def _compile_containment(scope: Scope, ask: Ask, window: EventWindow) -> sa.Select[tuple[object, ...]]:
    rows = scope.rows("cases")
    opened, customer, case = (rows.column(name) for name in ("opened_at", "customer_key", "case_id"))
    contacts = fact_table(scope.catalog, "interactions")
    human = sa.select(contacts.c.case_id).where(contacts.c.agent_id.is_not(None), contacts.c.case_id.is_not(None))
    after = contacts.alias("after")
    came_back = sa.exists(
        sa.select(ONE).where(
            after.c.customer_key == customer,
            sa.func.coalesce(after.c.case_id, "") != case,
            sa.func.coalesce(after.c.direction, "inbound") != "outbound",
            after.c.ts > opened,
            after.c.ts <= scope.hooks.add_seconds(opened, window.hours * 3600),
        )
    )
    contained = sa.and_(rows.column("agent_id").is_(None), case.not_in(human), sa.not_(came_back))
    values = {"a": sa.case((contained, ONE)), "b": ONE}
    num, den = sa.func.count(sa.column("a")), sa.func.count(sa.column("b"))
    conditions = [rows.column("automated").is_(sa.true()), is_mature(scope, ask, opened)]
    return grouped(scope, ask, rows, time_of(scope, ask.metric), values, (num, den, den), conditions)
