"""From what is wanted to what changes: everything is judged first, then written in one go or not at all."""

from __future__ import annotations

import datetime as dt
import os
import re
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml
from pydantic import ValidationError

from frontline.app.setup.rosterfile import as_row, read_roster
from frontline.app.setup.wanted import FirstFeed, Wanted
from frontline.catalog.channels import TARGET
from frontline.catalog.loader import load_catalog
from frontline.catalog.organisation import TEAM, Organisation
from frontline.catalog.schema import Calendar
from frontline.catalog.workdays import knows_country
from frontline.catalog.yamlfile import read_yaml
from frontline.core.actor import Actor
from frontline.core.errors import CatalogError, Fault, UsageError
from frontline.core.periods import local_date
from frontline.governance import audit, membership, people, roster
from frontline.governance.names import keep_names

if TYPE_CHECKING:
    from frontline.app.wiring import House
    from frontline.store.work import Unit


@dataclass
class SetupPlan:
    """What would change. ``files`` are overlay files by name with their whole new text."""

    files: dict[str, str] = field(default_factory=dict)
    roster: roster.RosterPlan = field(default_factory=roster.RosterPlan)
    admins: tuple[str, ...] = ()
    feed: FirstFeed | None = None
    said: list[str] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        """Whether nothing but the feed is to be done."""
        return not self.files and self.roster.is_empty and not self.admins

    def lines(self) -> list[str]:
        """One sentence a line."""
        return [*self.said, *self.roster.lines(), *(f"@{name}: becomes admin" for name in self.admins)]


def make_plan(house: House, wanted: Wanted, *, prune: bool = False) -> SetupPlan:
    """Judge everything.

    Raises:
        CatalogError: all faults of all parts, each with file and line; nothing was written.
    """
    plan, faults = SetupPlan(feed=wanted.answers.feed), []
    faults += _plan_organisation(house, wanted, plan)
    faults += _plan_calendar(house, wanted, plan)
    faults += _plan_channels(house, wanted, plan)
    faults += _plan_people(house, wanted, plan, prune=prune)
    faults += _check_feed(house, wanted)
    if not faults:
        faults += _check_whole(house, plan)
    if faults:
        raise CatalogError(faults)
    return plan


def carry_out(house: House, actor: Actor, plan: SetupPlan) -> None:
    """Write people and audit entry in one commit; the overlay files follow it, each replaced as a whole."""
    if plan.is_empty and not plan.roster.names:
        return
    folder = overlay_folder(house)
    with house.store.unit() as unit:
        people.ensure_admins(unit, plan.admins)
        roster.apply(unit, actor, plan.roster)
        keep_names(unit, house.vault, plan.roster.names)
        if plan.files or plan.admins:
            detail = {"files": sorted(plan.files), "admins": list(plan.admins)}
            audit.record(unit, actor, "setup.change", resource="init", detail=detail)
        _write_after(unit, folder, plan.files)
        unit.commit()
    house.forget_catalog()


def overlay_folder(house: House) -> Path:
    """Return where the organisation's own definitions stand."""
    return house.settings.catalog or house.home / "catalog"


def _plan_organisation(house: House, wanted: Wanted, plan: SetupPlan) -> list[Fault]:
    answers = wanted.answers
    given = {"name": answers.organisation.strip(), "slack_team": answers.slack_team.strip()}
    if not re.match(TEAM, given["slack_team"]):
        return [wanted.fault("slack_team is a workspace's id such as T0123456789", "slack_team")]
    try:
        Organisation(**given)
    except ValidationError as error:
        return [wanted.fault(f"organisation: {error.errors()[0]['msg']}", "organisation")]
    _merge_file(house, plan, "organisation.yaml", {name: value for name, value in given.items() if value})
    return []


def _plan_calendar(house: House, wanted: Wanted, plan: SetupPlan) -> list[Fault]:
    given = dict(wanted.answers.calendar)
    known = house.catalog.calendar.model_dump()
    try:
        calendar = Calendar.model_validate({**known, **given})
    except ValidationError as error:
        return [
            wanted.fault(
                f"calendar.{'.'.join(str(step) for step in problem['loc'])}: {problem['msg']}",
                "calendar",
                *problem["loc"],
            )
            for problem in error.errors()
        ]
    if not knows_country(calendar.country):
        plan.said.append(
            f"calendar: no public holidays of {calendar.country} are known; only weekends are days of rest."
        )
    _merge_file(house, plan, "calendar.yaml", {key: calendar.model_dump()[key] for key in given})
    return []


def _plan_channels(house: House, wanted: Wanted, plan: SetupPlan) -> list[Fault]:
    routines = house.catalog.routines.routines
    known = {row.channel[1:] for row in routines if row.channel.startswith("#")} | set(house.catalog.channels.channels)
    given, faults = {}, []
    for name, target in wanted.answers.channels.items():
        own = name.lstrip("#")
        if own not in known:
            there = ", ".join(sorted(known))
            faults.append(wanted.fault(f"channels: nothing posts to {own!r}; there are {there}", "channels", name))
        elif not re.match(TARGET, target):
            said = f"channels.{own}: {target!r} is no channel: write #its-name or its id (C0123456789)"
            faults.append(wanted.fault(said, "channels", name))
        else:
            given[own] = target
    if not faults:
        current = house.catalog.channels.channels
        changed = {name: target for name, target in given.items() if current.get(name) != target}
        _merge_file(house, plan, "channels.yaml", {"channels": changed} if changed else {})
    return faults


