"""The tiles of a dashboard as they stand, who looked at a metric, and what was done about it. Counts only.

What people ask is in the audit trail; of it only how many looked on how many days leaves here, by role, never who.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from frontline.catalog.scorecards import Dashboard, ReviewRules
from frontline.core.actor import Actor, Role
from frontline.core.errors import Conflict, NotPermitted, UsageError
from frontline.governance import audit
from frontline.governance.commitments import THEN
from frontline.governance.policy import Policy, shipped_policy
from frontline.store.models.dashboards import TileDecision
from frontline.store.models.governance import Alert, AuditEntry, Commitment
from frontline.store.models.people import PersonRole
from frontline.store.work import Unit

ADDED, KEPT, RETIRED, MERGED = "added", "kept", "retired", "merged"
GONE = (RETIRED, MERGED)
# Whatever showed figures names their metrics in its entry: a question, a dashboard, a scorecard, the floor.
_LOOKED = AuditEntry.detail.contains('"metrics":', autoescape=True)


@dataclass(frozen=True)
class Uses:
    """How a metric was looked at: person-days in all, weighted by role."""

    looks: int = 0
    weighted: float = 0.0


@dataclass(frozen=True)
class Usage:
    """Uses by metric since the first entry on record; ``acted`` are metrics that led to a commitment or an alert."""

    since: dt.date
    by_metric: Mapping[str, Uses] = field(default_factory=dict)
    acted: frozenset[str] = frozenset()


def quarter_of(day: dt.date) -> str:
    """Return "2026-Q2"."""
    return f"{day.year}-Q{(day.month - 1) // 3 + 1}"


def tiles_of(session: Session, key: str, board: Dashboard) -> list[str]:
    """Return the tiles that the catalog names, less what was retired or merged, plus what was added; in that order."""
    last = {row.metric: row.decision for row in decisions_of(session, key)}
    tiles = [name for name in board.tiles if last.get(name) not in GONE]
    return [*tiles, *(name for name, said in last.items() if said not in GONE and name not in board.tiles)]


def decisions_of(session: Session, key: str) -> Sequence[TileDecision]:
    """Return what was decided about a dashboard's tiles, oldest first."""
    query = select(TileDecision).where(TileDecision.dashboard == key).order_by(TileDecision.id)
    return list(session.scalars(query))


def decide(
    unit: Unit,
    actor: Actor,
    key: str,
    board: Dashboard,
    metric: str,
    decision: str,
    *,
    rules: ReviewRules,
    today: dt.date,
    into: str = "",
    policy: Policy | None = None,
) -> TileDecision:
    """Record what the owner decided about a tile. Nothing is lost: what is retired can be asked for and added again.

    Raises:
        NotPermitted: the actor is neither of the owner's role nor an admin.
        Conflict: the tile is there already, or is not there any more.
        UsageError: the dashboard is full.
    """
    (policy or shipped_policy()).authorize(actor, "dashboard.decide", key)
    if not actor.has(board.owner, Role.ADMIN):
        raise NotPermitted(
            f"This dashboard is decided by {board.owner}s.", policy_id="dashboard-owner", needs=(board.owner.value,)
        )
    tiles = tiles_of(unit.session, key, board)
    if decision == ADDED and metric in tiles:
        raise Conflict("It is on this dashboard already.")
    if decision != ADDED and metric not in tiles:
        raise Conflict("It is not on this dashboard (any more).")
    if decision == ADDED and len(tiles) >= rules.cap:
        raise UsageError(
            f"{board.title} has {len(tiles)} tiles, and {rules.cap} are the most.",
            next_step=f"Retire one first: /ops dashboard review {key}",
        )
    row = TileDecision(
        at=unit.now, actor_key=actor.key, dashboard=key, metric=metric, decision=decision, into=into,
        quarter=quarter_of(today),
    )  # fmt: skip
    unit.session.add(row)
    unit.session.flush()
    detail = {"metric": metric, "decision": decision, **({"into": into} if into else {})}
    audit.record(unit, actor, "dashboard.decide", resource=f"dashboard:{key}", detail=detail)
    return row


def read_usage(session: Session, *, since: dt.datetime, rules: ReviewRules) -> Usage:
    """Count who looked since an instant: one a person, a metric and a day, ``rules.weights`` times by role."""
    weights = _weights(session, rules)
    seen: dict[tuple[str, str, str], float] = {}
    query = select(AuditEntry.at, AuditEntry.actor_key, AuditEntry.detail).where(
        _LOOKED, AuditEntry.at >= since.isoformat(), AuditEntry.outcome == "done"
    )
    for at, who, detail in session.execute(query):
        for metric in json.loads(detail).get("metrics", ()):
            seen[(metric, who, at[:10])] = weights.get(who, 1.0)
    uses: dict[str, Uses] = {}
    for (metric, _, _), weight in seen.items():
        known = uses.get(metric, Uses())
        uses[metric] = Uses(known.looks + 1, known.weighted + weight)
    first = session.scalar(select(func.min(AuditEntry.at)).where(_LOOKED))
    began = dt.datetime.fromisoformat(first) if first else since
    return Usage(max(began, since).date(), uses, frozenset(_acted(session, since)))


def has_owner(session: Session, board: Dashboard) -> bool:
    """Whether anybody holds the role that decides about the dashboard."""
    return session.scalar(select(PersonRole).where(PersonRole.role == board.owner.value).limit(1)) is not None


def _acted(session: Session, since: dt.datetime) -> Iterable[str]:
    """Yield the metrics of commitments and alerts since an instant."""
    for evidence in session.scalars(select(Commitment.evidence).where(Commitment.created_at >= since)):
        if metric := (evidence.get(THEN) or {}).get("metric"):
            yield metric
    for rule, detail in session.execute(select(Alert.rule, Alert.detail).where(Alert.opened_at >= since)):
        yield from (name for name in (detail.get("primary"), *detail.get("worse", ())) if name)
        if rule == "recontact_breach":
            yield "recontact_rate"


def _weights(session: Session, rules: ReviewRules) -> dict[str, float]:
    found: dict[str, float] = {}
    for key, role in session.execute(select(PersonRole.person_key, PersonRole.role)):
        weight = rules.weights.get(Role(role), 1.0)
        found[key] = max(found.get(key, 1.0), weight)
    return found
