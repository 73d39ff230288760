"""Debriefs of the demo company's last days: one that waits for a third voice, one published with its lessons."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sqlalchemy import select

from frontline.app.demo_tags import sealed
from frontline.core.actor import SYSTEM, Actor
from frontline.core.request import PersonRef
from frontline.governance import debriefs, people
from frontline.governance.debriefs import Contribution, Opening, Step
from frontline.sandbox.slack import cast
from frontline.store.models.debriefs import Debrief
from frontline.store.work import Unit

if TYPE_CHECKING:
    from frontline.app.wiring import House

# (persona, section, words, factor, clock)
Said = tuple[str, str, str, str, str]
WAITING = ("Text messages about visits sent an hour late", "INC-41", "installation")
WAITING_SAID: Sequence[Said] = (
    ("agent", "happened", "callers read us a time slot that had passed already", "", "08:50"),
    (
        "analyst",
        "conditions",
        "the sender of the texts keeps its own clock and nothing compares it with ours",
        "data",
        "",
    ),
)
TOLD = ("Overflow of the chat queue closed during the lunch peak", "", "account access")
TOLD_SAID: Sequence[Said] = (
    ("agent", "happened", "the chat queue grew to four times its usual length", "", "12:05"),
    ("agent", "surprised", "the wallboard showed the queue as empty while it was full", "monitoring", ""),
    ("supervisor", "helped", "two desks moved to chat by hand within ten minutes", "", "12:25"),
    ("analyst", "conditions", "the overflow rule follows the plan of the day, which had a gap", "procedure", ""),
    ("analyst", "lessons", "check the plan of the day for gaps before the shift begins", "procedure", ""),
    ("supervisor", "lessons", "show the state of the overflow rule on the wallboard", "monitoring", ""),
)  # fmt: skip


def seed_debriefs(house: House) -> int:
    """Open two debriefs through the real flow, once; return how many. What people opened meanwhile is none of them."""
    with house.store.read() as session:
        if session.scalar(select(Debrief.debrief_id).where(Debrief.about == WAITING[1])) is not None:
            return 0
        cast_of = {
            persona: people.resolve(session, PersonRef(handle=cast.BY_PERSONA[persona].handle))
            for persona in ("agent", "supervisor", "analyst", "steward")
        }
    with house.store.unit() as unit:
        _fill(house, unit, cast_of, WAITING, WAITING_SAID)
        row = _fill(house, unit, cast_of, TOLD, TOLD_SAID)
        _publish(house, unit, cast_of["steward"], row)
        unit.commit()
    house.corpus.index_pending()
    return 2


def _fill(
    house: House, unit: Unit, cast_of: dict[str, Actor], about: tuple[str, str, str], said: Sequence[Said]
) -> Debrief:
    title, incident, category = about
    step = Step("08:30" if incident else "12:00", sealed(house, "first sign on the floor"))
    opening = Opening(sealed(house, title), incident, category, timeline=[step])
    row = debriefs.open_debrief(unit, cast_of["supervisor"], opening, policy=house.policy)
    for persona, section, words, factor, clock in said:
        entry = Contribution(section, sealed(house, words), factor, clock)
        debriefs.contribute(
            unit,
            cast_of[persona],
            row.debrief_id,
            entry,
            vault=house.vault,
            rules=house.catalog.debriefs,
            policy=house.policy,
        )
    return row


def _publish(house: House, unit: Unit, steward: Actor, row: Debrief) -> None:
    """Publish as the steward does in Slack; its lessons were seen to long ago, and nobody owes them any more."""
    from handlers.debrief_text import document_of

    entries = debriefs.entries_of(unit.session, row)
    debriefs.publish(
        unit,
        steward,
        row.debrief_id,
        doc_id=f"debrief-{row.debrief_id}",
        left_out=(),
        is_led_only_fine=False,
        vault=house.vault,
        rules=house.catalog.debriefs,
        policy=house.policy,
    )
    document = document_of(row, entries, rules=house.catalog.debriefs, zone=house.catalog.calendar.zone_info)
    house.corpus.keep(unit, SYSTEM, document)
