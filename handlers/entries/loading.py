"""Data: what came in, what was refused, and files that are sent by direct message."""

from __future__ import annotations

from handlers import data, uploads
from handlers.entries.kinds import ACTION, COMMAND, FORM
from handlers.registry import Entry

LOAD = "data.ingest"


def entries() -> list[Entry]:
    """Return the entries of this family."""
    return [
        Entry(
            COMMAND,
            ("ops", "data errors"),
            "data.errors",
            data.show_errors,
            summary="says which rows were refused, by code and row.",
            examples=("/ops data errors",),
        ),
        Entry(
            COMMAND,
            ("ops", "data unlock"),
            "data.unlock",
            data.show_unlock,
            summary="says which further column would unlock what.",
            examples=("/ops data unlock",),
        ),
        Entry(
            COMMAND,
            ("ops", "data generations"),
            "data.unlock",
            data.show_generations,
            summary="lists the generations of the facts and the last loads.",
            examples=("/ops data generations",),
            aliases=("ops data",),
        ),
        Entry(
            COMMAND,
            ("ops", "data rollback"),
            "data.rollback",
            data.ask_rollback,
            summary="goes back to the load before, after you confirm.",
            examples=("/ops data rollback",),
        ),
        Entry(ACTION, ("data.rollback",), "data.rollback", data.rollback, data.GenerationArguments, writes=True),
        Entry(ACTION, ("data.return",), "data.rollback", data.go_forward, data.GenerationArguments, writes=True),
        Entry(ACTION, ("upload.look",), LOAD, uploads.look, uploads.FileArguments),
        Entry(ACTION, ("upload.load",), LOAD, uploads.load, uploads.UploadArguments),
        Entry(ACTION, ("upload.change.form",), LOAD, uploads.show_form, uploads.UploadArguments),
        Entry(ACTION, ("upload.cancel",), LOAD, uploads.cancel, uploads.UploadArguments),
        Entry(ACTION, ("upload.ask",), "metric.ask", uploads.ask_first, uploads.QuestionArguments),
        Entry(ACTION, ("data.errors",), "data.errors", data.show_errors),
        Entry(FORM, ("upload.change",), LOAD, uploads.change, uploads.ChangeArguments),
    ]
