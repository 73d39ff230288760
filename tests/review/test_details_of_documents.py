"""What stands beside a text is a label; a column that holds sentences of people brings nobody past the gate."""

from __future__ import annotations

import pytest

from anonymization.gate import PresidioGate
from anonymization.word_lists import ListedWord, WordLists, read_entry
from frontline.store.models.corpus import Document
from frontline.store.vault import Vault
from frontline.store.work import Store
from retrieval.details import LEFT_OUT
from retrieval.intake import Intake
from tests.review.conftest import KEY, STELLA, Lists

LABELS = {"category": "faktury", "product": "Galaxy S24 Max", "region": "Victoria", "segment": "small business"}


@pytest.fixture
def intake(store: Store, vault: Vault, gate: PresidioGate) -> Intake:
    return Intake(store, gate=lambda: gate, vault=lambda: vault, key=lambda: KEY, rules=lambda: lists_version(gate))


def lists_version(gate: PresidioGate) -> str:
    return gate._lists().version


def load(intake: Intake, store: Store, **details: str) -> tuple[dict[str, str | None], list[str]]:
    row = {"id": "c1", "kind": "complaint", "text": "The bill was wrong and nobody answers.", **details}
    [result] = intake.take(STELLA, [row])
    with store.read() as session:
        document = session.get_one(Document, "c1")
        return {name: getattr(document, name) for name in LABELS}, result["reasons"]


def test_labels_stay_as_they_are(intake: Intake, store: Store) -> None:
    assert load(intake, store, **LABELS) == (LABELS, [])


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("category", "Maria Jansen"),
        ("category", "call her back on 06 12345678"),
        ("product", "bought by maria.jansen@example.org"),
        ("region", "Keizersgracht 123-2, 1015 CJ Amsterdam"),
        ("segment", "says that Maria promised it to him"),
    ],
)
def test_what_may_name_a_person_is_left_out_and_the_load_says_so(
    intake: Intake, store: Store, name: str, value: str
) -> None:
    assert load(intake, store, **{**LABELS, name: value}) == ({**LABELS, name: None}, [LEFT_OUT])


def test_a_label_that_looks_like_a_name_stays_once_a_steward_allowed_it(
    intake: Intake, store: Store, lists: Lists
) -> None:
    details, _ = load(intake, store, product="Laura Ashby")
    assert details["product"] is None
    lists.now = WordLists(KEY, [ListedWord(*read_entry(KEY, "Laura Ashby"), "PERSON", False)])
    details, _ = load(intake, store, product="Laura Ashby")
    assert details["product"] == "Laura Ashby"
