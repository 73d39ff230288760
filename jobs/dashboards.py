"""The routine ``dashboard_review``: once a quarter, what each dashboard might keep, merge or retire."""

from __future__ import annotations

from collections.abc import Callable

from frontline.catalog.loader import Catalog
from frontline.catalog.routines import RoutineDefinition
from frontline.core.actor import SYSTEM
from frontline.governance.dashboards import KEPT
from frontline.metrics.engine import MetricEngine
from frontline.store.work import Unit
from handlers.dashboard_review import reply_of, review
from jobs.runner import Post, RunContext, RunOutcome


class DashboardReview:
    """One message per dashboard for which something is proposed; none where every tile is kept."""

    def __init__(
        self, definition: RoutineDefinition, engine: Callable[[], MetricEngine], catalog: Callable[[], Catalog]
    ) -> None:
        # Asked for at every slot: an adoption meanwhile makes new ones.
        self._definition = definition
        self._engine = engine
        self._catalog = catalog

    @property
    def definition(self) -> RoutineDefinition:
        """Name, schedule, catch-up policy and channel, from the catalog."""
        return self._definition

    def run(self, unit: Unit, slot: str, context: RunContext) -> RunOutcome:
        """Judge the tiles as of the slot."""
        posts, notes = [], []
        engine, catalog = self._engine(), self._catalog()
        for key in catalog.scorecards.dashboards:
            found = review(unit.session, engine, catalog, SYSTEM, key, now=context.due_at)
            changes = sum(item.decision != KEPT for item in found.proposals)
            notes.append(f"{key}: {changes} of {len(found.proposals)}")
            if changes:
                reply = reply_of(found, catalog).with_(in_channel=True)
                posts.append(Post(reply, key=f"dashboard_review/{key}/{slot}"))
        return RunOutcome(posts=posts, note="; ".join(notes))
