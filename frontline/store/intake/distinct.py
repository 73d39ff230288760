"""Every different cell of a column once, with how often it stands: exports repeat themselves.

What depends on one cell alone (its meaning, its hash, whether it is personal or junk) is worked out on these tables;
a million rows hold a few hundred queues and durations, and a customer number is hashed once however often they call.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from frontline.store.intake.columns import Plan
from frontline.store.intake.reading import Layout

FEWEST_ROWS = 20_000  # below, looking for repetition costs more than it saves
_MOST_DIFFERENT = 0.5  # of the rows; a column with more of its own is read row by row


def find_repeated(con: Any, plan: Plan, layout: Layout) -> Layout:
    """Make the table ``once_<column>(<column>, n)`` of every fed raw column that repeats itself; say which in a layout.

    Empty cells (NULL) are counted like any other. ``n`` is the number of rows.
    """
    rows = con.execute("SELECT count(*) FROM raw").fetchone()[0]
    fed = {layout.column(feed.column or feed.positive) for feed in plan.feeds.values() if feed.column or feed.positive}
    if rows < FEWEST_ROWS or not fed:
        return layout
    columns = sorted(fed)
    counts = con.execute(f"SELECT {', '.join(f'approx_count_distinct({c})' for c in columns)} FROM raw").fetchone()
    repeated = [
        column for column, count in zip(columns, counts, strict=True) if count <= max(1, _MOST_DIFFERENT * rows)
    ]
    for column in repeated:
        con.execute(
            f"CREATE OR REPLACE TABLE once_{column} AS SELECT {column}, count(*) AS n FROM raw GROUP BY {column}"
        )
    return replace(layout, repeated=frozenset(repeated))
