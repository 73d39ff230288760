"""Commitments: who promised what by when."""

from __future__ import annotations

from handlers import closing, handing, oversight, own
from handlers.entries.kinds import ACTION, COMMAND, FORM
from handlers.readers import first_and_rest, read_closing, read_commitment, read_handover, read_new_date, whole
from handlers.registry import Entry

DONE, HAND = "commitment.done", "commitment.hand"


def entries() -> list[Entry]:
    """Return the entries of this family."""
    return [*_making(), *_closing(), *_moving(), *_overseeing(), *_buttons(), *_forms()]


def _making() -> list[Entry]:
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
    ]


def _closing() -> list[Entry]:
    return [
        Entry(
            COMMAND,
            ("own", "done"),
            DONE,
            closing.done,
            closing.CloseArguments,
            read_closing,
            writes=True,
            summary="closes a commitment, with what came of it.",
            examples=("/own done cmt_4k7q0z2m9x the mail is live",),
        ),
        Entry(
            COMMAND,
            ("own", "drop"),
            DONE,
            closing.drop,
            closing.CloseArguments,
            first_and_rest("value", "note"),
            writes=True,
            summary="gives a commitment up, with the reason.",
            examples=("/own drop cmt_4k7q0z2m9x the supplier left",),
        ),
        Entry(
            COMMAND,
            ("own", "undo"),
            "commitment.reopen",
            closing.undo,
            closing.CloseArguments,
            whole("value"),
            writes=True,
            summary="takes your closing back, for a day.",
            examples=("/own undo cmt_4k7q0z2m9x",),
        ),
    ]


def _moving() -> list[Entry]:
    return [
        Entry(
            COMMAND,
            ("own", "hand"),
            HAND,
            handing.hand_over,
            handing.OwnerArguments,
            read_handover,
            writes=True,
            summary="hands a commitment over; the new owner is asked.",
            examples=("/own hand cmt_4k7q0z2m9x @lena because it needs a budget",),
        ),
        Entry(
            COMMAND,
            ("own", "move"),
            DONE,
            handing.move_date,
            handing.DateArguments,
            read_new_date,
            writes=True,
            summary="moves its date.",
            examples=("/own move cmt_4k7q0z2m9x due 30 jun",),
        ),
        Entry(
            COMMAND,
            ("own", "block"),
            DONE,
            handing.block,
            handing.BlockArguments,
            first_and_rest("value", "note"),
            writes=True,
            summary="says what it waits for.",
            examples=("/own block cmt_4k7q0z2m9x waiting for IT",),
        ),
        Entry(
            COMMAND,
            ("own", "unblock"),
            DONE,
            handing.unblock,
            handing.CommitmentArguments,
            whole("value"),
            writes=True,
            summary="says that it can move on.",
            examples=("/own unblock cmt_4k7q0z2m9x",),
        ),
        Entry(
            COMMAND,
            ("own", "link"),
            DONE,
            handing.attach_link,
            handing.LinkArguments,
            first_and_rest("value", "link"),
            writes=True,
            summary="keeps the address of its ticket.",
            examples=("/own link cmt_4k7q0z2m9x https://jira.example.com/browse/CARE-12",),
        ),
    ]


def _overseeing() -> list[Entry]:
    return [
        Entry(
            COMMAND,
            ("own", "show"),
            "commitment.list",
            oversight.show,
            handing.CommitmentArguments,
            whole("value"),
            summary="tells the history of one.",
            examples=("/own show cmt_4k7q0z2m9x",),
        ),
        Entry(
            COMMAND,
            ("own", "team"),
            "commitment.oversee",
            oversight.list_team,
            summary="lists what the team owns.",
            examples=("/own team",),
        ),
        Entry(
            COMMAND,
            ("own", "overdue"),
            "commitment.oversee",
            oversight.list_overdue,
            summary="lists what is past its date.",
            examples=("/own overdue",),
        ),
    ]


def _buttons() -> list[Entry]:
    one = handing.CommitmentArguments
    return [
        Entry(ACTION, ("commitment.done",), DONE, closing.done, closing.CloseArguments, writes=True),
        Entry(ACTION, ("commitment.reopen",), "commitment.reopen", closing.undo, closing.CloseArguments, writes=True),
        Entry(ACTION, ("commitment.accept",), DONE, handing.accept, one, writes=True),
        Entry(ACTION, ("commitment.unblock",), DONE, handing.unblock, one, writes=True),
        Entry(ACTION, ("commitment.new_date",), DONE, handing.ask_date, one),
        Entry(ACTION, ("commitment.hand_over",), HAND, handing.ask_owner, one),
        Entry(ACTION, ("commitment.about.form",), "commitment.create", own.ask_about, own.AboutArguments),
    ]


def _forms() -> list[Entry]:
    return [
        Entry(FORM, ("commitment.create",), "commitment.create", own.add, own.AddArguments, writes=True),
        Entry(FORM, ("commitment.close",), DONE, closing.done, closing.CloseArguments, writes=True),
        Entry(FORM, ("commitment.date",), DONE, handing.move_date, handing.DateArguments, writes=True),
        Entry(FORM, ("commitment.owner",), HAND, handing.hand_over, handing.OwnerArguments, writes=True),
    ]
