"""Somebody whom nobody has added hears whom to ask; an admin hears of members alone, once a week, in business hours."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bot.profiles import read_profile
from frontline.app.settings import Settings
from frontline.app.wiring import House
from frontline.core.actor import Audience, AudienceKind, Role
from frontline.core.clock import FrozenClock
from frontline.core.ports import Profile
from frontline.core.request import PersonRef, Request, RequestKind
from frontline.core.text import RawText
from frontline.governance import outbox, people

TEAM = "T0HARBOR01"
WEDNESDAY = dt.datetime(2026, 6, 17, 8, 40, tzinfo=dt.UTC)
MEMBER = Profile("member", "iris")


@pytest.fixture
def clock() -> FrozenClock:
    return FrozenClock(WEDNESDAY)


@pytest.fixture
def house(tmp_path: Path, clock: FrozenClock) -> House:
    found = House(Settings(home=tmp_path), clock=clock)
    found.profile_of = lambda team, user: MEMBER
    with found.store.unit() as unit:
        for handle, account in (("ada", "U0ADMIN001"), ("olga", "U0ADMIN002")):
            people.add_person(unit, handle, roles=[Role.ADMIN])
            people.bind(unit, handle, team_id=TEAM, user_id=account)
        unit.commit()
    return found


@pytest.fixture
def ask(house: House) -> Callable[..., Any]:
    numbers = iter(range(1000))

    def ask(user: str = "U0ANALYST1", *, team: str = TEAM, audience: Audience | None = None) -> Any:
        request = Request(
            inbound_id=f"m{next(numbers)}",
            kind=RequestKind.COMMAND,
            who=PersonRef(user_id=user, team_id=team),
            name="ops",
            text=RawText("status"),
            audience=audience or Audience(),
        )
        return house.doorway.dispatch(request)

    return ask


def told(house: House) -> list[Any]:
    with house.store.read() as session:
        return sorted(outbox.list_messages(session), key=lambda row: row.key)


def test_an_admin_hears_once_a_week_with_a_click_to_add(
    house: House, ask: Callable[..., Any], clock: FrozenClock
) -> None:
    reply = ask()
    assert (reply.headline, reply.exit_code) == ("Frontline does not know you yet.", 3)
    assert reply.context.startswith("Ask @ada to add you")
    ask()
    rows = told(house)
    assert [row.channel for row in rows] == ["U0ADMIN001", "U0ADMIN002"]
    assert f"{TEAM}:U0ANALYST1|iris|agent" in str(rows[0].payload)
    clock.move_to(WEDNESDAY + dt.timedelta(days=6, hours=23))
    ask()
    assert len(told(house)) == 2
    clock.move_to(WEDNESDAY + dt.timedelta(days=7, hours=1))
    ask()
    assert len(told(house)) == 4


@pytest.mark.parametrize("kind", ["guest", "bot", "stranger", "closed"])
def test_nobody_is_proposed_who_is_no_member(house: House, ask: Callable[..., Any], kind: str) -> None:
    house.profile_of = lambda team, user: Profile(kind, "gus")
    assert "hear of it" not in ask().context
    assert told(house) == []


def test_what_slack_does_not_tell_is_no_member(house: House, ask: Callable[..., Any]) -> None:
    house.profile_of = lambda team, user: None
    ask()
    assert told(house) == []


def test_people_of_other_organisations_hear_no_name(house: House, ask: Callable[..., Any]) -> None:
    for reply in (ask(team="T0PARTNER1"), ask(audience=Audience(AudienceKind.EXTERNAL, "C0PARTNERS"))):
        assert "ada" not in reply.headline + reply.context
        assert reply.exit_code == 3
    assert told(house) == []


def test_who_was_deactivated_is_not_proposed_again(house: House, ask: Callable[..., Any]) -> None:
    with house.store.unit() as unit:
        people.deactivate(unit, "olga")
        unit.commit()
    assert ask("U0ADMIN002").headline == "Your account here is closed."
    assert told(house) == []


def test_at_night_the_message_waits_for_the_morning(house: House, ask: Callable[..., Any], clock: FrozenClock) -> None:
    clock.move_to(dt.datetime(2026, 6, 19, 20, 0, tzinfo=dt.UTC))  # Friday evening
    ask()
    assert {row.not_before for row in told(house)} == {dt.datetime(2026, 6, 22, 7, 0, tzinfo=dt.UTC)}


def test_two_admins_click_and_one_person_is_added(house: House) -> None:
    def click(who: str, value: str) -> Any:
        return house.doorway.dispatch(
            Request(
                inbound_id=f"{who}{value}",
                kind=RequestKind.ACTION,
                who=PersonRef(user_id=who, team_id=TEAM),
                name="people.admit",
                value=value,
            )
        )

    assert click("U0ADMIN001", f"{TEAM}:U0ANALYST1|ada|agent").headline == "@u0analyst1 was added as agent."
    assert click("U0ADMIN002", f"{TEAM}:U0ANALYST1|iris|agent").headline == "Somebody has added them already."
    assert click("U0ANALYST1", f"{TEAM}:U0ANALYST9|eva|admin").exit_code == 3


@pytest.mark.parametrize(
    ("facts", "kind"),
    [
        ({}, "member"),
        ({"is_restricted": True}, "guest"),
        ({"is_ultra_restricted": True}, "guest"),
        ({"is_restricted": None}, "guest"),
        ({"is_stranger": True}, "stranger"),
        ({"team_id": "T0PARTNER1"}, "stranger"),
        ({"is_bot": True}, "bot"),
        ({"deleted": True}, "closed"),
    ],
)
def test_only_a_plain_member_counts_as_one(facts: dict[str, Any], kind: str) -> None:
    user = {"team_id": TEAM, "name": "iris", "is_restricted": False, "is_ultra_restricted": False, **facts}
    assert read_profile(user, TEAM).kind == kind