def _plan_people(house: House, wanted: Wanted, plan: SetupPlan, *, prune: bool) -> list[Fault]:
    given, own_team = wanted.answers.roster, wanted.answers.slack_team or house.catalog.organisation.slack_team
    file, notes = wanted.file or "answers", list[str]()
    if isinstance(given, str):
        path = wanted.folder / Path(given).expanduser()
        file = path.name
        try:
            rows, notes = read_roster(path)
        except CatalogError as error:
            return list(error.faults)
    else:
        rows = [as_row(entry, line=wanted.fault("", "roster", place).line) for place, entry in enumerate(given)]
    today = local_date(house.clock.now(), house.catalog.calendar.zone_info)
    with house.store.read() as session:
        plan.roster = roster.plan(session, rows, today=today, own_team=own_team, admins=wanted.admins, prune=prune)
        plan.roster.notes += notes
        faults = [Fault(file, fault.line, fault.message) for fault in plan.roster.faults]
        known = {person.handle: person for person in people.list_people(session, also_departed=True)}
        admins = {person.handle for person in membership.list_admins(session)}
        bound = {f"{row.team_id}:{row.user_id}": person.handle for person in known.values() for row in person.bindings}
    coming = {change.handle for change in plan.roster.joins if change.row and "admin" in change.row.roles}
    for name in wanted.admins:
        account, wrong = roster.read_account(name, own_team=own_team) if ":" in name else ("", "")
        if wrong or (not account and " " in name):
            faults.append(wanted.fault(f"admins: {wrong or f'{name!r} is no handle'}", "admins"))
            continue
        handle = bound.get(account, "") if account else name.lower()
        person = known.get(handle)
        if person is not None and person.deactivated_at is not None:
            faults.append(wanted.fault(f"admins: @{handle} left; restore them first", "admins"))
        elif handle not in admins | coming:
            plan.admins = (*plan.admins, account or handle)
    return faults


def _check_feed(house: House, wanted: Wanted) -> list[Fault]:
    feed = wanted.answers.feed
    if feed is None:
        return []
    faults = []
    if not feed_path(wanted).exists():
        faults.append(wanted.fault(f"feed: {feed.path} is not there", "feed", "path"))
    if feed.preset and feed.preset not in house.catalog.presets:
        known = ", ".join(sorted(house.catalog.presets))
        faults.append(wanted.fault(f"feed: there is no preset {feed.preset}; there are {known}", "feed", "preset"))
    if feed.table and feed.table not in house.catalog.records.tables:
        known = ", ".join(house.catalog.records.tables)
        faults.append(wanted.fault(f"feed: there is no table {feed.table}; there are {known}", "feed", "table"))
    return faults


def feed_path(wanted: Wanted) -> Path:
    """Return where the first feed lies; a relative path counts from the init file."""
    assert wanted.answers.feed is not None
    return wanted.folder / Path(wanted.answers.feed.path).expanduser()


def _check_whole(house: House, plan: SetupPlan) -> list[Fault]:
    """Load the catalog as it would be, in a folder of its own: parts that are right alone may not fit together."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "catalog"
        if overlay_folder(house).is_dir():
            shutil.copytree(overlay_folder(house), folder)
        folder.mkdir(exist_ok=True)
        for name, text in plan.files.items():
            (folder / name).write_text(text, encoding="utf-8")
        try:
            load_catalog(folder)
        except CatalogError as error:
            return list(error.faults)
    return []


def _merge_file(house: House, plan: SetupPlan, name: str, given: Mapping[str, Any]) -> None:
    """Put ``given`` over what the overlay file says; a file that would say the same stays untouched."""
    path = overlay_folder(house) / name
    held = (read_yaml(path)[0] if path.is_file() else None) or {}
    merged = _over(held, _plain(given))
    if merged == held or not given:
        return
    text = yaml.safe_dump(merged, sort_keys=False, allow_unicode=True)
    plan.files[name] = f"# Written by `frontline init`; change it here or there.\n{text}"
    changed = [key for key, value in merged.items() if held.get(key) != value]
    plan.said += [f"{name}: {key} = {_short(merged[key])}" for key in changed]


def _over(held: Any, given: Any) -> Any:
    if isinstance(held, dict) and isinstance(given, Mapping):
        return {**held, **{key: _over(held.get(key), value) for key, value in given.items()}}
    return given


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _plain(inner) for key, inner in value.items()}
    return value.strftime("%H:%M") if isinstance(value, dt.time) else value


def _short(value: Any) -> str:
    return ", ".join(f"{key} {inner}" for key, inner in value.items()) if isinstance(value, dict) else str(value)


def _write_after(unit: Unit, folder: Path, files: Mapping[str, str]) -> None:
    """Write every file aside now, so that a full disk stops us before the commit, and put them in place after it."""
    if not files:
        return
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in files.items():
            with (folder / f".{name}.new").open("w", encoding="utf-8") as handle:
                handle.write(text)
                handle.flush()
                os.fsync(handle.fileno())
    except OSError as error:
        raise UsageError(
            f"The folder {folder} cannot be written ({error.strerror}).", next_step="Nothing was changed."
        ) from None

    def replace() -> None:
        for name in files:
            os.replace(folder / f".{name}.new", folder / name)

    unit.after_commit(replace)
