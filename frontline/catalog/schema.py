"""What every definition carries, and the definitions of the organisation: calendar, policies, capabilities."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from enum import StrEnum
from typing import Any, Literal
from zoneinfo import ZoneInfo

from pydantic import Field, field_validator, model_validator

from frontline.catalog.yamlfile import Definition
from frontline.core.actor import Role
from frontline.core.periods import Units


class SignOff(Definition):
    """Who agreed to a version, and when."""

    role: Role
    by: str
    date: dt.date
    version: int


class Header(Definition):
    """The common header: what it is called, who answers for it, which version, until when it was agreed."""

    title: str
    owner: Role
    version: int = Field(default=1, ge=1)
    definition: str = ""
    review_by: dt.date | None = None
    sign_offs: tuple[SignOff, ...] = ()


class BusinessHours(Definition):
    """When the organisation is at work, local: a message that can wait does not arrive outside."""

    opens: dt.time = dt.time(9, 0)
    closes: dt.time = dt.time(17, 30)

    @field_validator("opens", "closes", mode="before")
    @classmethod
    def _unquoted_time(cls, value: object) -> object:
        # YAML 1.1 reads an unquoted 17:30 as the sexagesimal number 1050.
        if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 24 * 60:
            return dt.time(value // 60, value % 60)
        return value

    @model_validator(mode="after")
    def _in_order(self) -> BusinessHours:
        if self.opens >= self.closes:
            raise ValueError("opens must lie before closes")
        return self


class Calendar(Definition):
    """The organisation's time, money and rest.

    Weeks begin on ``week_starts``, quarters, halves and years with the month ``fiscal_year_starts``. A fiscal year that
    does not begin in January is called after the calendar year in which it ends.

    Between ``quiet_from`` and ``quiet_to`` (local; equal = never) nobody gets a direct message that they did not ask
    for, and never more than ``weekly_cap`` in seven days; each person may choose other figures.
    """

    zone: str = "UTC"
    week_starts: Literal["monday", "sunday", "saturday"] = "monday"
    fiscal_year_starts: int = Field(default=1, ge=1, le=12)
    currency: str = Field(default="EUR", pattern=r"^[A-Z]{3}$")
    country: str = Field(default="", pattern=r"^([A-Z]{2})?$")
    gap_days: int = Field(default=3, ge=1)
    business_hours: BusinessHours = BusinessHours()
    quiet_from: dt.time = dt.time(20, 0)
    quiet_to: dt.time = dt.time(7, 0)
    weekly_cap: int = Field(default=5, ge=1, le=100)

    @field_validator("quiet_from", "quiet_to", mode="before")
    @classmethod
    def _unquoted_time(cls, value: object) -> object:
        # YAML 1.1 reads an unquoted 20:00 as the sexagesimal number 1200.
        if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 24 * 60:
            return dt.time(value // 60, value % 60)
        return value

    @field_validator("zone")
    @classmethod
    def _known_zone(cls, zone: str) -> str:
        try:
            ZoneInfo(zone)
        except (KeyError, ValueError, OSError) as error:
            raise ValueError(f"{zone!r} is not a time zone of the IANA database") from error
        return zone

    @property
    def units(self) -> Units:
        """How weeks, quarters and years are cut."""
        return Units({"monday": 0, "saturday": 5, "sunday": 6}[self.week_starts], self.fiscal_year_starts)

    @property
    def zone_info(self) -> ZoneInfo:
        """The zone as zoneinfo knows it."""
        return ZoneInfo(self.zone)


class RowFilter(Definition):
    """Rows a role may see: ``dim`` within ``values``; ``$team`` and ``$agent`` stand for the actor's own."""

    dim: str
    values: tuple[str, ...]


class RolePolicy(Definition):
    """What one role may ask. Empty ``deny_*`` means everything; ``min_n`` raises the floor, never lowers it."""

    deny_metrics: tuple[str, ...] = ()
    deny_dimensions: tuple[str, ...] = ()
    rows: tuple[RowFilter, ...] = ()
    min_n: int = 0


class PersonLevel(Definition):
    """Figures about single agents. Others than the agent need a recorded agreement (works council)."""

    agreement: str | None = None  # reference of the recorded data agreement; null = none, so only self-view
    purpose: Literal["coaching", "pay"] = "coaching"
    roles: tuple[Role, ...] = (Role.SUPERVISOR,)


class Policies(Definition):
    """Row and column policy per role, and the rules about single agents."""

    roles: Mapping[Role, RolePolicy] = {}
    person_level: PersonLevel = PersonLevel()


class CapabilityStatus(StrEnum):
    """``done`` means level 2: it holds on unseen seeds and is silent where nothing is planted."""

    PLANNED = "planned"
    DONE = "done"


class Capability(Definition):
    """One of the 42 duties: who uses it, where, an example and what must be seen."""

    title: str
    status: CapabilityStatus
    roles: tuple[Role, ...]
    denied_role: Role | None = None
    surface: str
    example: str
    expect: str
    scenario: str = ""


class CapabilitiesFile(Definition):
    """capabilities.yaml."""

    capabilities: Mapping[str, Capability]

    @field_validator("capabilities")
    @classmethod
    def _known_ids(cls, capabilities: Mapping[str, Any]) -> Mapping[str, Any]:
        known = {f"M{module}.{row}" for module in range(1, 8) for row in range(1, 7)}
        if wrong := sorted(set(capabilities) ^ known):
            raise ValueError(f"needs exactly the 42 ids M1.1 to M7.6; missing or unknown: {', '.join(wrong)}")
        return capabilities
