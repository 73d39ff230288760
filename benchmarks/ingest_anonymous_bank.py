"""Loads the nine monthly files twice and prints rows per second, memory, and the same reading by bare DuckDB.

Run: python benchmarks/ingest_anonymous_bank.py [FOLDER]
"""

from __future__ import annotations

import datetime as dt
import resource
import sys
import tempfile
import time
from pathlib import Path

import duckdb

from frontline.store.intake import Options, ingest
from frontline.store.vault import Vault, load_or_create_key
from frontline.store.work import Store


def main() -> None:
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parents[2] / "shared" / "data" / "anonbank"
    if not folder.is_dir():
        sys.exit(f"{folder} is not there; name the folder of the nine monthly files.")
    started = time.perf_counter()
    [rows] = duckdb.sql(
        f"SELECT count(*) FROM read_csv('{folder}/*.txt.gz', delim='\t', quote='', all_varchar=true, null_padding=true)"
    ).fetchall()[0]
    bare = time.perf_counter() - started
    with tempfile.TemporaryDirectory() as name:
        home = Path(name)
        store = Store.open(home / "state.sqlite3")
        store.create_schema()
        vault = Vault(store, load_or_create_key(home / "keys" / "vault.key"))
        for turn in ("first", "again"):
            cpu = time.process_time()
            report = ingest(
                [folder],
                home=home,
                store=store,
                vault=vault,
                now=dt.datetime(2026, 6, 17, tzinfo=dt.UTC),
                options=Options(preset="anonymous-bank"),
            )
            used = time.process_time() - cpu
            print(
                f"{turn}: {report.total('read'):,} rows in {report.took_s:.1f} s ({used:.1f} s of processor time), "
                f"{report.total('read') / report.took_s:,.0f} rows/s, codes {report.codes}, "
                f"{'unchanged' if report.is_unchanged else 'loaded'}"
            )
        store.close()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"reading alone by bare DuckDB: {rows:,} rows in {bare:.1f} s; peak memory of this process {peak:,.0f} MB")


if __name__ == "__main__":
    main()
