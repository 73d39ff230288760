"""Alerts: one live alert per dedup key, one row per transition.

open -> acknowledged -> resolved; open or acknowledged -> expired. Snoozing keeps the state and mutes the alert.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from frontline.core.actor import SYSTEM, Actor
from frontline.core.errors import Conflict, UsageError, not_found
from frontline.core.ids import new_id
from frontline.core.text import AnonymizedText
from frontline.governance import audit
from frontline.governance.policy import Policy, shipped_policy
from frontline.store.base import product_words
from frontline.store.models.governance import Alert, AlertTransition
from frontline.store.work import Unit

LIVE = ("open", "acknowledged")


@dataclass(frozen=True)
class HitRate:
    """How often people acted on the alerts of a rule: the rule's own record, shown with each alert."""

    acted: int
    closed: int

    @property
    def is_poor(self) -> bool:
        """Under 30 % of at least 10: propose retuning."""
        return self.closed >= 10 and self.acted / self.closed < 0.3


def raise_alert(
    unit: Unit,
    rule: str,
    subject: str,
    dedup_key: str,
    headline: AnonymizedText | str,
    *,
    detail: Mapping[str, Any] | None = None,
) -> Alert:
    """Open an alert, or count one more occurrence of the live one with this key (``occurrences`` > 1 then).

    A string headline is words of the product; what a person wrote comes as ``AnonymizedText``.
    """
    live = unit.session.scalar(select(Alert).where(Alert.dedup_key == dedup_key, Alert.state.in_(LIVE)))
    if live is not None:
        live.occurrences += 1
        live.last_seen_at = unit.now
        live.headline, live.detail = product_words(headline), dict(detail or {})
        unit.session.flush()
        return live
    alert = Alert(
        alert_id=new_id("alr"),
        rule=rule,
        subject=subject,
        dedup_key=dedup_key,
        state="open",
        headline=product_words(headline),
        detail=dict(detail or {}),
        occurrences=1,
        opened_at=unit.now,
        last_seen_at=unit.now,
    )
    unit.session.add(alert)
    _note(unit, SYSTEM, alert, from_state="", note="raised")
    audit.record(unit, SYSTEM, "alert.raise", resource=f"alert:{alert.alert_id}", detail={"rule": rule})
    return alert


def access_alert(session: Session, actor: Actor, alert_id: str, *, policy: Policy | None = None) -> Alert:
    """Return an alert the actor may see.

    Raises:
        NotPermitted: the actor may not see alerts.
        NotFound: there is none with this id.
    """
    (policy or shipped_policy()).authorize(actor, "alert.list", f"alert:{alert_id}")
    alert = session.get(Alert, alert_id)
    if alert is None:
        raise not_found("alert", alert_id, next_step="`/ops alert list` shows the open ones.")
    return alert


def list_alerts(
    session: Session,
    actor: Actor,
    *,
    states: Sequence[str] = LIVE,
    now: dt.datetime | None = None,
    policy: Policy | None = None,
) -> list[Alert]:
    """Return alerts in ``states``, newest first; with ``now``, without those snoozed at that instant.

    Raises:
        NotPermitted: the actor may not see alerts.
    """
    (policy or shipped_policy()).authorize(actor, "alert.list")
    query = select(Alert).where(Alert.state.in_(states)).order_by(Alert.opened_at.desc(), Alert.alert_id)
    if now is not None:
        query = query.where(Alert.snoozed_until.is_(None) | (Alert.snoozed_until <= now))
    return list(session.scalars(query))


def acknowledge(unit: Unit, actor: Actor, alert_id: str, *, policy: Policy | None = None) -> Alert:
    """Take an open alert on: the ladder stops, the others see who has it.

    Raises:
        NotPermitted, NotFound: as for ``access_alert``.
        Conflict: somebody was faster (their key is in ``choices``), or it is closed.
    """
    alert = _changeable(unit, actor, alert_id, action="alert.acknowledge", policy=policy)
    if alert.state == "acknowledged":
        who = alert.acknowledged_by or ""
        words = (
            "You have acknowledged this already." if who == actor.key else "Somebody was faster: it is acknowledged."
        )
        raise Conflict(words, choices=[who])
    alert.acknowledged_by = actor.key
    _move(unit, actor, alert, "acknowledged")
    return alert


