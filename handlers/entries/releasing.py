"""Releases: somebody's words are shown to others once a person has read them."""

from __future__ import annotations

from handlers import releases
from handlers.entries.kinds import ACTION, COMMAND, FORM
from handlers.readers import first_and_rest, read_request, whole
from handlers.registry import Entry


def entries() -> list[Entry]:
    """Return the entries of this family."""
    return [*_commands(), *_buttons(), *_forms()]


def _commands() -> list[Entry]:
    return [
        Entry(
            COMMAND,
            ("ops", "example list"),
            "example.list",
            releases.list_examples,
            releases.ListArguments,
            whole("which"),
            summary="lists released examples, or the requests that wait.",
            examples=("/ops example list", "/ops example list requested"),
            aliases=("ops example",),
        ),
        Entry(
            COMMAND,
            ("ops", "example request"),
            "example.request",
            releases.ask,
            releases.AskArguments,
            read_request,
            summary="asks a reviewer to release an example.",
            examples=("/ops example request complaint-C0000123 for onboarding",),
        ),
        Entry(
            COMMAND,
            ("ops", "example release"),
            "example.release",
            releases.release,
            releases.LetOutArguments,
            whole("value"),
            summary="releases an example that waits.",
            examples=("/ops example release rel_4k7q0z2m9x",),
        ),
        Entry(
            COMMAND,
            ("ops", "example refuse"),
            "example.release",
            releases.refuse,
            releases.ReasonArguments,
            first_and_rest("value", "reason"),
            writes=True,
            summary="refuses an example with a reason.",
            examples=("/ops example refuse rel_4k7q0z2m9x names the street",),
        ),
        Entry(
            COMMAND,
            ("ops", "example withdraw"),
            "example.withdraw",
            releases.withdraw,
            releases.ReasonArguments,
            first_and_rest("value", "reason"),
            writes=True,
            summary="takes a release or a request back at once.",
            examples=("/ops example withdraw rel_4k7q0z2m9x the customer asked for it",),
        ),
    ]


def _buttons() -> list[Entry]:
    review, take_back = "example.release", "example.withdraw"
    one, reason = releases.ReleaseArguments, releases.ReasonArguments
    return [
        Entry(ACTION, ("example.request",), "example.request", releases.ask, releases.AskArguments),
        Entry(ACTION, ("example.review",), review, releases.review, one),
        Entry(ACTION, ("example.release",), review, releases.release, releases.LetOutArguments),
        Entry(ACTION, ("example.refuse",), review, releases.refuse, reason, writes=True),
        Entry(ACTION, ("example.mask",), review, releases.ask_words, one),
        Entry(ACTION, ("example.reopen",), review, releases.reopen, one, writes=True),
        Entry(ACTION, ("example.withdraw",), take_back, releases.withdraw, reason, writes=True),
        Entry(ACTION, ("example.restore",), take_back, releases.restore, one, writes=True),
        Entry(ACTION, ("example.share",), "example.list", releases.share, releases.ShareArguments, writes=True),
    ]


def _forms() -> list[Entry]:
    return [
        Entry(FORM, ("example.request",), "example.request", releases.ask, releases.AskArguments),
        Entry(FORM, ("example.yes",), "example.release_special", releases.release, releases.LetOutArguments),
        Entry(FORM, ("example.refuse",), "example.release", releases.refuse, releases.ReasonArguments, writes=True),
        Entry(FORM, ("example.mask",), "example.release", releases.mask, releases.MaskArguments, writes=True),
        Entry(FORM, ("example.share",), "example.list", releases.share, releases.ShareArguments, writes=True),
    ]
