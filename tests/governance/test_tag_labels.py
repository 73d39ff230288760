"""Merges, processes, budgets and authors of tags."""

import datetime as dt
from collections.abc import Sequence

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from frontline.core.actor import SYSTEM, Actor, Role
from frontline.core.clock import FrozenClock
from frontline.core.errors import Conflict, NotFound, NotPermitted, UsageError
from frontline.core.text import AnonymizedText, Provenance, seal
from frontline.governance import audit, tag_counts, tag_labels, tags
from frontline.governance.tags import DeskAuthor
from frontline.store.work import Store, Unit

ANA = Actor("per_ana", "ana", roles=frozenset({Role.AGENT}), team="aurora", agent_id="a01")
BEA = Actor("per_bea", "bea", roles=frozenset({Role.AGENT}), team="breeze")
SAM = Actor("per_sam", "sam", roles=frozenset({Role.SUPERVISOR}))
LABELS = ("paper-invoice", "invoice-by-post", "letter-bill", "printed-bill")


def words(text: str = "wants the bill on paper") -> AnonymizedText:
    return seal(text, Provenance("index@1"))


def tag(unit: Unit, actor: Actor, label: str, case: int) -> None:
    tags.add_tag(unit, actor, words(f"case {case}"), label=label, case_key=str(case))


def counts(store: Store, clock: FrozenClock) -> list[tuple[str, int, int]]:
    with store.read() as session:
        rows = tags.count_labels(session, SAM, since=clock.now() - dt.timedelta(days=14))
    return [(row.label, row.uses, row.people) for row in rows]


def test_what_is_merged_counts_for_the_other_and_a_case_once(store: Store, clock: FrozenClock) -> None:
    with store.unit() as unit:
        tag(unit, ANA, "paper-invoice", 1)
        tag(unit, ANA, "invoice-by-post", 1)
        tag(unit, BEA, "invoice-by-post", 2)
        tag_labels.merge(unit, SAM, "#invoice-by-post", "paper-invoice")
        unit.commit()
    assert counts(store, clock) == [("paper-invoice", 2, 2)]
    with store.unit() as unit:
        again = tags.add_tag(unit, BEA, words("other"), label="invoice-by-post", case_key="1")
        assert again.label in ("paper-invoice", "invoice-by-post")
        assert len(tags.list_tags(unit.session, SAM)) == 3
        assert tags.known_labels(unit.session) == ("paper-invoice",)
        assert tag_labels.list_aliases(unit.session, "paper-invoice") == ("invoice-by-post",)
        assert len(tags.list_tags(unit.session, SAM, label="paper-invoice")) == 3
        assert tag_labels.access_label(unit.session, SAM, "invoice-by-post").label == "paper-invoice"
        rows = tags.tag_facts(unit.session, since=clock.now() - dt.timedelta(days=1))
    assert {row["label"] for row in rows} == {"paper invoice"}
    assert sorted(str(row["agent_id"]) for row in rows) == ["None", "a01"]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    uses=st.lists(st.tuples(st.sampled_from(LABELS), st.integers(1, 6), st.booleans()), min_size=1, max_size=20),
    merges=st.lists(st.tuples(st.sampled_from(LABELS), st.sampled_from(LABELS)), max_size=6),
)
def test_undoing_every_merge_gives_the_counts_of_before(
    store: Store, clock: FrozenClock, uses: Sequence[tuple[str, int, bool]], merges: Sequence[tuple[str, str]]
) -> None:
    def read(unit: Unit) -> list[tuple[str, int, int]]:
        rows = tags.count_labels(unit.session, SAM, since=clock.now() - dt.timedelta(days=14))
        return [(row.label, row.uses, row.people) for row in rows]

    with store.unit() as unit:  # never committed: each example starts empty
        for label, case, is_ana in uses:
            tag(unit, ANA if is_ana else BEA, label, case)
        before = read(unit)
        occasions = {(label, case) for label, case, _ in uses}
        done = []
        for label, into in merges:
            try:
                done.append(tag_labels.merge(unit, SAM, label, into).label)
            except (Conflict, NotFound):
                continue
            aliases = tag_labels.read_aliases(unit.session)
            merged = {(tag_labels.canonical(label, aliases), case) for label, case in occasions}
            assert sum(uses for _, uses, _ in read(unit)) == len(merged)
        for label in done:
            tag_labels.unmerge(unit, SAM, label)
        assert read(unit) == before


def test_a_merge_is_refused_with_a_way_on(store: Store) -> None:
    with store.unit() as unit:
        for number, label in enumerate(LABELS):
            tag(unit, ANA, label, number)
        tag_labels.merge(unit, SAM, "letter-bill", "paper-invoice")
        with pytest.raises(Conflict, match="unmerge letter-bill"):
            tag_labels.merge(unit, SAM, "letter-bill", "printed-bill")
        with pytest.raises(Conflict, match="one already"):
            tag_labels.merge(unit, SAM, "paper-invoice", "letter-bill")
        with pytest.raises(NotFound, match="#paper-invoice"):
            tag_labels.merge(unit, SAM, "paper-invoise", "printed-bill")
        with pytest.raises(Conflict, match="merged into nothing"):
            tag_labels.unmerge(unit, SAM, "paper-invoice")
        with pytest.raises(NotPermitted):
            tag_labels.merge(unit, ANA, "printed-bill", "paper-invoice")
        actions = [entry.action for entry in audit.entries(unit.session, limit=20)]
        assert actions.count("tag.merge") == 1


