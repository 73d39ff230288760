"""Commitments: who promised what by when."""

from __future__ import annotations

from handlers import own
from handlers.entries.kinds import ACTION, COMMAND, FORM
from handlers.readers import first_and_rest, read_commitment
from handlers.registry import Entry


def entries() -> list[Entry]:
    """Return the entries of this family."""
    return [
        Entry(
            COMMAND,
            ("own",),
            "commitment.list",
            own.list_mine,
            summary="lists what you promised.",
            examples=("/own",),
            aliases=("own list",),
        ),
        Entry(
            COMMAND,
            ("own", "add"),
            "commitment.create",
            own.add,
            own.AddArguments,
            read_commitment,
            writes=True,
            summary="makes a commitment with an owner and a date.",
            examples=('/own add "rewrite the refund mail" due friday',),
        ),
        Entry(
            COMMAND,
            ("own", "done"),
            "commitment.done",
            own.done,
            own.DoneArguments,
            first_and_rest("value", "note"),
            writes=True,
            summary="closes a commitment.",
            examples=("/own done cmt_4k7q0z2m9x the mail is live",),
        ),
        Entry(ACTION, ("commitment.done",), "commitment.done", own.done, own.DoneArguments, writes=True),
        Entry(ACTION, ("commitment.accept",), "commitment.done", own.accept, own.DoneArguments, writes=True),
        Entry(ACTION, ("commitment.new_date",), "commitment.done", own.ask_date, own.DoneArguments),
        Entry(ACTION, ("commitment.hand_over",), "commitment.assign", own.ask_owner, own.DoneArguments),
        Entry(FORM, ("commitment.create",), "commitment.create", own.add, own.AddArguments, writes=True),
        Entry(FORM, ("commitment.date",), "commitment.done", own.move_date, own.DateArguments, writes=True),
        Entry(FORM, ("commitment.owner",), "commitment.assign", own.hand_over, own.OwnerArguments, writes=True),
    ]
