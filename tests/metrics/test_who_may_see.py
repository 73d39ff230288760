"""Row and column policy, and figures about single agents: never in a channel, never of somebody else's team."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from frontline.catalog.loader import Catalog, load_catalog
from frontline.catalog.permissions import load_permissions
from frontline.core.actor import PRIVATE, SYSTEM, Actor, ActorKind, Audience, AudienceKind, Role
from frontline.core.clock import FrozenClock
from frontline.core.errors import NotPermitted
from frontline.governance.policy import Policy
from frontline.metrics.engine import MetricEngine
from frontline.metrics.query import Filter, MetricQuery, PeriodSpec
from tests.metrics.world import AGENTS, NOW, SmallFacts, person

CHANNEL = Audience(AudienceKind.CHANNEL, "C1", "support-ops")
MAY = PeriodSpec(start=dt.date(2026, 5, 1), end=dt.date(2026, 6, 1))
AGENT = person(Role.AGENT, handle="ha1", team="Breeze", agent_id="a1")  # a1 is of t2, Breeze
SUPERVISOR = person(Role.SUPERVISOR, handle="sue", team="Breeze")
LEADER = person(Role.LEADER, handle="lea")


def csat_of(*agents: str, **rest: object) -> MetricQuery:
    filters = (Filter(dim="agent", values=agents),)
    return MetricQuery.model_validate({"metrics": ("aht",), "period": MAY, "filters": filters, **rest})


@pytest.fixture(scope="module")
def agreed(tmp_path_factory: pytest.TempPathFactory, facts: SmallFacts) -> MetricEngine:
    """The engine of an organisation that has recorded its agreement."""
    overlay = tmp_path_factory.mktemp("catalog")
    (overlay / "policies.yaml").write_text("person_level: {agreement: WC-2026-04}\n")
    return _engine(load_catalog(overlay), facts)


@pytest.fixture(scope="module")
def guarded(catalog: Catalog, facts: SmallFacts) -> MetricEngine:
    """The engine as shipped: no agreement recorded."""
    return _engine(catalog, facts)


def _engine(catalog: Catalog, facts: SmallFacts) -> MetricEngine:
    return MetricEngine(catalog, facts, FrozenClock(NOW), Policy(load_permissions().permissions))


def test_an_agent_sees_own_figures_in_private(guarded: MetricEngine) -> None:
    result = guarded.run(AGENT, csat_of("ha1"))
    assert result.rows[0][1] > 0
    assert guarded.run(AGENT, csat_of("a1")).rows == result.rows


@pytest.mark.parametrize(
    ("actor", "query", "audience", "policy_id"),
    [
        (AGENT, csat_of("ha1"), CHANNEL, ""),
        (AGENT, csat_of("ha4"), PRIVATE, "person-level-own-team"),
        (AGENT, csat_of("ha1", "ha4"), PRIVATE, "person-level-own-team"),
        (AGENT, MetricQuery(metrics=("aht",), by=("agent",), period=MAY), PRIVATE, "person-level-own-team"),
        (SUPERVISOR, csat_of("ha1"), CHANNEL, ""),
        (SUPERVISOR, csat_of("ha2"), PRIVATE, "person-level-own-team"),
        (SUPERVISOR, csat_of("nobody"), PRIVATE, "person-level-own-team"),
        (
            SUPERVISOR,
            MetricQuery(metrics=("aht",), by=("agent",), period=MAY, order="desc", limit=5),
            PRIVATE,
            "person-level-no-rankings",
        ),
        (person(Role.SUPERVISOR, handle="teamless"), csat_of("ha1"), PRIVATE, "person-level-own-team"),
        (LEADER, csat_of("ha1"), PRIVATE, ""),
        (SYSTEM, csat_of("ha1"), PRIVATE, "metrics-person-system"),
    ],
)
def test_figures_about_single_agents_are_refused(
    agreed: MetricEngine, actor: Actor, query: MetricQuery, audience: Audience, policy_id: str
) -> None:
    with pytest.raises(NotPermitted) as caught:
        agreed.run(actor, query, audience=audience)
    assert caught.value.policy_id
    assert not policy_id or caught.value.policy_id == policy_id


def test_a_supervisor_sees_the_own_team_once_an_agreement_is_recorded(
    agreed: MetricEngine, guarded: MetricEngine
) -> None:
    team = {f"h{agent}" for agent, of in AGENTS.items() if of == "t2"}
    query = MetricQuery(metrics=("aht",), by=("agent",), period=MAY)

    assert {row[0] for row in agreed.run(SUPERVISOR, query).rows} == team
    assert agreed.run(SUPERVISOR, csat_of("ha1")).rows[0][1] > 0
    with pytest.raises(NotPermitted) as caught:
        guarded.run(SUPERVISOR, query)
    assert caught.value.policy_id == "person-level-agreement"


def test_aggregates_are_for_everybody_of_the_organisation_and_for_nobody_else(guarded: MetricEngine) -> None:
    query = MetricQuery(metrics=("aht",), by=("team",), period=MAY)
    for actor in (AGENT, SUPERVISOR, LEADER, SYSTEM):
        assert len(guarded.run(actor, query, audience=CHANNEL).rows) == 3
    for kind in (ActorKind.GUEST, ActorKind.BOT, ActorKind.STRANGER, ActorKind.UNKNOWN):
        with pytest.raises(NotPermitted):
            guarded.run(Actor("x", "x", kind), query)


def test_a_role_is_held_to_its_rows_and_columns(tmp_path: Path, facts: SmallFacts) -> None:
    (tmp_path / "policies.yaml").write_text(
        "roles:\n  agent:\n    deny_metrics: [total_cost]\n    deny_dimensions: [segment]\n"
        "    rows: [{dim: team, values: [$team]}]\n    min_n: 25\n"
    )
    engine = _engine(load_catalog(tmp_path), facts)
    by_team = MetricQuery(metrics=("contact_volume",), by=("team",), period=MAY)

    assert [row[0] for row in engine.run(AGENT, by_team).rows] == ["Breeze"]
    assert len(engine.run(LEADER, by_team).rows) == 4  # three teams and the contacts without one
    for query in (
        MetricQuery(metrics=("total_cost",), period=MAY),
        MetricQuery(metrics=("aht",), by=("segment",), period=MAY),
    ):
        with pytest.raises(NotPermitted) as caught:
            engine.run(AGENT, query)
        assert caught.value.policy_id == "metrics-column-policy"
    with pytest.raises(NotPermitted) as caught:
        engine.run(AGENT, MetricQuery(metrics=("churn_rate",), period=MAY))
    assert caught.value.policy_id == "metrics-row-policy"
    both = Actor("per_b", "b", ActorKind.HUMAN, frozenset({Role.AGENT, Role.LEADER}), "Breeze")
    assert len(engine.run(both, by_team).rows) == 4


def test_the_answer_of_one_viewer_is_never_served_to_another(tmp_path: Path, facts: SmallFacts) -> None:
    (tmp_path / "policies.yaml").write_text("roles:\n  agent:\n    rows: [{dim: team, values: [$team]}]\n")
    engine = _engine(load_catalog(tmp_path), facts)
    query = MetricQuery(metrics=("contact_volume",), period=MAY)
    other = person(Role.AGENT, handle="ha2", team="Coral", agent_id="a2")

    whole = engine.run(LEADER, query).rows[0][0]
    assert engine.run(AGENT, query).rows[0][0] + engine.run(other, query).rows[0][0] < whole
    assert engine.run(LEADER, query).rows[0][0] == whole


def test_a_person_is_hidden_below_five_where_a_group_is_hidden_below_ten(catalog: Catalog) -> None:
    assert (catalog.metrics["csat"].min_n.group, catalog.metrics["csat"].min_n.person) == (10, 5)
