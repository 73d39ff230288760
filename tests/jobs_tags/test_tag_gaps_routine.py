"""The weekly list of what nobody has taken on: one message, with a proposal of owners, and none without reason."""

import datetime as dt
from collections.abc import Sequence

import pytest

from bot.render_text import render_text
from frontline.catalog.loader import load_catalog
from frontline.core.actor import SYSTEM, Actor, Role
from frontline.core.clock import FrozenClock
from frontline.core.errors import Conflict
from frontline.core.text import Provenance, seal
from frontline.governance import commitments, people, tag_gaps, tag_labels, tags
from frontline.governance.tags import DeskAuthor
from frontline.store.work import Store
from jobs.runner import JobRunner, RunnerSettings, RunResult
from jobs.tags import TagGaps
from tests.jobs.zones import AMSTERDAM

CATALOG = load_catalog()
DEFINITION = next(row for row in CATALOG.routines.routines if row.key == "tag_gaps")
SAM = Actor("per_sam", "sam", roles=frozenset({Role.SUPERVISOR}))
MONDAY = "2026-06-22"


class Office:
    """People, tags from a help desk, and the routine."""

    def __init__(self, store: Store, clock: FrozenClock) -> None:
        self.store, self.clock = store, clock
        self.runner = JobRunner(store, [TagGaps(DEFINITION, CATALOG.rules)], RunnerSettings(AMSTERDAM))
        self.cases = 0
        with store.unit() as unit:
            for handle, role, team in (
                ("sam", Role.SUPERVISOR, "aurora"),
                ("bo", Role.SUPERVISOR, "Coral"),
                ("lena", Role.LEADER, None),
                ("zoe", Role.LEADER, None),
            ):
                people.add_person(unit, handle, roles=[role], team=team)
            unit.commit()

    def tag(self, label: str, *agents: str, team: str | None = "coral") -> None:
        with self.store.unit() as unit:
            for agent in agents:
                self.cases += 1
                author = DeskAuthor(agent, team=team)
                text = seal(f"case {self.cases}", Provenance("index@1"))
                tags.add_tag(unit, SYSTEM, text, label=label, case_key=str(self.cases), author=author)
            unit.commit()

    def run(self) -> RunResult:
        self.clock.move_to(dt.datetime(2026, 6, 22, 8, 31, tzinfo=AMSTERDAM))
        return self.runner.run_slot("tag_gaps", MONDAY)


@pytest.fixture
def office(store: Store, clock: FrozenClock) -> Office:
    return Office(store, clock)


def said(result: RunResult) -> str:
    return "\n".join(render_text(post.reply) for post in result.posts)


def words_of(result: RunResult) -> Sequence[str]:
    return [line for line in said(result).splitlines() if line.strip()]


def test_the_list_is_off_by_default_and_due_on_monday_morning() -> None:
    assert not DEFINITION.is_on
    schedule = DEFINITION.schedule
    assert (schedule.every, schedule.weekday, schedule.at) == ("weekly", "monday", dt.time(8, 30))


def test_gaps_come_with_growth_teams_and_a_proposed_owner_once_a_week(office: Office) -> None:
    office.tag("paper-invoice", "a", "b", "c", "c", "c", "c")
    office.tag("esim-transfer", "a", "b", "c", "d", "e", team="fjord")
    office.tag("too-few", "a", "a", "a", "a", "a")
    result = office.run()
    [post] = result.posts
    assert "2 labels have neither a process nor an owner." in said(result)
    paper = next(line for line in words_of(result) if line.startswith("6 uses by 3 people"))
    assert "new: not used in the 28 days before (95 %: 2.4 times or more)" in paper
    assert "Coral 6" in paper
    assert "proposed owner: @bo" in paper
    esim = next(line for line in words_of(result) if line.startswith("5 uses by 5 people"))
    assert "proposed owner: @lena" in esim
    assert "too-few" not in said(result)
    with pytest.raises(Conflict):
        office.run()
    assert post.channel in ("", "#floor")


def test_nothing_is_said_when_every_gap_is_answered_or_owned(office: Office) -> None:
    for label in ("with-process", "with-promise", "no-gap"):
        office.tag(label, "a", "b", "c", "d", "e")
    with office.store.unit() as unit:
        tag_labels.link(unit, SAM, "with-process", url="https://handbook.example/x")
        tag_gaps.mute(unit, SAM, "no-gap", CATALOG.rules.tags)
        key, due = tag_gaps.source_key("with-promise"), unit.now.date() + dt.timedelta(days=9)
        commitments.create(unit, SAM, kind="change_request", title="do it", owner_key=SAM.key, due=due, source_key=key)
        unit.commit()
    result = office.run()
    assert (result.state, result.posts) == ("done", ())
    assert "1 gaps, 0 without an owner" in result.note


def test_what_was_tagged_after_the_slot_is_not_in_it(office: Office) -> None:
    office.clock.move_to(dt.datetime(2026, 6, 22, 9, 0, tzinfo=AMSTERDAM))
    office.tag("paper-invoice", "a", "b", "c", "d", "e")
    assert office.runner.run_slot("tag_gaps", MONDAY).posts == ()


def test_without_anybody_to_own_it_there_is_no_proposal(store: Store, clock: FrozenClock) -> None:
    office = Office(store, clock)
    office.tag("paper-invoice", "a", "b", "c", "d", "e")
    with store.unit() as unit:
        for handle in ("sam", "bo", "lena", "zoe"):
            people.deactivate(unit, handle)
        unit.commit()
    assert "proposed owner" not in said(office.run())
