"""``frontline init``: everything is judged before anything is written, and doing it again changes nothing."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from frontline.app.main import run
from frontline.app.settings import Settings
from frontline.app.setup.interview import interview
from frontline.app.setup.plan import carry_out, make_plan
from frontline.app.wiring import House

NOW = ["--now", "2026-06-17T10:40"]
ROSTER = """\
Handle;Role;Team;Slack ID;Email;Manager;Active;Name
ada;admin;;U0ADMIN001;ada@example.org;;;Ada Jansen
sam;supervisor;Aurora;U0SUPER001;;;;
anna;agent|trainer;Aurora;U0AGENT001;;sam;;Anna de Vries
tom;agent;Aurora;;;;no;
"""
OWN = """\
organisation: Harbor Telecom
slack_team: T0HARBOR01
calendar: {zone: Europe/Lisbon, country: PT, business_hours: {opens: 08:30, closes: 18:00}}
roster: people.csv
channels: {floor: "#cs-floor"}
admins: [ada]
"""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("FRONTLINE_ADMINS", "FRONTLINE_CATALOG", "FRONTLINE_SLACK_BOT_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("FRONTLINE_HOME", str(tmp_path / "home"))
    (tmp_path / "people.csv").write_text(ROSTER, encoding="utf-8")
    (tmp_path / "own.yaml").write_text(OWN, encoding="utf-8")
    return tmp_path


def init(folder: Path, *flags: str) -> int:
    return run(["init", "--from", str(folder / "own.yaml"), *NOW, *flags])


def test_a_file_sets_everything_and_the_second_time_nothing_changes(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert init(folder) == 0
    out = capsys.readouterr().out
    for said in ("@anna: joins as agent and trainer", "columns that are not read: Email", "#floor -> #cs-floor"):
        assert said in out
    assert "Next: frontline ingest FILE" in out
    assert init(folder, "--json") == 4
    assert json.loads(capsys.readouterr().out)["written"] is False
    house = House(Settings(home=folder / "home"))
    assert house.catalog.calendar.zone == "Europe/Lisbon"
    assert f"{house.catalog.calendar.business_hours.closes:%H:%M}" == "18:00"
    assert house.catalog.channels.own("#floor") == "#cs-floor"
    run(["people", "list", "--json"])
    rows = {row["handle"]: row for row in map(json.loads, capsys.readouterr().out.splitlines())}
    assert sorted(rows) == ["ada", "anna", "sam"]
    assert rows["anna"]["slack"] == ["T0HARBOR01:U0AGENT001"]
    run(["audit", "show", "--json"])
    actions = [json.loads(line)["action"] for line in capsys.readouterr().out.splitlines()]
    assert {"setup.change", "people.manage"} <= set(actions)


def test_names_of_people_are_in_the_vault_and_nowhere_else(folder: Path) -> None:
    assert init(folder) == 0
    for path in (folder / "home").rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            assert b"Jansen" not in content, path
            assert b"de Vries" not in content, path
            assert b"ada@example.org" not in content, path


def test_check_writes_nothing(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert init(folder, "--check") == 0
    assert "nothing was written" in capsys.readouterr().out
    assert not (folder / "home" / "catalog").exists()
    run(["people", "list"])
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("Europe/Lisbon", "Europe/Lisboa", "own.yaml:3: calendar.zone"),
        ("country: PT", "week_starts: tuesday", "own.yaml:3: calendar.week_starts"),
        ("opens: 08:30", "opens: 19:30", "opens must lie before closes"),
        ("{floor:", "{flor:", "own.yaml:5: channels: nothing posts to 'flor'"),
        ('"#cs-floor"', '"CS Floor"', "own.yaml:5: channels.floor"),
        ("people.csv", "nowhere.csv", "nowhere.csv:0: cannot be read"),
        ("admins:", "admin:", "own.yaml:6: admin"),
        ("slack_team: T0HARBOR01", "slack_team: harbor", "own.yaml:2: slack_team"),
        ("slack_team: T0HARBOR01\n", "", "people.csv:2: @ada: U0ADMIN001 lacks its workspace"),
        ("admins: [ada]", "feed: {path: nowhere.csv}", "own.yaml:6: feed: nowhere.csv is not there"),
        ("admins: [ada]", "feed: {path: people.csv, preset: zendsk}", "there is no preset zendsk"),
    ],
)
def test_a_fault_anywhere_is_named_by_line_and_nothing_is_half_done(
    folder: Path, old: str, new: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "own.yaml").write_text(OWN.replace(old, new), encoding="utf-8")
    assert init(folder) == 2
    err = capsys.readouterr().err
    assert said in err
    assert "Traceback" not in err
    assert not (folder / "home" / "catalog").exists()
    run(["people", "list"])
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("ada;agent;;;;;;", "people.csv:6: @ada stands in line 2 already"),
        ("eva;agent;;U0AGENT001;;;;", "people.csv:6: @eva has the Slack account of @anna (line 4)"),
        ("eva;boss;;;;;;", "people.csv:6: @eva: there is no role 'boss'"),
        ("eva;agent;;;;;maybe;", "people.csv:6: active is 'maybe'"),
        ("eva@example.org;agent;;;;;;", "people.csv:6: An e-mail address is no handle"),
    ],
)
def test_a_faulty_roster_is_refused_by_line(
    folder: Path, line: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "people.csv").write_text(ROSTER + line + "\n", encoding="utf-8")
    assert init(folder) == 2
    assert said in capsys.readouterr().err


def test_a_roster_is_read_from_the_file_itself_and_from_jsonl(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    inline = "roster:\n  - {handle: eva, roles: [agent]}\n  - {handle: eva, roles: [agent]}\n"
    (folder / "own.yaml").write_text(inline, encoding="utf-8")
    assert init(folder) == 2
    assert "own.yaml:3: @eva stands in line 2 already" in capsys.readouterr().err
    rows = [
        {"handle": "eva", "roles": ["agent", "admin"]},
        {"handle": "ben", "role": "agent", "end_date": "2026-06-01"},
    ]
    (folder / "people.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    (folder / "own.yaml").write_text("roster: people.jsonl\n", encoding="utf-8")
    assert init(folder) == 0
    assert "@ben left and was never here" in capsys.readouterr().out


def test_a_shorter_roster_deactivates_only_when_pruned(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    init(folder)
    (folder / "people.csv").write_text("\n".join(ROSTER.splitlines()[:3]) + "\n", encoding="utf-8")
    assert init(folder) == 4
    assert "Not in the list, left as they are (--prune deactivates them): @anna" in capsys.readouterr().out
    assert init(folder, "--prune") == 0
    assert "@anna: is not in the list any more, is deactivated" in capsys.readouterr().out
    run(["people", "list"])
    assert "@anna" not in capsys.readouterr().out


def test_the_example_is_itself_a_right_file(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["init", "--example"]) == 0
    example = capsys.readouterr().out
    assert set(yaml.safe_load(example)) >= {"organisation", "calendar", "roster", "channels", "admins", "feed"}
    (folder / "own.yaml").write_text(example, encoding="utf-8")
    (folder / "tickets.csv").write_text("case_id,opened_at\n1,2026-05-01T10:00\n", encoding="utf-8")
    assert init(folder, "--check") == 0


def test_without_a_terminal_and_a_file_it_says_what_to_do(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdin.isatty", lambda: False, raising=False)
    assert run(["init"]) == 2
    assert "frontline init --from FILE" in capsys.readouterr().err


def test_the_first_feed_is_loaded_and_answers_its_first_question(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [f"{2000 + n},2026-05-{n % 28 + 1:02d} 10:00,phone" for n in range(60)]
    (folder / "tickets.csv").write_text("Ticket,Created,Via\n" + "\n".join(rows) + "\n", encoding="utf-8")
    feed = "feed: {path: tickets.csv, table: cases, map: {case_id: Ticket, opened_at: Created, channel: Via}}\n"
    (folder / "own.yaml").write_text(OWN + feed, encoding="utf-8")
    assert init(folder) == 0
    out = capsys.readouterr().out
    assert 'First question: frontline ask "case volume by channel in May 2026"' in out
    assert "add cases.closed_at" in out
    assert run(["ask", "case volume by channel in May 2026", *NOW]) == 0
    assert "60" in capsys.readouterr().out
    assert init(folder, "--json") == 4


def asked(folder: Path, typed: dict[str, list[str]]) -> tuple[House, list[str], dict[str, str]]:
    """Answer the interview: words of a question -> what is typed each time it is asked; else Enter."""
    house, said, shown = House(Settings(home=folder / "home")), list[str](), dict[str, str]()
    replies = {words: iter(answers) for words, answers in typed.items()}

    def ask(words: str, current: str) -> str:
        shown[words] = current
        found: Iterator[str] = next((lines for key, lines in replies.items() if words.startswith(key)), iter(()))
        return next(found, "")

    wanted = interview(house, ask=ask, tell=said.append, folder=folder)
    carry_out(house, house.permit("people.manage"), make_plan(house, wanted))
    return house, said, shown


def test_asked_one_by_one_a_wrong_answer_is_asked_again_and_a_second_round_keeps_what_is_set(folder: Path) -> None:
    answers: dict[str, list[str]] = {
        "Name": ["Harbor Telecom"],
        "Time zone": ["Mars/Olympus", "Europe/Lisbon"],
        "Business hours": ["nine to five", "08:00-17:00"],
        "Slack workspace": ["T0HARBOR01"],
        "Roster": ["nowhere.csv", "people.csv"],
        "Your channel for #floor": ["cs-floor"],
    }
    house, said, _ = asked(folder, answers)
    assert any("Mars/Olympus" in line for line in said)
    assert any("09:00-17:30" in line for line in said)
    assert any("cannot be read" in line for line in said)
    assert house.catalog.calendar.zone == "Europe/Lisbon"
    before = {path.name: path.read_text() for path in (folder / "home" / "catalog").iterdir()}
    _, said, shown = asked(folder, {})
    assert said == []
    assert shown["Time zone (IANA)"] == "Europe/Lisbon"
    assert shown["Your channel for #floor"] == "#cs-floor"
    assert shown["Admins (handles)"] == "ada"
    assert {path.name: path.read_text() for path in (folder / "home" / "catalog").iterdir()} == before


def test_doctor_says_what_is_missing_with_the_next_step(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["doctor"]) == 1
    out = capsys.readouterr().out
    assert "missing  calendar" in out
    assert "frontline people add HANDLE admin" in out
    init(folder)
    capsys.readouterr()
    assert run(["doctor", "--json"]) == 1
    report: dict[str, Any] = json.loads(capsys.readouterr().out)
    missing = {check["name"] for check in report["checks"] if check["state"] == "missing"}
    assert missing == {"facts", "FRONTLINE_SLACK_BOT_TOKEN", "FRONTLINE_SLACK_APP_TOKEN"}
