"""A small house with a real gate and vault: what the gate holds back, and the stewards who look at it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest

from anonymization.gate import PresidioGate
from anonymization.word_lists import WordLists
from frontline.core.actor import Actor, Role
from frontline.core.clock import UTC, FrozenClock
from frontline.core.ports import Known, Verdict
from frontline.core.text import RawText
from frontline.governance import audit
from frontline.store.models.corpus import Document
from frontline.store.vault import Vault
from frontline.store.work import Store
from retrieval.intake import Intake

STELLA = Actor("per_stella", "stella", roles=frozenset({Role.STEWARD}))
STEFAN = Actor("per_stefan", "stefan", roles=frozenset({Role.STEWARD}))
TOMAS = Actor("per_tomas", "tomas", roles=frozenset({Role.TRAINER}))
NOW = dt.datetime(2026, 6, 17, 8, 40, tzinfo=UTC)
KEY = b"k" * 32


class Lists:
    """The lists of the gate, replaced by a test."""

    def __init__(self) -> None:
        self.now = WordLists()

    def __call__(self) -> WordLists:
        return self.now


@pytest.fixture(scope="session")
def lists() -> Lists:
    return Lists()


@pytest.fixture(scope="session")
def gate(lists: Lists) -> PresidioGate:
    made = PresidioGate(ner="rules", lists=lists)
    made.start()
    return made


@pytest.fixture
def clock() -> FrozenClock:
    return FrozenClock(NOW)


@pytest.fixture
def store(tmp_path: Path, clock: FrozenClock, lists: Lists) -> Iterator[Store]:
    lists.now = WordLists()
    opened = Store.open(tmp_path / "state.sqlite3", clock)
    opened.create_schema()
    yield opened
    opened.close()


@pytest.fixture
def vault(store: Store) -> Vault:
    return Vault(store, b"v" * 32, on_access=audit.record_access)


class Strict:
    """A gate that holds everything back at intake, as it would hold back what it cannot finish."""

    def check_many(self, items: Iterator[tuple[RawText, Known | None]], *, policy: str = "index") -> Iterator[Verdict]:
        for _ in items:
            yield Verdict(None, reasons=("name_left: The second look still found a name.",))


@pytest.fixture
def hold(store: Store, vault: Vault):  # type: ignore[no-untyped-def]
    """Load a text that the gate holds back."""

    def load(text: str, doc_id: str = "c1", **more: object) -> str:
        intake = Intake(store, gate=Strict, vault=lambda: vault, key=lambda: KEY)  # type: ignore[arg-type]
        row = {"id": doc_id, "kind": "complaint", "text": text, "language": "english", **more}
        [result] = intake.take(STELLA, [row])
        assert result["decision"] == "quarantined"
        return doc_id

    return load


def document_of(store: Store, doc_id: str = "c1") -> Document:
    with store.read() as session:
        return session.get_one(Document, doc_id)
