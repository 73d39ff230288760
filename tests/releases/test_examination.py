"""What blocks a release, what the reviewer is told, and which details may stand beside it."""

from __future__ import annotations

import pytest

from frontline.core.errors import NotFound, NotPermitted, UsageError
from frontline.governance.examination import access_document, refuse_blocked
from frontline.store.work import Store
from tests.releases.conftest import ANNA, TOMAS, add_document, look, words


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"consent": False}, "consent"),
        ({"language": "dutch"}, "not measured"),
        ({"reasons": ["language_unmeasured: Recall was never measured."]}, "not measured"),
        ({"state": "quarantined", "text": None}, "held its text back"),
        ({"state": "withdrawn"}, "withdrawn"),
        ({"kind": "debrief"}, "debrief"),
        ({"text": "My daughter could not call the hospital."}, "health"),
        ({"text": "My daughter could not call me."}, "minors"),
        ({"text": "[AGE 0-17] and no phone"}, "minors"),
        ({"text": "Nobody at the church has internet."}, "special category"),
    ],
)
def test_what_blocks_says_so_in_a_sentence(store: Store, change: dict[str, object], sentence: str) -> None:
    with store.unit() as unit:
        add_document(unit, **change)
        found = look(unit)
        assert sentence in " ".join(found.blocks)
        with pytest.raises(UsageError, match="cannot be released"):
            refuse_blocked(found)


@pytest.mark.parametrize(
    "text",
    [
        "I am sick of your excuses and my temper is short.",
        "The schedule changed, a minor thing, and I was patient.",
        "You disabled my account twice.",
        "The operation took an hour and my stroke of luck was gone.",
    ],
)
def test_everyday_words_do_not_block(store: Store, text: str) -> None:
    with store.unit() as unit:
        add_document(unit, text=text)
        assert look(unit).blocks == ()


def test_words_about_the_writer_are_marked_and_do_not_block(store: Store) -> None:
    with store.unit() as unit:
        add_document(unit, text="I’m a baker and the only one in town. The line is down.")
        found = look(unit)
        assert found.blocks == ()
        assert [flag.partition(": ")[2] for flag in found.flags] == ['"i\'m a"', '"the only"']


def test_what_the_gate_masks_today_is_shown_as_the_new_text(store: Store) -> None:
    with store.unit() as unit:
        add_document(unit, text="Zuzanna did not call back.")
        found = look(unit)
        assert found.is_changed
        assert found.text is not None
        assert found.text.show() == "[PERSON_1] did not call back."
        assert found.policy == "trainer@1"
        again = look(unit, text=found.text)
        assert not again.is_changed


def test_details_get_coarser_until_five_documents_share_them(store: Store) -> None:
    with store.unit() as unit:
        add_document(unit, "c1")
        assert look(unit).shown == {"group": 0}
        for number in range(4):
            add_document(unit, f"m{number}", region="south", received_at=f"2026-05-{20 + number}T09:00:00+00:00")
        assert look(unit).shown == {"category": "billing", "segment": "consumer", "received": "May 2026", "group": 5}
        for number in range(4):
            add_document(unit, f"w{number}", received_at="2026-05-12T09:00:00+00:00")
        shown = look(unit).shown
        assert shown["region"] == "north"
        assert (shown["received"], shown["group"]) == ("week of 11 May 2026", 5)


def test_quarantined_and_other_kinds_and_topics_do_not_make_a_crowd(store: Store) -> None:
    with store.unit() as unit:
        add_document(unit, "c1")
        for number in range(9):
            add_document(unit, f"q{number}", state="quarantined", text=None)
            add_document(unit, f"v{number}", kind="verbatim")
            add_document(unit, f"t{number}", category="roaming")
        assert look(unit).shown == {"group": 0}


def test_an_unreadable_date_shows_no_date(store: Store) -> None:
    with store.unit() as unit:
        for number in range(6):
            add_document(unit, f"c{number}", received_at="last spring")
        assert "received" not in look(unit).shown


def test_figures_compare_with_the_text_in_the_index(store: Store) -> None:
    with store.unit() as unit:
        add_document(unit, text="I did not pay [AMOUNT 25-50 EUR], never, says [CUSTOMER].")
        figures = look(unit, text=words("I [MASKED] pay [AMOUNT 25-50 EUR], never, says [CUSTOMER].")).figures
        assert figures.negations == (1, 2)
        assert figures.amounts == (1, 1)
        assert figures.masked_share == pytest.approx(3 / 7)


def test_only_those_who_may_find_examples_reach_a_document(store: Store) -> None:
    with store.unit() as unit:
        add_document(unit)
        assert access_document(unit.session, TOMAS, "c1").doc_id == "c1"
        with pytest.raises(NotPermitted):
            access_document(unit.session, ANNA, "c1")
        with pytest.raises(NotFound):
            access_document(unit.session, TOMAS, "c2")
