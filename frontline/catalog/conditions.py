"""Conditions as people type them (``channel in phone,chat``, ``wait_s <= 30``) and as they are read out."""

from __future__ import annotations

import re
from collections.abc import Sequence

from frontline.catalog.schema_models import Aggregate, Condition, Measure
from frontline.core.errors import UsageError

_AMONG = re.compile(r"(\w+)\s+(not\s+in|in|is\s+not|is)\s+(.+)", re.IGNORECASE)
_LIMIT = re.compile(r"(\w+)\s*(<=|>=|>|==?)\s*(-?\d+(?:\.\d+)?)")
_THRESHOLD = re.compile(r"(?:(\w+)\s*(?:=|<=|>=|>|:)\s*)?(-?\d+(?:\.\d+)?)\s*(?:s|seconds?)?", re.IGNORECASE)
_LIMITS = ("at_least", "at_most", "above")
_STATES = {
    "known": ("is_null", False),
    "missing": ("is_null", True),
    "true": ("is_true", True),
    "false": ("is_false", True),
}
_EXAMPLE = 'For example --where "channel not in email,social" or --where "wait_s <= 600".'


def read_condition(text: str, *, columns: Sequence[str]) -> Condition:
    """Return the condition that ``text`` says.

    Raises:
        UsageError: it is none, or the table has no such column.
    """
    if found := _LIMIT.fullmatch(text.strip()):
        column, sign, limit = found[1].lower(), found[2], float(found[3])
        test = {"<=": "at_most", ">=": "at_least", ">": "above"}.get(sign, "equals")
        return Condition.model_validate({"column": _column(column, columns), test: limit})
    found = _AMONG.fullmatch(text.strip())
    if found is None:
        raise UsageError(f"I cannot read the filter {text!r}.", next_step=_EXAMPLE)
    column, verb = _column(found[1].lower(), columns), found[2].lower()
    words = tuple(word.strip().strip('"') for word in found[3].split(",") if word.strip())
    if len(words) == 1 and words[0].lower() in _STATES and "in" not in verb.split():
        name, value = _STATES[words[0].lower()]
        return Condition.model_validate({"column": column, name: value if "not" not in verb else not value})
    return Condition.model_validate({"column": column, "not_in" if "not" in verb else "among": words})


def read_threshold(text: str, *, columns: Sequence[str]) -> tuple[str, float]:
    """Return (column, limit) of ``wait_s=30``; column "" where only the limit is said.

    Raises:
        UsageError: it is no limit.
    """
    found = _THRESHOLD.fullmatch(text.strip())
    if found is None:
        raise UsageError(f"I cannot read the limit {text!r}.", next_step="For example --threshold 30 or wait_s=30.")
    column = (found[1] or "").lower()
    return (_column(column, columns) if column else ""), float(found[2])


def with_threshold(measure: Measure, column: str, limit: float) -> Measure:
    """Return the measure with every limit on ``column`` ("" = on any) set to ``limit``.

    What counts some rows up and others down has two limits on one column, and is left as it is.
    """
    if measure.aggregate is Aggregate.NET:
        return measure
    changed = {
        part: tuple(_limited(item, column, limit) for item in getattr(measure, part))
        for part in ("where", "plus", "less")
    }
    return measure.model_copy(update=changed)


def show_condition(condition: Condition) -> str:
    """Return a condition in words."""
    if condition.any_of:
        return f"({' or '.join(show_condition(item) for item in condition.any_of)})"
    if condition.all_of:
        return " and ".join(show_condition(item) for item in condition.all_of)
    column = condition.column
    if condition.among is not None:
        return f"{column} is {' or '.join(condition.among)}"
    if condition.not_in is not None:
        return f"{column} is not {' or '.join(condition.not_in)}"
    for name, sign in (("equals", "="), ("at_least", ">="), ("at_most", "<="), ("above", ">")):
        if (limit := getattr(condition, name)) is not None:
            return f"{column} {sign} {limit:g}"
    if condition.not_after is not None:
        return f"{column} not after {condition.not_after}"
    if condition.is_null is not None:
        return f"{column} is {'missing' if condition.is_null else 'known'}"
    if condition.is_true is not None:
        return f"{column} is {'' if condition.is_true else 'not '}true"
    return f"{column} is {'' if condition.is_false else 'not '}false"


def _limited(condition: Condition, column: str, limit: float) -> Condition:
    if condition.any_of or condition.all_of:
        return condition.model_copy(
            update={
                "any_of": tuple(_limited(item, column, limit) for item in condition.any_of),
                "all_of": tuple(_limited(item, column, limit) for item in condition.all_of),
            }
        )
    if column and condition.column != column:
        return condition
    named = [name for name in _LIMITS if getattr(condition, name) is not None]
    return condition.model_copy(update=dict.fromkeys(named, limit)) if named else condition


def _column(name: str, columns: Sequence[str]) -> str:
    if name not in columns:
        raise UsageError(f"There is no column {name}.", next_step=f"There are {', '.join(columns)}.")
    return name
