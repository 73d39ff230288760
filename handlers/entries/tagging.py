"""Tags on recurring requests, and the labels they carry."""

from __future__ import annotations

from handlers import labels, tags
from handlers.entries.kinds import ACTION, COMMAND, FORM, SHORTCUT
from handlers.readers import read_merge, read_process, read_tag, whole
from handlers.registry import Entry


def entries() -> list[Entry]:
    """Return the entries of this family."""
    return [*_tagging(), *_labels(), *_buttons()]


def _tagging() -> list[Entry]:
    return [
        Entry(
            COMMAND,
            ("tag",),
            "tag.create",
            tags.add,
            tags.TagArguments,
            read_tag,
            prepare=tags.look,
            writes=True,
            summary="tags a recurring request.",
            examples=("/tag 8123 can't change the billing email #billing-email-change",),
        ),
        Entry(ACTION, ("tag.undo",), "tag.create", tags.undo, tags.UndoArguments, writes=True),
        Entry(ACTION, ("tag.use",), "tag.create", tags.use, tags.MoveArguments, writes=True),
        Entry(ACTION, ("tag.keep",), "tag.create", tags.keep, tags.UndoArguments),
        Entry(FORM, ("tag.create",), "tag.create", tags.add, tags.TagArguments, prepare=tags.look, writes=True),
        Entry(SHORTCUT, ("tag_request",), "tag.create", tags.from_message, tags.TagArguments, whole("text")),
    ]


def _labels() -> list[Entry]:
    return [
        Entry(
            COMMAND,
            ("ops", "tag list"),
            "tag.list",
            labels.list_labels,
            summary="lists the labels in use with their growth.",
            examples=("/ops tag list",),
            aliases=("ops tag",),
        ),
        Entry(
            COMMAND,
            ("ops", "tag show"),
            "tag.list",
            labels.show,
            labels.LabelArguments,
            whole("value"),
            summary="shows one label: uses, teams, growth, process.",
            examples=("/ops tag show billing-email-change",),
        ),
        Entry(
            COMMAND,
            ("ops", "tag merge"),
            "tag.merge",
            labels.merge,
            labels.MergeArguments,
            read_merge,
            writes=True,
            summary="lets one label count for another.",
            examples=("/ops tag merge invoice-mail into billing-email-change",),
        ),
        Entry(
            COMMAND,
            ("ops", "tag unmerge"),
            "tag.merge",
            labels.unmerge,
            labels.LabelArguments,
            whole("value"),
            writes=True,
            summary="takes a merge back.",
            examples=("/ops tag unmerge invoice-mail",),
        ),
        Entry(
            COMMAND,
            ("ops", "tag link"),
            "tag.link",
            labels.link,
            labels.ProcessArguments,
            read_process,
            writes=True,
            summary="says which process answers a label.",
            examples=("/ops tag link paper-invoice see the billing handbook, page 12",),
        ),
        Entry(
            COMMAND,
            ("ops", "tag unlink"),
            "tag.link",
            labels.unlink,
            labels.LabelArguments,
            whole("value"),
            writes=True,
            summary="takes the process of a label back.",
            examples=("/ops tag unlink paper-invoice",),
        ),
    ]


def _buttons() -> list[Entry]:
    return [
        Entry(ACTION, ("tag.merge",), "tag.merge", labels.merge_proposed, labels.LabelArguments, writes=True),
        Entry(ACTION, ("tag.unmerge",), "tag.merge", labels.unmerge, labels.LabelArguments, writes=True),
        Entry(ACTION, ("tag.not_gap",), "tag.link", labels.mark_no_gap, labels.LabelArguments, writes=True),
        Entry(ACTION, ("tag.link.form",), "tag.link", labels.ask_process, labels.LabelArguments),
        Entry(ACTION, ("tag.commit.form",), "commitment.create", labels.commit, labels.LabelArguments),
        Entry(FORM, ("tag.link",), "tag.link", labels.link, labels.ProcessArguments, writes=True),
    ]
