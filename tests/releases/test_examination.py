"""What blocks a release, what the reviewer is told, and which details may stand beside it."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from frontline.core.errors import NotFound, NotPermitted, UsageError
from frontline.governance import releases
from frontline.governance.crowds import refresh_pool
from frontline.governance.examination import access_document, refuse_blocked
from frontline.store.models.releases import Release
from frontline.store.work import Store, Unit
from tests.releases.conftest import ADA, ANNA, RULES, STELLA, TOMAS, add_document, look, words


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"consent": False}, "consent"),
        ({"language": "dutch"}, "not measured"),
        ({"reasons": ["language_unmeasured: Recall was never measured."]}, "not measured"),
        ({"state": "quarantined", "text": None}, "held its text back"),
        ({"state": "withdrawn"}, "withdrawn"),
        ({"kind": "debrief"}, "debrief"),
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
    ("text", "kinds"),
    [
        ("My daughter could not call the hospital.", ("health", "minors")),
        ("My daughter could not call me.", ("minors",)),
        ("[AGE 0-17] and no phone", ("minors",)),
        ("Nobody at the church has internet.", ("special category",)),
    ],
)
def test_what_speaks_of_health_minors_or_belief_takes_a_steward_s_explicit_yes(
    store: Store, text: str, kinds: tuple[str, ...]
) -> None:
    with store.unit() as unit:
        add_document(unit, text=text)
        found = look(unit)
        assert (found.sensitive, found.sensitivity, found.blocks) == (kinds, "special", ())
        row = releases.request(unit, TOMAS, found, purpose=words("onboarding"))
        assert row.sensitivity == "special"
        with pytest.raises(UsageError, match="explicit yes"):
            releases.release(unit, STELLA, row.release_id, found, days=30)
        with pytest.raises(NotPermitted):
            releases.release(unit, ADA, row.release_id, found, days=30, yes=words("the customer asked us to"))
        done = releases.release(unit, STELLA, row.release_id, found, days=30, yes=words("the customer asked us to"))
        assert [event.event for event in done.events] == ["request", "release_special"]


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
        assert (found.blocks, found.sensitivity) == ((), "personal")
        assert found.marked is not None
        assert found.marked.show() == "⟦I’m a baker⟧ and ⟦the only one in town⟧. The line is down."
        assert found.text is not None
        assert "⟦" not in found.text.show()
        assert "baker" not in str(found.flags)


@pytest.mark.parametrize(
    ("text", "marked"),
    [
        (
            "I am the only vet in the valley, and offline.",
            "⟦I am the only vet in the valley⟧, and offline.",
        ),
        (
            "It is hard as a deaf mother of triplets.",
            "It is hard ⟦as a deaf mother of triplets⟧.",
        ),
        ("As a result the router is dead. As a customer I expect more.", None),
        ("The only thing that works is slow as a snail.", None),
    ],
)
def test_rare_self_descriptions_are_marked_whole_and_figures_of_speech_are_not(
    store: Store, text: str, marked: str | None
) -> None:
    with store.unit() as unit:
        add_document(unit, text=text)
        found = look(unit).marked
        assert (found.show() if found else None) == marked


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


def let_out(unit: Unit, doc_id: str, **details: object) -> None:
    """Add a document to the released pool."""
    add_document(unit, doc_id, **details)
    row = releases.request(unit, TOMAS, look(unit, doc_id), purpose=words("onboarding"))
    releases.release(unit, STELLA, row.release_id, look(unit, doc_id), days=30)


def test_details_get_coarser_until_five_customers_of_the_released_pool_share_them(store: Store) -> None:
    with store.unit() as unit:
        add_document(unit, "c1")
        for number in range(9):
            add_document(unit, f"i{number}")
        alone = look(unit).shown
        assert (alone["group"], "category" in alone) == (1, False)
        assert alone["generalised"] == ["category -> none", "region -> none", "segment -> none", "week -> none"]
        for number in range(4):
            let_out(unit, f"m{number}", region="south", received_at=f"2026-05-{20 + number}T09:00:00+00:00")
        shown = look(unit).shown
        assert (shown["category"], shown["segment"], shown["received"], shown["group"]) == (
            "billing", "consumer", "May 2026", 5,
        )  # fmt: skip
        assert shown["generalised"] == ["region -> none", "week -> month"]
        for number in range(4):
            let_out(unit, f"w{number}", received_at="2026-05-12T09:00:00+00:00")
        finest = look(unit).shown
        assert (finest["region"], finest["received"], finest["group"]) == ("north", "week of 11 May 2026", 5)
        assert finest["generalised"] == []


def test_a_customer_who_writes_five_times_is_one_customer(store: Store) -> None:
    with store.unit() as unit:
        add_document(unit, "c1", customer_key="k0")
        for number in range(6):
            let_out(unit, f"w{number}", customer_key="k1")
        assert look(unit).shown["group"] == 2
        assert "category" not in look(unit).shown
        for number in range(3):
            let_out(unit, f"x{number}", customer_key=f"k{number + 2}")
        assert look(unit).shown["group"] == 5
        assert look(unit).shown["received"] == "week of 11 May 2026"


def test_buckets_of_amounts_stay_only_where_five_share_them_and_the_pool_is_worked_out_anew(store: Store) -> None:
    text = "They took [AMOUNT 50-100 EUR] too much."
    with store.unit() as unit:
        let_out(unit, "a0", text=text)
        first = unit.session.scalar(select(Release).where(Release.doc_id == "a0"))
        assert first is not None
        assert first.text.show() == "They took [AMOUNT] too much."
        assert "category" not in first.shown
        for number in range(1, 5):
            let_out(unit, f"a{number}", text=text)
        assert refresh_pool(unit, RULES) == 5
        assert (first.shown["category"], first.shown["group"]) == ("billing", 5)


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
