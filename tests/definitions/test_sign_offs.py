"""From a proposal to a definition in force: several people, one of them the owner, and back again."""

from __future__ import annotations

import pytest

from frontline.app.wiring import House
from frontline.catalog.proposals import propose
from frontline.core.errors import Conflict, NotPermitted, UsageError
from frontline.core.reply import Outcome
from frontline.governance import audit, definitions, people
from tests.definitions.conftest import actor

EFFECT = {"old": "fcr_rate@2", "new": "fcr_rate@3", "start": "2026-03-19", "end": "2026-06-17", "notes": []}
TOTAL = {"label": "", "old": 0.7, "old_n": 100, "new": 0.6, "new_n": 90, "change": -0.1, "hidden": False}


def proposed(house: House, window: str = "14", *, by: str = "sam") -> str:
    with house.store.read() as session:
        number = definitions.next_number(session, house.catalog, "fcr_rate")
    proposal = propose(house.catalog, "fcr_rate", {"window": window}, number=number)
    with house.store.unit() as unit:
        definitions.propose(unit, actor(house, by), proposal, effect={**EFFECT, "total": TOTAL})
        unit.commit()
    return proposal.version.name


def say(house: House, person: str, words: str) -> str:
    reply = house.ask("ops", f"metric {words}", person=person)
    return f"{reply.headline} {reply.context}"


def test_two_people_sign_and_one_of_them_owns_it(house: House) -> None:
    name = proposed(house)
    before = house.catalog.definition_hashes["fcr_rate"]
    assert "needs the signature of a leader" in say(house, "sam", f"adopt {name} yes")
    assert house.catalog.definition_hashes["fcr_rate"] == before
    assert "You have signed" in say(house, "sam", f"adopt {name} yes")
    assert "counts from now on" in say(house, "lena", f"adopt {name} yes")
    assert house.desk.catalog.metrics["fcr_rate"].version == 3
    assert house.desk.engine.explain("fcr_rate").version == 3
    with house.store.read() as session:
        steps = [entry.action for entry in audit.entries(session, limit=30)]
    assert steps.count("metric.adopt") >= 3


def test_two_who_do_not_own_it_are_not_enough(house: House) -> None:
    name = proposed(house)
    say(house, "sam", f"adopt {name} yes")
    assert "needs the signature of a leader" in say(house, "finn", f"adopt {name} yes")
    assert house.desk.catalog.metrics["fcr_rate"].version == 2


def test_a_proposal_cannot_make_its_author_the_owner(house: House) -> None:
    proposal = propose(house.catalog, "fcr_rate", {"window": "14", "owner": "supervisor"}, number=3)
    with house.store.unit() as unit:
        definitions.propose(unit, actor(house, "sam"), proposal, effect={**EFFECT, "total": TOTAL})
        unit.commit()
    assert "needs the signature of a leader" in say(house, "sam", "adopt fcr_rate@3 yes")


def test_looking_is_not_signing_and_a_role_signs_nothing(house: House) -> None:
    name = proposed(house)
    assert "before anybody can adopt it" in say(house, "lena", f"adopt {name}")
    assert "signed by people" in say(house, "role:leader", f"adopt {name} yes")
    with house.store.read() as session:
        assert not definitions.access_version(session, actor(house, "lena"), name).signatures


def test_nobody_signs_what_nobody_has_seen(house: House) -> None:
    proposal = propose(house.catalog, "fcr_rate", {"window": "14"}, number=3)
    with house.store.unit() as unit:
        definitions.propose(unit, actor(house, "sam"), proposal, effect={})
        unit.commit()
    rule = house.catalog.rules.definitions
    with pytest.raises(UsageError, match="Nobody has seen"), house.store.unit() as unit:
        definitions.sign(unit, actor(house, "lena"), "fcr_rate@3", rule=rule, catalog=house.catalog)


