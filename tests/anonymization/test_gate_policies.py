from __future__ import annotations

from pathlib import Path

import pytest

from anonymization.engine import GateEngine, shipped_detectors
from anonymization.findings import LABELS
from anonymization.gate import PresidioGate
from anonymization.measured import load_measured
from anonymization.policy import load_policies, own_policies
from anonymization.samples import SAMPLES
from frontline.core.errors import CatalogError, NotFound, PrivacyError, UsageError
from frontline.core.text import RawText

DUTCH = "Ik heb vorige week al drie keer gebeld maar het internet is nog niet gemaakt en niemand weet waarom dat zo is."
POLISH = (
    "Dzień dobry, nie mam internetu od trzech dni i nikt się nie odzywa, proszę o pomoc, bo to jest dla mnie ważne."
)


def test_every_label_of_the_interface_has_a_treatment_and_a_sample() -> None:
    policies = load_policies()
    assert set(policies) == {"index", "trainer", "leadership"}
    for policy in policies.values():
        assert set(policy.labels) == set(LABELS) == set(SAMPLES)


@pytest.mark.parametrize("label", LABELS)
def test_every_promise_is_kept_on_its_own_sample(gate: PresidioGate, label: str) -> None:
    text, value = SAMPLES[label]
    for policy in ("index", "trainer"):
        verdict = gate.check(RawText(text), policy=policy)
        assert verdict.text is not None
        assert value not in verdict.text.show()


def test_a_promise_without_a_recognizer_keeps_the_gate_shut() -> None:
    blind = [detector for detector in shipped_detectors() if "IBAN" not in detector.labels]
    with pytest.raises(PrivacyError, match="IBAN"):
        GateEngine(detectors=blind).check_promises(load_policies().values())


def test_a_policy_that_forgets_a_label_or_adds_a_key_is_refused_with_its_file(tmp_path: Path) -> None:
    shipped = Path(__file__).parents[2] / "anonymization" / "policies" / "index.yaml"
    text = shipped.read_text(encoding="utf-8")
    (tmp_path / "a.yaml").write_text(text.replace("  IBAN: mask\n", ""), encoding="utf-8")
    (tmp_path / "b.yaml").write_text(text + "colour: blue\n", encoding="utf-8")
    (tmp_path / "c.yaml").write_text("name: [", encoding="utf-8")
    with pytest.raises(CatalogError) as caught:
        load_policies(tmp_path)
    faults = {fault.file: str(fault) for fault in caught.value.faults}
    assert set(faults) == {"a.yaml", "b.yaml", "c.yaml"}
    assert "IBAN" in faults["a.yaml"]
    assert "colour" in faults["b.yaml"]
    assert faults["b.yaml"].startswith(f"b.yaml:{text.count(chr(10)) + 1}:")


@pytest.mark.parametrize(
    ("name", "change", "said", "line_of"),
    [
        ("trainer", ("measured: [en]", "measured: [en, nl]"), "no measured recall", "measured:"),
        ("trainer", ("  searchable: []", "  searchable: [nl]"), "only searchable", "#"),
        ("leadership", ("  consent: true", "  consent: false"), "needs consent and a legal basis", "#"),
        ("index", ("  measured: [en]", "  measured: [en]\n  least_recall: 0.99"), "below least_recall", "languages:"),
        ("index", ("  PERSON: mask", "  PERSON: shout"), "labels.PERSON", "PERSON:"),
        ("index", ("purposes: [search, categories, themes, quality]", "purposes: []"), "purposes", "purposes:"),
    ],
)
def test_an_own_policy_is_held_to_the_measurements_and_named_by_line(
    tmp_path: Path, name: str, change: tuple[str, str], said: str, line_of: str
) -> None:
    shipped = Path(__file__).parents[2] / "anonymization" / "policies" / f"{name}.yaml"
    text = shipped.read_text(encoding="utf-8")
    assert change[0] in text
    folder = tmp_path / "anonymization"
    folder.mkdir()
    (folder / f"{name}.yaml").write_text(text.replace(*change), encoding="utf-8")
    with pytest.raises(CatalogError) as caught:
        own_policies(tmp_path)
    [fault] = caught.value.faults
    assert said in fault.message
    assert fault.file == f"catalog/anonymization/{name}.yaml"
    line = text.replace(*change).splitlines()[fault.line - 1]
    assert line_of in line or (line_of == "#" and line.startswith("name:"))


