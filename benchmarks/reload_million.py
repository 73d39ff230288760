"""A re-load of a million interactions, one in a hundred changed: seconds, and the peak memory of its process."""

from __future__ import annotations

import datetime as dt
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import duckdb

from benchmarks.figures import Figure
from frontline.store.intake import Options, ingest
from frontline.store.vault import Vault, load_or_create_key
from frontline.store.work import Store

ROWS = 1_000_000
NOW = dt.datetime(2026, 6, 17, tzinfo=dt.UTC)


def measure(rows: int = ROWS) -> list[Figure]:
    """Load the file, change a hundredth of it, load it again; each load is a process of its own."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_calls(folder / "calls.csv", rows, changed=False)
        before = copy_by_duckdb(folder)
        first = _load_apart(folder)
        bare = (before + copy_by_duckdb(folder)) / 2  # before and after: whoever else works slows both down
        write_calls(folder / "calls.csv", rows, changed=True)
        again = _load_apart(folder)
    note = f"{rows:,} rows, {again['changed']:,} changed, {again['rows_s']:,.0f} rows/s"
    share = bare / first["took_s"]
    beside = f"{bare:.1f} s against {first['took_s']:.1f} s, validated and keyed, {rows:,} rows"
    return [
        Figure("COPY by DuckDB / first load of interactions", share, target=0.25, is_floor=True, note=beside),
        Figure("first load of interactions", first["took_s"], "s", target=60.0, note=f"{rows:,} rows"),
        Figure("re-load of interactions", again["took_s"], "s", target=60.0, note=note),
        Figure("re-load, peak memory of the process", again["peak_mb"], "MB", target=1500.0),
    ]


def copy_by_duckdb(folder: Path) -> float:
    """Return the seconds in which DuckDB copies the file into a typed table: nothing checked, nothing hashed."""
    (folder / "bare.duckdb").unlink(missing_ok=True)
    connection = duckdb.connect(str(folder / "bare.duckdb"))
    path = folder / "calls.csv"
    connection.execute(f"CREATE TABLE calls AS SELECT * FROM read_csv('{path}') LIMIT 0")
    started = time.perf_counter()
    connection.execute(f"COPY calls FROM '{path}' (HEADER)")
    connection.execute("CHECKPOINT")
    took = time.perf_counter() - started
    connection.close()
    return took


def write_calls(path: Path, rows: int, *, changed: bool) -> None:
    """Write a call log with customers, queues and durations; ``changed`` alters the outcome of every hundredth row."""
    outcome = f"CASE WHEN {str(changed).lower()} AND n % 100 = 0 THEN 'transferred' ELSE 'answered' END"
    duckdb.sql(
        f"""COPY (SELECT 'i' || n AS interaction_id, TIMESTAMP '2025-06-01' + INTERVAL (n * 30) SECOND AS ts,
        'c' || (hash(n) % 200000) AS customer_id, ['phone', 'chat', 'email'][1 + n % 3] AS channel,
        'a' || (n % 300) AS agent_id, ['care', 'tech', 'business'][1 + n % 3] AS queue,
        ['billing', 'outage', 'refunds', 'roaming'][1 + n % 4] AS topic, n % 240 AS wait_s, 60 + n % 900 AS handle_s,
        {outcome} AS outcome FROM range({rows}) t(n)) TO '{path}' (HEADER)"""
    )


def _load_apart(folder: Path) -> dict[str, float]:
    root = Path(__file__).parents[1]
    said = subprocess.run(  # our own module over our own folder
        [sys.executable, "-m", "benchmarks.reload_million", str(folder)],
        check=True, capture_output=True, text=True, cwd=root, env={**os.environ, "PYTHONPATH": str(root)},
    )  # fmt: skip
    found: dict[str, float] = json.loads(said.stdout)
    return found


def load_once(folder: Path) -> dict[str, float]:
    """Load the file into the home beside it, in this process."""
    store = Store.open(folder / "state.sqlite3")
    store.create_schema()
    vault = Vault(store, load_or_create_key(folder / "keys" / "vault.key"))
    started = time.perf_counter()
    report = ingest(
        [folder / "calls.csv"],
        home=folder,
        store=store,
        vault=vault,
        now=NOW,
        options=Options(table="interactions", zone="UTC"),
    )
    took = time.perf_counter() - started
    store.close()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    rows_s = report.total("read") / took
    return {"took_s": took, "peak_mb": peak, "changed": report.total("changed"), "rows_s": rows_s}


if __name__ == "__main__":
    sys.stdout.write(json.dumps(load_once(Path(sys.argv[1]))))
