"""The ledger of promises: what was due in a month, who kept it, and whether the figure behind it moved."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from frontline.core.actor import SYSTEM, ActorKind
from frontline.core.periods import Period, local_date
from frontline.core.reply import Words
from frontline.governance import people
from frontline.governance.commitments import NOW, THEN, list_for
from frontline.store.models.governance import Commitment

STATES = ("proposed", "accepted", "done", "dropped")
KEPT, LATE, DROPPED, OPEN = "kept", "kept late", "given up", "still open"
# Commitments that are a day's work, not a promise to the company.
LEFT_OUT = ("outreach",)


@dataclass(frozen=True)
class Promise:
    """A commitment that was due in the month. ``moved``: its figure when it was made and when it was closed, or ""."""

    title: Words
    team: str
    owner: str
    ending: str
    closed_on: dt.date | None
    due: dt.date
    source_key: str
    moved: str

    @property
    def is_kept(self) -> bool:
        """Whether it was done by its date."""
        return self.ending == KEPT


def promises_due(session: Session, month: Period, *, seen_at: dt.datetime, zone: ZoneInfo) -> list[Promise]:
    """Return what was due in ``month`` as it stood at ``seen_at``: kept first, then by date."""
    rows = [
        row
        for row in list_for(session, SYSTEM, states=STATES)
        if month.contains(row.due) and row.kind not in LEFT_OUT and row.created_at <= seen_at
    ]
    names = people.handles(session, [row.owner_key for row in rows])
    teams = _teams(session)
    found = [_promise(row, names, teams, seen_at=seen_at, zone=zone) for row in rows]
    order = (KEPT, LATE, OPEN, DROPPED)
    return sorted(found, key=lambda promise: (order.index(promise.ending), promise.due))


def by_team(promises: Sequence[Promise]) -> str:
    """Return "aurora 2 of 3, leaders 1 of 1"."""
    due, kept = Counter(p.team for p in promises), Counter(p.team for p in promises if p.is_kept)
    return ", ".join(f"{team} {kept[team]} of {count}" for team, count in sorted(due.items()))


def _promise(
    row: Commitment, names: Mapping[str, str], teams: Mapping[str, str], *, seen_at: dt.datetime, zone: ZoneInfo
) -> Promise:
    is_closed = row.closed_at is not None and row.closed_at <= seen_at
    closed_on = local_date(row.closed_at, zone) if is_closed and row.closed_at else None
    ending = OPEN
    if closed_on is not None:
        ending = DROPPED if row.state == "dropped" else KEPT if closed_on <= row.due else LATE
    return Promise(
        title=row.title,
        team=teams.get(row.owner_key, "others"),
        owner=names.get(row.owner_key, row.owner_key),
        ending=ending,
        closed_on=closed_on,
        due=row.due,
        source_key=row.source_key or "",
        moved=_moved(row) if is_closed else "",
    )


def _moved(row: Commitment) -> str:
    then, now = row.evidence.get(THEN), row.evidence.get(NOW)
    if not isinstance(then, dict) or not isinstance(now, dict):
        return ""
    return f"{then.get('title', 'the figure')} {then.get('shown', '?')} before, {now.get('shown', '?')} after"


def _teams(session: Session) -> dict[str, str]:
    """Return person key -> the function that promises count for: the team, or the first role of who is in none."""
    found = {}
    for person in people.list_people(session, also_departed=True):
        if person.kind == ActorKind.HUMAN:
            roles = sorted(held.role for held in person.roles)
            found[person.key] = person.team or (f"{roles[0]}s" if roles else "others")
    return found
