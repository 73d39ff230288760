"""Words of people go beyond private views through one door: what a person released."""

from __future__ import annotations

import ast

from tests.architecture.test_house_rules import calls, sources

# Handlers and routines that may read a document's own text: those that show it to its reviewer.
READERS = ("handlers/release",)


def test_routines_and_handlers_do_not_read_documents_past_the_door() -> None:
    strangers = [
        name
        for name, text in sources()
        if name.startswith(("jobs/", "handlers/", "bot/"))
        and "frontline.store.models.corpus" in text
        and not name.startswith(READERS)
    ]
    assert strangers == [], "take frontline.governance.releases.released_quotes, or the corpus"


def test_a_routine_that_quotes_takes_released_quotes_and_notes_their_use() -> None:
    for name, text in sources():
        if name.startswith("jobs/") and calls(ast.parse(text), "Quote"):
            assert "released_quotes" in text or "ReleasedQuote" in text, f"{name} quotes what nobody released"
            assert calls(ast.parse(text), "note_use"), f"{name} posts a quote that nobody can take back"
