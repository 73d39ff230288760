import datetime as dt

import pytest

from frontline.core.actor import SYSTEM, Actor, Role
from frontline.core.clock import FrozenClock
from frontline.core.errors import Conflict, NotFound, NotPermitted, UsageError
from frontline.governance import alerts, audit
from frontline.store.models.governance import Alert
from frontline.store.work import Store

LENA = Actor("per_lena", "lena", roles=frozenset({Role.LEADER}))
SAM = Actor("per_sam", "sam", roles=frozenset({Role.SUPERVISOR}))
ANA = Actor("per_ana", "ana", roles=frozenset({Role.AGENT}))


def raised(store: Store, key: str = "recontact:billing") -> str:
    with store.unit() as unit:
        alert = alerts.raise_alert(unit, "recontact_breach", "billing", key, "Recontact on billing is up")
        unit.commit()
        return alert.alert_id


def loaded(store: Store, alert_id: str) -> Alert:
    with store.read() as session:
        return alerts.access_alert(session, LENA, alert_id)


def test_the_same_cause_is_one_alert_that_counts(store: Store, clock: FrozenClock) -> None:
    first = raised(store)
    clock.advance(dt.timedelta(days=1))
    assert raised(store) == first
    alert = loaded(store, first)
    assert (alert.state, alert.occurrences, alert.last_seen_at) == ("open", 2, clock.now())
    assert raised(store, "recontact:refunds") != first


def test_after_it_closed_the_same_cause_is_a_new_alert(store: Store) -> None:
    first = raised(store)
    with store.unit() as unit:
        alerts.resolve_alert(unit, SAM, first, note="fixed")
        unit.commit()
    assert raised(store) != first


def test_every_transition_is_a_row_and_an_audit_entry(store: Store, clock: FrozenClock) -> None:
    alert_id = raised(store)
    clock.advance(dt.timedelta(minutes=5))
    with store.unit() as unit:
        alerts.acknowledge(unit, LENA, alert_id)
        unit.commit()
    with store.unit() as unit:
        alerts.resolve_alert(unit, SAM, alert_id, note="fixed")
        unit.commit()
    alert = loaded(store, alert_id)
    moves = [(row.from_state, row.to_state, row.actor_key) for row in alert.transitions]
    assert moves == [
        ("", "open", "system"),
        ("open", "acknowledged", "per_lena"),
        ("acknowledged", "resolved", "per_sam"),
    ]
    assert alert.closed_at == clock.now()
    with store.read() as session:
        assert [entry.action for entry in audit.entries(session)] == [
            "alert.resolve",
            "alert.acknowledge",
            "alert.raise",
        ]
        assert audit.verify(session) == []


def test_the_second_to_acknowledge_is_told_who_was_first(store: Store) -> None:
    alert_id = raised(store)
    with store.unit() as unit:
        alerts.acknowledge(unit, LENA, alert_id)
        unit.commit()
    with store.unit() as unit, pytest.raises(Conflict) as late:
        alerts.acknowledge(unit, SAM, alert_id)
    assert late.value.choices == ("per_lena",)
    with store.unit() as unit, pytest.raises(Conflict, match="You have acknowledged this already"):
        alerts.acknowledge(unit, LENA, alert_id)


def test_an_agent_may_neither_see_nor_change_alerts(store: Store) -> None:
    alert_id = raised(store)
    with store.unit() as unit:
        for attempt in (
            lambda: alerts.acknowledge(unit, ANA, alert_id),
            lambda: alerts.resolve_alert(unit, ANA, alert_id),
            lambda: alerts.snooze(unit, ANA, alert_id, unit.now + dt.timedelta(hours=1)),
            lambda: alerts.access_alert(unit.session, ANA, alert_id),
            lambda: alerts.list_alerts(unit.session, ANA),
        ):
            with pytest.raises(NotPermitted):
                attempt()
    assert loaded(store, alert_id).state == "open"


def test_a_snoozed_alert_leaves_the_list_until_then(store: Store, clock: FrozenClock) -> None:
    alert_id = raised(store)
    with store.unit() as unit:
        alerts.snooze(unit, SAM, alert_id, clock.now() + dt.timedelta(minutes=15))
        unit.commit()
    with store.read() as session:
        assert alerts.list_alerts(session, SAM, now=clock.now()) == []
        assert len(alerts.list_alerts(session, SAM)) == 1
        clock.advance(dt.timedelta(minutes=15))
        assert len(alerts.list_alerts(session, SAM, now=clock.now())) == 1


@pytest.mark.parametrize("step", [dt.timedelta(0), dt.timedelta(minutes=-1), dt.timedelta(days=15)])
def test_a_snooze_is_ahead_and_short(store: Store, clock: FrozenClock, step: dt.timedelta) -> None:
    alert_id = raised(store)
    with store.unit() as unit, pytest.raises(UsageError):
        alerts.snooze(unit, SAM, alert_id, clock.now() + step)


def test_an_alert_whose_cause_is_gone_expires(store: Store, clock: FrozenClock) -> None:
    alert_id = raised(store)
    clock.advance(dt.timedelta(days=3))
    with store.unit() as unit:
        assert alerts.expire_alerts(unit, unseen_for=dt.timedelta(days=4)) == 0
        assert alerts.expire_alerts(unit, unseen_for=dt.timedelta(days=2)) == 1
        unit.commit()
    assert loaded(store, alert_id).state == "expired"
    with store.unit() as unit, pytest.raises(Conflict):
        alerts.acknowledge(unit, SAM, alert_id)


def test_an_unknown_alert_is_not_found(store: Store) -> None:
    with store.unit() as unit, pytest.raises(NotFound):
        alerts.acknowledge(unit, SAM, "alr_none")


def test_a_rule_shows_its_own_record(store: Store, clock: FrozenClock) -> None:
    for number in range(12):
        alert_id = raised(store, f"cause:{number}")
        with store.unit() as unit:
            if number < 2:
                alerts.acknowledge(unit, SAM, alert_id)
            if number < 4:
                alerts.resolve_alert(
                    unit, SYSTEM if number else SAM, alert_id, note="false_alarm" if number == 3 else ""
                )
            unit.commit()
    clock.advance(dt.timedelta(days=9))
    with store.unit() as unit:
        alerts.expire_alerts(unit, unseen_for=dt.timedelta(days=2))
        unit.commit()
    with store.read() as session:
        rate = alerts.hit_rate(session, "recontact_breach")
    assert (rate.acted, rate.closed, rate.is_poor) == (3, 12, True)