def test_an_adoption_is_taken_back_to_what_counted_before(house: House) -> None:
    for window, person in (("14", "sam"), ("3", "finn")):
        name = proposed(house, window, by=person)
        say(house, "sam", f"adopt {name} yes")
        say(house, "lena", f"adopt {name} yes")
    assert house.desk.catalog.metrics["fcr_rate"].version == 4
    assert "fcr_rate@3 does again" in say(house, "lena", "undo fcr_rate")
    assert house.desk.catalog.metrics["fcr_rate"].version == 3
    assert "of the files does again" in say(house, "lena", "undo fcr_rate")
    assert house.desk.catalog.metrics["fcr_rate"].version == 2
    assert "Nothing of fcr_rate was adopted" in say(house, "lena", "undo fcr_rate")


def test_a_proposal_on_a_definition_that_changed_meanwhile_is_stale(house: House) -> None:
    first, second = proposed(house, "14"), proposed(house, "3")
    say(house, "sam", f"adopt {first} yes")
    say(house, "lena", f"adopt {first} yes")
    assert "not defined any more as it was" in say(house, "lena", f"adopt {second} yes")


def test_undo_takes_back_the_version_that_was_named_and_no_other(house: House) -> None:
    for window, person in (("14", "sam"), ("3", "finn")):
        name = proposed(house, window, by=person)
        say(house, "sam", f"adopt {name} yes")
        reply = house.ask("ops", f"metric adopt {name} yes", person="lena")
        assert [(button.action, button.value) for button in reply.buttons] == [("metric.undo", name)]
    assert "fcr_rate@3 is not in force: fcr_rate@4 is." in say(house, "lena", "undo fcr_rate@3")
    assert house.desk.catalog.metrics["fcr_rate"].version == 4
    assert "fcr_rate@3 does again" in say(house, "lena", "undo fcr_rate@4")


def test_without_a_number_only_the_one_proposal_that_is_open_is_signed(house: House) -> None:
    proposed(house, "14")
    assert "needs the signature of a leader" in say(house, "sam", "adopt fcr_rate yes")
    proposed(house, "3")
    assert "Say which: fcr_rate@3 or fcr_rate@4" in say(house, "lena", "adopt fcr_rate yes")
    assert "counts from now on" in say(house, "lena", "adopt fcr_rate@3 yes")


def test_a_catalog_that_has_not_heard_of_an_adoption_signs_nothing_over_it(house: House) -> None:
    first, second = proposed(house, "14"), proposed(house, "3")
    rule, old = house.catalog.rules.definitions, house.catalog
    with house.store.unit() as unit:
        for person in ("sam", "lena"):
            definitions.sign(unit, actor(house, person), first, rule=rule, catalog=old)
        with pytest.raises(Conflict, match="not defined any more as it was"):
            definitions.sign(unit, actor(house, "lena"), second, rule=rule, catalog=old)


def test_a_second_process_adopts_and_the_running_one_follows(house: House) -> None:
    name = proposed(house)
    assert house.desk.catalog.metrics["fcr_rate"].version == 2
    rule = house.catalog.rules.definitions
    for person in ("sam", "lena"):
        with house.store.unit() as unit:
            definitions.sign(unit, actor(house, person), name, rule=rule, catalog=house.catalog)
            unit.commit()
    house.refresh()
    assert house.desk.catalog.metrics["fcr_rate"].version == 3
    assert house.parser is house.desk.parser()


def test_a_proposal_is_withdrawn_and_made_twice_only_once(house: House) -> None:
    name = proposed(house)
    with pytest.raises(Conflict, match="proposed already"):
        proposed(house)
    assert "withdrawn" in say(house, "sam", f"withdraw {name}")
    assert proposed(house) == "fcr_rate@4"  # no number is given twice


def test_who_may_not_sign_or_propose_is_refused(house: House) -> None:
    with pytest.raises(NotPermitted), house.store.unit() as unit:
        definitions.undo(unit, people.role_actor("trainer"), "fcr_rate")
    reply = house.ask("ops", "metric define fcr_rate --window 14", person="role:agent")
    assert reply.outcome is Outcome.DENIED
