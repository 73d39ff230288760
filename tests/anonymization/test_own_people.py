"""The organisation's own people are masked in every text, and many names cost little."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anonymization.own_people import NameIndex, OwnPeopleGate
from frontline.core.ports import Known, Verdict
from frontline.core.text import AnonymizedText, Provenance, RawText, seal

NAMES = ("Anna de Vries", "Sam Okafor", "Bo Li", "José-María Nuñez", "Siobhan O'Brien")
INDEX = NameIndex(NAMES)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("I spoke to anna yesterday", {"Anna de Vries"}),
        ("ANNADEVRIES never called back", {"Anna de Vries"}),
        ("Mr Okafro was rude", {"Sam Okafor"}),  # two letters turned
        ("okafr said no", {"Sam Okafor"}),  # one left out
        ("jose told me", {"José-María Nuñez"}),
        ("ask bo about it", {"Bo Li"}),
        ("about the o'brien case", {"Siobhan O'Brien"}),
        ("the router is broken", set()),
        ("", set()),
    ],
)
def test_a_text_is_held_against_the_names_that_it_may_mean(text: str, found: set[str]) -> None:
    assert set(INDEX.mentioned(text)) == found


@given(st.sampled_from([name for name in NAMES if name != "Bo Li"]), st.integers(0, 30), st.sampled_from("xqz"))
def test_one_typo_hides_nobody(name: str, place: int, letter: str) -> None:
    part = max(name.replace("-", " ").replace("'", " ").split(), key=len)
    place %= len(part)
    for typo in (
        part[:place] + part[place + 1 :],
        part[:place] + letter + part[place:],
        part[:place] + letter + part[place + 1 :],
    ):
        assert name in INDEX.mentioned(f"then {typo} said no")


class _Gate:
    """Remembers what it was told to know."""

    def __init__(self) -> None:
        self.known: list[Known | None] = []

    def check(self, text: RawText, *, known: Known | None = None, policy: str = "index", language: str = "") -> Verdict:
        self.known.append(known)
        return Verdict(None)

    def check_many(self, items: Iterable[tuple[RawText, Known | None]], *, policy: str = "index") -> Iterator[Verdict]:
        for text, known in items:
            yield self.check(text, known=known, policy=policy)

    def recheck(
        self, text: AnonymizedText, *, known: Known | None = None, policy: str = "trainer", language: str = ""
    ) -> Verdict:
        self.known.append(known)
        return Verdict(None)


def test_what_a_case_knows_is_kept_beside_the_own_people() -> None:
    inner = _Gate()
    gate = OwnPeopleGate(inner, lambda: INDEX)
    gate.check(RawText("anna helped me"), known=Known(names=("Eva",), agents=("Tom",)))
    gate.check(RawText("nobody helped me"))
    list(gate.check_many([(RawText("sam helped me"), None)]))
    assert inner.known == [
        Known(names=("Eva",), agents=("Tom", "Anna de Vries")),
        None,
        Known(agents=("Sam Okafor",)),
    ]


def test_a_text_that_passed_before_is_held_against_who_has_joined_since() -> None:
    inner = _Gate()
    OwnPeopleGate(inner, lambda: INDEX).recheck(seal("sam helped me", Provenance("index@2")))
    assert inner.known == [Known(agents=("Sam Okafor",))]
