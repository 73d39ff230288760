"""Tags on recurring requests."""

from __future__ import annotations

from handlers import tags
from handlers.entries.kinds import ACTION, COMMAND, FORM, SHORTCUT
from handlers.readers import read_tag, whole
from handlers.registry import Entry


def entries() -> list[Entry]:
    """Return the entries of this family."""
    return [
        Entry(
            COMMAND,
            ("tag",),
            "tag.create",
            tags.add,
            tags.TagArguments,
            read_tag,
            writes=True,
            summary="tags a recurring request.",
            examples=("/tag 8123 can't change the billing email #billing-email-change",),
        ),
        Entry(
            COMMAND,
            ("ops", "tag list"),
            "tag.list",
            tags.list_tags,
            summary="lists the labels of the last 28 days.",
            examples=("/ops tag list",),
        ),
        Entry(ACTION, ("tag.undo",), "tag.create", tags.undo, tags.UndoArguments, writes=True),
        Entry(FORM, ("tag.create",), "tag.create", tags.add, tags.TagArguments, writes=True),
        Entry(SHORTCUT, ("tag_request",), "tag.create", tags.from_message, tags.TagArguments, whole("text")),
    ]
