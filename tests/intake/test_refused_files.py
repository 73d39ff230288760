# ruff: noqa: E501  (one refused file a line)
"""A file that cannot be trusted is refused in one sentence with the next step, and the stores stay as they were."""

import gzip
import subprocess
import sys
import textwrap
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from frontline.core.errors import Conflict, EngineError, UsageError
from tests.intake.conftest import Home

GOOD = "case_id,opened_at\n" + "".join(f"{n},2026-05-01T10:00:00Z\n" for n in range(10))

REFUSED: dict[str, tuple[str, str | bytes, dict[str, Any], str]] = {
    "empty": ("cases.csv", b"", {}, "is empty"),
    "blank": ("cases.csv", b"\n \n\n", {}, "is empty"),
    "zip": ("cases.csv", b"PK\x03\x04rest", {}, "a ZIP archive or an Excel workbook"),
    "png": ("cases.csv", b"\x89PNG\r\n\x1a\n", {}, "a PNG picture"),
    "zip inside gzip": ("cases.csv.gz", gzip.compress(b"PK\x03\x04rest"), {}, "a ZIP archive"),
    "broken gzip": ("cases.csv.gz", gzip.compress(GOOD.encode())[:40], {}, "damaged gzip"),
    "broken parquet": ("cases.parquet", b"PAR1 not really", {}, "damaged Parquet"),
    "binary": ("cases.csv", b"case_id,opened_at\n1,\x00\x01\n", {}, "holds binary data"),
    "utf-16": ("cases.csv", GOOD.encode("utf-16"), {}, "UTF-16"),
    "third encoding": ("cases.csv", b"case_id,opened_at\n\xff\x81,2026\n", {}, "none of the encodings utf-8, utf-8-sig"),
    "no delimiter": ("cases.csv", "case_id:opened_at\n1:2026-05-01\n", {}, "cannot be cut into columns"),
    "key column missing": ("cases.csv", "case_id,topic\n1,billing\n", {}, "lacks the key column opened_at of cases (V01)"),
    "no header": ("cases.csv", "17,2026-05-01,x\n18,2026-05-01,x\n", {"table": "cases"}, "lacks the key column"),
    "unknown table": ("cases.csv", GOOD, {"table": "casses"}, "There is no table 'casses'"),
    "table not clear": ("export.csv", "a,b\n1,2\n", {}, "not clear which table"),
    "ambiguous dates": ("cases.csv", "case_id,opened_at\n1,03/04/2026\n2,05/06/2026\n", {"zone": "UTC"}, "day/month or as month/day (V03)"),
    "zone undeclared": ("cases.csv", "case_id,opened_at\n1,2026-05-01 10:00\n", {}, "in which time zone are its times"),
    "unknown zone": ("cases.csv", GOOD, {"zone": "Europe/Atlantis"}, "no time zone 'Europe/Atlantis'"),
    "unknown preset": ("cases.csv", GOOD, {"preset": "anonymus-bank"}, "Did you mean anonymous-bank?"),
    "preset of texts": ("cases.csv", GOOD, {"preset": "cfpb"}, "loads texts, not facts"),
    "not the preset": ("cases.csv", GOOD.replace(",", "\t"), {"preset": "anonymous-bank"}, "is not an export of Anonymous Bank"),
    "unknown field": ("cases.csv", GOOD, {"mapping": {"openedd": "x"}}, "cases has no field 'openedd'. Did you mean 'opened_at'?"),
    "unknown column": ("cases.csv", GOOD, {"mapping": {"topic": "oppened_at"}}, "has no column 'oppened_at'. Did you mean 'opened_at'?"),
    "mostly bad": ("cases.csv", GOOD + "x,never\n" * 3, {}, "3 of 13 rows cannot be loaded, more than 20%"),
    "long line": ("cases.csv", GOOD + "9" * 5_000, {"max_line": 4_000}, "has a line longer than 4,000 bytes (line 12)"),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED.values(), ids=REFUSED.keys())
@pytest.mark.parametrize("is_first", [True, False], ids=["first load", "later load"])
def test_a_bad_file_is_refused_and_nothing_changes(home: Home, case: Any, is_first: bool) -> None:
    name, content, options, sentence = case
    if not is_first:
        home.load(home.write("earlier.csv", GOOD), table="cases")
    before = home.snapshot()
    with pytest.raises(UsageError) as caught:
        home.load(home.write(name, content), **options)
    assert sentence in caught.value.message
    assert caught.value.next_step
    assert caught.value.exit_code == 2
    assert home.snapshot() == before
    assert not (home.path / "facts" / ".work").exists()


def test_one_bad_file_among_good_ones_refuses_all(home: Home) -> None:
    with pytest.raises(UsageError, match="is empty"):
        home.load(home.write("cases.csv", GOOD), home.write("surveys.csv", b""))
    assert home.snapshot() == ("", 0, 0)


