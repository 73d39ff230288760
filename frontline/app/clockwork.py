"""The routines of this organisation, and how the terminal and the running bot drive them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from bot.render_text import render_text
from frontline.core.errors import Conflict, NotFound

if TYPE_CHECKING:
    from frontline.app.wiring import House
    from frontline.catalog.routines import RoutineDefinition
    from frontline.core.reply import Reply
    from jobs.runner import JobRunner, Routine

OPERATORS = "#frontline-admin"


def build_routines(house: House) -> Sequence[Routine]:
    """Return the routines that exist in this version; each reads data only as of its slot."""
    from frontline.app.sources import churn_source, other_source, recontact_source, scorecard_judge, topic_costs
    from frontline.catalog.workdays import workdays_of
    from jobs.categories import CategorySample, OtherShare
    from jobs.churn import ChurnAlerts
    from jobs.dashboards import DashboardReview
    from jobs.digest import PainPointDigest
    from jobs.recontact import RecontactBreach
    from jobs.reminders import OwnershipReminders
    from jobs.retention import DataRetention
    from jobs.scorecards import GoodhartWatch
    from jobs.tags import TagGaps

    definitions = {row.key: row for row in house.catalog.routines.routines}
    rules = house.catalog.rules
    return [
        RecontactBreach(definitions["recontact_breach"], recontact_source(house), rules),
        ChurnAlerts(definitions["churn_alerts"], churn_source(house), rules, house.org_key),
        PainPointDigest(
            definitions["pain_point_digest"],
            book=lambda: house.themes,
            costs=topic_costs(house),
            policy=house.policy,
            currency=house.catalog.calendar.currency,
        ),
        OwnershipReminders(
            definitions["ownership_reminders"],
            rules,
            lambda: workdays_of(house.catalog.calendar),
            house.catalog.commitment_kinds,
        ),
        TagGaps(definitions["tag_gaps"], rules),
        CategorySample(definitions["category_sample"], rules, lambda: house.catalog.taxonomy, house.policy),
        OtherShare(definitions["other_share"], other_source(house), rules, lambda: house.catalog.taxonomy),
        GoodhartWatch(definitions["goodhart_watch"], scorecard_judge(house), lambda: house.catalog),
        DashboardReview(definitions["dashboard_review"], lambda: house.engine, lambda: house.catalog),
        DataRetention(
            definitions["data_retention"],
            house.catalog.retention,
            vault=lambda: house.vault,
            rebuild=lambda: house.corpus.rebuild,
            home=house.home,
            active_since=lambda at: house.facts.customers_since(at),  # noqa: PLW0108  # the facts open at the slot
        ),
    ]


def build_runner(house: House) -> JobRunner:
    """Return the runner over the organisation's zone."""
    from jobs.runner import JobRunner, RunnerSettings

    settings = RunnerSettings(zone=ZoneInfo(house.catalog.calendar.zone), operator_channel=OPERATORS)
    return JobRunner(house.store, build_routines(house), settings, office=house.post_office)


def describe_routines(house: House) -> list[dict[str, Any]]:
    """Return one row per routine of the catalog; those without code in this version say so."""
    zone = ZoneInfo(house.catalog.calendar.zone)
    running = {line.definition.key: line for line in build_runner(house).status()}
    rows = []
    for definition in house.catalog.routines.routines:
        line = running.get(definition.key)
        state = "planned" if line is None else "overdue" if line.is_overdue else "on" if line.is_on else "off"
        shadow = line.shadow_until.astimezone(zone).date() if line and line.is_on and line.shadow_until else None
        upcoming = line.next_due.due_at.astimezone(zone).strftime("%Y-%m-%d %H:%M") if line else "-"
        rows.append(
            {
                "routine": definition.key,
                "title": definition.title,
                "schedule": _in_words(definition),
                "channel": house.own_channel(definition.channel),
                "state": state,
                "next": upcoming,
                "shadow_until": shadow.isoformat() if shadow else None,
            }
        )
    return rows


def run_slot(house: House, name: str, slot: str | None) -> dict[str, Any]:
    """Run one slot; its posts go to the outbox in the same commit, and are printed here as text."""
    known = {row.key for row in house.catalog.routines.routines}
    runner = build_runner(house)
    if name in known and name not in {line.definition.key for line in runner.status()}:
        raise NotFound(f"{name} is planned, not built yet.", next_step="`frontline jobs list` shows what runs.")
    try:
        result = runner.run_slot(name, slot)
    except Conflict as conflict:
        return {"routine": name, "slot": slot, "state": "already", "posts": [], "note": conflict.message}
    posts = [
        {"channel": house.own_channel(post.channel), "text": render_text(post.reply), "key": post.key}
        for post in result.posts
    ]
    return {"routine": name, "slot": result.slot, "state": result.state, "posts": posts, "note": result.note}


def rehearse_slot(house: House, name: str, slot: str | None) -> dict[str, Any]:
    """Return what one slot would post; nothing is kept and nothing goes out."""
    result = build_runner(house).rehearse(name, slot)
    posts = [{"channel": house.own_channel(post.channel), "text": render_text(post.reply)} for post in result.posts]
    return {"routine": name, "slot": result.slot, "state": result.state, "posts": posts, "note": result.note}


class RoutineBoard:
    """The routines as the handlers of ``/ops routine`` see them."""

    def __init__(self, house: House) -> None:
        self._house = house

    def definition(self, name: str) -> RoutineDefinition:
        """Return a routine that this version can run.

        Raises:
            NotFound: there is none with this name, or it is planned.
        """
        return build_runner(self._house).routine(name).definition

    def describe(self) -> list[dict[str, Any]]:
        """Return one row per routine of the catalog."""
        return describe_routines(self._house)

    def starts_in_shadow(self, definition: RoutineDefinition) -> bool:
        """Whether a routine that is switched on here speaks to the admins first."""
        return self._house.post_office.starts_in_shadow(definition)

    def rehearse(self, name: str, slot: str | None) -> tuple[str, list[tuple[str, Reply]]]:
        """Return the slot, and (channel, reply) of what it would post.

        Raises:
            NotFound, UsageError: no such routine or slot.
        """
        result = build_runner(self._house).rehearse(name, slot)
        return result.slot, [(self._house.own_channel(post.channel), post.reply) for post in result.posts]


def list_runs(house: House, limit: int) -> list[dict[str, Any]]:
    """Return the ledger, newest first."""
    from jobs import ledger

    with house.store.read() as session:
        return [
            {
                "routine": run.routine,
                "slot": run.slot_key,
                "state": run.state,
                "at": run.due_at.isoformat(timespec="minutes"),
                "note": run.note or "",
            }
            for run in ledger.history(session, limit=limit)
        ]


def _in_words(definition: RoutineDefinition) -> str:
    schedule = definition.schedule
    match schedule.every:
        case "minutes":
            return f"every {schedule.step} minutes"
        case "hourly":
            return f"hourly at minute {schedule.minute}"
        case "weekly":
            return f"{schedule.weekday} {schedule.at:%H:%M}"
        case "daily":
            return f"daily {schedule.at:%H:%M}"
        case _:
            return f"{schedule.every} on day {schedule.day}, {schedule.at:%H:%M}"
