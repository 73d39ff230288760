"""Themes keep their keys from month to month, grow only beyond chance, and carry no names."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from frontline.core.actor import SYSTEM, Actor, Role
from frontline.core.errors import Conflict, NotFound, NotPermitted, UsageError
from frontline.core.text import Provenance, seal
from frontline.governance.policy import shipped_policy
from frontline.store.models.corpus import Document
from frontline.store.work import Store
from retrieval import theme_registry
from retrieval.corpus import Corpus
from retrieval.theme_labels import key_terms, label_candidates, read_bag
from retrieval.theme_registry import GROWING, ThemePeriod, ThemeView
from retrieval.themes import ThemeBook
from tests.retrieval.conftest import STEWARD, TRAINER, PlayedGate

LEADER = Actor("per_lena", "lena", roles=frozenset({Role.LEADER}))
POLICY = shipped_policy()
MATTERS = {
    "double": "my invoice was charged twice after the app update",
    "engineer": "the engineer did not show up for the installation",
    "roaming": "roaming was blocked at the airport in Spain",
    "password": "the password reset link expired before it arrived",
}
ENDS = ("Please help.", "I called Harbor twice.", "Nobody answers.", "I wait for a reply.", "This costs me a day.", "")
MONTHS = ("2026-02", "2026-03", "2026-04", "2026-05")


def rows(matter: str, month: str, count: int) -> list[dict[str, Any]]:
    """Complaints about one matter, spread over a month."""
    chance = random.Random(f"{matter} {month}")
    return [
        {
            "id": f"{matter}-{month}-{number}",
            "kind": "complaint",
            "text": f"{chance.choice(('Hello,', 'Hi,', 'Well,'))} {MATTERS[matter]}. {chance.choice(ENDS)}",
            "category": matter,
            "received_at": f"{month}-{chance.randint(1, 27):02d}T10:00:00+00:00",
        }
        for number in range(count)
    ]


def load(corpus: Corpus, months: Sequence[str] = MONTHS, *, double: Sequence[int] = (1, 2, 2, 14)) -> None:
    """Three steady matters and one that may grow."""
    found: list[dict[str, Any]] = []
    for month, count in zip(months, double, strict=True):
        found += rows("double", month, count)
        for matter in ("engineer", "roaming", "password"):
            found += rows(matter, month, 8)
    assert {row["decision"] for row in corpus.add(STEWARD, found)} == {"released"}


@pytest.fixture
def book(store: Store, corpus: Corpus) -> ThemeBook:
    return ThemeBook(
        store,
        corpus=lambda: corpus,
        gate=PlayedGate,
        policy=POLICY,
        zone=ZoneInfo("Europe/Amsterdam"),
        names=lambda: ["maria.silva"],
    )


def about(found: ThemePeriod, matter: str) -> ThemeView:
    return next(theme for theme in found.themes if set(theme.categories) == {matter})


def may(book: ThemeBook) -> ThemePeriod:
    return book.month(SYSTEM, kind="complaint", period="2026-05")


def test_a_theme_that_grows_is_named_first_with_an_interval_that_leaves_1_out(book: ThemeBook, corpus: Corpus) -> None:
    load(corpus)
    found = may(book)
    first = found.themes[0]
    assert (first.state, first.size, first.size_before) == (GROWING, 14, 5)
    assert first.growth is not None
    assert first.growth.is_growing
    assert [theme.state for theme in found.themes[1:]] == ["steady"] * 3
    assert found.documents == 38
    assert not found.unassigned


def test_without_a_rise_nothing_is_called_growing(book: ThemeBook, corpus: Corpus) -> None:
    load(corpus, double=(8, 8, 8, 9))
    assert {theme.state for theme in may(book).themes} == {"steady"}


def test_a_label_is_a_phrase_of_the_documents_without_names(book: ThemeBook, corpus: Corpus) -> None:
    load(corpus)
    labels = {next(iter(theme.categories)): theme.label.show() for theme in may(book).themes}
    assert "charged twice" in labels["double"]
    assert "show up" in labels["engineer"]
    assert not any("harbor" in label or "spain" in label for label in labels.values())
    assert len(set(labels.values())) == 4


def test_keys_last_from_month_to_month_and_a_run_over_the_same_documents_is_read_back(
    book: ThemeBook, corpus: Corpus
) -> None:
    load(corpus, MONTHS[:3], double=(5, 5, 5))
    april = book.month(SYSTEM, kind="complaint", period="2026-04")
    load(corpus, MONTHS[3:], double=(6,))
    assert {theme.key for theme in may(book).themes} == {theme.key for theme in april.themes}
    assert about(may(book), "double").key == about(april, "double").key
    assert may(book) == may(book)


def test_what_is_new_gets_a_key_of_its_own_and_no_key_is_used_twice(book: ThemeBook, corpus: Corpus) -> None:
    load(corpus, MONTHS[:3], double=(0, 0, 0))
    april = book.month(SYSTEM, kind="complaint", period="2026-04")
    load(corpus, MONTHS[3:], double=(12,))
    fresh = about(may(book), "double")
    assert fresh.key not in {theme.key for theme in april.themes}
    assert fresh.state == GROWING
    assert fresh.size_before == 0


def test_a_digest_of_april_does_not_see_may(book: ThemeBook, corpus: Corpus) -> None:
    load(corpus)
    late = book.month(SYSTEM, kind="complaint", period="2026-04")
    assert late.documents == 26
    assert all("2026-05" not in member for theme in late.themes for member in theme.members)


def test_a_month_without_documents_has_no_themes(book: ThemeBook, corpus: Corpus) -> None:
    load(corpus)
    empty = book.month(SYSTEM, kind="complaint", period="2027-01")
    assert (empty.documents, empty.themes, empty.unassigned) == (0, (), ())
    with pytest.raises(UsageError, match="no month"):
        book.month(SYSTEM, kind="complaint", period="May")


def test_documents_that_were_held_back_or_withdrawn_are_not_counted(
    book: ThemeBook, corpus: Corpus, store: Store
) -> None:
    load(corpus)
    before = may(book).documents
    with store.unit() as unit:
        row = unit.session.get(Document, "double-2026-05-0")
        assert row is not None
        row.state = "withdrawn"
        unit.commit()
    assert may(book).documents == before - 1


def test_a_person_may_rename_and_merge_and_take_a_merge_back(book: ThemeBook, corpus: Corpus, store: Store) -> None:
    load(corpus)
    found = may(book)
    one, other = about(found, "double"), about(found, "password")
    words = seal("double payments", Provenance("index@1"))
    with store.unit() as unit:
        theme_registry.rename(unit, LEADER, one.key, words, policy=POLICY)
        theme_registry.merge(unit, LEADER, other.key, into=one.key, policy=POLICY)
        with pytest.raises(Conflict):
            theme_registry.merge(unit, LEADER, other.key, into=one.key, policy=POLICY)
        unit.commit()
    merged = may(book).find(one.key)
    assert merged is not None
    assert merged.label == words
    assert (merged.size, merged.size_before) == (one.size + other.size, one.size_before + other.size_before)
    assert may(book).find(other.key) == merged
    assert other.key not in {theme.key for theme in may(book).themes}
    with store.unit() as unit:
        theme_registry.undo_merge(unit, LEADER, other.key, policy=POLICY)
        unit.commit()
    apart = may(book).find(other.key)
    assert apart is not None
    assert apart.key == other.key


def test_who_may_not_see_themes_is_refused(book: ThemeBook, corpus: Corpus, store: Store) -> None:
    load(corpus)
    with pytest.raises(NotPermitted):
        book.month(TRAINER, kind="complaint", period="2026-05")
    with store.unit() as unit:
        with pytest.raises(NotPermitted):
            theme_registry.rename(unit, TRAINER, "thm_x", seal("x", Provenance("index@1")), policy=POLICY)
        with pytest.raises(NotFound):
            theme_registry.merge(unit, LEADER, "thm_x", into="thm_y", policy=POLICY)


def test_a_fixed_number_of_themes_keeps_its_keys_when_documents_join(book: ThemeBook, corpus: Corpus) -> None:
    load(corpus, MONTHS[:3], double=(6, 6, 6))
    first = book.fixed(SYSTEM, kind="complaint", count=4)
    assert [len(theme.categories) for theme in first.themes] == [1] * 4
    load(corpus, MONTHS[3:], double=(6,))
    second = book.fixed(SYSTEM, kind="complaint", count=4)
    for theme in first.themes:
        again = second.find(theme.key)
        assert again is not None
        assert set(theme.members) <= set(again.members)
        assert set(again.categories) == set(theme.categories)
    with pytest.raises(UsageError, match="There are"):
        book.fixed(SYSTEM, kind="complaint", count=5000)


def test_words_of_one_person_are_shown_neither_as_a_label_nor_as_key_words() -> None:
    shared = "the router restarts after the update"
    own = "my aunt in the blue house on the dike called r2d2-fan about the router"
    bags = {"thm_a": read_bag([own, *[shared] * 4]), "thm_b": read_bag(["the invoice came twice this month"] * 4)}
    [*labels] = label_candidates(bags, ["thm_a"], masked=frozenset())["thm_a"]
    words = key_terms(bags, ["thm_a"], masked=frozenset())["thm_a"]
    assert "router" in words
    assert labels
    for said in ("aunt", "blue house", "dike", "r2d2"):
        assert all(said not in label for label in labels)
        assert said not in words