def test_rejected_rows_of_a_refused_load_are_not_kept(home: Home) -> None:
    with pytest.raises(UsageError, match="is empty"):
        home.load(home.write("cases.csv", GOOD + "x,never\n"), home.write("surveys.csv", b""))
    assert home.snapshot() == ("", 0, 0)


def test_a_file_that_does_not_exist_is_named(home: Home) -> None:
    with pytest.raises(UsageError, match=r"ghost\.csv does not exist"):
        home.load(home.feeds / "ghost.csv")


def test_ambiguous_dates_are_read_as_the_person_says(home: Home) -> None:
    path = home.write("cases.csv", "case_id,opened_at\n1,03/04/2026\n")
    home.load(path, zone="UTC", mapping={"opened_at": "opened_at@mdy"})
    assert str(home.rows("SELECT opened_at FROM cases")[0][0])[:10] == "2026-03-04"
    home.load(path, zone="UTC", mapping={"opened_at": "opened_at@dmy"})
    assert str(home.rows("SELECT opened_at FROM cases")[0][0])[:10] == "2026-04-03"


def test_a_comma_file_is_refused_by_a_tab_preset(home: Home, bank_header: str) -> None:
    with pytest.raises(UsageError, match="is separated by comma, the preset expects tab"):
        home.load(home.write("may.txt", bank_header.replace("\t", ",") + "\n"), preset="anonymous-bank")


@pytest.fixture
def bank_header() -> str:
    from frontline.catalog.records import load_records

    return "\t".join(load_records().presets["anonymous-bank"].header)


def test_two_loads_do_not_collide(home: Home) -> None:
    path = home.write("cases.csv", GOOD)
    with home.generations.writer(), pytest.raises(Conflict, match="Another load is writing the facts right now"):
        home.load(path)
    assert home.load(path).total("ok") == 10


def test_a_line_without_end_is_refused_in_bounded_memory(tmp_path: Path) -> None:
    # 300 MB of one line, packed to 300 kB: the address space allows far less than the line.
    path = tmp_path / "cases.csv.gz"
    with gzip.open(path, "wb", compresslevel=1) as file:
        file.write(b"case_id,opened_at\n")
        for _ in range(300):
            file.write(b"9" * (1 << 20))
    program = textwrap.dedent(
        f"""
        import resource
        from pathlib import Path
        from frontline.core.errors import UsageError
        from frontline.store.intake.sources import inspect_file
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        try:
            inspect_file(Path({str(path)!r}))
        except UsageError as error:
            print(error.message)
        print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)
        """
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    sentence, grown = done.stdout.splitlines()
    assert "has a line longer than 1,048,576 bytes (line 2)" in sentence
    assert int(grown) < 50


@pytest.mark.parametrize("stage", ["first load", "later load"])
def test_a_full_disk_changes_nothing(home: Home, stage: str, run_with_small_disk: Callable[[Path], str]) -> None:
    if stage == "later load":
        home.load(home.write("cases.csv", GOOD))
    before = home.snapshot()
    path = home.write(
        "interactions.csv",
        "interaction_id,ts,customer_id\n" + "".join(f"{n},2026-05-01T10:00:00Z,{n * 7919}\n" for n in range(120_000)),
    )
    home.facts.close()
    said = run_with_small_disk(path)
    assert said.startswith("The ")
    assert "nothing was changed" in said
    assert home.snapshot() == before
    assert home.load(path).total("ok") == 120_000


@pytest.fixture
def run_with_small_disk(home: Home) -> Callable[[Path], str]:
    """Loads in a process that may not write files above 3 MB: the same failure as a full disk, at the same calls."""

    def run(path: Path) -> str:
        program = textwrap.dedent(
            f"""
            import datetime as dt, resource
            from pathlib import Path
            from frontline.core.errors import EngineError
            from frontline.store.intake import ingest
            from frontline.store.vault import Vault, load_or_create_key
            from frontline.store.work import Store
            home = Path({str(home.path)!r})
            store = Store.open(home / "state.sqlite3")
            vault = Vault(store, load_or_create_key(home / "keys" / "vault.key"))
            resource.setrlimit(resource.RLIMIT_FSIZE, (3_000_000, 3_000_000))
            try:
                ingest([Path({str(path)!r})], home=home, store=store, vault=vault, now=dt.datetime(2026, 6, 17, tzinfo=dt.UTC))
            except EngineError as error:
                print(error)
            """
        )
        done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    return run


def test_a_folder_that_cannot_be_written_is_one_sentence(home: Home) -> None:
    (home.path / "facts").write_text("a file where the folder should be")
    with pytest.raises(EngineError, match="nothing was changed"):
        home.load(home.write("cases.csv", GOOD))
