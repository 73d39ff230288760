import pytest
from hypothesis import given
from hypothesis import strategies as st

from frontline.analysis.likeness import Vocabulary, is_slip, likeness, stem
from frontline.catalog.rules import load_rules

RULE = load_rules().tags
WORDS = Vocabulary.of(same=RULE.same, empty=RULE.empty, turning=RULE.turning)


def score(label: str, text: str) -> float:
    return likeness(WORDS.read(label), WORDS.read(text))


@pytest.mark.parametrize(
    "text",
    [
        "cant change invoice mail",
        "cannot change the billing e-mail",
        "update email address for bills",
        "customer wants his invoices on a different mail address",
        "biling emial change",
        "billing-mail-change",
        "wants to modify the mail on the bill",
    ],
)
def test_the_same_request_in_other_words_is_like_its_label(text: str) -> None:
    assert score("billing-email-change", text) >= RULE.near


@pytest.mark.parametrize(
    "text",
    [
        "billing date change",
        "change the billing address",
        "double charge on the invoice email",
        "billing email not received",
        "change phone number",
        "email not working",
        "invoice layout unclear",
        "",
        "[PERSON_1] [EMAIL_1]",
    ],
)
def test_another_request_that_shares_words_is_not(text: str) -> None:
    assert score("billing-email-change", text) < RULE.near


@pytest.mark.parametrize(
    ("label", "text"),
    [
        ("paper-invoice", "stop paper invoice"),
        ("paper-invoice", "paper invoice too late"),
        ("roaming-bundle-stop", "start the roaming bundle"),
        ("no-callback", "callback too early"),
        ("refund-status", "refund refused"),
        ("4g-slow", "5g slow"),
    ],
)
def test_a_word_that_turns_the_meaning_keeps_them_apart(label: str, text: str) -> None:
    assert score(label, text) == 0.0


def test_a_label_that_covers_little_of_a_text_is_less_sure() -> None:
    assert score("refund", "refund") == 1.0
    assert RULE.near < score("refund", "refund of the deposit for the box") < RULE.sure


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("emial", "email", True), ("biling", "billing", True), ("charge", "change", False), ("mail", "email", False),
        ("route1", "route2", False), ("roaming", "roaring", False),
    ],
)  # fmt: skip
def test_a_slip_is_a_letter_left_out_doubled_or_swapped(one: str, other: str, same: bool) -> None:
    assert is_slip(one, other) is same
    assert is_slip(other, one) is same


def test_endings_are_cut_where_enough_is_left() -> None:
    assert stem("bills") == stem("billing") == stem("billed") == "bill"
    assert stem("sims") == "sims"


@given(st.text(max_size=60), st.text(max_size=60))
def test_likeness_lies_between_0_and_1(label: str, text: str) -> None:
    assert 0 <= score(label, text) <= 1
