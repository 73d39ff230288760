"""The words of help desks for categories are loaded as they are, whatever an English gate takes them for."""

from __future__ import annotations

from types import SimpleNamespace
from typing import cast

from anonymization.reasons import Reason
from frontline.app.loading import find_personal
from frontline.app.wiring import House
from frontline.catalog.loader import load_catalog
from frontline.core.ports import Span, Verdict
from frontline.core.text import RawText


class Broken:
    """Cannot finish one check."""

    def check(self, text: RawText) -> Verdict:
        return Verdict(None, reasons=[Reason.GATE_FAILED.value])


class Foreign:
    """Knows no language."""

    def check(self, text: RawText) -> Verdict:
        return Verdict(None, reasons=[Reason.LANGUAGE_UNKNOWN.value])


class Suspicious:
    """Takes every text for a name, as the gate did with single words of other languages."""

    def check(self, text: RawText) -> Verdict:
        return Verdict(None, spans=[Span(0, len(text.reveal()), "PERSON")])


def test_labels_of_the_taxonomy_are_no_names_and_other_words_are_still_looked_at() -> None:
    house = cast("House", SimpleNamespace(gate=Suspicious(), catalog=load_catalog()))
    said = find_personal(house, ["facturatie", "Faktury", "faturação", "dados_móveis", "BIL-DUP", "Piet Verhoeven"])
    assert said == ["", "", "", "", "", "PERSON"]


def test_what_the_gate_could_not_check_counts_as_somebody_and_an_unknown_language_does_not() -> None:
    def said(gate: object) -> list[str]:
        return find_personal(cast("House", SimpleNamespace(gate=gate, catalog=load_catalog())), ["Wanda", "facturatie"])

    assert said(Broken()) == ["PERSON", ""]
    assert said(Foreign()) == ["", ""]
