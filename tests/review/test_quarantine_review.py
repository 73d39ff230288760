"""What the gate held back in a steward's hands: opened under audit, chosen, looked at again, undone."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from anonymization.choices import find_words, suspects
from anonymization.gate import PresidioGate
from frontline.core.clock import FrozenClock
from frontline.core.errors import Conflict, NotFound, NotPermitted, UsageError
from frontline.core.ports import Choice, Known, Verdict
from frontline.core.text import QuestionText, RawText
from frontline.governance import audit, gate_words, quarantine
from frontline.store.base import product_words
from frontline.store.models.people import VaultItem
from frontline.store.vault import Vault
from frontline.store.work import Store
from handlers import privacy_forms
from retrieval.intake import Intake
from tests.review.conftest import KEY, NOW, STEFAN, STELLA, TOMAS, Lists, document_of

Hold = Callable[..., str]
TEXT = "Hello, Zbyszko Wrzos of the Old Mill called me about Fiber Max. The line is down since Monday and nobody helps."
HOUR = dt.timedelta(hours=1)
DAY = dt.timedelta(hours=24)


def decide(
    store: Store, vault: Vault, gate: PresidioGate, choices: Sequence[tuple[str, str, str]], *, language: str = ""
) -> tuple[str, Verdict]:
    """Choose (words, label, action) for stretches of the text that Stella has open."""
    with store.unit() as unit:
        opened = quarantine.open_text(unit, STELLA, "c1", vault=vault)
        raw = opened.text.reveal()
        chosen = [
            Choice(raw.index(words), raw.index(words) + len(words), label, action) for words, label, action in choices
        ]
        verdict = gate.review(opened.text, chosen, known=opened.known, language=language or "english")
        said = quarantine.decide(unit, STELLA, opened, verdict, choices=chosen, language=language, undo_window=DAY)
        unit.commit()
        return said, verdict


def bytes_of(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.iterdir() if path.is_file())


def test_what_is_masked_kept_and_dropped_comes_out_so_and_goes_inside(
    store: Store, vault: Vault, gate: PresidioGate, hold: Hold, tmp_path: Path
) -> None:
    hold(TEXT)
    choices = [("Zbyszko Wrzos", "PERSON", "mask"), ("Old Mill", "LOCATION", "drop"), ("Fiber Max", "PERSON", "keep")]
    said, verdict = decide(store, vault, gate, choices)
    assert said == "inside"
    row = document_of(store)
    assert row.text is not None
    shown = row.text.show()
    assert "[PERSON_1] of the … called me about Fiber Max" in shown
    assert (row.state, row.policy) == ("inside", "index@2")
    assert ("PERSON", 1) in row.text.provenance.counts
    assert verdict.reasons == ()
    store.checkpoint()
    assert b"Zbyszko" not in bytes_of(tmp_path)


def test_the_gate_looks_again_and_a_number_cannot_be_kept(
    store: Store, vault: Vault, gate: PresidioGate, hold: Hold
) -> None:
    hold("My card 4111 1111 1111 1111 was charged twice and nobody answers me about it.")
    said, verdict = decide(store, vault, gate, [("4111 1111 1111 1111", "CREDIT_CARD", "keep")])
    assert said == "kept"
    assert verdict.reasons[0].startswith("number_left")
    row = document_of(store)
    assert (row.state, row.text) == ("quarantined", None)
    assert row.reasons == list(verdict.reasons)


def test_what_was_known_at_intake_is_known_at_the_review(
    store: Store, vault: Vault, gate: PresidioGate, hold: Hold
) -> None:
    hold("The contract of Iunea was cancelled without a word to me.", known={"name": "Iunea Qorri"})
    said, verdict = decide(store, vault, gate, [("Iunea", "PERSON", "keep")])
    assert said == "kept"
    assert verdict.reasons[0].startswith("known_left")


def test_a_language_can_be_named_and_still_is_never_released(
    store: Store, vault: Vault, gate: PresidioGate, hold: Hold
) -> None:
    hold("Estou sem internet ha dias e o router nao liga.", language=None)
    said, verdict = decide(store, vault, gate, [], language="portuguese")
    assert said == "inside"
    row = document_of(store)
    assert row.language == "portuguese"
    assert [reason.partition(":")[0] for reason in row.reasons] == ["language_unmeasured"]
    assert verdict.text is not None


def test_an_opening_is_written_down_and_no_word_of_it(
    store: Store, vault: Vault, gate: PresidioGate, hold: Hold
) -> None:
    hold(TEXT)
    decide(store, vault, gate, [("Zbyszko Wrzos", "PERSON", "mask")])
    with store.read() as session:
        trail = list(audit.entries(session, limit=50))
    opened = [entry for entry in trail if entry.action == "vault.open"]
    assert opened
    assert {entry.actor_key for entry in opened} == {STELLA.key}
    [decision] = [entry for entry in trail if entry.action == "privacy.review"]
    assert json.loads(decision.detail) == {"decision": "inside", "choices": {"mask PERSON": 1}}
    assert not any("Zbyszko" in str(vars(entry)) for entry in trail)


def test_a_second_steward_is_told_and_may_take_over(
    store: Store, vault: Vault, gate: PresidioGate, hold: Hold, clock: FrozenClock
) -> None:
    hold(TEXT)
    with store.unit() as unit:
        first = quarantine.open_text(unit, STELLA, "c1", vault=vault)
        assert first.holder is None
        unit.commit()
    clock.move_to(NOW + dt.timedelta(minutes=3))
    with store.unit() as unit:
        second = quarantine.open_text(unit, STEFAN, "c1", vault=vault)
        assert second.holder is not None
        assert second.holder[1] == NOW
        assert not second.text
        third = quarantine.open_text(unit, STEFAN, "c1", vault=vault, take_over=True)
        assert third.text == RawText(TEXT)
        unit.commit()
    with store.unit() as unit, pytest.raises(Conflict, match="took it over"):
        quarantine.access_opened(unit, STELLA, "c1", "", vault=vault)
    with store.unit() as unit:
        opened = quarantine.access_opened(unit, STEFAN, "c1", "", vault=vault)
        quarantine.drop(unit, STEFAN, opened, undo_window=DAY)
        unit.commit()
    with store.unit() as unit, pytest.raises(Conflict, match="dropped now"):
        quarantine.access_opened(unit, STELLA, "c1", "", vault=vault)


def test_a_claim_lapses_after_a_quarter_of_an_hour(store: Store, vault: Vault, hold: Hold, clock: FrozenClock) -> None:
    hold(TEXT)
    with store.unit() as unit:
        quarantine.open_text(unit, STELLA, "c1", vault=vault)
        unit.commit()
    clock.move_to(NOW + dt.timedelta(minutes=15))
    with store.unit() as unit:
        assert quarantine.open_text(unit, STEFAN, "c1", vault=vault).holder is None


def test_a_decision_can_be_undone_until_the_original_has_gone(
    store: Store, vault: Vault, gate: PresidioGate, hold: Hold, clock: FrozenClock
) -> None:
    hold(TEXT)
    decide(store, vault, gate, [("Zbyszko Wrzos", "PERSON", "mask")])
    with store.unit() as unit:
        quarantine.undo(unit, STEFAN, "c1")
        unit.commit()
    row = document_of(store)
    assert (row.state, row.text) == ("quarantined", None)
    assert row.reasons[0].startswith("name_left")
    decide(store, vault, gate, [("Zbyszko Wrzos", "PERSON", "mask")])
    clock.move_to(NOW + DAY + HOUR)
    with store.unit() as unit:
        assert vault.purge_expired(unit)
        with pytest.raises(Conflict, match="original is gone"):
            quarantine.undo(unit, STELLA, "c1")
        unit.commit()
    assert document_of(store).state == "inside"


def test_a_dropped_text_is_nowhere_and_can_be_brought_back_for_a_day(
    store: Store, vault: Vault, gate: PresidioGate, hold: Hold
) -> None:
    hold(TEXT)
    with store.unit() as unit:
        opened = quarantine.open_text(unit, STELLA, "c1", vault=vault)
        quarantine.drop(unit, STELLA, opened, undo_window=DAY)
        assert quarantine.list_held(unit.session, STELLA, at=unit.now) == []
        quarantine.undo(unit, STELLA, "c1")
        [held] = quarantine.list_held(unit.session, STELLA, at=unit.now)
        assert held.codes == ("name_left",)
        unit.commit()


def test_a_text_that_passes_later_leaves_no_original_behind(
    store: Store, vault: Vault, gate: PresidioGate, hold: Hold
) -> None:
    hold(TEXT, known={"name": "Zbyszko Wrzos"})
    intake = Intake(store, gate=lambda: gate, vault=lambda: vault, key=lambda: KEY)
    [result] = intake.take(STELLA, [{"id": "c1", "kind": "complaint", "text": "The line is down since Monday."}])
    assert result["decision"] == "replaced"
    with store.read() as session:
        assert session.query(VaultItem).count() == 0


def test_a_window_says_which_text_and_which_stretches_whatever_the_id_is(
    store: Store, vault: Vault, gate: PresidioGate, hold: Hold
) -> None:
    hold(TEXT, "crm|2026|c-1")
    with store.unit() as unit:
        opened = quarantine.open_text(unit, STELLA, "crm|2026|c-1", vault=vault)
    found = suspects(TEXT, gate.check(opened.text).spans)
    form = privacy_forms.review_form(opened, found)
    doc_id, content_key, stretches = privacy_forms.read_state(form.state)
    assert (doc_id, content_key) == ("crm|2026|c-1", opened.document.content_key[:16])
    assert [(each.start, each.end, each.label) for each in stretches] == [(s.start, s.end, s.label) for s in found]
    assert "Zbyszko" not in form.state
    with pytest.raises(UsageError, match="too old"):
        privacy_forms.read_state("c1")


def test_entries_of_a_decision_are_taken_back_where_they_still_stand(store: Store, lists: Lists) -> None:
    first, second = add_word(store, lists, "windy ridge", "deny"), add_word(store, lists, "old mill", "deny")
    with store.unit() as unit:
        gate_words.remove(unit, STEFAN, first)
        gate_words.remove_standing(unit, STELLA, [first, second])
        assert gate_words.list_words(unit.session, STELLA, at=unit.now) == []


def test_only_stewards_see_the_queue_and_open_a_text(store: Store, vault: Vault, hold: Hold) -> None:
    hold(TEXT)
    with store.unit() as unit:
        with pytest.raises(NotPermitted):
            quarantine.list_held(unit.session, TOMAS, at=unit.now)
        with pytest.raises(NotPermitted):
            quarantine.open_text(unit, TOMAS, "c1", vault=vault)
        with pytest.raises(NotPermitted):
            gate_words.list_words(unit.session, TOMAS, at=unit.now)
        with pytest.raises(NotFound):
            quarantine.open_text(unit, STELLA, "c2", vault=vault)


def test_the_queue_counts_by_reason_kind_and_age(store: Store, hold: Hold, clock: FrozenClock) -> None:
    hold(TEXT)
    clock.move_to(NOW + dt.timedelta(days=9))
    hold(TEXT, "v1", kind="verbatim")
    with store.read() as session:
        held = quarantine.list_held(session, STELLA, at=clock.now())
    counts = quarantine.count_held(held)
    assert [row.doc_id for row in held] == ["c1", "v1"]
    assert counts["reason"] == {"name_left": 2}
    assert counts["kind"] == {"complaint": 1, "verbatim": 1}
    assert counts["age"] == {"this month": 1, "today": 1}


def add_word(store: Store, lists: Lists, words: str, name: str, label: str = "PERSON", days: int = 30) -> str:
    with store.unit() as unit:
        row = gate_words.add(
            unit, STELLA, QuestionText(words), list_name=name, key=KEY, label=label,
            reason=product_words("a test"), until=unit.now + dt.timedelta(days=days),
        )  # fmt: skip
        unit.commit()
        lists.now = gate_words.read_lists(unit.session, KEY, at=unit.now)
        return row.word_id


def test_listed_words_are_masked_or_let_through_and_kept_as_hashes_alone(
    store: Store, gate: PresidioGate, lists: Lists, tmp_path: Path
) -> None:
    text = RawText("My name is Robin Fibermax and I live near the windy ridge, says Robin.")
    before = gate.check(text)
    assert before.text is not None
    assert "Fibermax" not in before.text.show()
    assert "windy ridge" in before.text.show()
    add_word(store, lists, "Robin Fibermax", "allow")
    add_word(store, lists, "Windy Ridge", "deny", "LOCATION")
    after = gate.check(text)
    assert after.text is not None
    assert "Robin Fibermax" in after.text.show()
    assert "windy ridge" not in after.text.show()
    store.checkpoint()
    assert b"ibermax" not in bytes_of(tmp_path)
    assert b"indy" not in bytes_of(tmp_path)


def test_an_entry_ends_and_the_same_words_are_not_listed_twice(
    store: Store, gate: PresidioGate, lists: Lists, clock: FrozenClock
) -> None:
    word_id = add_word(store, lists, "windy ridge", "deny", days=1)
    with pytest.raises(Conflict, match=word_id):
        add_word(store, lists, "Windy  Ridge!", "allow")
    clock.move_to(NOW + dt.timedelta(days=2))
    with store.read() as session:
        assert gate_words.list_words(session, STELLA, at=clock.now()) == []
        lists.now = gate_words.read_lists(session, KEY, at=clock.now())
    after = gate.check(RawText("We live near the windy ridge."))
    assert after.text is not None
    assert "windy ridge" in after.text.show()


def test_a_number_on_the_allow_list_is_masked_all_the_same(store: Store, gate: PresidioGate, lists: Lists) -> None:
    add_word(store, lists, "4111 1111 1111 1111", "allow")
    verdict = gate.check(RawText("My card 4111 1111 1111 1111 was charged twice."))
    assert verdict.text is None or "4111" not in verdict.text.show()


def test_an_allowed_word_never_uncovers_who_is_known(store: Store, gate: PresidioGate, lists: Lists) -> None:
    for words in ("Hope", "Hope Valley", "Hope Miller Bakery"):
        add_word(store, lists, words, "allow")
    known = Known(names=("Hope Miller",))
    for text in ("Please mail to Hope, she lives in Hope.", "We spoke to Hope Valley.", "Regards, Hope Miller Bakery."):
        verdict = gate.check(RawText(text), known=known)
        assert verdict.text is None or "Hope" not in verdict.text.show()


def test_words_listed_again_as_something_else_are_masked_so(store: Store, gate: PresidioGate, lists: Lists) -> None:
    text = RawText("We live near the windy ridge.")
    for label, placeholder in (("PERSON", "[PERSON_1]"), ("LOCATION", "[LOCATION]")):
        word_id = add_word(store, lists, "windy ridge", "deny", label)
        shown = gate.check(text).text
        assert shown is not None
        assert placeholder in shown.show()
        with store.unit() as unit:
            gate_words.remove(unit, STELLA, word_id)
            unit.commit()


@pytest.mark.parametrize(("words", "label"), [("", "PERSON"), ("a b c d e f g", "PERSON"), ("robin", "NOBODY")])
def test_an_entry_that_makes_no_sense_is_refused_without_its_words(
    store: Store, lists: Lists, words: str, label: str
) -> None:
    with pytest.raises(UsageError) as refusal:
        add_word(store, lists, words, "deny", label)
    assert "robin" not in str(refusal.value)


def test_suspicious_stretches_stand_once_each_and_in_order(gate: PresidioGate) -> None:
    text = "Mail jan @ work? No: jan@example.org, or call +31 6 12345678, says Maria Jansen."
    found = suspects(text, gate.check(RawText(text)).spans)
    assert [(span.start < span.end) for span in found] == [True] * len(found)
    assert all(left.end <= right.start for left, right in zip(found, found[1:], strict=False))
    shown = [text[span.start : span.end] for span in found]
    assert "jan@example.org" in shown
    assert any("Maria" in each for each in shown)


def test_words_that_are_not_in_the_text_are_named_by_their_number_alone() -> None:
    with pytest.raises(UsageError, match="Entry 2") as refusal:
        find_words("The line is down.", ["line", "Zbyszko"], label="PERSON")
    assert "Zbyszko" not in str(refusal.value)
