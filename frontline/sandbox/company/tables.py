"""Columns of the tables that the company hands over, and how codes, ids and instants become them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from frontline.sandbox.company.model import Bools, Calendar, Floats, Ints

Column = Any  # a numpy array, or a list of str | None
Columns = dict[str, Column]


@dataclass(frozen=True)
class Instants:
    """Epoch microseconds in UTC with the places that are null."""

    micros: Ints
    null: Bools


@dataclass(frozen=True)
class Money:
    """Integer cents."""

    cents: Ints


def words(values: Sequence[str], codes: Ints, null: Bools | None = None) -> Column:
    """Return the value of each code; null where ``null`` (or where the code is negative)."""
    table = np.array([*values, None], dtype=object)
    picked = np.where(codes < 0, len(values), codes)
    if null is not None:
        picked = np.where(null, len(values), picked)
    return table[picked]


def ids(prefix: str, numbers: Ints, width: int, null: Bools | None = None) -> Column:
    """Return ids such as ``C000123``; null where ``null``."""
    made = [f"{prefix}{n:0{width}d}" for n in numbers.tolist()]
    column = np.array(made, dtype=object)
    if null is not None:
        column[null] = None
    return column


def instants(calendar: Calendar, local_s: Floats, null: Bools | None = None) -> Instants:
    """Return UTC instants of local seconds; NaN is null."""
    missing = np.isnan(local_s) if null is None else np.isnan(local_s) | null
    return Instants(calendar.utc_micros(np.where(missing, 0.0, local_s)), missing)


def masked(values: Floats, null: Bools) -> Floats:
    """Return ``values`` with NaN (null in the file) where ``null``."""
    return np.where(null, np.nan, values)


def take(columns: Columns, mask: Bools) -> Columns:
    """Return the rows of ``mask``."""
    cut: Columns = {}
    for name, column in columns.items():
        if isinstance(column, Instants):
            cut[name] = Instants(column.micros[mask], column.null[mask])
        elif isinstance(column, Money):
            cut[name] = Money(column.cents[mask])
        else:
            cut[name] = column[mask]
    return cut


def to_arrow(columns: Columns) -> Any:
    """Return a pyarrow table; NaN becomes null, instants carry the UTC zone, money is DECIMAL(18, 2)."""
    import pyarrow as pa

    arrays = {}
    for name, column in columns.items():
        if isinstance(column, Instants):
            arrays[name] = pa.array(column.micros, pa.timestamp("us", tz="UTC"), mask=column.null)
        elif isinstance(column, Money):
            arrays[name] = pa.array(_decimals(column.cents), pa.decimal128(18, 2))
        elif column.dtype == object:
            arrays[name] = pa.array(column, _object_type(column), from_pandas=True)
        elif column.dtype == np.float64:
            arrays[name] = pa.array(column, pa.float64(), mask=np.isnan(column))
        else:
            arrays[name] = pa.array(column)
    return pa.table(arrays)


def _decimals(cents: Ints) -> list[Any]:
    from decimal import Decimal

    return [Decimal(int(c)).scaleb(-2) for c in cents]


def _object_type(column: Column) -> Any:
    """Objects are words unless the first value says boolean or date."""
    import datetime as dt

    import pyarrow as pa

    first = next((value for value in column if value is not None), "")
    if isinstance(first, bool | np.bool_):
        return pa.bool_()
    return pa.date32() if isinstance(first, dt.date) else pa.string()
