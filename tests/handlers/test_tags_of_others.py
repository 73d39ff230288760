"""An agent sees their own tags alone, also where a case was tagged before by somebody else."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any, cast

from bot.render_text import render_text
from frontline.core.actor import PRIVATE, Actor, Role
from frontline.core.clock import FrozenClock
from frontline.core.reply import Reply
from frontline.core.text import Provenance, seal
from frontline.governance import tags
from frontline.governance.policy import shipped_policy
from frontline.governance.shadow import enqueue
from frontline.store.work import Store
from handlers.desk import Work
from handlers.tags import MoveArguments, TagArguments, add, use
from tests.stores import clock_at, store

__all__ = ["clock", "store"]

clock = clock_at(7, 5)
ANA = Actor("per_ana", "ana", roles=frozenset({Role.AGENT}), team="aurora")
BEA = Actor("per_bea", "bea", roles=frozenset({Role.AGENT}), team="aurora")
WORDS, OTHERS = "wants the bill on paper", "shouted about the bill"


def asked(store: Store, actor: Actor, what: Callable[[Work], Reply]) -> str:
    catalog = SimpleNamespace(rules=SimpleNamespace(tags=tags.shipped_rule()))
    desk = SimpleNamespace(policy=shipped_policy(), catalog=catalog, speak=enqueue)
    with store.unit() as unit:
        work = Work(cast(Any, desk), cast(Any, None), actor, PRIVATE, unit.now, unit.session, unit)
        said = render_text(what(work))
        unit.commit()
    return said


def tag(store: Store, actor: Actor, words: str, *, label: str = "paper-invoice") -> str:
    text = seal(words, Provenance("index@1"))
    return asked(store, actor, lambda work: add(work, TagArguments(text=text, label=label, case="8123")))


def test_a_case_that_somebody_else_tagged_is_said_without_their_words(store: Store) -> None:
    tag(store, BEA, OTHERS)
    said = tag(store, ANA, WORDS)
    assert "Already tagged as #paper-invoice" in said
    assert OTHERS not in said


def test_a_label_of_long_ago_is_not_used_for_the_first_time(store: Store, clock: FrozenClock) -> None:
    tag(store, BEA, OTHERS)
    clock.advance(dt.timedelta(days=40))
    text = seal(WORDS, Provenance("index@1"))
    said = asked(store, ANA, lambda work: add(work, TagArguments(text=text, label="paper-invoice", case="8124")))
    assert "the first use of #paper-invoice on case 8124 in 28 days." in said


def test_ones_own_words_are_shown_again(store: Store) -> None:
    tag(store, ANA, WORDS)
    assert WORDS in tag(store, ANA, WORDS)


def test_a_tag_moved_to_where_another_stands_shows_neither_its_words_nor_an_undo(store: Store) -> None:
    tag(store, BEA, OTHERS)
    tag(store, ANA, WORDS, label="letter-bill")
    with store.read() as session:
        [own] = tags.list_tags(session, ANA)
    said = asked(store, ANA, lambda work: use(work, MoveArguments(value=f"{own.tag_id} paper-invoice")))
    assert "Moved to #paper-invoice" in said
    assert OTHERS not in said
    assert "Undo" not in said
