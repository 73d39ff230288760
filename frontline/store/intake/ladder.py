"""The ladder: which column unlocks what. "Add column X to unlock Y"."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import text

from frontline.catalog.records import Records
from frontline.store.facts import Facts


@dataclass(frozen=True)
class Rung:
    """``needs`` (``cases.closed_at``) switches ``unlocks`` on."""

    needs: str
    unlocks: str
    is_unlocked: bool


# Whole tables, in the order in which they pay: one column more in a file you have comes before a new export.
_TABLES: tuple[tuple[str, str], ...] = (
    ("cases", "case volume, forecast of the week, tag gaps"),
    ("interactions", "contact volume by hour"),
    ("surveys", "CSAT, CES and NPS"),
    ("customers", "figures by segment, tier and region; churn rate"),
    ("agents", "figures by team and site"),
    ("teams", "team names"),
    ("costs", "cost per case, total cost"),
    ("handoffs", "handoff SLA, repeat information rate"),
    ("qa_audits", "QA score"),
    ("form_events", "form completion rate"),
    ("agent_states", "occupancy"),
    ("queue_now", "contacts waiting, longest wait, agents available"),
    ("tags_fact", "tag volume of tags that are not made in Slack"),
)


def unlock(present: Mapping[str, Sequence[str]], records: Records) -> list[Rung]:
    """Return the ladder for what is loaded.

    Args:
        present: the columns that hold at least one value, by table (``{"cases": ["case_id", "opened_at"]}``).
    """
    rungs = []
    for table, unlocks in _TABLES:
        columns = set(present.get(table, ()))
        rungs.append(Rung(table, unlocks, bool(columns)))
        for column, spec in records.tables[table].columns.items():
            if spec.unlocks and (columns or table == "cases"):
                named = "customer_id" if column == "customer_key" else column
                rungs.append(Rung(f"{table}.{named}", spec.unlocks, column in columns))
    return rungs


def present_columns(facts: Facts, records: Records) -> dict[str, list[str]]:
    """Return the columns that hold at least one value, by table; empty before the first load."""
    found: dict[str, list[str]] = {}
    for table in facts.tables():
        if table not in records.tables:
            continue
        with facts.connect() as connection:
            held = text("SELECT column_name FROM duckdb_columns() WHERE table_name = :name")
            known = set(connection.execute(held, {"name": table}).scalars())
            columns = [column for column in records.tables[table].stored if column in known]
            counts = ", ".join(f'count("{column}")' for column in columns)
            row = connection.execute(text(f'SELECT {counts} FROM "{table}"')).one()
        found[table] = [column for column, count in zip(columns, row, strict=True) if count]
    return found
