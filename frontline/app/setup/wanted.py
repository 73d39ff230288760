"""What an owner wants, from a file or from answers: one schema for both, every fault with its line."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from frontline.catalog.yamlfile import Definition, line_of, read_yaml
from frontline.core.errors import CatalogError, Fault

EXAMPLE = """\
# frontline init --from this-file.yaml     (--check says what would change and writes nothing)
# Every part may be left out and given later; running it again changes only what differs.
organisation: Harbor Telecom
slack_team: T0123456789            # Slack: the workspace's id; user ids below belong to it

calendar:
  zone: Europe/Amsterdam           # IANA name; "today" and "last month" are meant here
  country: NL                      # its public holidays are no working days
  currency: EUR
  week_starts: monday              # or sunday, saturday
  fiscal_year_starts: 1            # the month; from 4 on, "Q1" is April to June, and FY2027 ends in March 2027
  business_hours: {opens: "09:00", closes: "17:30"}

# A list as here, or the path of a CSV or JSONL file with the same columns. E-mail addresses are not read.
roster:
  - {handle: ada, roles: [admin], slack_user_id: U0123456701}
  - {handle: sam, roles: [supervisor], team: Aurora, slack_user_id: U0123456702}
  - {handle: anna, roles: [agent], team: Aurora, slack_user_id: U0123456703, agent_id: a01, manager: sam}
  - {handle: tom, roles: [agent], team: Aurora, active: no}        # left: access is closed, promises are named

# What the product calls a channel: your own, by name or id. Invite the bot to each.
channels:
  floor: "#cs-floor"
  retention: "#retention"
  leadership: "#cs-leads"
  frontline-admin: "#frontline-admin"

admins: [ada]                      # handles, or TEAM:USER

# The first file of numbers. Without preset and map the columns are recognised by name.
feed:
  path: tickets.csv
  zone: Europe/Amsterdam           # of times without an offset
  # preset: zendesk-tickets
  # table: cases
  # map: {opened_at: Created, channel: Via}
"""


class RosterEntry(Definition):
    """One person written into the file itself; the fields are the columns of a roster file."""

    handle: str
    roles: tuple[str, ...] | str = ()
    team: str = ""
    slack_user_id: str = ""
    agent_id: str = ""
    manager: str = ""
    name: str = ""
    active: bool = True
    end_at: dt.date | None = None


class FirstFeed(Definition):
    """A file to load: recognised by its columns, or by a preset, or by ``--map`` pairs."""

    path: str
    preset: str = ""
    table: str = ""
    map: Mapping[str, str] = {}
    zone: str = ""


class Answers(Definition):
    """The whole of it. Parts that are not given stay as they are."""

    organisation: str = ""
    slack_team: str = ""
    calendar: Mapping[str, Any] = {}
    roster: tuple[RosterEntry, ...] | str = ()
    channels: Mapping[str, str] = {}
    admins: tuple[str, ...] | str = ()
    feed: FirstFeed | None = None


@dataclass(frozen=True)
class Wanted:
    """Answers with the place they came from, so that a fault found later names its line."""

    answers: Answers
    folder: Path
    file: str = ""
    node: yaml.Node | None = None

    def fault(self, message: str, *steps: str | int) -> Fault:
        """Return a fault at a part of the file; without a file the message alone."""
        return Fault(self.file or "answers", line_of(self.node, steps) if self.node else 0, message)

    @property
    def admins(self) -> tuple[str, ...]:
        """Handles and TEAM:USER entries."""
        named = self.answers.admins
        words = named.replace(",", " ").split() if isinstance(named, str) else named
        return tuple(word.strip().lstrip("@") for word in words if word.strip())


def read_wanted(path: Path) -> Wanted:
    """Read an init file.

    Raises:
        CatalogError: every fault of its form, with file and line.
    """
    data, node = read_yaml(path)
    if data is None:
        raise CatalogError([Fault(path.name, 0, "is empty; `frontline init --example` prints one to start from")])
    if not isinstance(data, dict):
        raise CatalogError([Fault(path.name, 1, "must hold parts such as organisation: and calendar:")])
    return as_wanted(data, folder=path.resolve().parent, file=path.name, node=node)


def as_wanted(data: Mapping[str, Any], *, folder: Path, file: str = "", node: yaml.Node | None = None) -> Wanted:
    """Check the form of answers.

    Raises:
        CatalogError: every fault.
    """
    try:
        return Wanted(Answers.model_validate(data), folder, file, node)
    except ValidationError as error:
        faults: dict[tuple[int, str], Fault] = {}
        for problem in error.errors():
            # A union reports each of its arms; the place is what a person looks for.
            steps = tuple(step for step in problem["loc"] if not str(step).startswith(("tuple[", "str")))
            where = ".".join(str(step) for step in steps)
            line = line_of(node, steps) if node is not None else 0
            faults.setdefault((line, where), Fault(file or "answers", line, f"{where}: {problem['msg']}"))
        raise CatalogError(_nearest(list(faults.values()))) from None


def _nearest(faults: list[Fault]) -> list[Fault]:
    """Drop "must be text" beside a fault inside the same list: the list was meant."""
    inner = {fault.message.partition(".")[0] for fault in faults if "." in fault.message.partition(":")[0]}
    return [fault for fault in faults if fault.message.partition(":")[0] not in inner]
