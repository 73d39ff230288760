"""Reads the catalog: shipped defaults with the organisation's overlay merged over them, validated as a whole."""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from frontline.catalog.definitions import hashes_of
from frontline.catalog.lint import lint
from frontline.catalog.retention import RetentionRules
from frontline.catalog.schema import Calendar, CapabilitiesFile, Capability, Policies
from frontline.catalog.schema_cues import Cues
from frontline.catalog.schema_metrics import Metric, MetricKind, MetricsFile
from frontline.catalog.schema_models import Dimension, DimensionsFile, FactModel, Measure, ModelsFile
from frontline.catalog.schema_releases import ReleaseRules
from frontline.catalog.scorecards import Scorecards, lint_scorecards
from frontline.catalog.yamlfile import line_of, read_yaml
from frontline.core.errors import CatalogError, Fault
from frontline.core.ids import content_hash

DEFAULTS = Path(__file__).parent / "defaults"

# Parts whose schema and merging another module owns: each has ``load_<part>(overlay)``.
_PARTS = (
    "lexicon", "permissions", "records", "routines", "rules", "channels", "organisation", "commitment_kinds",
    "scorecards", "debriefs", "knowledge", "retention", "scripts", "taxonomy",
)  # fmt: skip

File = TypeVar("File", bound=BaseModel)


@dataclass(frozen=True)
class Catalog:
    """Everything that people agreed on, frozen. ``hash`` changes with any of it."""

    metrics: Mapping[str, Metric]
    dimensions: Mapping[str, Dimension]
    models: Mapping[str, FactModel]
    measures: Mapping[str, Measure]
    calendar: Calendar
    policies: Policies
    capabilities: Mapping[str, Capability]
    hash: str
    definition_hashes: Mapping[str, str]
    lexicon: Any = None
    permissions: Any = None
    records: Any = None
    presets: Mapping[str, Any] = field(default_factory=dict)
    routines: Any = None
    rules: Any = None
    releases: ReleaseRules = field(default_factory=ReleaseRules)
    cues: Cues = field(default_factory=Cues)
    channels: Any = None
    organisation: Any = None
    commitment_kinds: Any = None
    debriefs: Any = None
    knowledge: Any = None
    retention: RetentionRules = field(default_factory=RetentionRules)
    scripts: Any = None
    scorecards: Scorecards = field(default_factory=Scorecards)
    taxonomy: Any = None

    def allowed_dimensions(self, metric: str) -> tuple[str, ...]:
        """Return the dimensions that ``metric`` can be cut by, in catalog order."""
        definition = self.metrics[metric]
        if definition.kind is MetricKind.DERIVED:
            parts = [set(self.allowed_dimensions(key)) for key in (definition.numerator, definition.denominator)]
            carried = parts[0] & parts[1]
        else:
            carried = {key for key, dimension in self.dimensions.items() if definition.model in dimension.columns}
        if definition.dimensions:
            carried &= set(definition.dimensions)
        return tuple(key for key in self.dimensions if key in carried)

    def values(self, dimension: str) -> tuple[str, ...]:
        """Return the catalog's values of ``dimension``, as written in facts and queries."""
        return tuple(value.key for value in self.dimensions[dimension].values)


def load_catalog(overlay: Path | None = None) -> Catalog:
    """Read the shipped catalog with the YAML files of ``overlay`` merged over it, key by key.

    Raises:
        CatalogError: every fault of every file, each with file and line.
    """
    reader = _Reader(overlay)
    models = reader.load("models.yaml", ModelsFile)
    dimensions = reader.load("dimensions.yaml", DimensionsFile)
    metrics = reader.load("metrics.yaml", MetricsFile)
    calendar = reader.load("calendar.yaml", Calendar)
    policies = reader.load("policies.yaml", Policies)
    capabilities = reader.load("capabilities.yaml", CapabilitiesFile)
    releases = reader.load("releases.yaml", ReleaseRules)
    cues = reader.load("cues.yaml", Cues)
    parts = {name: reader.load_part(name) for name in _PARTS}
    if metrics and dimensions and models and policies:
        reader.faults += lint(metrics.metrics, dimensions.dimensions, models, policies, reader.locate)
        reader.faults += _lint_aliases(parts.get("lexicon"), reader)
        if isinstance(cards := parts["scorecards"], Scorecards):
            reader.faults += lint_scorecards(cards, metrics.metrics, tuple(dimensions.dimensions))
    if not (metrics and dimensions and models and calendar and policies and capabilities and releases and cues):
        raise CatalogError(reader.faults)
    if reader.faults:
        raise CatalogError(reader.faults)
    hashes = hashes_of(metrics.metrics, models.measures, models.models)
    return Catalog(
        metrics=MappingProxyType(dict(metrics.metrics)),
        dimensions=MappingProxyType(dict(dimensions.dimensions)),
        models=MappingProxyType(dict(models.models)),
        measures=MappingProxyType(dict(models.measures)),
        calendar=calendar,
        policies=policies,
        capabilities=MappingProxyType(dict(capabilities.capabilities)),
        hash=_files_hash(DEFAULTS, reader.overlay),
        definition_hashes=MappingProxyType(hashes),
        releases=releases,
        cues=cues,
        presets=MappingProxyType(dict(getattr(parts["records"], "presets", {}))),
        **parts,
    )


