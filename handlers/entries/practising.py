"""Data cues: what may be said from a customer's data, and practice with it."""

from __future__ import annotations

from handlers import cues
from handlers.entries.kinds import ACTION, COMMAND
from handlers.readers import read_cue, read_person
from handlers.registry import Entry


def entries() -> list[Entry]:
    """Return the entries of this family."""
    return [
        Entry(
            COMMAND,
            ("ops", "people cue"),
            "cue.read",
            cues.show_cue,
            cues.CueArguments,
            read_cue,
            summary="shows what may be said from a cue in a customer's data, and what never.",
            examples=("/ops people cue visited cancel page", "/ops people cue open case seen 2026-05-04"),
        ),
        Entry(
            COMMAND,
            ("ops", "people practice"),
            "cue.practise",
            cues.practise,
            summary="gives a practice case with a data cue.",
            examples=("/ops people practice",),
        ),
        Entry(
            COMMAND,
            ("ops", "people practice results"),
            "cue.results",
            cues.show_results,
            cues.ResultsArguments,
            read_person,
            summary="shows how one's practice goes; to trainers anybody's.",
            examples=("/ops people practice results", "/ops people practice results @anna"),
        ),
        Entry(ACTION, ("cue.practise",), "cue.practise", cues.practise),
        Entry(ACTION, ("cue.answer",), "cue.practise", cues.take_answer, cues.PracticeArguments, writes=True),
    ]
