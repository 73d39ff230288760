"""A word that was not understood: what it may mean, as buttons, and a note that somebody missed it."""

from __future__ import annotations

import json
import re

from frontline.core.reply import Button, Outcome
from frontline.core.text import QuestionText, RawText
from frontline.governance import learned
from frontline.store.work import Unit
from handlers.arguments import take_impersonal
from handlers.assistant.turn import Turn

MOST = 3
# A button carries 2,000 characters at most.
MOST_CHARACTERS = 1900
_WORDS = re.compile(r"[^\W\d_][\w' -]{1,38}[\w]")


def meanings(turn: Turn) -> list[Button]:
    """Return buttons for what the one word that was not understood may mean, each a whole question."""
    words = turn.plan.not_understood
    if len(words) != 1 or not _WORDS.fullmatch(words[0]):
        return []
    desk, buttons = turn.work.desk, []
    text = turn.question.reveal()
    spot = re.search(rf"(?<!\w){re.escape(words[0])}(?!\w)", text, re.IGNORECASE)
    if spot is None:
        return []
    for key in turn.plan.nearest[:MOST]:
        asked = QuestionText(f"{text[: spot.start()]}{desk.catalog.metrics[key].title}{text[spot.end() :]}")
        parsed = desk.parser().parse(asked, now=turn.work.now, previous=turn.previous)
        if parsed.outcome is not Outcome.ANSWERED or parsed.query is None or parsed.query.metrics != (key,):
            continue
        value = json.dumps({"word": words[0], "metric": key, "query": parsed.query.as_state()}, separators=(",", ":"))
        if len(value) <= MOST_CHARACTERS:
            buttons.append(Button(parsed.message[:75] or desk.catalog.metrics[key].title, "word.mean", value))
    return buttons


def note_gaps(turn: Turn) -> None:
    """Keep words that nobody could answer to; where they may be personal, nothing is kept.

    Only what comes from Slack: there the gate stands open, in a terminal it would take seconds to open.
    """
    work, plan = turn.work, turn.plan
    if plan.outcome is not Outcome.ABSTAINED or plan.intent != "metric" or not work.request.who.user_id:
        return
    found = [word for word in plan.not_understood[:MOST] if _WORDS.fullmatch(word)]
    kept = [take_impersonal(RawText(word), gate=work.desk.gate) for word in found]
    nearest, asker = list(plan.nearest), work.actor

    def keep(unit: Unit) -> None:
        for word in kept:
            if word is not None:
                learned.note_gap(unit, asker, word, nearest)

    if any(word is not None for word in kept):
        work.effects.append(keep)
