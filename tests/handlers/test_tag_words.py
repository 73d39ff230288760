"""The label of a tag, typed in any language, and made of its words where none was given."""

from __future__ import annotations

from typing import Any, cast

import pytest

from frontline.core.errors import UsageError
from frontline.core.request import PersonRef, Request, RequestKind
from frontline.core.text import Provenance, RawText, seal
from handlers.tags import TagArguments, add, label_from, validate


def form(**values: str) -> Request:
    given = {name: RawText(value) for name, value in values.items()}
    return Request("in_1", RequestKind.FORM, PersonRef(handle="ana"), name="tag.create", values=given)


@pytest.mark.parametrize(
    ("words", "label"),
    [
        ("can't change the billing email", "change-billing-email"),
        ("alteração de endereço não funciona", "alteracao-de-endereco"),
        ("klient chce zażądać zwrotu", "klient-chce-zazadac"),
        ("[CUSTOMER] wants één rekening", "een-rekening"),
        ("don't send letters", "dont-send-letters"),
        ("[CUSTOMER]", ""),
        ("!!! 123", ""),
    ],
)
def test_a_label_is_made_of_whole_words(words: str, label: str) -> None:
    assert label_from(seal(words, Provenance("index@1"))) == label


def test_words_that_say_nothing_are_asked_for_again_and_make_no_label() -> None:
    for words in ("!!!", "[AGENT_1]"):
        with pytest.raises(UsageError, match="what was asked"):
            add(cast(Any, None), TagArguments(text=seal(words, Provenance("index@1"))))


@pytest.mark.parametrize(
    ("typed", "label"),
    [
        ("Billing Email", "billing-email"),
        ("#Billing-email", "billing-email"),
        ("Żądanie zwrotu", "zadanie-zwrotu"),
        ("billing-email-change", "billing-email-change"),
        ("", ""),
    ],
)
def test_a_label_that_the_form_takes_is_taken_after_it_too(typed: str, label: str) -> None:
    assert validate(form(text="wants paper", label=typed)) == {}
    assert TagArguments(label=typed).label == label


@pytest.mark.parametrize("typed", ["---", "#", "счёт", "x" * 70])
def test_a_label_without_a_letter_or_too_long_is_said_in_the_form(typed: str) -> None:
    assert "label" in validate(form(text="wants paper", label=typed))
