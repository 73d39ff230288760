"""The order of articles comes from what is logged, and from nothing else."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from frontline.analysis.lexical import shares_in_common
from frontline.catalog.knowledge import Weights, load_knowledge
from frontline.governance.knowledge import Candidate, rank, replay, score
from frontline.store.models.knowledge import Recommendation

RULES = load_knowledge()
shares = st.integers(0, 10**6).map(lambda value: value / 10**6)
flags = st.sampled_from((0.0, 1.0))
candidates = st.lists(
    st.builds(
        Candidate,
        id=st.integers(1, 99).map("article-{:02d}".format),
        version=st.just("1"),
        text=shares,
        topic=flags,
        product=flags,
        solved=st.integers(0, 30).map(float),
        tried=flags,
    ),
    max_size=6,
    unique_by=lambda each: each.id,
)


def logged(ranked: list[Candidate]) -> Recommendation:
    rows = [{**vars(each), "score": score(each, RULES.weights)} for each in ranked]
    return Recommendation(weights=RULES.weights.model_dump(), candidates=rows)


# The first draw of a process reads the constants of every module that is imported.
@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(candidates)
def test_a_logged_list_ranks_the_same_again(found: list[Candidate]) -> None:
    ranked = rank(found, RULES.weights)
    assert replay(logged(ranked)) == [each.id for each in ranked]
    assert rank(list(reversed(found)), RULES.weights) == ranked


def test_a_log_in_another_order_is_noticed() -> None:
    ranked = rank([Candidate("a", "1", 0.9), Candidate("b", "1", 0.5)], RULES.weights)
    assert replay(logged(list(reversed(ranked)))) == ["a", "b"]


def test_what_did_not_help_comes_last_and_what_solved_cases_like_it_comes_first() -> None:
    plain, tried, solved = (
        Candidate("plain", "1", 0.5),
        Candidate("tried", "1", 0.9, tried=1.0),
        Candidate("solved", "1", 0.45, solved=4.0),
    )
    assert [each.id for each in rank([plain, tried, solved], RULES.weights)] == ["solved", "plain", "tried"]


def test_another_figure_is_another_policy() -> None:
    other = RULES.model_copy(update={"weights": Weights(text=2.0)})
    assert other.policy_id != RULES.policy_id


def test_words_in_common_are_a_share_and_rare_ones_count_more() -> None:
    texts = ["restarting the router", "the invoice and the router", "roaming abroad"]
    found = shares_in_common("router restarts and restarted", texts)
    assert found[0] > found[1] > found[2] == 0.0
    assert all(0 <= share <= 1 for share in found)
    assert shares_in_common("anything", []) == []
