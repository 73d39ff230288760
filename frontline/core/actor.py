"""Who asks, and who would hear the answer."""

from __future__ import annotations

import enum
from dataclasses import dataclass, field


class Role(enum.StrEnum):
    """The roles of the product. ``owner`` is a relation to a commitment, not a role."""

    AGENT = "agent"
    SUPERVISOR = "supervisor"
    ANALYST = "analyst"
    LEADER = "leader"
    TRAINER = "trainer"
    STEWARD = "steward"
    ADMIN = "admin"


class ActorKind(enum.StrEnum):
    """What stands behind an id. Only HUMAN and SYSTEM can ever be allowed anything."""

    HUMAN = "human"
    SYSTEM = "system"
    GUEST = "guest"
    BOT = "bot"
    STRANGER = "stranger"  # somebody of another organisation in a Slack Connect channel
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Actor:
    """A resolved person (or the SYSTEM).

    ``key`` is the stable id of the person in ``people`` (for example ``per_...`` or ``system``); ``agent_id`` links
    to the agent rows of the facts; ``team`` is the value of the team dimension, for row policies.
    """

    key: str
    handle: str
    kind: ActorKind = ActorKind.HUMAN
    roles: frozenset[Role] = field(default_factory=frozenset)
    team: str | None = None
    agent_id: str | None = None
    slack_user_id: str | None = None

    def has(self, *roles: Role) -> bool:
        """Whether the actor holds one of ``roles``."""
        return not self.roles.isdisjoint(roles)


SYSTEM = Actor(key="system", handle="frontline", kind=ActorKind.SYSTEM)
# Stands in the audit trail where who acted is written nowhere; it is allowed nothing.
UNSIGNED = Actor(key="unsigned", handle="unsigned", kind=ActorKind.UNKNOWN)


class AudienceKind(enum.StrEnum):
    """How far an answer travels."""

    PRIVATE = "private"  # only the asker sees it: terminal, DM, ephemeral
    CHANNEL = "channel"  # a channel of the own organisation
    EXTERNAL = "external"  # a channel shared with another organisation


@dataclass(frozen=True)
class Audience:
    """Who would see the reply. The channel's audience counts, not only the asker."""

    kind: AudienceKind = AudienceKind.PRIVATE
    channel: str | None = None
    name: str | None = None


PRIVATE = Audience()
