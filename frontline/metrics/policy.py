"""Who may ask which number about whom: row and column policy, and the rules about single agents.

``frontline.governance`` decides whether somebody may ask at all (action ``metric.ask``); this decides which rows and
columns of the facts the answer may rest on.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from frontline.catalog.loader import Catalog
from frontline.catalog.schema import RolePolicy
from frontline.catalog.schema_models import fold
from frontline.core.actor import PRIVATE, Actor, ActorKind, Audience, AudienceKind, Role
from frontline.core.errors import NotPermitted
from frontline.metrics.query import Filter, MetricQuery

TeamOf = Callable[[str], str | None]


class Authorizer(Protocol):
    """The permission table (``frontline.governance.policy.Policy``)."""

    def authorize(self, actor: Actor, action: str, resource: str = "", audience: Audience = PRIVATE) -> object:
        """Raise NotPermitted unless a row allows it."""
        ...


@dataclass(frozen=True)
class View:
    """What the actor's policy adds to a query: rows it is held to, and the floor of n."""

    rows: tuple[Filter, ...] = ()
    min_n: int = 0
    is_person: bool = False
    is_self: bool = False  # agents who ask for their own figures


def view_of(
    catalog: Catalog, authorizer: Authorizer, actor: Actor, query: MetricQuery, *, audience: Audience, team_of: TeamOf
) -> View:
    """Return the rows and the floor that hold for ``actor``.

    Raises:
        NotPermitted: the table, a column policy or the rules about single agents say no.
    """
    if actor.kind not in (ActorKind.HUMAN, ActorKind.SYSTEM):
        raise NotPermitted("Guests, bots and strangers get no figures.", policy_id="metrics-people-only")
    for key in query.metrics:
        authorizer.authorize(actor, "metric.ask", key, audience)
    persons = person_dimensions(catalog, query)
    if actor.kind is ActorKind.SYSTEM:
        if persons:
            raise NotPermitted("Routines never look at single agents.", policy_id="metrics-person-system")
        return View()
    policy = _policy_of(catalog, actor, query)
    rows = tuple(_own(item.dim, item.values, actor) for item in policy.rows)
    if any(row.dim not in catalog.allowed_dimensions(key) for row in rows for key in query.metrics):
        raise NotPermitted(
            "Your role sees only its own rows, and this figure cannot be cut down to them.",
            policy_id="metrics-row-policy",
            next_step="Ask a supervisor, or ask for another metric.",
        )
    if not persons:
        return View(rows, policy.min_n)
    authorizer.authorize(actor, "metric.person_level", ",".join(query.metrics), audience)
    team = _person_rows(catalog, actor, query, persons, audience, team_of)
    return View(rows + team, policy.min_n, is_person=True, is_self=not team)


def person_dimensions(catalog: Catalog, query: MetricQuery) -> tuple[str, ...]:
    """Return the dimensions of ``query`` that name single agents."""
    used = dict.fromkeys((*query.by, *(item.dim for item in query.filters)))
    return tuple(key for key in used if key in catalog.dimensions and catalog.dimensions[key].is_person)


def _policy_of(catalog: Catalog, actor: Actor, query: MetricQuery) -> RolePolicy:
    """Return the most permissive policy among the actor's roles that allows the whole query."""
    policies = catalog.policies.roles
    dims = {*query.by, *(item.dim for item in query.filters)}
    held = [policies.get(role, RolePolicy()) for role in Role if role in actor.roles]
    allowed = [
        policy
        for policy in held
        if not set(policy.deny_metrics) & set(query.metrics) and not set(policy.deny_dimensions) & dims
    ]
    if not allowed:
        raise NotPermitted(
            "Your role may not see this figure.",
            policy_id="metrics-column-policy",
            next_step="Ask a supervisor, or ask for another metric.",
        )
    return min(allowed, key=lambda policy: (len(policy.rows), policy.min_n))


def _own(dim: str, values: tuple[str, ...], actor: Actor) -> Filter:
    own = {"$team": actor.team or "", "$agent": actor.handle}
    return Filter(dim=dim, values=tuple(own.get(value, value) for value in values))


def _person_rows(
    catalog: Catalog, actor: Actor, query: MetricQuery, persons: tuple[str, ...], audience: Audience, team_of: TeamOf
) -> tuple[Filter, ...]:
    if audience.kind is not AudienceKind.PRIVATE:
        raise NotPermitted(
            "Figures about single agents are never shown in a channel.",
            policy_id="person-level-private",
            next_step="Ask in a direct message.",
        )
    if query.order is not None and any(key in query.by for key in persons):
        raise NotPermitted(
            "There are no rankings of single agents.",
            policy_id="person-level-no-rankings",
            next_step="Ask for teams, or for one agent.",
        )
    named = [word for item in query.filters if item.dim in persons and item.op == "in" for word in item.values]
    if named and all(_is_self(word, actor) for word in named):
        return ()
    rules = catalog.policies.person_level
    if not actor.has(*rules.roles):
        raise NotPermitted(
            "Only the agent and the agent's supervisor see figures about a single agent.",
            policy_id="person-level-own-team",
            next_step="Ask for your own figures or for a team.",
            needs=tuple(role.value for role in rules.roles),
        )
    if rules.agreement is None:
        raise NotPermitted(
            "Figures about single agents are off until a data agreement is recorded.",
            policy_id="person-level-agreement",
            next_step="An admin records it as person_level.agreement in catalog/policies.yaml.",
        )
    teams = {team_of(word) for word in named if not _is_self(word, actor)}
    if actor.team is None or any(team is None or fold(team) != fold(actor.team) for team in teams):
        raise NotPermitted(
            "Supervisors see the figures of agents of their own team only.",
            policy_id="person-level-own-team",
            next_step="Ask for a team as a whole.",
        )
    return (Filter(dim="team", values=(actor.team,)),)


def _is_self(word: str, actor: Actor) -> bool:
    own = {fold(name) for name in (actor.handle, actor.agent_id) if name}
    return fold(word.removeprefix("@")) in own
