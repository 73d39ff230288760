"""What the help and the page teach each role to say really works for that role."""

from __future__ import annotations

import pytest

from frontline.core.actor import Role
from frontline.core.reply import Outcome
from handlers.ops import SENTENCES
from tests.scenarios.conftest import Company

TAUGHT = [(role, line) for role, lines in SENTENCES.items() for line in lines]


@pytest.mark.parametrize(("role", "line"), TAUGHT, ids=[f"{role.value}: {line[:40]}" for role, line in TAUGHT])
def test_a_taught_sentence_works(role: Role, line: str, shared_company: Company) -> None:
    name, _, rest = line.removeprefix("/").partition(" ") if line.startswith("/") else ("ask", "", line)
    reply = shared_company.house.ask(name, rest, person=f"role:{role.value}")
    assert reply.outcome in (Outcome.ANSWERED, Outcome.DONE), f"{reply.headline} {reply.context}"


def test_every_role_is_taught_something() -> None:
    assert set(SENTENCES) == set(Role)


@pytest.mark.parametrize(
    "question", ["resolution time forecast next 4 weeks", "form completion rate by product last month"]
)
def test_what_cannot_be_computed_is_declined_with_the_query_that_was_understood(
    question: str, shared_company: Company
) -> None:
    reply = shared_company.house.ask("ask", question, person="role:supervisor")
    assert reply.outcome is Outcome.ABSTAINED
    assert reply.answer is not None
    assert reply.answer["query"]["metrics"]
    assert reply.answer["rows"] == []
