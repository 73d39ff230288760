"""A home whose facts an earlier version made answers under this one, and loses no row."""

import duckdb

from frontline.catalog.loader import load_catalog
from frontline.store.intake.upgrade import keep_up, upgrade_facts
from tests.intake.conftest import Home

RECORDS = load_catalog().records
CALLS = (
    "interaction_id,ts,channel,outcome\n1,2026-06-01T10:00:00Z,phone,answered\n2,2026-06-02T10:00:00Z,chat,abandoned\n"
)


def make_older(home: Home) -> None:
    current = home.generations.current()
    assert current is not None
    with duckdb.connect(str(current.path)) as con:
        con.execute("ALTER TABLE interactions DROP COLUMN resolved")
        con.execute("DROP TABLE incidents")


def columns(home: Home) -> set[tuple[str, str]]:
    current = home.generations.current()
    assert current is not None
    with duckdb.connect(str(current.path), read_only=True) as con:
        return set(con.execute("SELECT table_name, column_name FROM duckdb_columns()").fetchall())


def test_facts_of_an_earlier_version_get_the_columns_of_this_one_and_keep_their_rows(home: Home) -> None:
    home.load(home.write("interactions.csv", CALLS))
    make_older(home)
    before = home.generations.current()
    made = upgrade_facts(home.generations, RECORDS)
    assert made is not None
    assert made != (before.id if before else "")
    assert ("interactions", "resolved") in columns(home)
    assert ("incidents", "incident_id") in columns(home)
    assert home.facts.tables()["interactions"] == 2
    assert upgrade_facts(home.generations, RECORDS) is None


def test_a_load_that_runs_meanwhile_is_not_disturbed(home: Home) -> None:
    home.load(home.write("interactions.csv", CALLS))
    make_older(home)
    before = home.generations.current()
    with home.generations.writer():
        keep_up(home.generations, RECORDS)
    assert home.generations.current() == before


def test_an_empty_home_has_nothing_to_bring_up_to_date(home: Home) -> None:
    assert upgrade_facts(home.generations, RECORDS) is None
