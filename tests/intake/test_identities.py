"""Names, addresses and numbers of people go to the vault alone, one key per person, and can be erased."""

import json

import pytest

from frontline.core.actor import SYSTEM
from frontline.core.errors import NotFound, UsageError
from frontline.core.ids import keyed_hash
from frontline.store.intake.safekeeping import IDENTITY
from frontline.store.models.people import VaultItem
from tests.intake.conftest import Home

CUSTOMERS = (
    "customer_id,name,email,phone,segment\n"
    "991,Wilhelmina Vos,w.vos@example.org,+31 6 1234 5678,consumer\n"
    "992,Pieter Zonderland,,,enterprise\n"
    "993,,,,consumer\n"
)


def subject(home: Home, customer: str) -> str:
    return keyed_hash((home.path / "keys" / "org.key").read_bytes(), "customer", customer)


def opened(home: Home, customer: str) -> list[dict[str, str]]:
    found = []
    with home.store.unit() as unit:
        for item in unit.session.query(VaultItem).filter_by(subject=subject(home, customer), kind=IDENTITY):
            found.append(json.loads(home.vault.get(unit, SYSTEM, item.vault_id, purpose="test")))
    return found


def test_identities_are_in_the_vault_and_nowhere_else(home: Home) -> None:
    home.load(home.write("customers.csv", CUSTOMERS))
    vos = {"name": "Wilhelmina Vos", "email": "w.vos@example.org", "phone": "+31 6 1234 5678"}
    # The facts know a customer by a keyed hash; the number itself is kept for whoever has to call.
    assert opened(home, "991") == [{"customer_number": "991", **vos}]
    assert opened(home, "993") == [{"customer_number": "993"}]
    for path in home.path.rglob("*"):
        if path.is_file() and path.parent != home.feeds:
            content = path.read_bytes()
            assert not any(word in content for word in (b"Wilhelmina", b"w.vos@example", b"1234 5678", b"Zonderland"))


def test_the_same_file_again_stores_no_second_copy_and_a_new_name_replaces_the_old(home: Home) -> None:
    path = home.write("customers.csv", CUSTOMERS)
    home.load(path)
    assert home.load(path).is_unchanged
    report = home.load(home.write("customers.csv", CUSTOMERS.replace("Wilhelmina Vos", "Wilhelmina Bos")))
    assert report.total("changed") == 1
    assert [known["name"] for known in opened(home, "991")] == ["Wilhelmina Bos"]


def test_an_identity_that_is_emptied_at_the_source_leaves_the_vault(home: Home) -> None:
    home.load(home.write("customers.csv", CUSTOMERS))
    home.load(home.write("customers.csv", CUSTOMERS.replace("Pieter Zonderland", "")))
    assert opened(home, "992") == [{"customer_number": "992"}]


def test_a_refused_load_leaves_the_identities_as_they_were(home: Home) -> None:
    home.load(home.write("customers.csv", CUSTOMERS))
    with pytest.raises(UsageError):
        home.load(home.write("customers.csv", CUSTOMERS.replace("Vos", "Bos")), home.write("surveys.csv", b""))
    assert opened(home, "991")[0]["name"] == "Wilhelmina Vos"


def test_erasing_one_person_leaves_the_others(home: Home) -> None:
    home.load(home.write("customers.csv", CUSTOMERS))
    with home.store.unit() as unit:
        home.vault.erase(unit, subject(home, "991"))
        unit.commit()
    assert opened(home, "991") == []
    assert opened(home, "992") == [{"customer_number": "992", "name": "Pieter Zonderland"}]


def test_an_erased_person_stays_erased_when_an_old_export_is_loaded(home: Home) -> None:
    home.load(home.write("customers.csv", CUSTOMERS))
    with home.store.unit() as unit:
        home.vault.erase(unit, subject(home, "991"))
        unit.commit()
    home.load(home.write("customers.csv", CUSTOMERS.replace("+31 6", "+32 6")))
    assert opened(home, "991") == []


def test_agents_are_known_by_handle_and_their_names_are_in_the_vault(home: Home) -> None:
    home.load(home.write("agents.csv", "agent_id,handle,name,team_id\na1,kite,Joanna Kowalska,T1\n"))
    assert home.facts.agent_names() == {"a1": "kite", "kite": "kite"}
    assert b"Kowalska" not in home.generations.current().path.read_bytes()  # type: ignore[union-attr]


def test_a_vault_entry_that_is_gone_is_not_found(home: Home) -> None:
    with home.store.unit() as unit, pytest.raises(NotFound):
        home.vault.get(unit, SYSTEM, "vlt_nothing", purpose="test")
