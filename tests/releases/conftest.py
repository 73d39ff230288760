"""Documents of a customer who agreed to be quoted, the people around a release, and a gate that is played."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator

from frontline.catalog.loader import load_catalog
from frontline.core.actor import Actor, Role
from frontline.core.clock import UTC
from frontline.core.ports import Known, Verdict
from frontline.core.text import AnonymizedText, Provenance, RawText, seal
from frontline.governance.examination import Examination, examine
from frontline.store.models.corpus import Document
from frontline.store.work import Unit
from tests.stores import clock_at, store

__all__ = ["clock", "store"]

TOMAS = Actor("per_tomas", "tomas", roles=frozenset({Role.TRAINER}))
TINE = Actor("per_tine", "tine", roles=frozenset({Role.TRAINER}))
STELLA = Actor("per_stella", "stella", roles=frozenset({Role.STEWARD}))
ADA = Actor("per_ada", "ada", roles=frozenset({Role.ADMIN}))
ANNA = Actor("per_anna", "anna", roles=frozenset({Role.AGENT}))
SAM = Actor("per_sam", "sam", roles=frozenset({Role.SUPERVISOR}))
RULES = load_catalog().releases
NOW = dt.datetime(2026, 6, 17, 8, 40, tzinfo=UTC)


def words(text: str) -> AnonymizedText:
    return seal(text, Provenance("index@1", (("PERSON", 1),)))


class PlayedGate:
    """Masks the word Zuzanna; holds back Dutch."""

    def check(self, text: RawText, *, known: Known | None = None, policy: str = "index", language: str = "") -> Verdict:
        return self.recheck(seal(text.reveal(), Provenance(f"{policy}@1")), policy=policy, language=language)

    def check_many(self, items: Iterable[tuple[RawText, Known | None]], *, policy: str = "index") -> Iterator[Verdict]:
        for text, known in items:
            yield self.check(text, known=known, policy=policy)

    def recheck(
        self, text: AnonymizedText, *, known: Known | None = None, policy: str = "trainer", language: str = ""
    ) -> Verdict:
        if language == "dutch":
            return Verdict(None, reasons=("language_unmeasured: Recall was never measured in this language.",))
        masked = text.show().replace("Zuzanna", "[PERSON_1]")
        return Verdict(seal(masked, Provenance(f"{policy}@1", text.provenance.counts)))


GATE = PlayedGate()


clock = clock_at(8, 40)


def add_document(
    unit: Unit, doc_id: str = "c1", *, text: str | None = "They charged me twice and did not answer.", **changes: object
) -> Document:
    row = Document(
        doc_id=doc_id,
        kind="complaint",
        state="inside",
        text=words(text) if text is not None else None,
        category="billing",
        region="north",
        segment="consumer",
        language="english",
        received_at="2026-05-13T09:00:00+00:00",
        consent=True,
        reasons=[],
        content_key=f"key of {doc_id}",
        policy="index@1",
        added_at=unit.now,
        changed_at=unit.now,
    )
    for name, value in changes.items():
        setattr(row, name, value)
    unit.session.add(row)
    unit.session.flush()
    return row


def look(unit: Unit, doc_id: str = "c1", text: AnonymizedText | None = None) -> Examination:
    document = unit.session.get(Document, doc_id)
    assert document is not None
    return examine(unit.session, document, gate=GATE, rules=RULES, text=text)
