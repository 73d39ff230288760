"""Promises of the demo company's past, all closed by now: the ledger that the leaders' digest opens with."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import select

from frontline.core.actor import Role
from frontline.core.clock import UTC
from frontline.core.ids import new_id
from frontline.governance import people
from frontline.store.base import product_words
from frontline.store.models.governance import Commitment, CommitmentEvent
from frontline.store.work import Unit

YEAR = 2026


@dataclass(frozen=True)
class Past:
    """A promise: what, whose (the first person with the role), made on, due and closed on (month, day), how."""

    title: str
    role: Role
    made: tuple[int, int]
    due: tuple[int, int]
    closed: tuple[int, int]
    state: str = "done"


PAST = (
    Past("say the engineer's arrival time the evening before", Role.SUPERVISOR, (4, 13), (5, 8), (5, 7)),
    Past("explain roaming zones on the invoice", Role.LEADER, (4, 20), (5, 15), (5, 13)),
    Past("train the chat team on address changes", Role.TRAINER, (4, 22), (5, 20), (5, 20)),
    Past("show planned works in the app before they begin", Role.ANALYST, (4, 27), (5, 22), (5, 29)),
)


def keep_past_promises(unit: Unit) -> int:
    """Write the promises unless there are commitments already; return how many were written."""
    if unit.session.scalar(select(Commitment.commitment_id).limit(1)) is not None:
        return 0
    owners = {held.role: person.key for person in people.list_people(unit.session) for held in person.roles}
    for past in PAST:
        owner = owners[past.role.value]
        row = Commitment(
            commitment_id=new_id("cmt"),
            kind="promise",
            title=product_words(past.title),
            state=past.state,
            owner_key=owner,
            creator_key=owners[Role.LEADER.value],
            due=dt.date(YEAR, *past.due),
            evidence={},
            created_at=_at(past.made),
            closed_at=_at(past.closed),
        )
        steps = (("created", "", "proposed", past.made), ("accepted", "proposed", "accepted", past.made),
                 (past.state, "accepted", past.state, past.closed))  # fmt: skip
        for event, before, after, day in steps:
            row.events.append(
                CommitmentEvent(at=_at(day), actor_key=owner, event=event, from_state=before, to_state=after)
            )
        unit.session.add(row)
    unit.session.flush()
    return len(PAST)


def _at(day: tuple[int, int]) -> dt.datetime:
    return dt.datetime(YEAR, *day, 9, 0, tzinfo=UTC)
