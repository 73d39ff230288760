"""What an admin decided about routines: on or off, live or in shadow. What they leave open the catalog says.

In the first days of an organisation every routine is in shadow: its posts go to the admins, who see what would be
said and let it speak when it speaks well. The days count from the first use of the home.
"""

from __future__ import annotations

import datetime as dt

from sqlalchemy.orm import Session

from frontline.catalog.routines import RoutineDefinition
from frontline.core.actor import Actor
from frontline.governance import audit
from frontline.governance.policy import Policy, shipped_policy
from frontline.store.models.attention import Milestone, RoutineSetting
from frontline.store.work import Unit

FIRST_USE = "first_use"
MANAGE = "routine.manage"
# How long an admin's own "back into shadow" lasts where the catalog gives a routine none.
SHADOW = dt.timedelta(days=14)


def note_first_use(unit: Unit) -> dt.datetime:
    """Write down that the home is used for real, once; return since when it is."""
    found = unit.session.get(Milestone, FIRST_USE)
    if found is None:
        found = Milestone(name=FIRST_USE, at=unit.now)
        unit.session.add(found)
        unit.session.flush()
    return found.at


def is_on(session: Session, definition: RoutineDefinition) -> bool:
    """Whether a routine runs by the clock."""
    setting = session.get(RoutineSetting, definition.key)
    return definition.is_on if setting is None or setting.is_on is None else setting.is_on


def is_stopped(session: Session, routine: str) -> bool:
    """Whether an admin switched a routine off; what it causes between its runs is then not said either."""
    setting = session.get(RoutineSetting, routine)
    return setting is not None and setting.is_on is False


def shadow_until(
    session: Session, definition: RoutineDefinition, now: dt.datetime, *, by_default: bool = True
) -> dt.datetime | None:
    """Return until when a routine speaks to the admins alone; None when it is live.

    ``by_default`` False: there are no first days (the demo company has used Frontline for a year).
    """
    setting = session.get(RoutineSetting, definition.key)
    until: dt.datetime | None = None
    if setting is not None and setting.shadow_until is not None:
        until = setting.shadow_until
    elif (setting is None or setting.live_at is None) and by_default:
        first = session.get(Milestone, FIRST_USE)
        until = (first.at if first is not None else now) + dt.timedelta(days=definition.shadow_days)
    return until if until is not None and until > now else None


def go_live(unit: Unit, actor: Actor, routine: str, *, policy: Policy | None = None) -> None:
    """End a routine's shadow: from now on its posts go where they belong.

    Raises:
        NotPermitted: the actor keeps no routines.
    """
    setting = _setting(unit, actor, routine, policy=policy)
    setting.live_at, setting.shadow_until = unit.now, None
    _record(unit, actor, routine, "live")


def put_in_shadow(
    unit: Unit, actor: Actor, definition: RoutineDefinition, *, policy: Policy | None = None
) -> dt.datetime:
    """Let a routine speak to the admins alone for as long as a new one would; return until when.

    Raises:
        NotPermitted: the actor keeps no routines.
    """
    setting = _setting(unit, actor, definition.key, policy=policy)
    until = unit.now + (dt.timedelta(days=definition.shadow_days) or SHADOW)
    setting.live_at, setting.shadow_until = None, until
    _record(unit, actor, definition.key, "shadow")
    return until


def switch(unit: Unit, actor: Actor, routine: str, *, is_on: bool, policy: Policy | None = None) -> None:
    """Let a routine run by the clock, or stop it. A stopped one can still be run by hand.

    Raises:
        NotPermitted: the actor keeps no routines.
    """
    _setting(unit, actor, routine, policy=policy).is_on = is_on
    _record(unit, actor, routine, "on" if is_on else "off")


def _setting(unit: Unit, actor: Actor, routine: str, *, policy: Policy | None) -> RoutineSetting:
    (policy or shipped_policy()).authorize(actor, MANAGE, f"routine:{routine}")
    setting = unit.session.get(RoutineSetting, routine)
    if setting is None:
        setting = RoutineSetting(routine=routine, changed_by=actor.key, changed_at=unit.now)
        unit.session.add(setting)
    setting.changed_by, setting.changed_at = actor.key, unit.now
    return setting


def _record(unit: Unit, actor: Actor, routine: str, change: str) -> None:
    unit.session.flush()
    audit.record(unit, actor, MANAGE, resource=f"routine:{routine}", detail={"change": change})
