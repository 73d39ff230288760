"""What people type after a command, on keyboards of every kind."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from frontline.core.errors import UsageError
from frontline.core.text import RawText
from handlers.readers import read_closing, read_commitment, read_find, read_handover, read_new_date, read_tag
from handlers.registry import Reader
from handlers.words import read_date, split, take_flags

WEDNESDAY = dt.date(2026, 6, 17)


@pytest.mark.parametrize(
    ("typed", "case", "label", "text"),
    [
        ("8123 can't change billing email #billing-email", "8123", "billing-email", "can't change billing email"),
        ("case #HT-99123: wants paper invoice", "HT-99123", None, "wants paper invoice"),
        ("#Paper wants an invoice on paper", None, "paper", "wants an invoice on paper"),
        ("two routers per house", None, None, "two routers per house"),
        ("#paper-invoice 8123 wants it by post", "8123", "paper-invoice", "wants it by post"),
        ("8123 klient chce papier #żądanie-zwrotu", "8123", "zadanie-zwrotu", "klient chce papier"),
        ("8123 wants paper #счёт", "8123", None, "wants paper #счёт"),
        ("0612345678 wants a callback", None, None, "0612345678 wants a callback"),
        ("4111-1111-1111-1111 was charged twice", None, None, "4111-1111-1111-1111 was charged twice"),
        ("612345678901 called", None, None, "612345678901 called"),
    ],
)
def test_a_tag_is_read_as_case_label_and_text(typed: str, case: str | None, label: str | None, text: str) -> None:
    read = {name: value.reveal() for name, value in read_tag(RawText(typed), WEDNESDAY).items()}
    assert read == {name: value for name, value in {"case": case, "label": label, "text": text}.items() if value}


@pytest.mark.parametrize(
    ("typed", "owner", "due", "title"),
    [
        ('"rewrite the refund mail" <@U0SUPER001> due friday', "U0SUPER001", "2026-06-19", "rewrite the refund mail"),
        ("“fix the form” @anna by 30 jun", "anna", "2026-06-30", "fix the form"),
        ("call the depot tomorrow-shift due tomorrow", None, "2026-06-18", "call the depot tomorrow-shift"),
        ("plan due 2 jan", None, "2027-01-02", "plan"),
        ("answer the letter by hand", None, None, "answer the letter by hand"),
    ],
)
def test_a_commitment_is_read_as_title_owner_and_date(
    typed: str, owner: str | None, due: str | None, title: str
) -> None:
    read = {name: value.reveal() for name, value in read_commitment(RawText(typed), WEDNESDAY).items()}
    assert read == {name: value for name, value in {"owner": owner, "due": due, "title": title}.items() if value}


@pytest.mark.parametrize(
    ("words", "day"),
    [
        ("today", WEDNESDAY),
        ("wednesday", dt.date(2026, 6, 24)),
        ("next monday", dt.date(2026, 6, 22)),
        ("in 2 weeks", dt.date(2026, 7, 1)),
        ("2026-07-01", dt.date(2026, 7, 1)),
        ("01/07/2026", dt.date(2026, 7, 1)),
        ("soon", None),
        ("31 feb", None),
    ],
)
def test_dates_to_come(words: str, day: dt.date | None) -> None:
    assert read_date(words, today=WEDNESDAY) == day


def test_quotes_hold_words_together_and_apostrophes_do_not() -> None:
    assert split("find “double charged” can't") == ["find", "double charged", "can't"]
    assert split('an "open quote') == ["an", "open", "quote"]


def test_flags_may_stand_anywhere() -> None:
    read = {
        name: value.reveal()
        for name, value in read_find(RawText('-n 3 "late engineer" --kind debrief'), WEDNESDAY).items()
    }
    assert read == {"query": "late engineer", "count": "3", "kind": "debrief"}
    assert take_flags("a-n 3", n="count").options == {}


@given(st.text(max_size=200))
def test_no_text_breaks_the_readers(typed: str) -> None:
    for read in (read_tag, read_commitment, read_closing, read_handover, read_new_date):
        assert all(value for value in read(RawText(typed), WEDNESDAY).values())


def test_a_due_date_that_cannot_be_read_is_asked_for_and_by_hand_is_no_date() -> None:
    with pytest.raises(UsageError, match="cannot read that due date"):
        read_commitment(RawText('"do it" due sometime'), WEDNESDAY)
    read = {name: value.reveal() for name, value in read_commitment(RawText("fix it by hand"), WEDNESDAY).items()}
    assert read == {"title": "fix it by hand"}


def test_closing_handing_and_moving_are_read() -> None:
    def said(read: Reader, words: str) -> dict[str, str]:
        return {name: value.reveal() for name, value in read(RawText(words), WEDNESDAY).items()}

    assert said(read_closing, "cmt_1 --metric CSAT the mail is live") == {
        "value": "cmt_1",
        "metric": "csat",
        "note": "the mail is live",
    }
    assert said(read_handover, "cmt_1 <@U0LEADER01|lena> because it needs a budget") == {
        "value": "cmt_1",
        "owner": "U0LEADER01",
        "note": "it needs a budget",
    }
    assert said(read_new_date, "cmt_1 due friday") == {"value": "cmt_1", "due": "2026-06-19"}
    assert said(read_new_date, "cmt_1 30 jun") == {"value": "cmt_1", "due": "30 jun"}
    assert said(read_commitment, '"plan the shift" --kind action @sam')["kind"] == "action"
