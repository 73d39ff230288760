"""App Home: each role has its panels, and one that cannot be filled does not take the others away."""

from __future__ import annotations

from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any, cast

import pytest

from frontline.core.actor import Actor, Role
from frontline.core.errors import EngineError, NotFound, NotPermitted
from frontline.core.reply import Paragraph, Part
from frontline.governance.policy import shipped_policy
from handlers.desk import Work
from handlers.panels import PANELS, Panel, show_panels


def work_of(role: Role) -> Work:
    desk = SimpleNamespace(policy=shipped_policy())
    return cast(Work, SimpleNamespace(desk=desk, actor=Actor("per_x", "x", roles=frozenset({role}))))


def says(words: str) -> Any:
    def show(_work: Work) -> Sequence[Part]:
        return [Paragraph(words)]

    return show


def told(role: Role, *panels: Panel) -> list[str]:
    return [part.text for part in show_panels(work_of(role), panels) if isinstance(part, Paragraph)]


def test_a_panel_stands_for_the_roles_that_it_names() -> None:
    panel = Panel("x", "X", "help.read", says("for leaders"), frozenset({Role.LEADER}))
    assert told(Role.LEADER, panel) == ["for leaders"]
    assert told(Role.AGENT, panel) == []


def test_a_panel_whose_permission_a_person_lacks_is_not_there() -> None:
    panel = Panel("x", "X", "people.manage", says("for admins"))
    assert told(Role.ADMIN, panel) == ["for admins"]
    assert told(Role.LEADER, panel) == []


def test_a_panel_that_cannot_be_filled_says_so_and_the_next_one_stands() -> None:
    def fails(_work: Work) -> Sequence[Part]:
        raise NotFound("There are no data on effort.", next_step="Load surveys.")

    def refuses(_work: Work) -> Sequence[Part]:
        raise NotPermitted("This is for leaders.", policy_id="x")

    panels = (
        Panel("a", "Effort", "help.read", fails),
        Panel("b", "Hidden", "help.read", refuses),
        Panel("c", "C", "help.read", says("stands")),
    )
    assert told(Role.SUPERVISOR, *panels) == ["*Effort*\nThere are no data on effort. Load surveys.", "stands"]


@pytest.mark.parametrize("panel", PANELS, ids=lambda panel: panel.key)
def test_the_roles_that_a_panel_names_may_see_it(panel: Panel) -> None:
    policy = shipped_policy()
    for role in panel.roles:
        assert policy.is_allowed(Actor("per_x", "x", roles=frozenset({role})), panel.permission), role


def test_a_panel_whose_database_does_not_answer_takes_no_other_away() -> None:
    def fails(_work: Work) -> Sequence[Part]:
        raise EngineError("The facts do not answer.", permanent=False)

    panels = (Panel("a", "Effort", "help.read", fails), Panel("c", "C", "help.read", says("stands")))
    assert told(Role.SUPERVISOR, *panels) == ["*Effort*\nThe facts do not answer. Try again in a minute.", "stands"]