def snooze(unit: Unit, actor: Actor, alert_id: str, until: dt.datetime, *, policy: Policy | None = None) -> Alert:
    """Mute a live alert until an instant (at most 14 days ahead).

    Raises:
        NotPermitted, NotFound, Conflict: as for ``acknowledge``.
        UsageError: the instant is past or too far ahead.
    """
    alert = _changeable(unit, actor, alert_id, action="alert.snooze", policy=policy)
    if not unit.now < until <= unit.now + dt.timedelta(days=14):
        raise UsageError("An alert can be snoozed for up to 14 days.", next_step="Try `snooze 15m` or `snooze 2d`.")
    alert.snoozed_until = until
    _note(unit, actor, alert, from_state=alert.state, note=f"snoozed until {until.isoformat()}")
    audit.record(unit, actor, "alert.snooze", resource=f"alert:{alert_id}", detail={"until": until.isoformat()})
    return alert


def resolve_alert(unit: Unit, actor: Actor, alert_id: str, *, note: str = "", policy: Policy | None = None) -> Alert:
    """Close a live alert; ``note`` is a code of the product (fixed, duplicate, false_alarm).

    Raises:
        NotPermitted, NotFound, Conflict: as for ``acknowledge``.
    """
    alert = _changeable(unit, actor, alert_id, action="alert.resolve", policy=policy)
    alert.closed_at = unit.now
    _move(unit, actor, alert, "resolved", note=note)
    return alert


def expire_alerts(unit: Unit, *, unseen_for: dt.timedelta) -> int:
    """Expire live alerts whose cause was not seen again for so long; return how many."""
    stale = select(Alert).where(Alert.state.in_(LIVE), Alert.last_seen_at <= unit.now - unseen_for)
    expired = list(unit.session.scalars(stale))
    for alert in expired:
        alert.closed_at = unit.now
        _move(unit, SYSTEM, alert, "expired", note="not seen again")
    return len(expired)


def hit_rate(session: Session, rule: str) -> HitRate:
    """Return on how many of the rule's closed alerts somebody acted (acknowledged, or resolved as no false alarm)."""
    closed = session.scalar(select(func.count()).where(Alert.rule == rule, Alert.closed_at.is_not(None))) or 0
    false_alarm = (
        select(AlertTransition.id)
        .where(AlertTransition.alert_id == Alert.alert_id, AlertTransition.note == "false_alarm")
        .exists()
    )
    acted = select(func.count()).where(
        Alert.rule == rule,
        Alert.closed_at.is_not(None),
        Alert.acknowledged_by.is_not(None) | (Alert.state == "resolved"),
        ~false_alarm,
    )
    return HitRate(acted=session.scalar(acted) or 0, closed=closed)


def _changeable(unit: Unit, actor: Actor, alert_id: str, *, action: str, policy: Policy | None) -> Alert:
    (policy or shipped_policy()).authorize(actor, action, f"alert:{alert_id}")
    alert = unit.session.get(Alert, alert_id)
    if alert is None:
        raise not_found("alert", alert_id, next_step="`/ops alert list` shows the open ones.")
    if alert.state not in LIVE:
        raise Conflict(f"This alert is {alert.state} already.")
    return alert


def _move(unit: Unit, actor: Actor, alert: Alert, to_state: str, *, note: str = "") -> None:
    before, alert.state = alert.state, to_state
    _note(unit, actor, alert, from_state=before, note=note)
    audit.record(unit, actor, f"alert.{_VERBS[to_state]}", resource=f"alert:{alert.alert_id}", detail={"from": before})


_VERBS = {"acknowledged": "acknowledge", "resolved": "resolve", "expired": "expire"}


def _note(unit: Unit, actor: Actor, alert: Alert, *, from_state: str, note: str) -> None:
    alert.transitions.append(
        AlertTransition(at=unit.now, actor_key=actor.key, from_state=from_state, to_state=alert.state, note=note[:200])
    )
    unit.session.flush()
