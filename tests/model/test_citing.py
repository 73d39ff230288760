"""Every sentence of a model over texts is a shortened sentence of the text that it cites, or it is not shown."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.assistant.citing import ADDED, Source, find_supported
from prompts import library
from prompts.library import CURRENT, read_prompt

DEBRIEF = (
    "# Routers rebooted\n\n## Lessons\n"
    "- The firmware was not tested on the old model before it went to all 4,200 customers in the west.\n"
    "- Agents at the desk heard of it from customers; nobody had told [PERSON_1] or the team.\n"
)
COMPLAINT = "I was charged twice for March. If the refund comes by Friday I may stay."
SOURCES = [Source("deb-1", DEBRIEF), Source("complaint-C1", COMPLAINT)]


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("The firmware was not tested before it went to all customers [1].", True),
        ("Firmware not tested on the old model before it went to 4,200 customers. [1]", True),
        ("I was charged twice for March [2].", True),
        ("Nobody had told [PERSON_1] or the team [1].", True),
        ("Agents at the desk heard of it from customers [1].", True),
        ("If the refund comes by Friday I may stay [2].", True),
        ("The firmware was tested on the old model before it went to all customers [1].", False),
        ("The refund comes by Friday I stay [2].", False),
        ("The firmware was not tested before it went to all 4,300 customers [1].", False),
        ("I was charged twice for March [1].", False),
        ("I was charged twice for March [3].", False),
        ("I was charged twice for March.", False),
        ("I was charged twice for March [1] [2].", False),
        ("Customers in the west heard it from the desk [1].", False),
        ("March was charged for twice [2].", False),
        ("Charged twice <!channel> for March [2].", False),
        ("Charged twice for March https://evil.example [2].", False),
        ("Charged twice [2].", False),
        ("", False),
    ],
)
def test_a_sentence_stands_only_when_its_source_says_it(said: str, shown: bool) -> None:
    kept, dropped = find_supported(said, SOURCES)
    assert (len(kept), dropped) == ((1, 0) if shown else (0, int(bool(said))))


def test_what_holds_is_kept_beside_what_does_not_and_each_ends_in_its_source() -> None:
    said = "I was charged twice for March [2]. All will be refunded [2]. Firmware not tested before it went to all [1]."
    kept, dropped = find_supported(said, SOURCES)
    assert kept == ["I was charged twice for March. [2]", "Firmware not tested before it went to all. [1]"]
    assert dropped == 1
    assert find_supported("A" * 2000, SOURCES)[0] == []


COUNTS = (
    "- 12 of 40 customers waited 3 hours 20 minutes for a refund.\n"
    "- Waiting fell from 12 minutes in April to 8 minutes in May.\n"
    "- The target was -2 points and over 5 % left.\n"
    "- The router did not fail and the invoice was wrong.\n"
    "- Two of three desks heard of it on the floor.\n"
)


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("12 of 40 customers waited 3 hours 20 minutes [1].", True),
        ("Customers waited for a refund [1].", True),
        ("Waiting fell from 12 minutes in April to 8 minutes in May [1].", True),
        ("Two of three desks heard of it [1].", True),
        ("Target was -2 points and over 5 % left [1].", True),
        ("The router did not fail [1].", True),
        ("40 customers waited 3 hours 20 minutes for a refund [1].", False),
        ("12 customers waited 3 hours 20 minutes for a refund [1].", False),
        ("12 of 40 customers waited 20 minutes for a refund [1].", False),
        ("Waiting fell from 12 minutes in May [1].", False),
        ("Waiting fell to 12 minutes in May [1].", False),
        ("The target was 2 points and over 5 % left [1].", False),
        ("The target was 5 % left [1].", False),
        ("The router was not wrong [1].", False),
        ("Three desks heard of it [1].", False),
    ],
)
def test_a_figure_stands_only_beside_what_it_counts_and_a_no_beside_what_it_denies(said: str, shown: bool) -> None:
    assert bool(find_supported(said, [Source("deb-1", COUNTS)])[0]) is shown


def test_a_number_is_the_one_under_which_the_answer_shows_the_text() -> None:
    sources = [Source("deb-2", COMPLAINT, 2), Source("deb-3", DEBRIEF, 3)]
    assert find_supported("I was charged twice for March [2].", sources)[0]
    assert find_supported("I was charged twice for March [1].", sources)[0] == []


@given(st.text(max_size=200), st.integers(0, 5))
def test_no_word_is_shown_that_no_source_has(words: str, number: int) -> None:
    kept, _ = find_supported(f"{words} [{number}].", SOURCES)
    known = {word.strip("#-.,;:").lower() for source in SOURCES for word in source.text.split()} | ADDED | {""}
    for sentence in kept:
        for word in sentence.rpartition(" [")[0].split():
            assert word.strip(".,;:!?()'-").lower() in known | {
                "a",
                "an",
                "the",
                "and",
                "also",
                "that",
                "are",
                "is",
                "",
            }


@pytest.mark.parametrize("name", CURRENT)
def test_every_prompt_declares_just_the_variables_that_it_uses(name: str) -> None:
    prompt = read_prompt(name)
    assert prompt.variables == frozenset(prompt.template.input_variables)
    assert prompt.id == f"{name}@{CURRENT[name]}"


def test_a_prompt_with_an_undeclared_variable_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    class Folder:
        def joinpath(self, _name: str) -> Folder:
            return self

        def read_text(self, **_: str) -> str:
            return "x\nVariables: facts\n\n## system\n{facts}\n\n## human\n{name}\n"

    monkeypatch.setattr(library.resources, "files", lambda _package: Folder())
    with pytest.raises(ValueError, match="declares"):
        read_prompt.__wrapped__("cite")
