"""Routines: recurring duties with a schedule, a catch-up policy and the channel they speak to."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Literal

from pydantic import Field, field_validator, model_validator

from frontline.catalog.yamlfile import Definition, load_model

Every = Literal["minutes", "hourly", "daily", "weekly", "monthly", "quarterly", "yearly"]
DEFAULT_FILE = Path(__file__).parent / "defaults" / "routines.yaml"
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


class Schedule(Definition):
    """When a routine is due, in the catalog's zone.

    ``minutes`` (every ``step`` minutes) and ``hourly`` (at minute ``minute``) count in UTC, so that a change of
    clocks neither drops nor doubles a run. The others are due at local time ``at``: daily; on ``weekday``; on
    ``day`` of the month, quarter's or year's first month (a day that the month lacks means its last day).
    """

    every: Every
    at: dt.time = dt.time(8, 0)
    step: int = Field(default=15, ge=1, le=720)
    minute: int = Field(default=0, ge=0, le=59)
    weekday: Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"] = "monday"
    day: int = Field(default=1, ge=1, le=31)

    @field_validator("at", mode="before")
    @classmethod
    def _unquoted_time(cls, value: object) -> object:
        # YAML 1.1 reads an unquoted 07:30 as the sexagesimal number 450.
        if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 24 * 60:
            return dt.time(value // 60, value % 60)
        return value

    @model_validator(mode="after")
    def _whole_steps(self) -> Schedule:
        if self.every == "minutes" and (24 * 60) % self.step:
            raise ValueError("step must divide a day: 5, 10, 15, 20, 30, 60 ...")
        return self

    @property
    def weekday_number(self) -> int:
        """Monday = 0."""
        return _WEEKDAYS.index(self.weekday)


class CatchUp(Definition):
    """What happens to slots that were missed. Slots older than ``hours`` are always skipped, visibly.

    run_all: every missed slot runs, oldest first; latest_only: the newest runs, the others are skipped;
    skip_and_note: none runs unless its hour is still on (``grace_minutes``), all are noted.
    """

    policy: Literal["run_all", "latest_only", "skip_and_note"] = "latest_only"
    hours: int = Field(default=48, ge=1, le=24 * 366)
    grace_minutes: int = Field(default=15, ge=1)


class RoutineDefinition(Definition):
    """One routine. ``is_on`` false = known, not scheduled; ``jobs run`` still takes it."""

    key: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    title: str
    capability: str = Field(pattern=r"^M[1-7]\.[1-6]$")
    schedule: Schedule
    catch_up: CatchUp = CatchUp()
    channel: str = Field(pattern=r"^(#[a-z0-9_-]+|@[a-z]+)$")
    priority: int = Field(default=5, ge=0, le=9)
    is_on: bool = False
    # So many days after its first use in an organisation its posts go to the admins alone.
    shadow_days: int = Field(default=14, ge=0, le=365)


class RoutineTable(Definition):
    """All routines; keys are unique."""

    routines: tuple[RoutineDefinition, ...] = ()

    @model_validator(mode="after")
    def _unique_keys(self) -> RoutineTable:
        keys = [row.key for row in self.routines]
        if twice := sorted({key for key in keys if keys.count(key) > 1}):
            raise ValueError(f"keys used twice: {', '.join(twice)}")
        return self


def load_routines(overlay: Path | None = None) -> RoutineTable:
    """Return the shipped routines; those of ``overlay/routines.yaml`` replace the same key and add others.

    Raises:
        CatalogError: every fault, with file and line.
    """
    table, _ = load_model(DEFAULT_FILE, RoutineTable)
    path = overlay / "routines.yaml" if overlay is not None else None
    if path is None or not path.exists():
        return table
    extra, _ = load_model(path, RoutineTable)
    merged = {row.key: row for row in table.routines} | {row.key: row for row in extra.routines}
    return RoutineTable(routines=tuple(merged.values()))
