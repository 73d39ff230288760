"""A home as a whole: upgraded after a copy, backed up and read back, restored without what was erased since."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import pytest
from alembic import command

from frontline.app.main import run
from frontline.app.settings import Settings
from frontline.app.wiring import House
from frontline.governance import names, people
from frontline.store import migrations
from frontline.store.work import Store

NOW = ["--now", "2026-06-17T10:40"]


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("FRONTLINE_CATALOG", "FRONTLINE_STATE_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("FRONTLINE_ADMINS", "ada")
    monkeypatch.setenv("FRONTLINE_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


def settle(home: Path) -> None:
    """A home with two people whose names are in the vault, a catalog file and a document."""
    house = House(Settings(home=home, admins=("ada",)))
    house.ensure_admins()
    with house.store.unit() as unit:
        people.add_person(unit, "anna")
        people.add_person(unit, "sam")
        names.keep_names(unit, house.vault, {"anna": "Anna de Vries", "sam": "Sam Okafor"})
        unit.commit()
    assert house.org_key
    (home / "catalog").mkdir()
    (home / "catalog" / "calendar.yaml").write_text("zone: Europe/Lisbon\n")
    house.store.close()


def kept_names(home: Path) -> tuple[str, ...]:
    house = House(Settings(home=home))
    found = names.read_names(house.store, house.vault)
    house.store.close()
    return found


def test_a_backup_is_restored_as_it_was(home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    settle(home)
    assert run(["backup", str(tmp_path / "kept"), *NOW]) == 0
    assert "read back" in capsys.readouterr().out
    assert run(["people", "deactivate", "sam"]) == 0
    assert run(["restore", str(tmp_path / "kept"), *NOW]) == 2
    assert "say --force" in capsys.readouterr().err
    assert run(["restore", str(tmp_path / "kept"), "--force", *NOW]) == 0
    capsys.readouterr()
    run(["people", "list"])
    assert "@sam" in capsys.readouterr().out
    assert kept_names(home) == ("Anna de Vries", "Sam Okafor")
    assert House(Settings(home=home)).catalog.calendar.zone == "Europe/Lisbon"
    assert run(["audit", "verify"]) == 0
    assert [path.name for path in tmp_path.glob("home.before-restore-*")] == ["home.before-restore-20260617T094000"]


def test_a_backup_goes_to_a_new_machine(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    settle(home)
    run(["backup", str(tmp_path / "kept"), *NOW])
    monkeypatch.setenv("FRONTLINE_HOME", str(tmp_path / "elsewhere"))
    assert run(["restore", str(tmp_path / "kept"), "--json", *NOW]) == 0
    assert json.loads(capsys.readouterr().out.splitlines()[-1])["aside"] is None
    assert kept_names(tmp_path / "elsewhere") == ("Anna de Vries", "Sam Okafor")


def test_what_was_erased_since_the_backup_is_erased_again(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settle(home)
    run(["backup", str(tmp_path / "kept"), *NOW])
    capsys.readouterr()
    assert run(["erase", "@anna", "--json", *NOW]) == 0
    receipt = json.loads(capsys.readouterr().out)
    assert (receipt["items"], receipt["documents"]) == (1, 0)
    assert kept_names(home) == ("Sam Okafor",)
    assert run(["restore", str(tmp_path / "kept"), "--force", "--json", *NOW]) == 0
    restored = json.loads(capsys.readouterr().out)
    assert (restored["erased_again"], restored["items"]) == (1, 1)
    assert kept_names(home) == ("Sam Okafor",)


def test_a_lost_home_s_ledger_does_the_same(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settle(home)
    run(["backup", str(tmp_path / "kept"), *NOW])
    run(["erase", "@anna", "--json", *NOW])
    monkeypatch.setenv("FRONTLINE_HOME", str(tmp_path / "elsewhere"))
    assert run(["restore", str(tmp_path / "kept"), "--ledger", str(home / "erasures.jsonl"), *NOW]) == 0
    assert kept_names(tmp_path / "elsewhere") == ("Sam Okafor",)


def test_an_erased_document_is_found_no_more(home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = tmp_path / "rows.jsonl"
    lines = [
        {"id": "d1", "kind": "complaint", "text": "I was charged twice for the same router."},
        {"id": "d2", "kind": "complaint", "text": "The engineer came a week too late."},
    ]
    rows.write_text("".join(json.dumps(line) + "\n" for line in lines))
    run(["corpus", "add", str(rows)])
    capsys.readouterr()
    assert run(["erase", "document:d1", "--json", *NOW]) == 0
    receipt = json.loads(capsys.readouterr().out)
    assert (receipt["documents"], receipt["index_rebuilt"], receipt["documents_left"]) == (1, True, 1)
    run(["corpus", "search", "charged twice for a router", "--json"])
    assert [row["id"] for row in json.loads(capsys.readouterr().out)["results"]] == ["d2"]


@pytest.mark.parametrize(
    ("argv", "code", "said"),
    [
        (["backup", "{home}/inside"], 2, "inside FRONTLINE_HOME"),
        (["backup", "{tmp}"], 2, "holds something already"),
        (["restore", "{tmp}"], 2, "is no backup"),
        (["restore", "{tmp}/nowhere"], 2, "is no backup"),
        (["restore", "{tmp}/kept", "--as", "role:steward"], 3, "admins"),
        (["backup", "{tmp}/kept2", "--as", "role:agent"], 3, "admins and stewards"),
        (["erase", "somebody", "--yes"], 2, "names no subject"),
        (["erase", "@nobody", "--yes"], 1, "Nobody here is called nobody"),
        (["erase", "@anna", "--as", "role:agent", "--yes"], 3, "admins and stewards"),
    ],
)
def test_a_mistake_is_one_sentence(
    argv: list[str], code: int, said: str, home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settle(home)
    assert run([word.format(home=home, tmp=tmp_path) for word in argv]) == code
    err = capsys.readouterr().err
    assert said in err
    assert "Traceback" not in err
    assert kept_names(home) == ("Anna de Vries", "Sam Okafor")


def test_a_damaged_state_is_called_that_and_leaves_no_copy(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settle(home)
    state = home / "state.sqlite3"
    content = state.read_bytes()
    half = len(content) // 2
    state.write_bytes(content[:half] + b"Z" * 40_960 + content[half + 40_960 :])
    assert run(["backup", str(tmp_path / "kept"), *NOW]) != 0
    said = capsys.readouterr().err
    assert "The state database is damaged" in said
    assert "restore a backup" in said
    assert not (tmp_path / "kept").exists()


@pytest.mark.parametrize("victim", ["state.sqlite3", "keys/vault.key", "catalog/calendar.yaml"])
def test_a_damaged_backup_is_refused_and_the_home_stays(
    victim: str, home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settle(home)
    run(["backup", str(tmp_path / "kept"), *NOW])
    with (tmp_path / "kept" / victim).open("r+b") as handle:
        handle.seek(-1, 2)
        last = handle.read(1)
        handle.seek(-1, 2)
        handle.write(bytes([last[0] ^ 1]))
    assert run(["restore", str(tmp_path / "kept"), "--force", *NOW]) == 1
    assert victim in capsys.readouterr().err
    assert kept_names(home) == ("Anna de Vries", "Sam Okafor")


def test_an_upgrade_copies_an_older_database_before_and_the_second_time_says_so(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    home.mkdir()
    with Store.open(home / "state.sqlite3").migrating() as connection:
        command.upgrade(migrations.configure(connection), "0001")
    with sqlite3.connect(home / "state.sqlite3") as older:
        older.execute(
            "INSERT INTO person (key, handle, kind, added_at) VALUES ('per_1', 'anna', 'human', '2026-01-01')"
        )
    assert run(["upgrade", "--json", *NOW]) == 0
    said = json.loads(capsys.readouterr().out)
    assert (said["from"], said["to"]) == ("0001", migrations.HEAD)
    with sqlite3.connect(said["backup"]) as copy:
        assert copy.execute("SELECT version_num FROM alembic_version").fetchone() == ("0001",)
        assert copy.execute("SELECT handle FROM person").fetchall() == [("anna",)]
    assert run(["upgrade"]) == 4
    assert "Already up to date" in capsys.readouterr().out


def test_a_newer_database_is_left_alone(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    settle(home)
    with sqlite3.connect(home / "state.sqlite3") as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999_later'")
    for argv in (["upgrade"], ["people", "list"]):
        assert run(argv) == 1
        assert "newer Frontline" in capsys.readouterr().err


def test_an_upgrade_names_faults_of_the_overlay(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    settle(home)
    (home / "catalog" / "calendar.yaml").write_text("zone: Europe/Lisbon\nholiday_land: PT\n")
    assert run(["upgrade"]) == 2
    assert "calendar.yaml:2: holiday_land" in capsys.readouterr().err
