"""What may speak unasked, to whom and when: routines for admins, mute and quiet hours for everybody."""

from __future__ import annotations

from handlers import attention, routines
from handlers.entries.kinds import ACTION, COMMAND
from handlers.readers import first_and_rest, whole
from handlers.registry import Entry

OWN, MANAGE = "attention.own", "routine.manage"


def entries() -> list[Entry]:
    """Return the entries of this family."""
    return [*_own(), *_routines(), *_buttons()]


def _own() -> list[Entry]:
    words = attention.WordsArguments
    return [
        Entry(
            COMMAND,
            ("ops", "me"),
            OWN,
            attention.show,
            summary="says when you are written to unasked.",
            examples=("/ops me",),
        ),
        Entry(
            COMMAND,
            ("ops", "me mute"),
            OWN,
            attention.mute,
            words,
            whole("words"),
            writes=True,
            summary="keeps direct messages back for a while.",
            examples=("/ops me mute 2 days",),
        ),
        Entry(
            COMMAND,
            ("ops", "me unmute"),
            OWN,
            attention.unmute,
            writes=True,
            summary="ends the mute; what waited comes now.",
            examples=("/ops me unmute",),
        ),
        Entry(
            COMMAND,
            ("ops", "me quiet"),
            OWN,
            attention.set_hours,
            words,
            whole("words"),
            writes=True,
            summary="sets your quiet hours.",
            examples=("/ops me quiet 18:00-08:00",),
        ),
        Entry(
            COMMAND,
            ("ops", "me limit"),
            OWN,
            attention.set_limit,
            words,
            whole("words"),
            writes=True,
            summary="sets how many unasked messages a week are enough.",
            examples=("/ops me limit 3",),
        ),
    ]


def _routines() -> list[Entry]:
    one = routines.RoutineArguments
    told = (
        ("live", routines.go_live, "lets a routine speak where it belongs.", "recontact_breach"),
        ("shadow", routines.put_in_shadow, "lets a routine speak to the admins alone.", "recontact_breach"),
        ("on", routines.switch_on, "lets a routine run by the clock.", "churn_alerts"),
        ("off", routines.switch_off, "stops a routine.", "churn_alerts"),
    )
    return [
        Entry(
            COMMAND,
            ("ops", "routine list"),
            "job.list",
            routines.list_routines,
            summary="lists what speaks by the clock.",
            examples=("/ops routine list",),
            aliases=("ops routine",),
        ),
        Entry(
            COMMAND,
            ("ops", "routine preview"),
            MANAGE,
            routines.preview,
            one,
            first_and_rest("value", "slot"),
            summary="sends you what a routine would post.",
            examples=("/ops routine preview recontact_breach",),
        ),
        *(
            Entry(
                COMMAND,
                ("ops", f"routine {verb}"),
                MANAGE,
                run,
                one,
                whole("value"),
                writes=True,
                summary=summary,
                examples=(f"/ops routine {verb} {example}",),
            )
            for verb, run, summary, example in told
        ),
    ]


def _buttons() -> list[Entry]:
    one = routines.RoutineArguments
    return [
        Entry(ACTION, ("routine.live",), MANAGE, routines.go_live, one, writes=True),
        Entry(ACTION, ("routine.release",), MANAGE, routines.release, one, writes=True),
        Entry(ACTION, ("routine.release_direct",), MANAGE, routines.release_direct, one, writes=True),
    ]
