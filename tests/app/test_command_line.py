"""The terminal: globals anywhere, a question without quotes around a command, one sentence per mistake."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from frontline.app.main import FAMILIES, build, run
from frontline.app.terminal import as_typed, read_lines, take_globals
from frontline.core.errors import UsageError


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("FRONTLINE_ADMINS", "FRONTLINE_CATALOG"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("FRONTLINE_HOME", str(tmp_path / "home"))


def test_globals_stand_anywhere() -> None:
    options, rest = take_globals(
        ["ask", "--as", "role:supervisor", "fcr last month", "--now=2026-06-17T10:40", "--json"]
    )
    assert (options.person, options.now, options.json) == ("role:supervisor", "2026-06-17T10:40", True)
    assert rest == ["ask", "fcr last month"]


def test_after_two_dashes_everything_is_a_word() -> None:
    assert take_globals(["ask", "--", "--json"])[1] == ["ask", "--", "--json"]


@pytest.mark.parametrize(
    ("argv", "code", "said"),
    [
        (["aks"], 2, "Did you mean `frontline ask`?"),
        (["ask"], 2, "What is the question?"),
        (["ask", "fcr", "--as"], 2, "--as needs a value."),
        (["ask", "fcr last month", "--as", "role:king"], 2, "There is no role king."),
        (["ask", "fcr last month", "--now", "yesterday"], 2, "is not an ISO time"),
        (["ask", "--batch", "nowhere.jsonl"], 2, "cannot be read"),
        (["ingest", "nowhere.csv"], 2, "nowhere.csv"),
        (["ingest", "--preset", "nothing", "x.csv"], 2, "nothing"),
        (["jobs", "run", "nothing"], 1, "There is no routine nothing."),
        (["corpus", "search", " "], 2, "What should I look for?"),
        (["corpus", "search", "x y", "--where", "region"], 2, "is not field=value"),
        (["data", "rollback"], 1, "generation"),
        (["serve"], 2, "FRONTLINE_SLACK_BOT_TOKEN is not set."),
    ],
)
def test_a_mistake_is_one_sentence_and_an_exit_code(
    argv: list[str], code: int, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(argv) == code
    captured = capsys.readouterr()
    assert said in captured.err
    assert "Traceback" not in captured.err
    assert len(captured.err.strip().splitlines()) <= 2


def test_no_data_yet_is_said_and_what_to_do(capsys: pytest.CaptureFixture[str]) -> None:
    run(["ask", "fcr last month"])
    captured = capsys.readouterr()
    assert "frontline ingest" in captured.out + captured.err


def test_a_corrupt_catalog_names_file_and_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    overlay = tmp_path / "catalog"
    overlay.mkdir()
    (overlay / "calendar.yaml").write_text("zone: Europe/Amsterdam\ncurency: EUR\nweek_starts: never\n")
    monkeypatch.setenv("FRONTLINE_CATALOG", str(overlay))
    assert run(["check"]) == 2
    err = capsys.readouterr().err
    assert "calendar.yaml:2:" in err
    assert "calendar.yaml:3:" in err


def test_the_shipped_catalog_is_right(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["check"]) == 0
    assert "42 capabilities" in capsys.readouterr().out


def test_the_catalog_is_checked_without_the_state(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("FRONTLINE_STATE_URL", f"sqlite:///{tmp_path}/file/state.sqlite3")
    assert run(["check"]) == 0
    assert "The catalog is right" in capsys.readouterr().out
    assert not (tmp_path / "home").exists()


def test_a_bad_line_of_a_batch_is_an_error_line_and_the_others_go_on(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    batch = tmp_path / "batch.jsonl"
    batch.write_bytes(
        b'{"id": "a", "text": "hello"}\nnot json\n[1]\n{"id": "d"}\n\xff\xfe\n\n{"id": "e", "text": "help"}\n'
        b'{"id": "f", "text": "cut \\ud83d"}\n'
    )
    assert run(["ask", "--batch", str(batch)]) == 0
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [row["id"] for row in rows] == ["a", 2, 3, "d", 5, "e", 8]
    assert ["error" in row for row in rows] == [False, True, True, True, True, False, True]


def test_reading_a_folder_as_a_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be read"):
        list(read_lines(tmp_path))


def test_a_refusal_exits_three(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["audit", "show", "--as", "role:agent"]) == 3
    assert "steward" in capsys.readouterr().err


def test_the_audit_chain_of_a_fresh_home_holds(capsys: pytest.CaptureFixture[str]) -> None:
    run(["audit", "show", "--as", "role:agent"])
    assert run(["audit", "verify"]) == 0
    assert run(["audit", "show"]) == 0
    assert "denied" in capsys.readouterr().out


def test_what_is_added_is_found_even_when_it_is_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = tmp_path / "rows.jsonl"
    rows.write_text(
        json.dumps({"id": "d1", "kind": "complaint", "text": "I was charged twice for the same router."}) + "\n"
    )
    assert run(["corpus", "add", str(rows)]) == 0
    capsys.readouterr()
    assert run(["corpus", "search", "charged twice for a router", "--json"]) == 0
    assert [row["id"] for row in json.loads(capsys.readouterr().out)["results"]] == ["d1"]


def test_a_slot_that_is_not_due_is_refused_and_not_used_up(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["jobs", "run", "recontact_breach", "--slot", "2026-06-18", "--now", "2026-06-17T10:40"]) == 2
    assert "not due yet" in capsys.readouterr().err


def test_anonymize_is_for_those_who_may_and_keeps_bad_lines_as_errors(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    batch = tmp_path / "batch.jsonl"
    batch.write_text('{"id": "a", "text": "call me on 06 12345678"}\nnot json\n')
    assert run(["anonymize", "--batch", str(batch), "--as", "role:agent"]) == 3
    assert run(["anonymize", "--batch", str(batch), "--policy", "banana"]) == 2
    capsys.readouterr()
    assert run(["anonymize", "--batch", str(batch)]) == 0
    printed = capsys.readouterr()
    first, second = (json.loads(line) for line in printed.out.splitlines())
    assert printed.err.strip().endswith("2 rows: 1 released, 0 quarantined, 1 not usable.")
    assert first["decision"] == "released"
    assert "12345678" not in first["text"]
    assert second == {"id": 2, "error": "line 2 is not JSON"}


def test_the_slack_manifest_is_printed_without_any_token(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["serve", "--manifest"]) == 0
    manifest = json.loads(capsys.readouterr().out)
    assert manifest["settings"]["socket_mode_enabled"] is True
    assert {command["command"] for command in manifest["features"]["slash_commands"]} == {
        "/ask",
        "/tag",
        "/own",
        "/ops",
    }


def test_every_module_of_commands_has_the_commands_that_it_is_listed_with() -> None:
    for family, commands in FAMILIES.items():
        app = build("", [family])
        names = {command.name for command in app.registered_commands} | {group.name for group in app.registered_groups}
        assert names == set(commands), family


def test_a_command_loads_no_other_commands() -> None:
    program = (
        "import sys; from frontline.app.main import run; code = run(['corpus', 'search', '--help']);"
        "print(code, sorted(name for name in sys.modules if name.startswith('frontline.app.commands.')))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip().splitlines()[-1] == "0 ['frontline.app.commands.corpus']"


@pytest.mark.parametrize(
    ("given", "read"),
    [
        ("café", "café"),
        ("caf\udce9 twice", "café twice"),
        ("\udc80 30", "€ 30"),
        ("naïve caf\udce9", "naïve café"),
        ("half \ud83d", "half \ufffd"),
    ],
)
def test_bytes_that_are_no_utf_8_are_read_as_an_old_file_has_them(given: str, read: str) -> None:
    assert as_typed(given) == read


def test_a_question_with_such_bytes_is_answered_and_nothing_breaks(capsys: pytest.CaptureFixture[str]) -> None:
    codes = (
        run(["ask", "/ops", "debrief", "find", "caf\udce9"]),
        run(["metric", "show", "caf\udce9"]),
        run(["corpus", "search", "caf\udce9 twice"]),
    )
    said = capsys.readouterr()
    assert "Something broke" not in said.out + said.err
    assert "Traceback" not in said.out + said.err
    assert "There is no metric 'café'" in said.err
    assert codes == (0, 1, 4)
