"""Definitions of metrics: seen, compared, proposed, signed, taken back."""

from __future__ import annotations

from handlers import contests, definitions
from handlers.entries.kinds import ACTION, COMMAND
from handlers.readers import first_and_rest, read_definition, whole
from handlers.registry import Entry


def entries() -> list[Entry]:
    """Return the entries of this family."""
    return [*_looking(), *_changing(), *_buttons()]


def _looking() -> list[Entry]:
    return [
        Entry(
            COMMAND,
            ("ops", "metric list"),
            "metric.read",
            definitions.list_metrics,
            summary="lists the metrics with the definition in force.",
            examples=("/ops metric list",),
            aliases=("ops metric",),
        ),
        Entry(
            COMMAND,
            ("ops", "metric show"),
            "metric.read",
            definitions.show,
            contests.MetricArguments,
            whole("value"),
            summary="shows what a metric means, its versions and owner.",
            examples=("/ops metric show fcr_rate",),
        ),
        Entry(
            COMMAND,
            ("ops", "metric diff"),
            "metric.diff",
            definitions.diff,
            contests.DefineArguments,
            read_definition,
            summary="shows what another definition would change, on the last 90 days.",
            examples=(
                "/ops metric diff fcr_rate --window 14",
                "/ops metric diff service_level service_level_of_answered",
            ),
            prepare=contests.look,
        ),
    ]


def _changing() -> list[Entry]:
    return [
        Entry(
            COMMAND,
            ("ops", "metric define"),
            "metric.define",
            definitions.define,
            contests.DefineArguments,
            read_definition,
            summary="proposes another definition, with its effect, to be signed.",
            examples=('/ops metric define service_level --threshold wait_s=30 --reason "as in the contract"',),
            prepare=contests.look,
        ),
        Entry(
            COMMAND,
            ("ops", "metric adopt"),
            "metric.adopt",
            definitions.adopt,
            definitions.SignArguments,
            first_and_rest("value", "word"),
            writes=True,
            summary="shows a proposal, and with yes signs it; the last signature adopts it.",
            examples=("/ops metric adopt fcr_rate@3", "/ops metric adopt fcr_rate@3 yes"),
        ),
        Entry(
            COMMAND,
            ("ops", "metric undo"),
            "metric.adopt",
            definitions.undo,
            contests.MetricArguments,
            whole("value"),
            writes=True,
            summary="takes an adopted definition back.",
            examples=("/ops metric undo fcr_rate",),
        ),
        Entry(
            COMMAND,
            ("ops", "metric withdraw"),
            "metric.define",
            definitions.withdraw,
            contests.MetricArguments,
            whole("value"),
            writes=True,
            summary="takes a proposal back.",
            examples=("/ops metric withdraw fcr_rate@3",),
        ),
    ]


def _buttons() -> list[Entry]:
    one = contests.MetricArguments
    return [
        Entry(ACTION, ("metric.propose",), "metric.define", definitions.define, one, prepare=contests.of_button),
        Entry(ACTION, ("metric.review",), "metric.adopt", definitions.review, definitions.SignArguments),
        Entry(ACTION, ("metric.sign",), "metric.adopt", definitions.sign, definitions.SignArguments, writes=True),
        Entry(ACTION, ("metric.undo",), "metric.adopt", definitions.undo, one, writes=True),
        Entry(ACTION, ("metric.withdraw",), "metric.define", definitions.withdraw, one, writes=True),
    ]