def load_calendar(overlay: Path | None = None) -> Calendar:
    """Read the calendar alone: the clock needs its zone before anything else is there.

    Raises:
        CatalogError: the faults of the calendar.
    """
    reader = _Reader(overlay)
    calendar = reader.load("calendar.yaml", Calendar)
    if calendar is None:
        raise CatalogError(reader.faults)
    return calendar


class _Reader:
    """Reads default and overlay of each file and remembers where every key stands."""

    def __init__(self, overlay: Path | None) -> None:
        self.overlay = overlay if overlay is not None and overlay.is_dir() else None
        self.faults: list[Fault] = []
        self._nodes: dict[str, list[tuple[str, yaml.Node | None]]] = {}

    def load(self, name: str, model: type[File]) -> File | None:
        """Read and merge one file; faults are kept for later."""
        return self._validate(name, model, [DEFAULTS / name, *self._overlays(name)])

    def load_part(self, name: str) -> Any:
        """Call another module's loader; None where the module is not there."""
        module = f"frontline.catalog.{name}"
        if importlib.util.find_spec(module) is None:
            return None
        try:
            return getattr(importlib.import_module(module), f"load_{name}")(self.overlay)
        except CatalogError as error:
            self.faults += error.faults
            return None

    def locate(self, name: str, location: Sequence[str | int]) -> tuple[str, int]:
        """Return file and line of ``location``: in the overlay where it says it, else in the defaults."""
        nodes = self._nodes.get(name) or [(name, read_yaml(DEFAULTS / name)[1])]
        for label, node in reversed(nodes):
            if _holds(node, location):
                return label, line_of(node, location)
        label, node = nodes[0]
        return label, line_of(node, location)

    def _overlays(self, name: str) -> list[Path]:
        path = self.overlay / name if self.overlay else None
        return [path] if path is not None and path.exists() else []

    def _validate(self, name: str, model: type[File], paths: Sequence[Path]) -> File | None:
        merged: Any = {}
        for path in paths:
            label = name if path.is_relative_to(DEFAULTS) else f"catalog/{name}"
            try:
                data, node = read_yaml(path)
            except CatalogError as error:
                self.faults += [Fault(label, fault.line, fault.message) for fault in error.faults]
                return None
            if data is not None and not isinstance(data, dict):
                self.faults.append(Fault(label, 1, "must be a mapping of keys to definitions"))
                return None
            self._nodes.setdefault(name, []).append((label, node))
            merged = _merge(merged, data or {})
        try:
            return model.model_validate(merged)
        except ValidationError as error:
            for problem in error.errors():
                label, line = self.locate(name, problem["loc"])
                where = ".".join(str(step) for step in problem["loc"])
                self.faults.append(Fault(label, line, f"{where}: {problem['msg']}".lstrip(": ")))
            return None


def _files_hash(*folders: Path | None) -> str:
    parts = [
        text
        for folder in folders
        if folder is not None
        for path in sorted(folder.rglob("*.yaml"))
        for text in (path.relative_to(folder).as_posix(), path.read_text(encoding="utf-8"))
    ]
    return content_hash(*parts)


def _merge(base: Any, over: Any) -> Any:
    """Mappings merge key by key; anything else of the overlay replaces the default."""
    if isinstance(base, dict) and isinstance(over, dict):
        return {**base, **{key: _merge(base.get(key), value) for key, value in over.items()}}
    return over


def _holds(node: yaml.Node | None, location: Sequence[str | int]) -> bool:
    """Whether the document says ``location`` or at least the definition (two keys deep) that it is part of."""
    for step in list(location)[:2]:
        if not isinstance(node, yaml.MappingNode):
            return node is not None and isinstance(step, int)
        node = next((value for key, value in node.value if key.value == str(step)), None)
        if node is None:
            return False
    return node is not None


def _lint_aliases(lexicon: Any, reader: _Reader) -> list[Fault]:
    """An alias claimed by two metrics, or by two values of one dimension, cannot be understood."""
    if lexicon is None:
        return []
    faults: list[Fault] = []
    groups: list[tuple[tuple[str, ...], Mapping[str, Sequence[str]]]] = []
    for name in ("metrics", "dimensions"):
        if isinstance(words := getattr(lexicon, name, None), Mapping):
            groups.append(((name,), words))
    if isinstance(values := getattr(lexicon, "values", None), Mapping):
        groups += [(("values", dim), words) for dim, words in values.items() if isinstance(words, Mapping)]
    for prefix, words in groups:
        claimed: dict[str, str] = {}
        for key, aliases in words.items():
            for alias in aliases if isinstance(aliases, list | tuple) else ():
                other = claimed.setdefault(str(alias).lower(), key)
                if other != key:
                    file, line = reader.locate("lexicon.yaml", (*prefix, key))
                    faults.append(Fault(file, line, f"{alias!r} is already an alias of {other}; {key} claims it too"))
    return faults
