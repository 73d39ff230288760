"""People: who belongs, in which roles."""

from __future__ import annotations

from handlers import staff
from handlers.entries.kinds import ACTION, COMMAND
from handlers.readers import read_joiner, read_link, read_person, read_roles
from handlers.registry import Entry

MANAGE = "people.manage"


def entries() -> list[Entry]:
    """Return the entries of this family."""
    return [
        Entry(
            COMMAND,
            ("ops", "people list"),
            MANAGE,
            staff.list_people,
            summary="lists who uses Frontline, with roles.",
            examples=("/ops people list",),
            aliases=("ops people",),
        ),
        Entry(
            COMMAND,
            ("ops", "people add"),
            MANAGE,
            staff.add,
            staff.AddArguments,
            read_joiner,
            writes=True,
            summary="adds somebody by mention, with a handle and roles.",
            examples=("/ops people add @maria as maria agent team Aurora",),
        ),
        Entry(
            COMMAND,
            ("ops", "people role"),
            MANAGE,
            staff.change_roles,
            staff.RoleArguments,
            read_roles,
            writes=True,
            summary="gives (+) and takes (-) roles.",
            examples=("/ops people role @maria +supervisor -agent",),
        ),
        Entry(
            COMMAND,
            ("ops", "people deactivate"),
            MANAGE,
            staff.deactivate,
            staff.PersonArguments,
            read_person,
            writes=True,
            summary="closes somebody's access; their promises are named.",
            examples=("/ops people deactivate @maria",),
        ),
        Entry(
            COMMAND,
            ("ops", "people restore"),
            MANAGE,
            staff.restore,
            staff.PersonArguments,
            read_person,
            writes=True,
            summary="opens a closed account again.",
            examples=("/ops people restore @maria",),
        ),
        Entry(
            COMMAND,
            ("ops", "people link"),
            MANAGE,
            staff.link,
            staff.LinkArguments,
            read_link,
            writes=True,
            summary="says which Slack account is somebody's.",
            examples=("/ops people link maria @slack-user",),
        ),
        Entry(ACTION, ("people.admit",), MANAGE, staff.admit, staff.PersonArguments, writes=True),
        Entry(ACTION, ("people.deactivate",), MANAGE, staff.deactivate, staff.PersonArguments, writes=True),
        Entry(ACTION, ("people.restore",), MANAGE, staff.restore, staff.PersonArguments, writes=True),
    ]
