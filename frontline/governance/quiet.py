"""When a direct message that nobody asked for has to wait: a mute, quiet hours, a full week. It is never dropped.

``Quiet.hold`` is asked at delivery, not when a message is written: whoever mutes in the evening is not woken by what
was written in the afternoon. What is critical (priority 0) or was asked for goes at once; a guest gets nothing ever.
"""

from __future__ import annotations

import datetime as dt

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from frontline.catalog.schema import Calendar
from frontline.catalog.workdays import next_opening
from frontline.core.actor import Actor, ActorKind
from frontline.core.errors import NotPermitted, UsageError
from frontline.governance import audit, people
from frontline.governance.outbox import CRITICAL, OPEN_STATES
from frontline.store.models.attention import PersonSetting
from frontline.store.models.people import Person
from frontline.store.models.work import OutboxRow
from frontline.store.work import Unit

WEEK = dt.timedelta(days=7)
# Keys of what one person asks of another: it waits for quiet hours, but a full week of ours must not hold it up.
BETWEEN_PEOPLE = "commitment/"
LONGEST_MUTE = dt.timedelta(days=30)
_MINUTE = dt.timedelta(minutes=1)


class Quiet:
    """The organisation's quiet hours and weekly limit, under what each person chose."""

    def __init__(self, calendar: Calendar) -> None:
        self._calendar = calendar

    def hold(self, session: Session, row: OutboxRow, now: dt.datetime) -> tuple[dt.datetime, str] | None:
        """Return (until when a message waits, why: muted | quiet | cap); None when it may go now.

        A full week moves a message once, to the next working morning: promises wait a day, not a week.
        """
        if not is_direct(row.channel) or row.priority == CRITICAL or row.is_prompted or row.calls:
            return None
        person = people.owner_of_account(session, row.channel)
        setting = session.get(PersonSetting, person.key) if person is not None else None
        was_capped = row.held == "cap"
        if setting is not None and setting.mute_until is not None and setting.mute_until > now:
            return setting.mute_until, "cap" if was_capped else "muted"
        if (end := self._quiet_end(setting, now)) is not None:
            return end, "cap" if was_capped else "quiet"
        may_cap = not was_capped and not row.key.startswith(BETWEEN_PEOPLE)
        if may_cap and sent_within_week(session, row.channel, now) >= self._cap(setting):
            return self._next_morning(now), "cap"
        return None

    def hours(self, setting: PersonSetting | None) -> tuple[dt.time, dt.time]:
        """Return a person's quiet hours (from, to); equal = none."""
        if setting is not None and setting.quiet_from is not None and setting.quiet_to is not None:
            return setting.quiet_from, setting.quiet_to
        return self._calendar.quiet_from, self._calendar.quiet_to

    def _cap(self, setting: PersonSetting | None) -> int:
        chosen = setting.weekly_cap if setting is not None else None
        return chosen if chosen is not None else self._calendar.weekly_cap

    def _quiet_end(self, setting: PersonSetting | None, now: dt.datetime) -> dt.datetime | None:
        start, end = self.hours(setting)
        local = now.astimezone(self._calendar.zone_info)
        at = local.time()
        if start == end or not (start <= at < end if start < end else at >= start or at < end):
            return None
        day = local.date() + dt.timedelta(days=1) if at >= end else local.date()
        # In the hour that a change of clocks gives twice, the end could read as past.
        return max(self._instant(day, end), now + _MINUTE)

    def _next_morning(self, now: dt.datetime) -> dt.datetime:
        tomorrow = now.astimezone(self._calendar.zone_info).date() + dt.timedelta(days=1)
        return next_opening(self._calendar, self._instant(tomorrow, dt.time.min))

    def _instant(self, day: dt.date, at: dt.time) -> dt.datetime:
        return dt.datetime.combine(day, at, tzinfo=self._calendar.zone_info).astimezone(dt.UTC)


def is_direct(channel: str) -> bool:
    """Whether a message goes to a person and not to a channel."""
    return channel[:1] in ("U", "W")


def sent_within_week(session: Session, account: str, now: dt.datetime) -> int:
    """Return how many messages of our own accord a person got in the last seven days."""
    query = select(func.count()).where(
        OutboxRow.channel == account,
        OutboxRow.state == "sent",
        OutboxRow.is_prompted.is_(False),
        OutboxRow.priority != CRITICAL,
        OutboxRow.key.not_like(f"{BETWEEN_PEOPLE}%"),
        OutboxRow.sent_at > now - WEEK,
    )
    return int(session.scalar(query) or 0)


def held_back(session: Session, now: dt.datetime) -> dict[str, int]:
    """Return why -> how many direct messages wait now. The caller has authorized ``status.read``."""
    query = (
        select(OutboxRow.held, func.count())
        .where(OutboxRow.state.in_(OPEN_STATES), OutboxRow.held != "", OutboxRow.not_before > now)
        .group_by(OutboxRow.held)
    )
    return dict(session.execute(query).tuples().all())


def refuse_outsiders(session: Session, channel: str) -> None:
    """Re-check a direct message when it is sent.

    Raises:
        NotPermitted: the account is a guest's, or of somebody who has left.
    """
    person: Person | None = people.owner_of_account(session, channel) if is_direct(channel) else None
    if person is None:
        return
    if person.deactivated_at is not None:
        raise NotPermitted("This person has left.", policy_id="kind.unknown")
    if person.kind != ActorKind.HUMAN:
        raise NotPermitted("Guests of the workspace get no messages.", policy_id=f"kind.{person.kind}")


def access_own(session: Session, actor: Actor) -> PersonSetting | None:
    """Return what the actor chose for themselves; None = nothing."""
    return session.get(PersonSetting, actor.key)


def choose(
    unit: Unit,
    actor: Actor,
    *,
    mute_until: dt.datetime | None = None,
    is_unmuted: bool = False,
    hours: tuple[dt.time, dt.time] | None = None,
    is_usual: bool = False,
    weekly_cap: int | None = None,
) -> PersonSetting:
    """Change one's own setting; what waits under the old one is judged anew. ``is_usual`` takes one's own hours away.

    Raises:
        UsageError: a mute in the past or longer than 30 days, or who speaks has no account (a role of the terminal).
    """
    if unit.session.get(Person, actor.key) is None:
        raise UsageError("A role has no messages of its own.", next_step="Do it as yourself.")
    setting = unit.session.get(PersonSetting, actor.key)
    if setting is None:
        setting = PersonSetting(person_key=actor.key)
        unit.session.add(setting)
    if mute_until is not None:
        if not unit.now < mute_until <= unit.now + LONGEST_MUTE:
            raise UsageError("A mute ends within 30 days.", next_step="For example: /ops me mute 2 days.")
        setting.mute_until = mute_until
    if is_unmuted:
        setting.mute_until = None
    if hours is not None:
        setting.quiet_from, setting.quiet_to = hours
    if is_usual:
        setting.quiet_from = setting.quiet_to = None
    if weekly_cap is not None:
        setting.weekly_cap = weekly_cap
    unit.session.flush()
    _judge_anew(unit, actor)
    audit.record(unit, actor, "attention.own", resource=f"person:{actor.key}")
    return setting


def _judge_anew(unit: Unit, actor: Actor) -> None:
    account = people.slack_account(unit.session, actor.key)
    if account is not None:
        unit.session.execute(
            update(OutboxRow)
            .where(
                OutboxRow.channel == account[1], OutboxRow.state == "pending", OutboxRow.held.in_(("muted", "quiet"))
            )
            .values(not_before=unit.now, held="")
        )
