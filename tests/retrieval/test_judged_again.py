"""A row that comes again is judged again where the gate goes by something else today."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import pytest

from frontline.core.ports import Known, Verdict
from frontline.core.text import Provenance, RawText, seal
from frontline.store.models.corpus import Document
from frontline.store.models.quarantine import QuarantineReview
from frontline.store.vault import Vault
from frontline.store.work import Store
from retrieval.intake import Intake
from tests.retrieval.conftest import STEWARD

ROW = {"id": "c1", "kind": "complaint", "text": "Quill said that the plan Falcon was sold out."}


class Told:
    """Masks whom it is told of, and the words on its list; holds back a text that says HOLD."""

    def __init__(self) -> None:
        self.denied: list[str] = []
        self.asked = 0

    def rules(self) -> str:
        return " ".join(self.denied)

    def check_many(self, items: Iterable[tuple[RawText, Known | None]], *, policy: str = "index") -> Iterator[Verdict]:
        for raw, known in items:
            self.asked += 1
            text = raw.reveal()
            for word in (*self.denied, *(known.names if known else ())):
                text = text.replace(word, "[PERSON_1]")
            yield Verdict(None if "HOLD" in text else seal(text, Provenance(f"{policy}@1")))


@pytest.fixture
def gate() -> Told:
    return Told()


@pytest.fixture
def intake(store: Store, gate: Told) -> Intake:
    vault = Vault(store, b"v" * 32)
    return Intake(store, gate=lambda: gate, vault=lambda: vault, key=lambda: b"k" * 32, rules=gate.rules)  # type: ignore[arg-type,return-value]


def load(intake: Intake, **more: Any) -> str:
    row: Mapping[str, Any] = {**ROW, **more}
    [result] = intake.take(STEWARD, [row])
    return str(result["decision"])


def text_of(store: Store) -> str | None:
    with store.read() as session:
        text = session.get_one(Document, "c1").text
    return text.show() if text is not None else None


def test_the_same_row_under_the_same_rules_is_not_looked_at_again(intake: Intake, gate: Told) -> None:
    assert [load(intake), load(intake)] == ["released", "skipped"]
    assert gate.asked == 1


def test_who_became_known_since_is_masked_when_the_row_comes_again(intake: Intake, store: Store) -> None:
    load(intake)
    assert load(intake, known={"name": "Quill"}) == "replaced"
    assert text_of(store) == "[PERSON_1] said that the plan Falcon was sold out."
    assert load(intake, known={"name": "Quill"}) == "skipped"


def test_a_denied_word_is_masked_when_the_row_comes_again(intake: Intake, gate: Told, store: Store) -> None:
    load(intake)
    gate.denied.append("Falcon")
    assert load(intake) == "replaced"
    assert text_of(store) == "Quill said that the plan [PERSON_1] was sold out."


def test_a_text_that_comes_out_the_same_is_left_alone(intake: Intake, gate: Told, store: Store) -> None:
    load(intake)
    with store.read() as session:
        before = session.get_one(Document, "c1").changed_at
    gate.denied.append("nothing of it")
    assert [load(intake), load(intake)] == ["skipped", "skipped"]
    assert gate.asked == 2
    with store.read() as session:
        assert session.get_one(Document, "c1").changed_at == before


@pytest.mark.parametrize("state", ["withdrawn", "dropped"])
def test_what_people_took_back_is_not_brought_up_again(intake: Intake, gate: Told, store: Store, state: str) -> None:
    load(intake)
    with store.unit() as unit:
        unit.session.get_one(Document, "c1").state = state
        unit.commit()
    gate.denied.append("Falcon")
    assert load(intake) == "skipped"


def test_what_a_steward_decided_stands(intake: Intake, gate: Told, store: Store) -> None:
    assert load(intake, text="HOLD it, Quill said") == "quarantined"
    with store.unit() as unit:
        document = unit.session.get_one(Document, "c1")
        document.state, document.text = "inside", seal("[PERSON_1] said", Provenance("index@1"))
        unit.session.add(
            QuarantineReview(
                doc_id="c1", content_key=document.content_key, opened_by="per_s", opened_at=unit.now, decision="inside"
            )
        )
        unit.commit()
    gate.denied.append("Falcon")
    assert load(intake, text="HOLD it, Quill said") == "skipped"
    assert text_of(store) == "[PERSON_1] said"
