"""Tags of the demo company's last weeks: what a newcomer finds in ``/ops tag list``.

One label is one use by a third agent short of a gap, one has just become one, one has a process, and one was merged.
They come as a help desk would send them, each text through the gate; a company without effects has no gap among them.
"""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from sqlalchemy import text as sql

from frontline.core.actor import SYSTEM
from frontline.core.errors import EngineError
from frontline.core.request import PersonRef
from frontline.core.text import AnonymizedText, RawText
from frontline.governance import people, tag_labels, tags
from frontline.governance.tags import DeskAuthor
from frontline.sandbox.slack import cast

if TYPE_CHECKING:
    from frontline.app.wiring import House


@dataclass(frozen=True)
class Habit:
    """What agents keep tagging: so many uses by so many agents lately, and so many in the weeks before."""

    label: str
    texts: Sequence[str]
    recent: int
    agents: int
    before: int = 0
    is_gap: bool = False
    process: str = ""


HABITS = (
    Habit(
        "billing-email-change",
        ("customer cannot change the billing email in the portal", "wants the invoices sent to another mail address"),
        recent=4,
        agents=2,
        is_gap=True,
    ),
    Habit(
        "tv-pin-reset",
        ("asks how to reset the pin of the tv box", "tv pin is blocked after three tries", "forgot the pin for tv"),
        recent=8,
        agents=4,
        before=2,
        is_gap=True,
    ),
    Habit(
        "paper-invoice",
        ("asks for a paper invoice by post", "wants the bill printed, does not use the portal"),
        recent=6,
        agents=4,
        before=11,
        process="Billing handbook, chapter 4: switch the account to paper, two clicks",
    ),
    Habit("invoice-by-post", ("wants to get the invoice as a letter",), recent=2, agents=2, before=3),
    Habit("parcel-other-address", ("router parcel should go to a neighbour",), recent=2, agents=2, before=6),
    Habit("no-callback", ("was promised a call back and nobody called",), recent=3, agents=2, before=5),
)


def seed_tags(house: House, *, seed: int, effects: bool) -> int:
    """Set the tags of the last weeks, once; return how many were set."""
    with house.store.read() as session:
        if tag_labels.is_known(session, HABITS[1].label):
            return 0
        steward = people.resolve(session, PersonRef(handle=cast.BY_PERSONA["steward"].handle))
    chance = random.Random(seed)  # noqa: S311  # a demo company, no secret
    floor = _agents(house)
    habits = [habit if effects or not habit.is_gap else replace(habit, recent=1, agents=1) for habit in HABITS]
    count = 0
    with house.store.unit() as unit:
        for habit in habits:
            texts = [sealed(house, text) for text in habit.texts]
            agents = chance.sample(floor, k=min(habit.agents, len(floor)))
            for number, at in enumerate(_moments(habit, unit.now, chance)):
                author, case = agents[number % len(agents)], str(chance.randint(610_000, 690_000))
                text = texts[number % len(texts)]
                tags.add_tag(unit, SYSTEM, text, label=habit.label, case_key=case, author=author, at=at)
                if habit.process and number == 0:
                    tag_labels.link(unit, steward, habit.label, process=sealed(house, habit.process))
                count += 1
        tag_labels.merge(unit, steward, "invoice-by-post", "paper-invoice")
        unit.commit()
    return count


def _moments(habit: Habit, now: dt.datetime, chance: random.Random) -> list[dt.datetime]:
    """Return when the habit was seen, oldest first."""
    days = [chance.randint(15, 40) for _ in range(habit.before)] + [chance.randint(1, 12) for _ in range(habit.recent)]
    return sorted(now - dt.timedelta(days=day, minutes=chance.randint(-300, 90)) for day in days)


def _agents(house: House) -> list[DeskAuthor]:
    with house.facts.connect() as connection:
        rows = connection.execute(sql("SELECT agent_id, team_id FROM agents ORDER BY agent_id")).all()
    return [DeskAuthor(agent_id, team=team) for agent_id, team in rows]


def sealed(house: House, text: str) -> AnonymizedText:
    """Return words of the demo company as the gate releases them.

    Raises:
        EngineError: it holds them back.
    """
    verdict = house.gate.check(RawText(text), language="en")
    if verdict.text is None:
        raise EngineError("The gate held a text of the demo company back; nothing was seeded.", permanent=True)
    return verdict.text