def test_every_measured_language_has_rows_that_say_what_printed_them() -> None:
    table = load_measured()
    for policy in load_policies().values():
        assert set(policy.languages.measured) <= set(table.languages)
    assert all("anonymization.evaluate" in row.command for rows in table.languages.values() for row in rows)
    said = ("English", "en-GB", "dutch", "", None)
    assert [table.is_measured(name) for name in said] == [True, True, False, False, False]


@pytest.mark.parametrize("text", ["Internet nie działa", "Geen internet", "Estou sem internet ha 2 dias."])
def test_a_text_too_short_to_tell_its_language_is_never_released(gate: PresidioGate, text: str) -> None:
    assert not gate.check(RawText(text), policy="trainer").is_released
    assert not gate.check(RawText(text), policy="trainer", language="english").is_released
    assert gate.check(RawText("Great service, thanks!"), policy="trainer").is_released


def test_an_unknown_policy_and_an_unknown_name_model_are_refused(gate: PresidioGate) -> None:
    with pytest.raises(NotFound, match="nobody"):
        gate.check(RawText("x"), policy="nobody")
    with pytest.raises(UsageError, match="FRONTLINE_NER"):
        PresidioGate(ner="oracle").start()


@pytest.mark.parametrize("text", [DUTCH, POLISH])
def test_a_language_that_was_never_measured_is_searchable_but_not_released(gate: PresidioGate, text: str) -> None:
    searchable = gate.check(RawText(text), policy="index")
    assert searchable.is_released
    assert [reason.partition(":")[0] for reason in searchable.reasons] == ["language_unmeasured"]
    released = gate.check(RawText(text), policy="trainer")
    assert not released.is_released
    assert released.reasons[0].startswith("language_unmeasured")


def test_a_declared_language_does_not_talk_the_gate_out_of_what_it_sees(gate: PresidioGate) -> None:
    assert not gate.check(RawText(DUTCH), policy="trainer", language="english").is_released


ENGLISH = (
    "Please see the mail below, which I sent you last week and which nobody has answered. I am still waiting for it."
)
TURKISH = "Merhaba, bu fatura için çok kızgınım ama kimse bana cevap vermedi, değil mi."


@pytest.mark.parametrize("declared", ["", "english"])
def test_a_quoted_mail_in_another_language_makes_the_whole_of_that_language(gate: PresidioGate, declared: str) -> None:
    """Most of its words are English, the names of the quoted part are looked for by rules that do not fit."""
    mixed = RawText(f"{ENGLISH}\n\n> {DUTCH}")
    inside = gate.check(mixed, language=declared)
    assert inside.is_released
    assert [reason.partition(":")[0] for reason in inside.reasons] == ["language_unmeasured"]
    assert not gate.check(mixed, policy="trainer", language=declared).is_released
    assert not gate.check(RawText(f"{ENGLISH}\n\n> {TURKISH}"), language=declared).is_released
    assert gate.check(RawText(ENGLISH), policy="trainer", language=declared).is_released


@pytest.mark.parametrize(
    "text",
    [
        "My plan is Plus de Luxe, my model HG 8245 and my street is la de los in o i w z do it a e.",
        "Laboratorio de Bases de Datos is what my invoice says, and the e-mail went to the wrong one again.",
        "a b c d e f g h i j k l m n o p q r s t u v w x y z",
    ],
)
def test_a_few_words_of_other_languages_do_not_make_a_part(gate: PresidioGate, text: str) -> None:
    verdict = gate.check(RawText(f"{ENGLISH}\n{text}"))
    assert verdict.is_released
    assert verdict.reasons == ()


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Вчера я звонил в поддержку и никто не помог мне с интернетом", "foreign_script"),
        ("昨日サポートに電話しましたが誰も助けてくれませんでした", "foreign_script"),
        (
            "Tegnap felhívtam az ügyfélszolgálatot és senki sem "
            "tudott segíteni nekem ebben a helyzetben sajnos", "language_unknown"),
    ],
)  # fmt: skip
def test_what_the_gate_cannot_read_is_quarantined(gate: PresidioGate, text: str, code: str) -> None:
    verdict = gate.check(RawText(text))
    assert verdict.text is None
    assert verdict.reasons[0].startswith(code)


def test_provenance_names_the_policy_and_counts_labels_without_values(gate: PresidioGate) -> None:
    verdict = gate.check(RawText("Mail maria.jansen@example.org or m@example.org, or call +31 6 12345678."))
    assert verdict.text is not None
    assert verdict.text.provenance.policy == "index@2"
    assert dict(verdict.text.provenance.counts) == {"EMAIL": 2, "PHONE_NUMBER": 1}