def test_a_process_is_linked_and_taken_back(store: Store) -> None:
    with store.unit() as unit:
        tag(unit, ANA, "paper-invoice", 1)
        row = tag_labels.link(unit, SAM, "paper-invoice", url="https://handbook.example/bills")
        assert tag_labels.has_process(row)
        for url in ("", "handbook", "ftp://x.example", "https://a b", "https://x|y"):
            with pytest.raises(UsageError):
                tag_labels.link(unit, SAM, "paper-invoice", url=url)
        assert not tag_labels.has_process(tag_labels.unlink(unit, SAM, "paper-invoice"))
        with pytest.raises(Conflict):
            tag_labels.unlink(unit, SAM, "paper-invoice")
        with pytest.raises(NotPermitted):
            tag_labels.link(unit, ANA, "paper-invoice", process=words("see page 12"))


def test_the_same_words_within_a_minute_are_one_tag(store: Store, clock: FrozenClock) -> None:
    with store.unit() as unit:
        first = tags.add_tag(unit, ANA, words(), label="paper-invoice").tag_id
        unit.commit()
    with store.unit() as unit:
        assert tags.add_tag(unit, ANA, words(), label="paper-invoice").tag_id == first
        assert tags.add_tag(unit, BEA, words(), label="paper-invoice").tag_id != first
        assert tags.add_tag(unit, ANA, words(), label="paper-invoice", case_key="8123").tag_id != first
    clock.advance(dt.timedelta(minutes=2))
    with store.unit() as unit:
        assert tags.add_tag(unit, ANA, words(), label="paper-invoice").tag_id != first


def test_an_hour_has_a_budget_for_people_and_none_for_the_system(store: Store, clock: FrozenClock) -> None:
    rule = tags.shipped_rule().model_copy(update={"hourly_budget": 3})
    with store.unit() as unit:
        for number in range(3):
            tags.add_tag(unit, ANA, words(f"{number}"), label="refund", rule=rule)
        with pytest.raises(UsageError, match="3 tags within an hour"):
            tags.add_tag(unit, ANA, words("one more"), label="refund", rule=rule)
        for number in range(5):
            tags.add_tag(unit, SYSTEM, words(f"{number}"), label="refund", rule=rule, author=DeskAuthor("a07"))
        unit.commit()
    clock.advance(dt.timedelta(hours=1))
    with store.unit() as unit:
        assert tags.add_tag(unit, ANA, words("one more"), label="refund", rule=rule)


def test_a_help_desk_tags_for_its_agents_and_nobody_else_can(store: Store) -> None:
    with store.unit() as unit:
        for number, agent in enumerate(("a07", "a08", "a08", "")):
            author = DeskAuthor(agent, team="coral")
            tags.add_tag(unit, SYSTEM, words(f"{number}"), label="refund", case_key=str(number), author=author)
        long = tags.add_tag(unit, SYSTEM, words(), label="sim", author=DeskAuthor("x" * 200))
        mine = tags.add_tag(unit, ANA, words("mine"), label="refund", author=DeskAuthor("a99"))
        [refund, _] = tags.count_labels(unit.session, SAM, since=unit.now - dt.timedelta(days=1))
    assert (refund.uses, refund.people) == (5, 4)
    assert len(long.author_key) <= 40
    assert (mine.author_key, mine.author_agent_id) == ("per_ana", "a01")


def test_a_moved_tag_leaves_a_proposal_and_a_case_is_counted_once(store: Store, clock: FrozenClock) -> None:
    with store.unit() as unit:
        tag(unit, BEA, "paper-invoice", 1)
        first = tags.add_tag(unit, ANA, words("a"), label="letter-bill", case_key="1").tag_id
        kept = tags.move_tag(unit, ANA, first, into="paper-invoice")
        assert kept.author_key == "per_bea"
        [proposal] = tag_labels.list_proposals(unit.session, "paper-invoice")
        assert (proposal.label, proposal.proposed_count) == ("letter-bill", 1)
        second = tags.add_tag(unit, ANA, words("b"), label="letter-bill", case_key="2").tag_id
        assert tags.move_tag(unit, ANA, second, into="paper-invoice").tag_id == second
        assert tag_labels.list_proposals(unit.session, "paper-invoice")[0].proposed_count == 2
        with pytest.raises(NotFound):
            tags.move_tag(unit, BEA, second, into="sim")
        unit.commit()
    assert counts(store, clock) == [("paper-invoice", 2, 2)]


def test_growth_compares_the_window_with_the_days_before_it(store: Store, clock: FrozenClock) -> None:
    rule = tags.shipped_rule()
    with store.unit() as unit:
        for number, days in enumerate((1, 2, 3, 4, 13, 15, 41, 50)):
            at = unit.now - dt.timedelta(days=days)
            tags.add_tag(unit, ANA, words(f"{number}"), label="refund", case_key=str(number), at=at)
        [row] = tag_counts.list_activity(unit.session, SAM, rule, now=clock.now())
    assert (row.uses, row.before, row.people, list(row.teams)) == (5, 2, 1, [("aurora", 5)])
    assert row.growth.ratio == pytest.approx(5.0)
