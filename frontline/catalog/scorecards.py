"""Scorecards (a primary metric with its guardrails) and dashboards (the tiles of an audience): definitions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import Field, model_validator

from frontline.catalog.schema_metrics import Metric
from frontline.catalog.yamlfile import Definition, line_of, load_with_overlay, over, read_yaml
from frontline.core.actor import Role
from frontline.core.errors import Fault, NotFound

DEFAULT_FILE = Path(__file__).parent / "defaults" / "scorecards.yaml"


class Goodharting(Definition):
    """When a primary that gets better beside a guardrail that gets worse is told; see
    ``frontline.analysis.goodhart.GoodhartSettings`` for the figures. ``weeks`` are looked back in all."""

    weeks: int = Field(default=36, ge=16, le=104)
    before: int = Field(default=16, ge=6)
    least_before: int = Field(default=8, ge=4)
    least_after: int = Field(default=4, ge=2)
    sigmas: float = Field(default=3.0, ge=2, le=8)
    joint: float = Field(default=4.6, ge=2, le=12)
    signed_sigmas: float = Field(default=1.7, ge=1, le=8)
    signed_joint: float = Field(default=2.8, ge=1, le=12)
    fall: float = Field(default=0.08, gt=0, lt=1)
    fall_sigmas: float = Field(default=6.0, ge=3, le=12)
    least_n: int = Field(default=40, ge=20)


class Scorecard(Definition):
    """What is aimed at (``primary``), what measures the same thing (``beside``), and what must not get worse for it
    (``guards``). ``speed`` falls where work is cut short. Groups of ``group`` are compared within each ``stratum``."""

    title: str
    owner: Role
    primary: str
    beside: tuple[str, ...] = ()
    guards: tuple[str, ...] = Field(min_length=1)
    speed: str = ""
    group: str = "team"
    stratum: str = "topic"
    goodhart: Goodharting = Goodharting()

    @property
    def metrics(self) -> tuple[str, ...]:
        """Every metric on the card, the primary first."""
        return (self.primary, *self.beside, *self.guards, *((self.speed,) if self.speed else ()))


class ReviewRules(Definition):
    """How the tiles of a dashboard are judged once a quarter.

    A look counts once per person and day, ``weights`` times by role (somebody who opens it once a quarter is not
    nobody); fewer than ``least_looks`` are too few. Two tiles with a correlation above ``alike`` over ``weeks``
    weeks, and above ``alike_changes`` in their changes from week to week, say the same. Nobody is said not to have
    looked before ``watched_days`` days are on record.
    """

    cap: int = Field(default=12, ge=1, le=40)
    weights: Mapping[Role, float] = {}
    least_looks: float = Field(default=3.0, gt=0)
    alike: float = Field(default=0.9, gt=0, le=1)
    alike_changes: float = Field(default=0.7, ge=0, le=1)
    weeks: int = Field(default=26, ge=8, le=104)
    watched_days: int = Field(default=60, ge=1)


class Dashboard(Definition):
    """The tiles of an audience; each is a metric. ``owner`` decides what stays."""

    title: str
    owner: Role
    roles: tuple[Role, ...] = Field(min_length=1)
    tiles: tuple[str, ...] = Field(min_length=1)


class Scorecards(Definition):
    """scorecards.yaml."""

    scorecards: Mapping[str, Scorecard] = {}
    dashboards: Mapping[str, Dashboard] = {}
    review: ReviewRules = ReviewRules()

    @model_validator(mode="after")
    def _within_the_cap(self) -> Scorecards:
        for key, board in self.dashboards.items():
            if len(board.tiles) > self.review.cap:
                raise ValueError(f"{key} has {len(board.tiles)} tiles, and {self.review.cap} are the most")
        return self

    def scorecard(self, name: str) -> Scorecard:
        """Return a scorecard by its key.

        Raises:
            NotFound: there is none; names those that there are.
        """
        if name not in self.scorecards:
            known = ", ".join(self.scorecards) or "none yet"
            raise NotFound(f"There is no scorecard {name!r}.", next_step=f"There are: {known}.")
        return self.scorecards[name]

    def dashboard(self, name: str) -> Dashboard:
        """Return a dashboard by its key.

        Raises:
            NotFound: there is none; names those that there are.
        """
        if name not in self.dashboards:
            known = ", ".join(self.dashboards) or "none yet"
            raise NotFound(f"There is no dashboard {name!r}.", next_step=f"There are: {known}.")
        return self.dashboards[name]


def load_scorecards(overlay: Path | None = None) -> Scorecards:
    """Read the shipped ones; ``scorecards.yaml`` of the overlay replaces a scorecard or dashboard of the same key.

    Raises:
        CatalogError: the faults of the files, with file and line.
    """
    return load_with_overlay(DEFAULT_FILE, overlay, Scorecards, _merge)


def _merge(shipped: Any, theirs: Any) -> Any:
    return {**shipped, **{part: over(shipped.get(part, {}), more) for part, more in theirs.items()}}


def lint_scorecards(found: Scorecards, metrics: Mapping[str, Metric], dimensions: Sequence[str]) -> list[Fault]:
    """Return what contradicts the metrics: unknown ones, a guardrail that guards itself, one without a better side."""
    faults: list[Fault] = []
    _, node = read_yaml(DEFAULT_FILE)

    def say(message: str, *where: str) -> None:
        faults.append(Fault(DEFAULT_FILE.name, line_of(node, where), f"{where[1]}: {message}"))

    for key, card in found.scorecards.items():
        named = [name for name in card.metrics if name not in metrics]
        if named:
            say(f"names the unknown metric {named[0]!r}", "scorecards", key)
            continue
        if unknown := [dim for dim in (card.group, card.stratum) if dim not in dimensions]:
            say(f"names the unknown dimension {unknown[0]!r}", "scorecards", key)
        if twice := sorted({name for name in card.metrics if card.metrics.count(name) > 1}):
            say(f"{twice[0]} stands on it twice: a metric cannot guard itself", "scorecards", key)
        for name in (card.primary, *card.beside, *card.guards):
            if metrics[name].direction == "none":
                say(f"{name} has no better side, so nothing on it can get better or worse", "scorecards", key)
            elif metrics[name].unit != "share":
                say(f"{name} is no share; the two-metric rule judges shares", "scorecards", key)
    for key, board in found.dashboards.items():
        if named := [name for name in board.tiles if name not in metrics]:
            say(f"names the unknown metric {named[0]!r}", "dashboards", key)
        elif len(set(board.tiles)) < len(board.tiles):
            say("shows a tile twice", "dashboards", key)
    return faults
