"""Versions of a definition: taken out of a catalog with all that it rests on, and put into one again.

The definitions in force are those of the files, and over them what people adopted. The higher version number is in
force; of equal numbers the adopted one. So a file that is upgraded beyond an adopted version takes over again.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from frontline.catalog.schema_metrics import Metric, MetricKind
from frontline.catalog.schema_models import FactModel, Measure
from frontline.core.ids import content_hash

if TYPE_CHECKING:
    from frontline.catalog.loader import Catalog

# What may change without changing what the number means.
_NO_MEANING = {"version", "sign_offs", "review_by", "target", "title", "owner", "unlocks"}
_SLOTS = ("measure", "numerator", "denominator")
# Kinds that rest on other metrics.
_RESTING = (MetricKind.DERIVED, MetricKind.CUMULATIVE)

# {"metric": {...}, "measures": {name: {...}}, "parts": {key: Bundle}}, all of it JSON.
Bundle = Mapping[str, Any]


@dataclass(frozen=True)
class Version:
    """One version of one metric: its number, its hash, and all that its number rests on."""

    key: str
    number: int
    hash: str
    bundle: Bundle

    @property
    def name(self) -> str:
        """As it stands under an answer: ``recontact_rate@3``."""
        return f"{self.key}@{self.number}"


def definition_hash(
    metric: Metric,
    *,
    measures: Mapping[str, Measure],
    metrics: Mapping[str, Metric],
    models: Mapping[str, FactModel],
) -> str:
    """Return the hash of what the number means: the definition with its measures, not who signed it.

    Of the fact table its rows and their time count; a column that nobody counts changes no meaning.
    """
    said = metric.model_dump(mode="json", exclude=_NO_MEANING)
    parts = [json.dumps(said, sort_keys=True)]
    for name in _named(metric):
        if name in measures:
            parts.append(measures[name].model_dump_json())
        elif name in metrics:
            parts.append(definition_hash(metrics[name], measures=measures, metrics=metrics, models=models))
    if metric.model in models:
        table = models[metric.model]
        parts.append(json.dumps([metric.model, table.key, table.time]))
    return content_hash(*parts)


def hashes_of(
    metrics: Mapping[str, Metric], measures: Mapping[str, Measure], models: Mapping[str, FactModel]
) -> dict[str, str]:
    """Return the hash of every metric."""
    return {
        key: definition_hash(metric, measures=measures, metrics=metrics, models=models)
        for key, metric in metrics.items()
    }


def version_of(catalog: Catalog, key: str) -> Version:
    """Return the version of ``key`` that is in force in ``catalog``."""
    metric = catalog.metrics[key]
    return Version(key, metric.version, catalog.definition_hashes[key], bundle_of(catalog, key))


def bundle_of(catalog: Catalog, key: str) -> Bundle:
    """Return a definition with its measures, and for a derived metric those that it is derived from."""
    metric = catalog.metrics[key]
    names = _named(metric)
    return {
        "metric": metric.model_dump(mode="json"),
        "measures": {
            name: catalog.measures[name].model_dump(mode="json") for name in names if name in catalog.measures
        },
        "parts": {name: bundle_of(catalog, name) for name in names if metric.kind in _RESTING},
    }


def with_version(catalog: Catalog, version: Version) -> Catalog:
    """Return ``catalog`` with exactly this version of one metric, down to its measures and what it is derived from."""
    metrics, measures = dict(catalog.metrics), dict(catalog.measures)
    _put(version.key, version.bundle, version.name, metrics, measures)
    hashes = {**catalog.definition_hashes, version.key: version.hash}
    return replace(
        catalog,
        metrics=MappingProxyType(metrics),
        measures=MappingProxyType(measures),
        definition_hashes=MappingProxyType(hashes),
        hash=content_hash(catalog.hash, version.name, version.hash),
    )


def in_force(catalog: Catalog, adopted: Iterable[Version]) -> Catalog:
    """Return the catalog of the files with what people adopted over it, the higher number of each metric.

    A derived metric follows the definitions in force of what it is derived from.
    """
    found = catalog
    for version in sorted(adopted, key=lambda item: (item.key, item.number)):
        known = catalog.metrics.get(version.key)
        if known is None or known.version <= version.number:
            found = with_version(found, replace(version, bundle={**version.bundle, "parts": {}}))
    if found is catalog:
        return catalog
    derived = {
        key: definition_hash(metric, measures=found.measures, metrics=found.metrics, models=found.models)
        for key, metric in found.metrics.items()
        if metric.kind in _RESTING
    }
    return replace(found, definition_hashes=MappingProxyType({**found.definition_hashes, **derived}))


def _named(metric: Metric) -> list[str]:
    names = [name for name in (getattr(metric, slot) for slot in _SLOTS) if name]
    return [*names, *([metric.cumulative.of] if metric.cumulative is not None else [])]


def _put(key: str, bundle: Bundle, name: str, metrics: dict[str, Metric], measures: dict[str, Measure]) -> None:
    """Put a bundle in place; a measure that others count with in another way stands under a name of its own."""
    said = dict(bundle["metric"])
    for slot in _SLOTS:
        used = str(said.get(slot) or "")
        if used not in bundle["measures"]:
            continue
        measure = Measure.model_validate(bundle["measures"][used])
        own = used if measures.get(used, measure) == measure else f"{used} of {name}"
        measures[own] = measure
        said[slot] = own
    metrics[key] = Metric.model_validate(said)
    for part, rest in bundle.get("parts", {}).items():
        _put(part, rest, f"{part} of {name}", metrics, measures)
