"""Every command typed without its words answers with whole sentences: what is missing is named, never left blank."""

from __future__ import annotations

import re

from bot.render_text import render_text
from frontline.core.reply import Outcome
from handlers.entries import FAMILIES
from handlers.entries.kinds import COMMAND
from tests.scenarios.conftest import Company

# "There is no debrief .", "Scripts: .", "No rows of  are here": a name was put in that nobody said.
BLANK = re.compile(r"\w \.(\s|$)|: \.(\s|$)|\w  \w|\bNone\b|\(\)|“”")
PEOPLE = ("anna", "sam", "iris", "lena", "tomas", "stella", "ada")


def test_a_command_without_its_words_says_what_is_missing(shared_company: Company) -> None:
    house = shared_company.house
    faults, count = [], 0
    for entry in (entry for family in FAMILIES for entry in family.entries()):
        if entry.kind is not COMMAND:
            continue
        name, _, words = " ".join(entry.path).partition(" ")
        replies = ((who, house.ask(name, words, person=who)) for who in PEOPLE)
        who, reply = next((who, reply) for who, reply in replies if reply.outcome is not Outcome.DENIED)
        count += 1
        said = f"{reply.headline}\n{reply.context}"
        if not reply.headline or BLANK.search(said):
            faults.append(f"{who}: /{name} {words}: {said!r}")
        assert "Something broke" not in render_text(reply), (name, words)
    assert count > 60
    assert faults == [], "\n".join(faults)
