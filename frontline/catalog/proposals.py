"""A proposed definition: another window, threshold, numerator, filter ... of a metric, judged before anybody adopts it.

Nothing here touches the catalog in force. ``propose`` returns the whole new definition with what it changes, or says in
one sentence what is wrong with it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

from pydantic import ValidationError

from frontline.catalog.conditions import read_condition, read_threshold, show_condition, with_threshold
from frontline.catalog.definitions import Bundle, Version, bundle_of, definition_hash
from frontline.catalog.lint import lint
from frontline.catalog.loader import Catalog
from frontline.catalog.schema_metrics import Metric, MetricKind
from frontline.catalog.schema_models import Measure, fold
from frontline.core.errors import UsageError

OPTIONS = (
    "window", "same", "threshold", "numerator", "denominator", "measure", "percentile", "where", "min-n", "target",
    "better", "period", "owner", "definition", "title",
)  # fmt: skip
# Fewer than so many may never stand behind a shown figure, whatever is proposed.
LEAST_N = 5
_WINDOW = re.compile(r"(\d{1,3}(?:\.\d)?)\s*(d|days?|h|hours?)?", re.IGNORECASE)
_PERIODS = {"today": "today", "now": "now", "last month": "last_month", "last_month": "last_month"}


@dataclass(frozen=True)
class Change:
    """One thing that the proposal changes, in words: ``window``, ``7 days``, ``14 days``."""

    what: str
    before: str
    after: str


@dataclass(frozen=True)
class Proposal:
    """A definition that could be adopted, with what it changes; ``base`` is the version it would replace."""

    version: Version
    base: Version | None
    changes: tuple[Change, ...]
    notes: tuple[str, ...] = ()


def propose(catalog: Catalog, key: str, options: Mapping[str, str], *, number: int) -> Proposal:
    """Return the definition in force with ``options`` (see ``OPTIONS``) over it, as version ``number``.

    Raises:
        UsageError: nothing would change, an option is wrong, or the linter refuses the result; in a sentence.
    """
    said = dict(catalog.metrics[key].model_dump(mode="json"))
    measures: dict[str, Measure] = {}
    for name, value in options.items():
        _APPLY[name](_Draft(catalog, key, said, measures, f"{key}@{number}"), value.strip())
    known = catalog.metrics[key]
    if "definition" not in options:
        said["definition"] = _reworded(known.definition, known, said)
    said["caveats"] = [_reworded(caveat, known, said) for caveat in known.caveats]
    return _finished(catalog, key, said, measures, number=number)


def propose_whole(
    catalog: Catalog, key: str, said: Mapping[str, Any], measures: Mapping[str, Any], *, number: int
) -> Proposal:
    """Return the definition of a file: over the one in force where there is one, else a new metric.

    Raises:
        UsageError: it is no definition, or the linter refuses it; in a sentence.
    """
    base = catalog.metrics.get(key) or catalog.metrics.get(str(said.get("variant_of", "")))
    whole = {**(base.model_dump(mode="json") if base is not None else {}), **said}
    own: dict[str, Measure] = {}
    for name, measure in measures.items():
        own[f"{name} of {key}@{number}"] = _validated(Measure, measure, f"The measure {name}")
    for slot in ("measure", "numerator", "denominator"):
        if whole.get(slot) in measures:
            whole[slot] = f"{whole[slot]} of {key}@{number}"
    return _finished(catalog, key, whole, own, number=number)


@dataclass
class _Draft:
    catalog: Catalog
    key: str
    said: dict[str, Any]
    measures: dict[str, Measure]
    name: str

    @property
    def metric(self) -> Metric:
        return self.catalog.metrics[self.key]

    def own_measure(self, slot: str, measure: Measure) -> None:
        """Give the proposal a measure of its own; others count with the shared one as before."""
        name = f"{slot} of {self.name}"
        self.measures[name] = measure
        self.said[slot] = name

    def measure_of(self, slot: str) -> Measure | None:
        used = str(self.said.get(slot) or "")
        return self.measures.get(used) or self.catalog.measures.get(used)


def _window(draft: _Draft, value: str) -> None:
    found = _WINDOW.fullmatch(value)
    if draft.metric.window is None:
        raise UsageError(
            f"{draft.metric.title} looks at no window.", next_step="--window is for recontact and the like."
        )
    if found is None:
        raise UsageError(f"--window {value} is no length of time.", next_step="Say 14, 3d or 36h.")
    hours = float(found[1]) * (1 if (found[2] or "d").lower().startswith("h") else 24)
    if not hours.is_integer() or not 1 <= hours <= 60 * 24:
        raise UsageError("A window has between 1 hour and 60 days.", next_step="Say 14, 3d or 36h.")
    draft.said["window"] = {**draft.said["window"], "hours": int(hours)}
    draft.said["maturity_days"] = hours / 24


def _same(draft: _Draft, value: str) -> None:
    if draft.metric.window is None:
        raise UsageError(f"{draft.metric.title} looks at no window.", next_step="--same is for recontact and the like.")
    names = [] if value == "none" else [word.strip() for word in value.split(",")]
    _known_columns(draft.catalog, draft.metric, names)
    draft.said["window"] = {**draft.said["window"], "same": names}


def _threshold(draft: _Draft, value: str) -> None:
    column, limit = read_threshold(value, columns=draft.catalog.models[draft.metric.model].columns)
    changed = False
    for slot in ("measure", "numerator", "denominator"):
        measure = draft.measure_of(slot)
        if measure is not None and (other := with_threshold(measure, column, limit)) != measure:
            draft.own_measure(slot, other)
            changed = True
    if not changed:
        raise UsageError(
            f"{draft.metric.title} has no other limit on {column or 'a column'}.",
            next_step=f"/ops metric show {draft.key} says what it counts.",
        )


def _slot(slot: str) -> Callable[[_Draft, str], None]:
    def apply(draft: _Draft, value: str) -> None:
        if slot not in ("measure", "numerator", "denominator") or not draft.said.get(slot):
            raise UsageError(f"{draft.metric.title} has no {slot}.", next_step=f"/ops metric show {draft.key}")
        known = draft.catalog.metrics if draft.metric.kind is MetricKind.DERIVED else draft.catalog.measures
        if value not in known:
            same = [
                name
                for name, measure in draft.catalog.measures.items()
                if measure.model == draft.metric.model and " of " not in name
            ]
            choices = same if known is draft.catalog.measures else list(draft.catalog.metrics)
            raise UsageError(f"There is no {slot} {value!r}.", next_step=f"There are: {', '.join(choices[:14])}.")
        draft.said[slot] = value

    return apply


def _percentile(draft: _Draft, value: str) -> None:
    measure = draft.measure_of("measure")
    share = _number(value, "--percentile")
    if measure is None or measure.aggregate.value != "percentile" or not 0 < share < 1:
        raise UsageError("--percentile is a share such as 0.9, of a metric that is a percentile.")
    draft.own_measure("measure", measure.model_copy(update={"percentile": share}))


def _where(draft: _Draft, value: str) -> None:
    if value == "none":
        draft.said["where"] = []
        return
    condition = read_condition(value, columns=draft.catalog.models[draft.metric.model].columns)
    others = [item for item in draft.said["where"] if item.get("column") != condition.column]
    draft.said["where"] = [*others, condition.model_dump(mode="json")]


def _min_n(draft: _Draft, value: str) -> None:
    if not value.isdigit():
        raise UsageError("--min-n is a whole number.", next_step="For example --min-n 20.")
    draft.said["min_n"] = {**draft.said["min_n"], "group": int(value)}


def _target(draft: _Draft, value: str) -> None:
    draft.said["target"] = None if value == "none" else _number(value, "--target")


def _better(draft: _Draft, value: str) -> None:
    draft.said["direction"] = value.lower()


def _period(draft: _Draft, value: str) -> None:
    if value.lower() not in _PERIODS:
        raise UsageError("--period is today, now or last_month.")
    draft.said["default_period"] = _PERIODS[value.lower()]


def _plain(name: str) -> Callable[[_Draft, str], None]:
    def apply(draft: _Draft, value: str) -> None:
        draft.said[name] = value

    return apply


_APPLY: Mapping[str, Callable[[_Draft, str], None]] = {
    "window": _window,
    "same": _same,
    "threshold": _threshold,
    "numerator": _slot("numerator"),
    "denominator": _slot("denominator"),
    "measure": _slot("measure"),
    "percentile": _percentile,
    "where": _where,
    "min-n": _min_n,
    "target": _target,
    "better": _better,
    "period": _period,
    "owner": _plain("owner"),
    "definition": _plain("definition"),
    "title": _plain("title"),
}


def _finished(catalog: Catalog, key: str, said: dict[str, Any], own: Mapping[str, Measure], *, number: int) -> Proposal:
    said = {**said, "version": number, "sign_offs": []}
    metric = _validated(Metric, said, key)
    measures = {**catalog.measures, **own}
    metrics = {**catalog.metrics, key: metric}
    _refuse_small(catalog.metrics.get(key), metric)
    _refuse_faults(catalog, key, metrics, measures)
    changed = definition_hash(metric, measures=measures, metrics=metrics, models=catalog.models)
    used = {name: own[name].model_dump(mode="json") for name in own}
    there = replace(catalog, metrics=MappingProxyType(metrics), measures=MappingProxyType(measures))
    bundle: Bundle = {**bundle_of(there, key), "measures": {**bundle_of(there, key)["measures"], **used}}
    version = Version(key, number, changed, bundle)
    known = catalog.metrics.get(key)
    if known is None:
        return Proposal(version, None, (Change("the metric", "none", metric.title),), _notes(catalog, key, metric))
    base = Version(key, known.version, catalog.definition_hashes[key], bundle_of(catalog, key))
    changes = _changes(catalog, known, metric, measures)
    if not changes:
        raise UsageError(
            f"That is what {key}@{known.version} says already.", next_step="Say what to change, such as --window 14."
        )
    return Proposal(version, base, changes, _notes(catalog, key, metric))


def _number(value: str, option: str) -> float:
    try:
        return float(value)
    except ValueError:
        raise UsageError(f"{option} {value} is no number.") from None


def _validated(model: Any, said: Any, what: str) -> Any:
    try:
        return model.model_validate(said)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(step) for step in first["loc"])
        raise UsageError(f"{what}: {where} {first['msg']}.".replace(":  ", ": ")) from None


def _refuse_small(known: Metric | None, metric: Metric) -> None:
    least = min(LEAST_N, known.min_n.group) if known is not None else LEAST_N
    if min(metric.min_n.group, metric.min_n.person) < least:
        raise UsageError(
            f"Fewer than {LEAST_N} may never stand behind a figure.", next_step=f"Say --min-n {LEAST_N} or more."
        )


def _refuse_faults(catalog: Catalog, key: str, metrics: Mapping[str, Metric], measures: Mapping[str, Measure]) -> None:
    from frontline.catalog.schema_models import ModelsFile

    models = ModelsFile.model_construct(models=catalog.models, measures=measures)
    faults = lint(metrics, catalog.dimensions, models, catalog.policies, lambda _name, _where: ("", 0))
    own = [fault.message for fault in faults if fault.message.startswith((f"{key}:", f"{key} "))]
    own += [fault.message for fault in faults if f" of {key}@" in fault.message.partition(":")[0]]
    if not str(metrics[key].owner or ""):
        own.append(f"{key}: has no owner")
    metric = metrics[key]
    names = {metric.title, key, key.replace("_", " ")}
    for other, known in catalog.metrics.items():
        said = {fold(word) for word in (known.title, other)}
        if other != key and said & {fold(name) for name in names}:
            own.append(f"{key}: the name {metric.title!r} is claimed by {other} already")
    for other, words in getattr(catalog.lexicon, "metrics", {}).items():
        if other != key and fold(metric.title) in {fold(word) for word in words}:
            own.append(f"{key}: the name {metric.title!r} is claimed by {other} already")
    if metric.model in catalog.models:
        _known_columns(catalog, metric, [item.column for item in metric.where if item.column])
    if own:
        raise UsageError(f"{own[0][:1].upper()}{own[0][1:]}.", next_step="Nothing was proposed; put it right first.")


def _known_columns(catalog: Catalog, metric: Metric, names: Sequence[str]) -> None:
    table = catalog.models[metric.model]
    for name in names:
        if name not in table.columns:
            raise UsageError(
                f"{table.title} have no column {name}.", next_step=f"They have {', '.join(table.columns)}."
            )
        if name.endswith(("_id", "_key")) or name == "handle":
            raise UsageError(f"{name} names single people or cases; a definition is about groups.")


def _notes(catalog: Catalog, key: str, metric: Metric) -> tuple[str, ...]:
    variants = [other for other, item in catalog.metrics.items() if item.variant_of == key]
    derived = [other for other, item in catalog.metrics.items() if key in (item.numerator, item.denominator)]
    found = []
    if variants:
        found.append(f"its variants keep their own definitions ({', '.join(variants[:4])})")
    if derived:
        found.append(f"{', '.join(derived)} would follow it")
    return tuple(found)


def _changes(catalog: Catalog, known: Metric, metric: Metric, measures: Mapping[str, Measure]) -> tuple[Change, ...]:
    before, after = spoken(known, catalog.measures), spoken(metric, measures)
    found = [
        Change(name, before.get(name, "none"), after.get(name, "none"))
        for name in dict.fromkeys((*before, *after))
        if before.get(name) != after.get(name)
    ]
    # Words that follow from another change need not be read twice.
    return tuple(change for change in found if change.what != "words") or tuple(found)


def spoken(metric: Metric, measures: Mapping[str, Measure]) -> dict[str, str]:
    """Return what a definition says, by the word that a person uses for it."""
    said = {
        "title": metric.title,
        "owner": metric.owner.value,
        "kind": metric.kind.value,
        "counts": metric.model,
        "time": metric.time or "",
        "better": metric.direction,
        "period without one": metric.default_period.value.replace("_", " "),
        "fewest shown": f"{metric.min_n.group} (person {metric.min_n.person})",
        "target": "" if metric.target is None else f"{metric.target:g}",
        "filter": "; ".join(show_condition(item) for item in metric.where),
        "scale": f"{metric.scale:g}",
        "words": metric.definition,
    }
    if metric.kind is MetricKind.EVENT_WINDOW and metric.window is not None:
        said["window"] = show_hours(metric.window.hours)
        said["a repeat shares"] = ", ".join(metric.window.same)
    for slot in ("measure", "numerator", "denominator"):
        name = getattr(metric, slot)
        if name:
            measure = measures.get(name)
            said[slot] = show_measure(name, measure) if measure is not None else name
    return {name: value for name, value in said.items() if value}


def show_measure(name: str, measure: Measure) -> str:
    """Return a measure in words: what it takes, of which rows."""
    tests = [*measure.where, *measure.plus]
    rows = f" where {' and '.join(show_condition(item) for item in tests)}" if tests else ""
    share = f" {measure.percentile:g}" if measure.aggregate.value == "percentile" else ""
    column = f" {measure.column}" if measure.column else ""
    return f"{measure.aggregate.value}{share}{column} of {measure.model}{rows}"


def show_hours(hours: int) -> str:
    """Return 7 days, 1 day, 36 hours."""
    count, noun = (hours // 24, "day") if hours % 24 == 0 else (hours, "hour")
    return f"{count} {noun}{'' if count == 1 else 's'}"


def _reworded(text: str, known: Metric, said: Mapping[str, Any]) -> str:
    """Return words of the definition with its window as proposed; else they stay for a person to change."""
    if known.window is None or said.get("window", {}).get("hours") == known.window.hours:
        return text
    return text.replace(show_hours(known.window.hours), show_hours(int(said["window"]["hours"])))
