"""A small organisation with a month of complaints, a book of themes over the real encoder, and a played gate."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot.render_text import render_text
from frontline.catalog.routines import load_routines
from frontline.core.actor import Actor, Role
from frontline.core.periods import Period
from frontline.core.ports import TextEncoder
from frontline.core.text import AnonymizedText, Provenance, seal
from frontline.governance import people
from frontline.governance.policy import shipped_policy
from frontline.store.work import Store
from handlers.impact import TopicCost
from jobs.digest import PainPointDigest
from jobs.runner import JobRunner, RunnerSettings, RunResult
from retrieval.corpus import Corpus
from retrieval.themes import ThemeBook
from tests.retrieval.conftest import PlayedGate, open_corpus
from tests.stores import clock_at, store

__all__ = ["clock", "store"]

ZONE = ZoneInfo("Europe/Amsterdam")
POLICY = shipped_policy()
PEOPLE = {"sam": (Role.SUPERVISOR, "aurora"), "mira": (Role.SUPERVISOR, "breeze"), "lena": (Role.LEADER, None)}


@dataclass
class Office:
    """The routine with everything around it."""

    store: Store
    corpus: Corpus
    book: ThemeBook
    runner: JobRunner
    actors: Mapping[str, Actor]
    costs: dict[str, TopicCost]

    def post(self, slot: str = "2026-06") -> str:
        """Run the slot and return its main post as text."""
        return render_text(self.run(slot).posts[0].reply)

    def run(self, slot: str = "2026-06") -> RunResult:
        """Run the slot."""
        result = self.runner.run_slot("pain_point_digest", slot)
        assert result.state == "done", result.note
        return result


clock = clock_at(8, 40)


@pytest.fixture
def office(tmp_path: Path, store: Store, encoder: TextEncoder) -> Office:
    corpus = open_corpus(tmp_path, store, encoder)
    book = ThemeBook(store, corpus=lambda: corpus, gate=PlayedGate, policy=POLICY, zone=ZONE)
    costs = {"double": TopicCost(1000, 8000.0), "engineer": TopicCost(500, 6000.0)}

    def read(*, month: Period) -> Mapping[str, TopicCost]:
        assert month.start.day == 1
        return costs

    definition = next(row for row in load_routines().routines if row.key == "pain_point_digest")
    routine = PainPointDigest(definition, book=lambda: book, costs=read, policy=POLICY, currency="EUR")
    actors = {}
    with store.unit() as unit:
        for number, (handle, (role, team)) in enumerate(PEOPLE.items()):
            person = people.add_person(unit, handle, roles=[role], team=team)
            people.bind(unit, handle, team_id="T1", user_id=f"U{number:08d}")
            actors[handle] = Actor(person.key, handle, roles=frozenset({role}), team=team)
        unit.commit()
    return Office(store, corpus, book, JobRunner(store, [routine], RunnerSettings(ZONE)), actors, costs)


def words(text: str) -> AnonymizedText:
    """Return words as if they had passed the gate."""
    return seal(text, Provenance("index@1"))
