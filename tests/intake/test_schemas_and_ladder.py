"""The schemas are complete, faults name their line, hashes agree with core, and the ladder says what pays next."""

from pathlib import Path

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from frontline.catalog.records import load_records, normal
from frontline.core.errors import CatalogError
from frontline.core.ids import keyed_hash
from frontline.store.intake import sql
from frontline.store.intake.ladder import present_columns, unlock
from tests.intake.conftest import Home


@settings(max_examples=60, deadline=None)
@given(key=st.binary(min_size=32, max_size=32), value=st.text(min_size=1, max_size=40).filter(lambda s: "\0" not in s))
def test_the_hash_made_in_sql_is_the_one_that_core_makes(key: bytes, value: str) -> None:
    con = duckdb.connect()
    sql.install_key(con, key)
    [hashed] = con.execute(f"SELECT {sql.keyed_hash('customer', 'v')} FROM (SELECT ? AS v)", [value]).fetchone()
    assert hashed == keyed_hash(key, "customer", value, length=32)


def test_every_table_names_a_key_it_has_and_refers_to_columns_that_exist() -> None:
    tables = load_records().tables
    for spec in tables.values():
        assert set(spec.required) & set(spec.key)
        for column in spec.columns.values():
            if column.refers_to:
                table, _, target = column.refers_to.partition(".")
                assert target in tables[table].columns


def test_no_header_means_two_columns_of_one_table() -> None:
    for key, spec in load_records().tables.items():
        words = [normal(word) for name, column in spec.columns.items() for word in {name, *column.aliases}]
        assert len(words) == len(set(words)), key


def test_cases_need_only_a_key_and_a_time() -> None:
    assert load_records().tables["cases"].required == ("case_id", "opened_at")


def test_a_fault_in_a_preset_names_file_and_line(tmp_path: Path) -> None:
    (tmp_path / "presets").mkdir()
    (tmp_path / "presets" / "mine.yaml").write_text(
        "title: Mine\ntable: cases\nfields:\n  opened_at: {column: a}\n  moon: {column: b}\n"
    )
    with pytest.raises(CatalogError, match=r"mine\.yaml:5: moon is no column of cases"):
        load_records(tmp_path)


def test_the_ladder_says_which_column_would_unlock_what(home: Home) -> None:
    records = load_records()
    first = unlock(present_columns(home.facts, records), records)
    assert not any(rung.is_unlocked for rung in first)
    assert first[0].needs == "cases"
    home.load(home.write("cases.csv", "case_id,opened_at,closed_at\n1,2026-05-01T10:00:00Z,2026-05-02T10:00:00Z\n"))
    rungs = {rung.needs: rung for rung in unlock(present_columns(home.facts, records), records)}
    assert rungs["cases"].is_unlocked
    assert rungs["cases.closed_at"].is_unlocked
    assert not rungs["cases.customer_id"].is_unlocked
    assert "recontact" in rungs["cases.customer_id"].unlocks
