"""A corpus over a temporary home, with the real encoder and Chroma; the gate is our own port, played."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest

from frontline.core.actor import Actor, Role
from frontline.core.ports import Known, TextEncoder, Verdict
from frontline.core.text import AnonymizedText, Provenance, RawText, seal
from frontline.governance.policy import shipped_policy
from frontline.store.vault import Vault
from frontline.store.work import Store
from retrieval.corpus import Corpus

STEWARD = Actor("per_stella", "stella", roles=frozenset({Role.STEWARD}))
TRAINER = Actor("per_tomas", "tomas", roles=frozenset({Role.TRAINER}))
AGENT = Actor("per_anna", "anna", roles=frozenset({Role.AGENT}))


class PlayedGate:
    """Lets everything through but texts that say HOLD."""

    def check(self, text: RawText, *, known: Known | None = None, policy: str = "index", language: str = "") -> Verdict:
        if "HOLD" in text.reveal():
            return Verdict(None, reasons=("name: a name may be left",))
        return Verdict(seal(text.reveal(), Provenance(f"{policy}@1")))

    def check_many(self, items: Iterable[tuple[RawText, Known | None]], *, policy: str = "index") -> Iterator[Verdict]:
        for text, known in items:
            yield self.check(text, known=known, policy=policy)

    def recheck(
        self, text: AnonymizedText, *, known: Known | None = None, policy: str = "trainer", language: str = ""
    ) -> Verdict:
        return self.check(RawText(text.show()), policy=policy)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path


@pytest.fixture
def store(home: Path) -> Iterator[Store]:
    store = Store.open(home / "state.sqlite3")
    store.create_schema()
    yield store
    store.close()


@pytest.fixture
def corpus(home: Path, store: Store, encoder: TextEncoder) -> Corpus:
    return open_corpus(home, store, encoder)


def open_corpus(home: Path, store: Store, encoder: TextEncoder, **more: Any) -> Corpus:
    return Corpus(
        store,
        home=home,
        encoder=lambda: encoder,
        gate=PlayedGate,
        policy=more.pop("policy", None) or shipped_policy(),
        vault=lambda: Vault(store, b"v" * 32),
        key=lambda: b"k" * 32,
        **more,
    )
