"""Signs per customer for the churn list: one SELECT over cases, contacts and surveys, as they stood at an instant.

Rows carry the keyed customer and no identity. They are unsuppressed, so they leave only under ``metric.extract``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from frontline.analysis.churn import CustomerSigns
from frontline.core.clock import UTC
from frontline.core.errors import NotFound
from frontline.metrics.compiler import Scope
from frontline.metrics.dialects import ONE, Expression, naive
from frontline.metrics.event_windows import counts_as_contact
from frontline.metrics.reading import execute
from frontline.metrics.sources import fact_table

GONE = ("churned", "cancelled", "closed", "inactive", "lost")
SETTLED = ("closed", "resolved", "solved", "done", "cancelled")
_PLAIN = ("customer_key", "segment", "tier", "region", "signup_at", "churned_at", "status", "consent_contact")
_OPTIONAL = ("value", "renewal_at")  # feeds that know what a customer pays and until when


@dataclass(frozen=True)
class CustomerSpec:
    """Windows in days, each ending at ``as_seen_at`` (None = now); rows after that instant are not there."""

    as_seen_at: dt.datetime | None = None
    window_days: int = 30
    survey_days: int = 90
    recent_days: int = 60
    cadence_days: int = 180


def read_churn_signals(scope: Scope, connection: Connection, spec: CustomerSpec) -> list[CustomerSigns]:
    """Return the active customers of whom anything was heard, by key. ``scope.now`` is the instant they are seen at.

    Raises:
        NotFound: there are no customers, or nothing that happened to them.
    """
    _require(scope)
    select = _compile(scope, spec, present=_columns(connection, "customers"))
    knows_cadence = _reaches_back(scope, scope.now - dt.timedelta(days=spec.recent_days + spec.cadence_days))
    return [_signs(row, scope.now, knows_cadence=knows_cadence) for row in execute(connection, select)]


def _compile(scope: Scope, spec: CustomerSpec, *, present: Collection[str]) -> sa.Select[Any]:
    people = sa.table("customers", *(sa.column(name) for name in (*_PLAIN, *_OPTIONAL) if name in present))
    seen = naive(scope.now)
    unresolved, contacts = _unresolved(scope, spec), _contacts(scope, spec)
    topics, answers = _topics(scope, spec), _answers(scope, spec)
    key = people.c.customer_key
    joined: sa.FromClause = people
    for part in (unresolved, contacts, topics, answers):
        joined = joined.outerjoin(part, part.c.customer_key == key)
    was_heard = [unresolved.c.n, contacts.c.recent, topics.c.n, answers.c.ces, answers.c.nps]
    return (
        sa.select(
            key,
            sa.func.coalesce(unresolved.c.n, 0),
            sa.func.coalesce(topics.c.n, 0),
            topics.c.topic,
            answers.c.ces,
            answers.c.nps,
            sa.func.coalesce(contacts.c.recent, 0),
            sa.func.coalesce(contacts.c.usual, 0),
            *(_maybe(people, name) for name in ("segment", "tier", "region", "signup_at", "consent_contact")),
            *(_maybe(people, name) for name in _OPTIONAL),
        )
        .select_from(joined)
        .where(*_is_active(people, seen), sa.or_(*(part.is_not(None) for part in was_heard)))
        .order_by(key)
    )


def _is_active(people: sa.TableClause, seen: dt.datetime) -> list[Expression]:
    tests: list[Expression] = []
    if "signup_at" in people.c:
        tests.append(sa.or_(people.c.signup_at.is_(None), people.c.signup_at <= seen))
    churned = people.c.churned_at if "churned_at" in people.c else sa.null()
    status = sa.func.lower(people.c.status) if "status" in people.c else sa.null()
    stays = sa.and_(churned.is_(None), sa.or_(status.is_(None), status.not_in(GONE)))
    return [*tests, sa.or_(stays, churned > seen)]


def _unresolved(scope: Scope, spec: CustomerSpec) -> sa.Subquery:
    """Cases of the window not closed at the instant. A feed that says neither when nor whether tells nothing."""
    table = fact_table(scope.catalog, "cases")
    seen = naive(scope.now)
    is_told = scope.filled.of("cases", "closed_at") or scope.filled.of("cases", "status")
    status = sa.func.lower(table.c.status)
    still = sa.and_(table.c.closed_at.is_(None), sa.or_(status.is_(None), status.not_in(SETTLED)))
    return (
        sa.select(table.c.customer_key, sa.func.count().label("n"))
        .where(
            table.c.customer_key.is_not(None),
            table.c.opened_at >= naive(scope.now - dt.timedelta(days=spec.window_days)),
            table.c.opened_at < seen,
            sa.or_(still, table.c.closed_at > seen) if is_told else sa.false(),
        )
        .group_by(table.c.customer_key)
        .subquery("unresolved")
    )


def _contacts(scope: Scope, spec: CustomerSpec) -> sa.Subquery:
    """Contacts that the customer began, in the recent days and in the cadence days before them."""
    table = fact_table(scope.catalog, "interactions")
    turn = naive(scope.now - dt.timedelta(days=spec.recent_days))
    start = naive(scope.now - dt.timedelta(days=spec.recent_days + spec.cadence_days))
    return (
        sa.select(
            table.c.customer_key,
            sa.func.count(sa.case((table.c.ts >= turn, ONE))).label("recent"),
            sa.func.count(sa.case((table.c.ts < turn, ONE))).label("usual"),
        )
        .where(*_asked(table), table.c.ts >= start, table.c.ts < naive(scope.now))
        .group_by(table.c.customer_key)
        .subquery("contacts")
    )


def _topics(scope: Scope, spec: CustomerSpec) -> sa.Subquery:
    """The topic of the window that the customer spoke of most, and how often."""
    table = fact_table(scope.catalog, "interactions")
    counts = (
        sa.select(table.c.customer_key, table.c.topic, sa.func.count().label("n"))
        .where(
            *_asked(table),
            table.c.topic.is_not(None),
            table.c.ts >= naive(scope.now - dt.timedelta(days=spec.window_days)),
            table.c.ts < naive(scope.now),
        )
        .group_by(table.c.customer_key, table.c.topic)
        .subquery("counts")
    )
    place = sa.func.row_number().over(partition_by=counts.c.customer_key, order_by=[counts.c.n.desc(), counts.c.topic])
    placed = sa.select(*counts.c, place.label("place")).subquery("placed")
    return sa.select(placed.c.customer_key, placed.c.topic, placed.c.n).where(placed.c.place == 1).subquery("topic")


def _answers(scope: Scope, spec: CustomerSpec) -> sa.Subquery:
    """The last answered ces (brought to 1-7) and nps (0-10) of each customer."""
    table = fact_table(scope.catalog, "surveys")
    key, kind, scale = table.c.customer_key, table.c.type, table.c.scale_max
    order = [table.c.ts.desc(), table.c.survey_id]
    place = sa.func.row_number().over(partition_by=[key, kind], order_by=order).label("place")
    known = (
        sa.select(key, kind, table.c.score, scale, place)
        .where(
            key.is_not(None),
            kind.in_(("ces", "nps")),
            table.c.score.is_not(None),
            table.c.ts >= naive(scope.now - dt.timedelta(days=spec.survey_days)),
            table.c.ts < naive(scope.now),
            sa.or_(kind == "ces", scale.is_(None), scale == 10),
            sa.or_(scale.is_(None), scale > 1),
        )
        .subquery("known")
    )
    on_seven = (known.c.score - 1.0) / (sa.func.coalesce(known.c.scale_max, 7.0) - 1.0) * 6.0 + 1.0
    return (
        sa.select(
            known.c.customer_key,
            sa.func.max(sa.case((known.c.type == "ces", on_seven))).label("ces"),
            sa.func.max(sa.case((known.c.type == "nps", known.c.score))).label("nps"),
        )
        .where(known.c.place == 1)
        .group_by(known.c.customer_key)
        .subquery("answers")
    )


def _asked(table: sa.TableClause) -> list[Expression]:
    return [*counts_as_contact(table), table.c.customer_key.is_not(None)]


def _maybe(people: sa.TableClause, name: str) -> Expression:
    return people.c[name] if name in people.c else sa.null().label(name)


def _signs(row: Sequence[Any], now: dt.datetime, *, knows_cadence: bool) -> CustomerSigns:
    key, unresolved, same, topic, ces, nps, recent, usual, segment, tier, region, signup, consent, value, renewal = row
    return CustomerSigns(
        customer_key=str(key),
        unresolved=int(unresolved),
        same_topic=int(same),
        topic=topic,
        ces=None if ces is None else float(ces),
        nps=None if nps is None else float(nps),
        recent_contacts=int(recent) if knows_cadence else None,
        usual_contacts=int(usual) if knows_cadence else None,
        renewal_days=None if renewal is None else (_instant(renewal) - now).days,
        tenure_days=None if signup is None else max(0, (now - _instant(signup)).days),
        segment=segment,
        tier=tier,
        region=region,
        value=None if value is None else float(value),
        consent_contact=None if consent is None else bool(consent),
    )


def _instant(value: Any) -> dt.datetime:
    found = dt.datetime.fromisoformat(value) if isinstance(value, str) else value
    if not isinstance(found, dt.datetime):
        found = dt.datetime.combine(found, dt.time())
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found


def _reaches_back(scope: Scope, start: dt.datetime) -> bool:
    """Whether contacts are loaded without a gap from ``start`` on: else fewer contacts may be fewer rows."""
    return any(
        span.start <= start and span.end > scope.now - dt.timedelta(days=2) for span in scope.spans("interactions")
    )


def _require(scope: Scope) -> None:
    if not scope.filled.rows("customers"):
        raise NotFound(
            "No customers are loaded, so nobody can be judged.",
            next_step="Load customers with consent_contact: `frontline ingest customers.csv`.",
        )
    if not any(scope.filled.of(table, "customer_key") for table in ("cases", "interactions", "surveys")):
        raise NotFound(
            "No case, contact or survey names its customer.",
            next_step="Load cases or interactions with customer_id.",
        )


def _columns(connection: Connection, table: str) -> set[str]:
    return {str(column["name"]) for column in sa.inspect(connection).get_columns(table)}
