"""Metrics: what a number means, which shape it has, and how few people may stand behind it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from enum import StrEnum
from typing import Any, Literal

from pydantic import Field, model_validator

from frontline.catalog.schema import Header
from frontline.catalog.schema_models import Condition, Direction
from frontline.catalog.yamlfile import Definition


class MetricKind(StrEnum):
    """The shape of the calculation; each has its own builder in ``frontline.metrics``."""

    SIMPLE = "simple"  # one measure: a count, a sum, a percentile
    RATIO = "ratio"  # SUM(numerator) / SUM(denominator) over the same rows and the same time
    SNAPSHOT = "snapshot"  # rows open at the end of the period
    LATEST = "latest"  # the last reading before now
    EVENT_WINDOW = "event_window"  # what followed (or went before) within a window, on the full history
    COHORT = "cohort"  # lost in the period, of those there at its start
    STATE_TIME = "state_time"  # share of time in some states of the time in all staffed states
    COST = "cost"  # money of the ledger, shared out by handling minutes when it is broken down
    LEDGER = "ledger"  # money of the ledger as booked, by whole months
    DERIVED = "derived"  # one metric divided by another
    CUMULATIVE = "cumulative"  # another metric from the first of a unit up to here, or over the last so many days


class WindowShape(StrEnum):
    """What an event window looks at."""

    RECONTACT = "recontact"  # followed by another one
    FIRST_CONTACT = "first_contact"  # the first of an issue, and it stayed the only one
    CHANNEL_SWITCH = "channel_switch"  # followed by another one, through another channel
    CONTAINMENT = "containment"  # an automated case that needed no human and brought nobody back


class EventWindow(Definition):
    """``hours`` to look ahead, leaving out the first ``after``; ``same`` columns besides the customer that a repeat
    must share. With ``after`` only those count whose first repeat comes later than that."""

    shape: WindowShape
    hours: int = Field(gt=0, le=24 * 60)
    after: int = Field(default=0, ge=0)
    same: tuple[str, ...] = ()


class Snapshot(Definition):
    """A row is open from ``opens`` until ``closes``."""

    opens: str
    closes: str


class StateTime(Definition):
    """States that count above and below the line, between two instants of a row."""

    starts: str
    ends: str
    column: str
    numerator: tuple[str, ...]
    denominator: tuple[str, ...]


class Latest(Definition):
    """The newest reading per ``per``. Minutes: older than ``live_stale_after`` is called stale in the answer, older
    than ``stale_minutes`` says nothing about now."""

    per: tuple[str, ...]
    live_stale_after: int = Field(default=5, ge=1)
    stale_minutes: int = 30


class Cumulative(Definition):
    """Metric ``of`` counted up to the end of each unit: since ``since`` began, or over the last ``days`` days."""

    of: str
    since: Literal["week", "month", "quarter", "year"] | None = None
    days: int | None = Field(default=None, ge=2, le=400)

    @model_validator(mode="after")
    def _one_reach(self) -> Cumulative:
        if (self.since is None) == (self.days is None):
            raise ValueError("give either since or days")
        return self


class MinN(Definition):
    """The fewest that may stand behind a shown cell: ``group`` for groups, ``person`` for single agents."""

    group: int = Field(default=10, ge=0)
    person: int = Field(default=5, ge=0)


class DefaultPeriod(StrEnum):
    """The period of a question that names none."""

    TODAY = "today"
    NOW = "now"
    LAST_MONTH = "last_month"


class Metric(Header):
    """A definition. ``key`` is its name in questions, in YAML and in the JSON of an answer."""

    kind: MetricKind
    model: str
    time: str | None = None  # defaults to the model's time column
    measure: str = ""
    numerator: str = ""
    denominator: str = ""
    scale: float = 1.0
    where: tuple[Condition, ...] = ()
    window: EventWindow | None = None
    snapshot: Snapshot | None = None
    state_time: StateTime | None = None
    latest: Latest | None = None
    cumulative: Cumulative | None = None
    unit: Literal["count", "share", "seconds", "score", "money"]
    format: Literal["count", "share", "duration", "score", "money"]
    decimals: int = Field(default=1, ge=0, le=4)
    direction: Direction
    default_period: DefaultPeriod = DefaultPeriod.LAST_MONTH
    dimensions: tuple[str, ...] = ()  # empty: every dimension that the model carries
    min_n: MinN = MinN()
    maturity_days: float = 0
    target: float | None = None
    variant_of: str | None = None
    caveats: tuple[str, ...] = ()
    requires: tuple[str, ...] = ()  # columns that must hold data; empty: those of its measures
    unlocks: str = ""  # what to load when there is no data

    @model_validator(mode="after")
    def _complete(self) -> Metric:
        needed: Mapping[MetricKind, tuple[str, ...]] = {
            MetricKind.SIMPLE: ("measure",),
            MetricKind.RATIO: ("numerator", "denominator"),
            MetricKind.DERIVED: ("numerator", "denominator"),
            MetricKind.SNAPSHOT: ("snapshot",),
            MetricKind.LATEST: ("measure", "latest"),
            MetricKind.EVENT_WINDOW: ("window",),
            MetricKind.STATE_TIME: ("state_time",),
            MetricKind.CUMULATIVE: ("cumulative",),
        }
        if missing := [name for name in needed.get(self.kind, ()) if not getattr(self, name)]:
            raise ValueError(f"a metric of kind {self.kind} needs {' and '.join(missing)}")
        return self

    @property
    def is_additive(self) -> bool:
        """Whether cells sum up to the total, so that an absent cell is a zero."""
        return self.unit == "count" and self.kind in (MetricKind.SIMPLE, MetricKind.SNAPSHOT)

    @property
    def window_length(self) -> dt.timedelta:
        """How long a row must have aged before it can be judged."""
        return dt.timedelta(hours=self.window.hours) if self.window else dt.timedelta()


class MetricsFile(Definition):
    """metrics.yaml. A variant takes over what it does not say itself from the metric it is a variant of."""

    metrics: Mapping[str, Metric]

    @model_validator(mode="before")
    @classmethod
    def _inherit(cls, data: Any) -> Any:
        if not isinstance(data, dict) or not isinstance(data.get("metrics"), dict):
            return data
        metrics = data["metrics"]
        return {**data, "metrics": {key: _with_base(key, metrics) for key in metrics}}


def _with_base(key: str, metrics: dict[str, Any]) -> Any:
    own = metrics[key]
    if not isinstance(own, dict) or "variant_of" not in own:
        return own
    base = metrics.get(own["variant_of"])
    if not isinstance(base, dict) or "variant_of" in base:
        raise ValueError(f"{key} is a variant of {own['variant_of']!r}, which is no metric of its own")
    inherited = {name: value for name, value in base.items() if name not in ("review_by", "sign_offs", "version")}
    return {**inherited, **own}
