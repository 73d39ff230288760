"""Alert rules: what is watched, how strictly, and what is left alone."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal, TypeVar

from pydantic import Field, model_validator

from frontline.catalog.yamlfile import Definition, load_model, load_overlay
from frontline.core.errors import NotFound

DEFAULT_FILE = Path(__file__).parent / "defaults" / "rules.yaml"

Part = TypeVar("Part", bound=Definition)


class WatchRule(Definition):
    """Limits of one daily series; see ``frontline.analysis.watch.WatchSettings`` for the meaning of each figure."""

    baseline_days: int = Field(default=84, ge=28, le=400)
    gap: int = Field(default=14, ge=1, le=60)
    weight: float = Field(default=0.2, gt=0, le=1)
    sigmas: float = Field(default=3.2, ge=2, le=8)
    shewhart: float = Field(default=4.0, ge=2, le=10)
    min_expected: float = Field(default=3.0, ge=0)
    min_lift: float = Field(default=0.10, ge=0)
    min_days: int = Field(default=1, ge=1, le=7)


class AlertRule(Definition):
    """One rule. ``horizons`` are days within which the customer comes back and that warn; ``confirm`` confirms."""

    title: str
    metric: str
    owner: str
    capability: str = ""
    horizons: tuple[int, ...] = (1, 3)
    confirm: int = 7
    history_days: int = Field(default=240, ge=60, le=800)
    company: WatchRule = WatchRule()
    by_topic: WatchRule | None = None
    contributors: int = Field(default=3, ge=1, le=10)
    remind_days: int = Field(default=42, ge=1, description="one message per episode; after so many days a new one")

    @model_validator(mode="after")
    def _horizons_before_confirm(self) -> AlertRule:
        if not self.horizons or max(self.horizons) >= self.confirm:
            raise ValueError("horizons must be shorter than the confirming window")
        return self


Signal = Literal["unresolved", "same_topic", "ces", "nps", "cadence_drop", "usage_drop", "renewal_days", "tenure_days"]


class Sign(Definition):
    """What one signal adds to the score, from (``at_least``) or up to (``at_most``) a figure; below zero it speaks
    for staying. Of several rows of one signal the one that moves the score most counts."""

    signal: Signal
    at_least: float | None = None
    at_most: float | None = None
    points: int = Field(ge=-100, le=100)

    @model_validator(mode="after")
    def _one_bound(self) -> Sign:
        if (self.at_least is None) == (self.at_most is None):
            raise ValueError("give either at_least or at_most")
        if not self.points:
            raise ValueError("points of 0 say nothing")
        return self


class Worth(Definition):
    """How much a customer weighs in the ranking where the feed gives no value: tier times segment, 1 when unlisted."""

    tier: Mapping[str, float] = {}
    segment: Mapping[str, float] = {}


class ChurnRule(Definition):
    """Who is put on the daily list of customers to call; see ``frontline.analysis.churn``."""

    title: str = "Customers who may leave"
    owner: str = "supervisor"
    capability: str = "M2.3"
    window_days: int = Field(default=30, ge=7, le=120)
    survey_days: int = Field(default=90, ge=7, le=400)
    recent_days: int = Field(default=60, ge=14, le=200)
    cadence_days: int = Field(default=180, ge=60, le=720)
    min_usual: int = Field(default=4, ge=1, description="contacts of the cadence window below which there is none")
    signs: tuple[Sign, ...] = ()
    min_points: int = Field(default=35, ge=1)
    middle: float = Field(default=60, description="points at which the risk weight is one half")
    spread: float = Field(default=20, gt=0)
    worth: Worth = Worth()
    capacity: int = Field(default=20, ge=1, le=200, description="lines a day that the team can work")
    hold_out: float = Field(default=0.10, ge=0, le=0.5, description="share never contacted, to measure the effect")
    fatigue_days: int = Field(default=30, ge=0, le=365)
    not_now_days: int = Field(default=7, ge=1, le=90)
    due_days: int = Field(default=2, ge=0, le=30, description="working days for the call")
    crm_url: str = Field(
        default="", pattern=r"^$|^https://[^\s]*\{number\}[^\s]*$", description="where a customer stands in the CRM"
    )


class ReminderRule(Definition):
    """When owners hear of their commitments, in working days before and after the due date."""

    soon: int = Field(default=2, ge=1, le=20)
    owner: int = Field(default=1, ge=1, le=60)
    channel: int = Field(default=3, ge=1, le=60)
    manager: int = Field(default=7, ge=1, le=120)
    team_channels: Mapping[str, str] = {}
    default_channel: str = Field(default="#floor", pattern=r"^#[a-z0-9_-]+$")


class TagRule(Definition):
    """When recurring tags are a gap in the process, how often one may tag, and which words mean the same.

    ``same`` are groups of synonyms, ``empty`` says nothing about what is asked, ``turning`` turns its meaning: a text
    with such a word and a label without it are never called alike. See ``frontline.analysis.likeness``.
    """

    channel: str = Field(default="#floor", pattern=r"^#[a-z0-9_-]+$")
    min_uses: int = Field(default=5, ge=2)
    min_people: int = Field(default=3, ge=1)
    window_days: int = Field(default=14, ge=1, le=90)
    before_days: int = Field(default=28, ge=7, le=365, description="growth is against so many days before")
    quiet_days: int = Field(default=28, ge=1, description="a gap not seen for so long is news again")
    mute_days: int = Field(default=90, ge=1, description="for so long nobody is asked again after: not a gap")
    hourly_budget: int = Field(default=30, ge=1)
    near: float = Field(default=0.75, gt=0, le=1, description="likeness of words from which a label is proposed")
    sure: float = Field(default=0.9, gt=0, le=1, description="from which it is taken at once, where none was given")
    near_meaning: float = Field(default=0.78, gt=0, le=1, description="cosine from which a label is proposed")
    sure_meaning: float = Field(default=0.92, gt=0, le=1)
    same: tuple[tuple[str, ...], ...] = ()
    empty: tuple[str, ...] = ()
    turning: tuple[str, ...] = ()


class DefinitionRule(Definition):
    """How a new definition comes into force: who has to sign, how far back its effect is shown, where it is told.

    ``sign_offs`` different people sign, one of them of the role that owns the metric (``owner_signs``). Whoever
    proposed may be one of them.
    """

    sign_offs: int = Field(default=2, ge=1, le=10)
    owner_signs: bool = True
    days: int = Field(default=90, ge=7, le=800, description="the effect is shown over so many last days")
    announce: str = Field(
        default="", pattern=r"^$|^#[a-z0-9_-]+$", description="where an adoption is told; empty: nowhere"
    )


class CategoryRule(Definition):
    """Double coding, and when "other" is said to have risen.

    ``sample``: cases a week, each for two coders; ``weeks``: answers so far back count; ``target``: of AC1. A rise of
    "other": the last ``other_weeks`` against the ``before_weeks`` before them, by ``min_lift`` of the share and beyond
    an interval of ``sigmas``, with at least ``min_cases`` cases under it.
    """

    sample: int = Field(default=20, ge=4, le=100)
    weeks: int = Field(default=12, ge=1, le=52)
    target: float = Field(default=0.70, gt=0, lt=1)
    other_weeks: int = Field(default=2, ge=1, le=8)
    before_weeks: int = Field(default=12, ge=6, le=52)
    min_lift: float = Field(default=0.25, ge=0)
    sigmas: float = Field(default=3.0, ge=2, le=6)
    min_cases: int = Field(default=20, ge=10)
    remind_days: int = Field(default=42, ge=7)


class Rules(Definition):
    """All alert rules by key, and the rules of the churn list, the reminders, the tags, the definitions and the
    categories."""

    rules: Mapping[str, AlertRule] = {}
    churn: ChurnRule = ChurnRule()
    reminders: ReminderRule = ReminderRule()
    tags: TagRule = TagRule()
    definitions: DefinitionRule = DefinitionRule()
    categories: CategoryRule = CategoryRule()

    def rule(self, key: str) -> AlertRule:
        """Return one rule.

        Raises:
            NotFound: there is none with this key.
        """
        if key not in self.rules:
            raise NotFound(f"There is no alert rule {key!r}.", next_step=f"Rules: {', '.join(sorted(self.rules))}.")
        return self.rules[key]


def load_rules(overlay: Path | None = None) -> Rules:
    """Read the shipped rules; ``rules.yaml`` of the overlay replaces a rule by giving its key, and single figures of
    ``churn``, ``reminders``, ``tags``, ``definitions`` and ``categories``.

    Raises:
        CatalogError: the faults of the files with file and line.
    """
    shipped, _ = load_model(DEFAULT_FILE, Rules)
    theirs = load_overlay(overlay, DEFAULT_FILE.name, Rules)
    if theirs is None:
        return shipped
    merged: dict[str, Any] = {**shipped.rules, **theirs.rules}
    return Rules(
        rules=merged,
        churn=_over(shipped.churn, theirs.churn),
        reminders=_over(shipped.reminders, theirs.reminders),
        tags=_over(shipped.tags, theirs.tags),
        definitions=_over(shipped.definitions, theirs.definitions),
        categories=_over(shipped.categories, theirs.categories),
    )


def _over(shipped: Part, theirs: Part) -> Part:
    return shipped.model_copy(update={name: getattr(theirs, name) for name in theirs.model_fields_set})
