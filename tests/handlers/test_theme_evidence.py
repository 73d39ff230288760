"""The share of a theme that a commitment keeps, also after the theme was merged into another one."""

import datetime as dt
from types import SimpleNamespace
from typing import Any, cast

from frontline.core.actor import PRIVATE, Actor, ActorKind, Role
from frontline.governance.policy import shipped_policy
from frontline.store.work import Store
from handlers.desk import Work
from handlers.evidence import freeze_theme
from tests.jobs_reminders.test_rebound import KEY, merge_into_another, work_out
from tests.stores import clock_at, store

__all__ = ["clock", "store"]

clock = clock_at(8, 40)
SAM = Actor("per_sam", "sam", ActorKind.HUMAN, frozenset({Role.SUPERVISOR}))
NOW = dt.datetime(2026, 8, 3, 8, 40, tzinfo=dt.UTC)


def frozen(store: Store, key: str) -> dict[str, Any]:
    desk = SimpleNamespace(policy=shipped_policy())
    with store.read() as session:
        return freeze_theme(Work(cast(Any, desk), cast(Any, None), SAM, PRIVATE, NOW, session), key)


def test_a_theme_keeps_how_many_documents_of_its_latest_month_are_about_it(store: Store) -> None:
    work_out(store, "2026-07", 15)
    figure = frozen(store, KEY)
    assert (figure["shown"], figure["title"]) == ("15 of 100", "This theme in complaints")


def test_a_theme_that_was_merged_away_is_not_gone(store: Store) -> None:
    """Its documents count for another theme: 0 of 100 would say that it was solved."""
    work_out(store, "2026-07", 15)
    merge_into_another(store)
    figure = frozen(store, KEY)
    assert (figure["shown"], figure["title"]) == ("15 of 100", "This theme and what it was merged with in complaints")


def test_a_theme_without_a_document_in_the_month_is_gone(store: Store) -> None:
    work_out(store, "2026-07", 0)
    assert frozen(store, KEY)["shown"] == "0 of 100"
