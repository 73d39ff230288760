"""Small routines for the tests of the runner."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from frontline.catalog.routines import CatchUp, RoutineDefinition, Schedule
from frontline.core.actor import SYSTEM
from frontline.core.ids import new_id
from frontline.core.reply import Reply
from frontline.governance.threads import remember
from frontline.store.work import Unit
from jobs.runner import Post, RunContext, RunOutcome


def definition(
    key: str = "pulse", *, every: Any = "daily", policy: Any = "latest_only", **schedule: Any
) -> RoutineDefinition:
    return RoutineDefinition(
        key=key,
        title="A pulse",
        capability="M6.4",
        schedule=Schedule(every=every, **({"at": dt.time(7, 30)} | schedule)),
        catch_up=CatchUp(policy=policy),
        channel="#quality",
        is_on=True,
    )


class Pulse:
    """Leaves one row and one post per slot; ``then`` may misbehave."""

    def __init__(
        self, definition: RoutineDefinition, then: Callable[[RunContext], None] = lambda _context: None
    ) -> None:
        self.definition = definition
        self.contexts: list[RunContext] = []
        self._then = then

    def run(self, unit: Unit, slot: str, context: RunContext) -> RunOutcome:
        self.contexts.append(context)
        # A key of its own for each run: running twice would leave two rows.
        remember(unit, f"{self.definition.key}:{slot}:{new_id('run')}", {"slot": slot}, SYSTEM)
        self._then(context)
        return RunOutcome(posts=[Post(Reply(f"Pulse of {slot}"))], note="one pulse")
