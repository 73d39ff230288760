"""Intake of the nine monthly files of the Anonymous Bank, validated and keyed, beside bare reading by DuckDB."""

from __future__ import annotations

import datetime as dt
import resource
import sys
import tempfile
import time
from pathlib import Path

import duckdb

from benchmarks.figures import Figure
from frontline.store.intake import Options, ingest
from frontline.store.vault import Vault, load_or_create_key
from frontline.store.work import Store

FOLDER = Path(__file__).parents[2] / "shared" / "data" / "anonbank"


def measure(folder: Path = FOLDER) -> list[Figure]:
    """Load the files twice into a fresh home; nothing is measured where they are absent."""
    if not folder.is_dir():
        sys.stderr.write(f"skipped: {folder.name} is not beside the repository\n")
        return []
    started = time.perf_counter()
    files = f"{folder}/*.txt.gz"
    duckdb.sql(
        f"SELECT count(*) FROM read_csv('{files}', delim='\t', quote='', all_varchar=true, null_padding=true)"
    ).fetchall()
    bare = time.perf_counter() - started
    figures = []
    with tempfile.TemporaryDirectory() as name:
        home = Path(name)
        store = Store.open(home / "state.sqlite3")
        store.create_schema()
        vault = Vault(store, load_or_create_key(home / "keys" / "vault.key"))
        for turn, target in (("first load", 60.0), ("loaded again", 60.0)):
            report = ingest(
                [folder],
                home=home,
                store=store,
                vault=vault,
                now=dt.datetime(2026, 6, 17, tzinfo=dt.UTC),
                options=Options(preset="anonymous-bank"),
            )
            rows = report.total("read")
            note = (
                f"{rows:,} calls, {rows / report.took_s:,.0f} rows/s, codes {report.codes}; bare reading {bare:.1f} s"
            )
            figures.append(
                Figure(f"intake of the Anonymous Bank, {turn}", report.took_s, "s", target=target, note=note)
            )
        store.close()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    figures.append(Figure("intake, peak memory of the process", peak, "MB", target=1500.0))
    return figures
