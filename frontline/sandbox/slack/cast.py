"""The people and channels of a fresh workspace, and what each of them may try first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from frontline.sandbox.slack.records import Channel, Json, User

TEAM_ID = "T0HARBOR01"
TEAM_NAME = "Harbor Telecom"
TEAM_DOMAIN = "harbor-telecom"
OTHER_TEAM_ID = "T0PARTNER1"
APP_ID = "A0FRONTLINE"
BOT_USER_ID = "U0FRONTBOT"
BOT_ID = "B0FRONTBOT"

BOT = User(BOT_USER_ID, "bot", "frontline", "Frontline", "Assistant", TEAM_ID, "bot")

# Roles of these people are bound by Frontline itself (team id, user id), never read from their profiles.
PEOPLE: tuple[User, ...] = (
    User("U0AGENT001", "agent", "anna", "Anna de Vries", "Agent, team Aurora", TEAM_ID),
    User("U0SUPER001", "supervisor", "sam", "Sam Okafor", "Supervisor, Utrecht", TEAM_ID),
    User("U0ANALYST1", "analyst", "iris", "Iris Kowalska", "Real-time analyst", TEAM_ID),
    User("U0LEADER01", "leader", "lena", "Lena Costa", "Head of customer service", TEAM_ID),
    User("U0TRAINER1", "trainer", "tomas", "Tomas Bakker", "Trainer", TEAM_ID),
    User("U0STEWARD1", "steward", "stella", "Stella Nowak", "Data steward", TEAM_ID),
    User("U0ADMIN001", "admin", "ada", "Ada Jansen", "Administrator", TEAM_ID),
    User("U0GUEST001", "guest", "gus", "Gus Meyer", "Guest", TEAM_ID, "guest"),
    User("U0STRANGER", "stranger", "xena", "Xena Park", "Works for a partner", OTHER_TEAM_ID, "stranger"),
)
BY_PERSONA = {user.persona: user for user in PEOPLE}

_FLOOR = ("agent", "supervisor", "analyst", "leader", "trainer", "steward", "admin")
_CHANNELS: tuple[tuple[Channel, Sequence[str], bool], ...] = (
    (Channel("C0GENERAL1", "general", "Everybody"), (*_FLOOR, "guest"), True),
    (Channel("C0FLOOR001", "floor", "What happens on the floor today"), _FLOOR, True),
    (Channel("C0RETENTN1", "retention", "Customers who may leave"), ("supervisor", "leader", "analyst", "admin"), True),
    (
        Channel("C0VIPWATCH", "vip-watch", "Enterprise and platinum"),
        ("supervisor", "leader", "steward", "admin"),
        True,
    ),
    (
        Channel("G0LEADERS1", "leadership", "Private: heads of service", "private"),
        ("leader", "supervisor", "admin"),
        True,
    ),
    (
        Channel("G0FRONTADM", "frontline-admin", "Private: the assistant's keepers", "private"),
        ("admin", "steward"),
        True,
    ),
    (
        Channel("C0PARTNERS", "partner-desk", "Shared with a partner", is_shared=True),
        ("supervisor", "agent", "stranger"),
        True,
    ),
    (Channel("C0WATERCLR", "watercooler", "The assistant is no member here"), _FLOOR, False),
)


@dataclass(frozen=True)
class Hint:
    """Something worth typing. ``where``: a channel name, or ``dm``."""

    text: str
    note: str = ""
    where: str = "floor"


HINTS: Mapping[str, Sequence[Hint]] = {
    "agent": (
        Hint("/tag request customers ask for a paper invoice", "log a recurring request"),
        Hint("/own", "what you promised"),
        Hint("/ops help", "all you may do"),
    ),
    "supervisor": (
        Hint("/ask fcr last month by channel", "a figure with its definition"),
        Hint("@frontline service level today", "asked in the open, answered in a thread"),
        Hint("/own list", "themes and their owners"),
    ),
    "analyst": (
        Hint("/ops floor", "now, beside the same time last week"),
        Hint("/ask service level today by queue", "the shift so far"),
        Hint("/ask contacts waiting", "right now"),
    ),
    "leader": (
        Hint("/ask csat trend 2026", "a chart"),
        Hint("why did fcr drop last month", "in a direct message", "dm"),
    ),
    "trainer": (
        Hint("/ops example find refund took too long", "anonymized complaints for coaching"),
        Hint("/ask top 5 topics last month", "where to train"),
    ),
    "steward": (
        Hint("/ops data errors", "rejected rows with reasons"),
        Hint("/ops status", "what runs, what is late"),
    ),
    "admin": (
        Hint("/ops status", "what runs, what is late"),
        Hint("/ops audit verify", "the chain of decisions"),
    ),
    "guest": (Hint("/ask fcr last month", "a guest is refused"),),
    "stranger": (Hint("@frontline fcr last month", "somebody of another company is refused", "partner-desk"),),
}

DEFAULT_COMMANDS: tuple[Json, ...] = (
    {"command": "/ask", "description": "Ask for a figure", "usage_hint": "fcr last month by channel"},
    {"command": "/tag", "description": "Tag a recurring request", "usage_hint": "request paper invoices"},
    {"command": "/own", "description": "Who owns what, and by when", "usage_hint": "list | add | done"},
    {"command": "/ops", "description": "Everything else, and help", "usage_hint": "help"},
)
DEFAULT_SHORTCUTS: tuple[Json, ...] = (
    {"name": "Tag request", "type": "message", "callback_id": "tag_request", "description": "Tag this request"},
)


def fresh_people() -> list[User]:
    """Return copies of the cast, the bot last."""
    return [replace(user) for user in (*PEOPLE, BOT)]


def fresh_channels() -> list[Channel]:
    """Return copies of the channels with their members."""
    channels = []
    for template, personas, with_bot in _CHANNELS:
        members = {BY_PERSONA[persona].id for persona in personas}
        channels.append(replace(template, members=members | ({BOT_USER_ID} if with_bot else set())))
    return channels
