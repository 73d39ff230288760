"""What a schema cannot see: definitions that contradict each other."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from frontline.catalog.schema import Policies
from frontline.catalog.schema_metrics import Metric, MetricKind
from frontline.catalog.schema_models import Aggregate, Condition, Dimension, Measure, ModelsFile, fold
from frontline.core.errors import Fault

Locate = Callable[[str, Sequence[str | int]], tuple[str, int]]
_MEASURED = (MetricKind.SIMPLE, MetricKind.RATIO, MetricKind.LATEST)


def lint(
    metrics: Mapping[str, Metric],
    dimensions: Mapping[str, Dimension],
    models: ModelsFile,
    policies: Policies,
    locate: Locate,
) -> list[Fault]:
    """Return every contradiction of the catalog, each with file and line."""
    faults = _Faults(locate)
    for key, metric in metrics.items():
        _lint_metric(key, metric, metrics, dimensions, models, faults)
    for key, measure in models.measures.items():
        _lint_measure(key, measure, models, faults)
    for key, model in models.models.items():
        for name, join in model.joins.items():
            if join.model not in models.models:
                faults.add("models.yaml", ("models", key, "joins", name), f"joins the unknown model {join.model!r}")
    for key, dimension in dimensions.items():
        _lint_dimension(key, dimension, models, faults)
    for role, policy in policies.roles.items():
        unknown = [name for name in policy.deny_metrics if name not in metrics]
        unknown += [name for name in policy.deny_dimensions if name not in dimensions]
        unknown += [row.dim for row in policy.rows if row.dim not in dimensions]
        for name in unknown:
            faults.add("policies.yaml", ("roles", role), f"{role} names the unknown metric or dimension {name!r}")
    return faults.found


class _Faults:
    def __init__(self, locate: Locate) -> None:
        self.found: list[Fault] = []
        self._locate = locate

    def add(self, name: str, location: Sequence[str | int], message: str) -> None:
        file, line = self._locate(name, location)
        self.found.append(Fault(file, line, message))


def _lint_metric(
    key: str,
    metric: Metric,
    metrics: Mapping[str, Metric],
    dimensions: Mapping[str, Dimension],
    models: ModelsFile,
    faults: _Faults,
) -> None:
    def say(message: str, *steps: str) -> None:
        faults.add("metrics.yaml", ("metrics", key, *steps), f"{key}: {message}")

    if not metric.definition.strip():
        say("has no definition")
    if metric.model not in models.models:
        say(f"measures the unknown model {metric.model!r}", "model")
        return
    for name in metric.dimensions:
        if name not in dimensions:
            say(f"allows the unknown dimension {name!r}", "dimensions")
    if metric.kind is MetricKind.DERIVED:
        _lint_derived(metric, metrics, say)
    elif metric.kind is MetricKind.CUMULATIVE and metric.cumulative is not None:
        _lint_cumulative(metric, metrics.get(metric.cumulative.of), say)
    elif metric.kind in _MEASURED:
        _lint_measures(metric, models, say)
    model = models.models[metric.model]
    time = metric.time or model.time
    if time is None or time not in model.columns:
        say(f"has no time column on {metric.model}", "time")
    if metric.window and metric.maturity_days * 24 != metric.window.hours:
        say("maturity_days and the window's hours differ: a row is mature when its window has passed", "maturity_days")


def _lint_derived(metric: Metric, metrics: Mapping[str, Metric], say: Callable[..., None]) -> None:
    parts = [(name, metrics.get(name)) for name in (metric.numerator, metric.denominator)]
    for name, part in parts:
        if part is None:
            say(f"is derived from the unknown metric {name!r}")
        elif part.kind in (MetricKind.DERIVED, MetricKind.RATIO) or part.unit in ("share", "seconds", "score"):
            # An average of averages weighs a group of ten like a group of ten thousand.
            say(f"is derived from {name!r}, which is an average itself; derive it from sums and counts")


def _lint_cumulative(metric: Metric, part: Metric | None, say: Callable[..., None]) -> None:
    of = metric.cumulative.of if metric.cumulative is not None else ""
    if part is None:
        say(f"adds up the unknown metric {of!r}")
    elif part.kind in (MetricKind.CUMULATIVE, MetricKind.SNAPSHOT, MetricKind.LATEST, MetricKind.COHORT):
        say(f"adds up {of!r}, which is a {part.kind} and does not run on from day to day")
    elif (part.model, part.unit, part.scale) != (metric.model, metric.unit, metric.scale):
        say(f"has another model, unit or scale than {of!r}, which it adds up")


def _lint_measures(metric: Metric, models: ModelsFile, say: Callable[..., None]) -> None:
    used = {name: models.measures.get(name) for name in (metric.measure, metric.numerator, metric.denominator) if name}
    for name, measure in used.items():
        if measure is None:
            say(f"uses the unknown measure {name!r}")
        elif measure.model != metric.model:
            say(f"uses {name!r} of {measure.model}, whose time is another than that of {metric.model}")
        elif metric.kind is MetricKind.RATIO and measure.aggregate is Aggregate.PERCENTILE:
            say(f"divides the percentile {name!r}: percentiles come from rows and cannot be divided")


def _lint_measure(key: str, measure: Measure, models: ModelsFile, faults: _Faults) -> None:
    model = models.models.get(measure.model)
    if model is None:
        faults.add("models.yaml", ("measures", key), f"{key}: unknown model {measure.model!r}")
        return
    conditions = (*measure.where, *measure.plus, *measure.less)
    named = [measure.column, measure.minus, *(name for test in conditions for name in columns_of(test))]
    for name in named:
        if name and name not in model.columns:
            faults.add("models.yaml", ("measures", key), f"{key}: {measure.model} has no column {name!r}")


def columns_of(condition: Condition) -> tuple[str, ...]:
    """Return every column that a condition reads."""
    if nested := (*condition.any_of, *condition.all_of):
        return tuple(name for part in nested for name in columns_of(part))
    return tuple(name for name in (condition.column, condition.not_after) if name)


def _lint_dimension(key: str, dimension: Dimension, models: ModelsFile, faults: _Faults) -> None:
    seen: set[str] = set()
    for value in dimension.values:
        if fold(value.key) in seen:
            faults.add("dimensions.yaml", ("dimensions", key, "values"), f"{key}: {value.key!r} is listed twice")
        seen.add(fold(value.key))
    for model, paths in dimension.columns.items():
        for path in paths:
            if not path.startswith("=") and not _resolves(model, path, models):
                where = ("dimensions", key, "columns", model)
                faults.add("dimensions.yaml", where, f"{key}: {path!r} leads nowhere from {model}")


def _resolves(model: str, path: str, models: ModelsFile) -> bool:
    *joins, column = path.split(".")
    for name in joins:
        if model not in models.models or name not in models.models[model].joins:
            return False
        model = models.models[model].joins[name].model
    return model in models.models and column in models.models[model].columns
