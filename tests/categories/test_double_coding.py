"""Two people code the same cases, blind; what they mix up becomes a proposal, and a steward's yes a new version."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace
from typing import Any, cast

import pytest

from bot.render_text import render_text
from frontline.catalog.loader import load_catalog
from frontline.catalog.taxonomy import Taxonomy
from frontline.core.actor import PRIVATE, SYSTEM, Actor, Role
from frontline.core.clock import FrozenClock
from frontline.core.errors import Conflict, NotFound, NotPermitted, UsageError
from frontline.core.reply import Table
from frontline.core.text import Provenance, seal
from frontline.governance import coding, people, taxonomy_changes
from frontline.governance.policy import shipped_policy
from frontline.store.models.coding import TaxonomyChange
from frontline.store.models.corpus import Document
from frontline.store.work import Store
from handlers.agreement import agreement_of, levels_of
from handlers.desk import Work
from jobs.categories import CategorySample
from jobs.runner import JobRunner, RunnerSettings, RunResult
from tests.jobs.zones import AMSTERDAM

CATALOG = load_catalog()
POLICY = shipped_policy()
DEFINITION = next(row for row in CATALOG.routines.routines if row.key == "category_sample")
MONDAY = dt.datetime(2026, 6, 22, 9, 15, tzinfo=AMSTERDAM)
ROOT = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)


class Office:
    """Cases of a week, people, and the routine; ``taxonomy`` is the one in force."""

    def __init__(self, store: Store, clock: FrozenClock, *, coders: tuple[str, ...] = ("bo", "sam", "tomas")) -> None:
        self.store, self.clock = store, clock
        routine = CategorySample(DEFINITION, CATALOG.rules, lambda: self.taxonomy, POLICY)
        self.runner = JobRunner(store, [routine], RunnerSettings(AMSTERDAM))
        self.people: dict[str, Actor] = {}
        with store.unit() as unit:
            for handle in (*coders, "stella"):
                role = Role.STEWARD if handle == "stella" else Role.SUPERVISOR
                person = people.add_person(unit, handle, roles=[role])
                if handle != "stella" or len(coders) > 1:
                    people.bind(unit, handle, team_id="T1", user_id=f"U{handle.upper()}")
                self.people[handle] = people.actor_by_key(unit.session, person.key)
            for number in range(32):
                at = MONDAY - dt.timedelta(days=number / 4 + 0.1)
                row = Document(doc_id=f"complaint-C{number:07}", kind="complaint", state="inside", content_key="k" * 16)
                row.text, row.category = seal(f"case {number}", Provenance("index@1")), "billing"
                row.region, row.received_at = "north", at.isoformat()
                row.added_at = row.changed_at = at
                row.consent, row.reasons = False, []
                unit.session.add(row)
            unit.commit()

    @property
    def taxonomy(self) -> Taxonomy:
        with self.store.read() as session:
            files: Taxonomy = CATALOG.taxonomy
            return files.revised(taxonomy_changes.read_revisions(session))

    def run(self, week: int = 0) -> RunResult:
        due = MONDAY + dt.timedelta(weeks=week)
        self.clock.move_to(due + dt.timedelta(minutes=1))
        return self.runner.run_slot("category_sample", due.date().isoformat())

    def code(self, handle: str, *codes: str) -> int:
        """Answer what waits for a person with ``codes`` in turn; return how many there were."""
        done = 0
        while True:
            with self.store.unit() as unit:
                task = coding.next_task(unit.session, self.people[handle], policy=POLICY)
                if task is None:
                    return done
                code, actor = codes[done % len(codes)], self.people[handle]
                coding.answer(unit, actor, task.sample_id, code, taxonomy=self.taxonomy, policy=POLICY)
                unit.commit()
            done += 1

    def pairs(self) -> list[coding.Pair]:
        with self.store.read() as session:
            return coding.list_pairs(
                session, SYSTEM, taxonomy=self.taxonomy, since=ROOT, policy=POLICY, audience=PRIVATE
            )

    def proposals(self) -> list[tuple[str, str, str, str]]:
        with self.store.read() as session:
            rows = taxonomy_changes.list_open(session, self.people["stella"], policy=POLICY)
            return [(row.change_id, row.kind, row.first, row.second) for row in rows]


@pytest.fixture
def office(store: Store, clock: FrozenClock) -> Office:
    return Office(store, clock)


def test_the_sample_is_off_by_default_and_of_last_week_alone(office: Office) -> None:
    assert not DEFINITION.is_on
    result = office.run()
    assert {post.channel for post in result.posts} == {"UBO", "USAM"}
    said = "".join(render_text(post.reply) for post in result.posts)
    assert "20 cases wait" in said
    assert "case 3" not in said
    assert "illing" not in said
    assert office.code("bo", "BIL") == office.code("sam", "BIL") == 20
    assert {pair.original for pair in office.pairs()} == {"BIL"}


def test_the_two_who_coded_least_lately_are_asked_and_nobody_sees_anothers_cases(office: Office) -> None:
    office.run()
    with office.store.read() as session:
        task = coding.next_task(session, office.people["bo"], policy=POLICY)
        assert task is not None
        with pytest.raises(NotFound, match="not given to you"):
            coding.access_task(session, office.people["tomas"], task.sample_id, policy=POLICY)
        with pytest.raises(NotPermitted):
            coding.next_task(session, Actor("per_a", "a", roles=frozenset({Role.AGENT})), policy=POLICY)
    assert office.code("bo", "BIL") == 20
    assert office.pairs() == []
    asked = {post.channel for post in office.run(week=-1).posts}
    assert "UTOMAS" in asked
    assert len(asked) == 2


def test_one_person_alone_gets_no_sample(store: Store, clock: FrozenClock) -> None:
    assert Office(store, clock, coders=("bo",)).run().posts == ()


def test_ac1_comes_per_level_with_an_interval_that_holds_it(office: Office) -> None:
    office.run()
    office.code("bo", "BIL-DUP", "BIL-AMT", "REF", "OUT-NET")
    office.code("sam", "BIL-DUP", "BIL-DUP", "REF", "OUT-NET")
    levels = levels_of(office.pairs(), office.taxonomy)
    assert levels["first level"].ac1 == 1.0
    assert levels["both levels"].raw == 0.75
    assert levels["both levels"].interval.holds(levels["both levels"].ac1)
    assert levels["both levels"].ac1 < 0.8


def test_a_change_that_was_decided_beside_a_running_bot_gives_no_version_twice(office: Office) -> None:
    """Another process has accepted one since this one read the taxonomy."""
    office.run()
    office.code("bo", "BIL", "REF", "BIL")
    office.code("sam", "REF", "BIL", "BIL")
    office.run(week=1)
    [(change, *_)] = office.proposals()
    stella, stale = office.people["stella"], office.taxonomy
    with office.store.unit() as unit:
        accepted = taxonomy_changes.accept(unit, stella, change, taxonomy=stale, policy=POLICY)
        assert accepted.version == stale.version + 1
        other = TaxonomyChange(
            change_id="txc_other", kind="merge", first="OUT", second="ROU", times=9, n=20, state="open", parts={},
            proposed_at=unit.now,
        )  # fmt: skip
        unit.session.add(other)
        unit.commit()
    with office.store.unit() as unit:
        with pytest.raises(Conflict, match="meanwhile"):
            taxonomy_changes.accept(unit, stella, "txc_other", taxonomy=stale, policy=POLICY)
        with pytest.raises(Conflict, match="meanwhile"):
            taxonomy_changes.undo(unit, stella, change, taxonomy=stale, policy=POLICY)
        row = taxonomy_changes.accept(unit, stella, "txc_other", taxonomy=office.taxonomy, policy=POLICY)
        assert row.version == stale.version + 2


def test_a_site_is_measured_as_the_whole_is(office: Office) -> None:
    """All cases are of one site, so its AC1 is that of the first level: over the same codes that could be given."""
    office.run()
    office.code("bo", "BIL", "REF", "BIL")
    office.code("sam", "BIL", "BIL", "BIL")
    whole = levels_of(office.pairs(), office.taxonomy)["first level"]
    desk = SimpleNamespace(policy=POLICY, catalog=CATALOG)
    with office.store.read() as session:
        work = Work(cast(Any, desk), cast(Any, None), office.people["stella"], PRIVATE, office.clock.now(), session)
        [table] = [part for part in agreement_of(work, office.taxonomy).parts if isinstance(part, Table)]
    [site] = [row for row in table.rows if row[0] == "site"]
    assert site[1:] == ["north", 20, whole.raw, f"{whole.ac1:.2f}"]


def test_what_two_people_mix_up_is_proposed_once_and_a_yes_is_a_version_that_can_be_undone(office: Office) -> None:
    office.run()
    office.code("bo", "BIL", "REF", "BIL")
    office.code("sam", "REF", "BIL", "BIL")
    result = office.run(week=1)
    [post] = [post for post in result.posts if "told apart" in post.reply.headline]
    assert post.channel == "USTELLA"
    [(change, kind, first, second)] = office.proposals()
    assert (kind, first, second) == ("merge", "BIL", "REF")
    assert not [post for post in office.run(week=2).posts if "told apart" in post.reply.headline]
    with office.store.unit() as unit:
        stella = office.people["stella"]
        with pytest.raises(NotPermitted):
            taxonomy_changes.accept(unit, office.people["bo"], change, taxonomy=office.taxonomy, policy=POLICY)
        taxonomy_changes.accept(unit, stella, change, taxonomy=office.taxonomy, policy=POLICY)
        unit.commit()
    assert office.taxonomy.version == 2
    assert office.taxonomy.code_of("refunds") == "BIL"
    assert office.taxonomy.at(1).code_of("refunds") == "REF"
    assert {code for pair in office.pairs() for code in pair.codes} == {"BIL"}
    with office.store.unit() as unit:
        taxonomy_changes.undo(unit, stella, change, taxonomy=office.taxonomy, policy=POLICY)
        with pytest.raises(Conflict, match="undone already"):
            taxonomy_changes.undo(unit, stella, change, taxonomy=office.taxonomy, policy=POLICY)
        unit.commit()
    assert (office.taxonomy.version, office.taxonomy.code_of("refunds")) == (3, "REF")
    assert office.taxonomy.at(2).code_of("refunds") == "BIL"


def test_a_code_that_is_mixed_up_with_everything_is_split_in_two_with_titles_of_their_own(office: Office) -> None:
    office.run()
    office.code("bo", "MOB")
    office.code("sam", "ROA", "ROU", "OUT", "SIM", "BIL", "PRI", "MOV", "ACC")
    office.run(week=1)
    [(change, kind, first, _)] = office.proposals()
    assert (kind, first) == ("split", "MOB")
    stella = office.people["stella"]
    with office.store.unit() as unit:
        for titles, words in ((("Slow data",), "two titles"), (("Roaming", "Slow data"), "in use")):
            with pytest.raises(UsageError, match=words):
                taxonomy_changes.accept(unit, stella, change, taxonomy=office.taxonomy, policy=POLICY, titles=titles)
        both = ("Slow data", "No coverage")
        taxonomy_changes.accept(unit, stella, change, taxonomy=office.taxonomy, policy=POLICY, titles=both)
        unit.commit()
    assert [office.taxonomy.top(office.taxonomy.code_of(title)) for title in both] == ["MOB", "MOB"]
