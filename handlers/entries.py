"""The explicit list: one line for everything that can be asked of Frontline."""

from __future__ import annotations

from frontline.core.request import RequestKind
from handlers import alerts, ask, examples, ops, outreach, own, root_cause, tags
from handlers.readers import first_and_rest, read_commitment, read_find, read_tag, whole
from handlers.registry import Entry, Registry

COMMAND, ACTION, FORM, SHORTCUT, HOME = (
    RequestKind.COMMAND,
    RequestKind.ACTION,
    RequestKind.FORM,
    RequestKind.SHORTCUT,
    RequestKind.HOME,
)


OUTCOME = outreach.OutcomeArguments


def build_registry() -> Registry:
    """Return the registry; the order is the order of the help."""
    return Registry([*_typed(), *_clicked(), *_submitted()])


def _typed() -> list[Entry]:
    return [
        Entry(
            COMMAND,
            ("ask",),
            "metric.ask",
            ask.ask,
            ask.AskArguments,
            whole("question"),
            summary="answers a question about your numbers.",
            examples=("/ask fcr by channel last month", "/ask how's service level?"),
        ),
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
        Entry(
            COMMAND,
            ("ops", "help"),
            "help.read",
            ops.show_help,
            ops.HelpArguments,
            whole("topic"),
            summary="shows what you can do.",
            examples=("/ops help",),
            aliases=("ops",),
        ),
        Entry(
            COMMAND,
            ("ops", "example find"),
            "example.find",
            examples.find,
            examples.FindArguments,
            read_find,
            summary="finds anonymized complaints.",
            examples=('/ops example find "double charged" -n 5',),
        ),
        Entry(
            COMMAND,
            ("ops", "alert list"),
            "alert.list",
            alerts.list_open,
            summary="lists open alerts.",
            examples=("/ops alert list",),
            aliases=("ops alert",),
        ),
        Entry(
            COMMAND,
            ("ops", "alert ack"),
            "alert.acknowledge",
            alerts.acknowledge,
            alerts.AlertArguments,
            whole("value"),
            writes=True,
            summary="acknowledges an alert.",
            examples=("/ops alert ack alr_4k7q0z2m9x",),
        ),
        Entry(
            COMMAND,
            ("ops", "tag list"),
            "tag.list",
            tags.list_tags,
            summary="lists the labels of the last 28 days.",
            examples=("/ops tag list",),
        ),
        Entry(
            COMMAND,
            ("ops", "status"),
            "status.read",
            ops.show_status,
            summary="says how the machine is.",
            examples=("/ops status",),
        ),
    ]


def _clicked() -> list[Entry]:
    return [
        Entry(ACTION, ("help.show",), "help.read", ops.show_help, ops.HelpArguments),
        Entry(ACTION, ("ask.again",), "metric.ask", ask.ask_again, ask.QueryArguments),
        Entry(ACTION, ("metric.show",), "metric.ask", ask.show, ask.QueryArguments),
        Entry(ACTION, ("metric.why",), "metric.ask", ask.show_why, ask.QueryArguments),
        Entry(ACTION, ("metric.break_down",), "metric.ask", ask.break_down, ask.QueryArguments),
        Entry(ACTION, ("metric.details",), "metric.ask", ask.show_details, ask.QueryArguments),
        Entry(ACTION, ("tag.undo",), "tag.create", tags.undo, tags.UndoArguments, writes=True),
        Entry(ACTION, ("commitment.done",), "commitment.done", own.done, own.DoneArguments, writes=True),
        Entry(ACTION, ("commitment.accept",), "commitment.done", own.accept, own.DoneArguments, writes=True),
        Entry(
            ACTION, ("alert.acknowledge",), "alert.acknowledge", alerts.acknowledge, alerts.AlertArguments, writes=True
        ),
        Entry(ACTION, ("alert.snooze",), "alert.snooze", alerts.snooze, alerts.AlertArguments, writes=True),
        Entry(ACTION, ("commitment.new_date",), "commitment.done", own.ask_date, own.DoneArguments),
        Entry(ACTION, ("commitment.hand_over",), "commitment.assign", own.ask_owner, own.DoneArguments),
        Entry(ACTION, ("outreach.start",), "outreach.work", outreach.start, outreach.ListedArguments, writes=True),
        Entry(ACTION, ("outreach.later",), "outreach.work", outreach.later, outreach.ListedArguments, writes=True),
        Entry(ACTION, ("outreach.wrong",), "outreach.work", outreach.mark_wrong, outreach.ListedArguments, writes=True),
        Entry(
            ACTION,
            ("outreach.outcome",),
            "outreach.work",
            outreach.record_outcome,
            outreach.OutcomeArguments,
            writes=True,
        ),
        Entry(ACTION, ("alert.root_cause",), "commitment.create", root_cause.start, alerts.AlertArguments),
    ]


def _submitted() -> list[Entry]:
    return [
        Entry(FORM, ("tag.create",), "tag.create", tags.add, tags.TagArguments, writes=True),
        Entry(FORM, ("commitment.create",), "commitment.create", own.add, own.AddArguments, writes=True),
        Entry(FORM, ("commitment.date",), "commitment.done", own.move_date, own.DateArguments, writes=True),
        Entry(FORM, ("commitment.owner",), "commitment.assign", own.hand_over, own.OwnerArguments, writes=True),
        Entry(SHORTCUT, ("tag_request",), "tag.create", tags.from_message, tags.TagArguments, whole("text")),
        Entry(HOME, ("home",), "help.read", ops.show_home),
    ]
