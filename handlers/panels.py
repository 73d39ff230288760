"""The panels of App Home: one list, in the order in which they stand. What a panel holds comes from its function.

A panel is for the roles that it names (none: for everybody), and only for who has its permission. One that cannot be
filled says so in its place; the others stand all the same.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from frontline.core.actor import Role
from frontline.core.errors import EngineError, NotPermitted, UserError
from frontline.core.reply import Paragraph, Part
from handlers import cost, effort, floor, pins, privacy, releases, scorecards, tags, themes, voice
from handlers.desk import Work

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Panel:
    """One panel. ``permission`` is the action that its figures or rows need; ``show`` returns nothing when it has none.

    ``show`` gets the work of a reading request before a private audience, and may raise a UserError.
    """

    key: str
    title: str
    permission: str
    show: Callable[[Work], Sequence[Part]]
    roles: frozenset[Role] = frozenset()


PANELS: tuple[Panel, ...] = (
    Panel(pins.PANEL, "Pinned", pins.ACTION, pins.home_panel),
    Panel("floor", "Today's floor", "metric.ask", floor.home_panel, frozenset({Role.ANALYST, Role.SUPERVISOR})),
    Panel(
        "scorecards",
        "Scorecards",
        "scorecard.read",
        scorecards.home_panel,
        frozenset({Role.SUPERVISOR, Role.LEADER}),
    ),
    Panel("themes", "Themes", "theme.list", themes.home_panel, frozenset({Role.LEADER})),
    Panel("tags", "Your last tags", "tag.list", tags.home_panel, frozenset({Role.AGENT})),
    Panel("voice", "What customers said", "voice.read", voice.home_panel, frozenset({Role.AGENT, Role.SUPERVISOR})),
    Panel("effort", "Effort", "effort.read", effort.home_panel, frozenset({Role.SUPERVISOR, Role.LEADER})),
    Panel("cost", "Cost", "cost.read", cost.home_panel, frozenset({Role.LEADER})),
    Panel("privacy", "Held back", "privacy.review", privacy.home_panel),
    Panel("examples", "Examples", "example.withdraw", releases.home_panel),
)


def show_panels(work: Work, panels: Sequence[Panel] = PANELS) -> Iterator[Part]:
    """Yield the parts of every panel that this person has."""
    for panel in panels:
        if panel.roles and not work.actor.has(*panel.roles):
            continue
        if not work.desk.policy.is_allowed(work.actor, panel.permission):
            continue
        try:
            yield from panel.show(work)
        except NotPermitted:
            continue
        except UserError as error:
            yield Paragraph(f"*{panel.title}*\n{error.message} {error.next_step}".strip())
        except EngineError as error:
            log.warning("panel %s: %s", panel.key, error)
            yield Paragraph(f"*{panel.title}*\n{error} {error.next_step}")
