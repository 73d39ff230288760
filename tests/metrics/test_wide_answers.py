"""An answer nobody could read is declined before it is laid out."""

from __future__ import annotations

import pytest

from frontline.catalog.loader import load_catalog
from frontline.core.errors import UsageError
from frontline.metrics.reading import Cell
from frontline.metrics.tables import MOST_ROWS, fill


def test_a_series_of_too_many_rows_is_declined_with_a_way_out() -> None:
    metric = load_catalog().metrics["csat"]
    units = tuple(f"day {number}" for number in range(365))
    groups = MOST_ROWS // len(units)
    cells = {(f"group {number}", units[0]): Cell(0.5, 20) for number in range(groups + 1)}
    with pytest.raises(UsageError, match=r"50,005 rows") as caught:
        fill(metric, cells, units, set(units))
    assert "one breakdown less" in caught.value.next_step
    cells.popitem()
    assert len(fill(metric, cells, units, set(units))) == groups * len(units)
