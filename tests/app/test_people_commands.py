"""``frontline people``: the terminal does what ``/ops people`` does."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from frontline.app.main import run


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FRONTLINE_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("FRONTLINE_ADMINS", "ada")
    monkeypatch.delenv("FRONTLINE_CATALOG", raising=False)


def listed(capsys: pytest.CaptureFixture[str], *flags: str) -> dict[str, dict[str, object]]:
    capsys.readouterr()
    run(["people", "list", "--json", *flags])
    return {row["handle"]: row for row in map(json.loads, capsys.readouterr().out.splitlines())}


def test_people_come_change_and_leave(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["people", "add", "Maria", "agent", "--team", "Aurora", "--slack", "T0HARBOR01:U0AGENT001"]) == 0
    assert run(["people", "role", "maria", "+supervisor", "-agent"]) == 0
    rows = listed(capsys)
    assert rows["maria"]["roles"] == ["supervisor"]
    assert rows["maria"]["slack"] == ["T0HARBOR01:U0AGENT001"]
    assert run(["people", "deactivate", "@maria"]) == 0
    assert "no open commitments" in capsys.readouterr().out
    assert "maria" not in listed(capsys)
    assert listed(capsys, "--all")["maria"]["active"] is False
    assert run(["people", "restore", "maria"]) == 0
    assert run(["people", "restore", "maria"]) == 4
    assert listed(capsys)["maria"]["team"] == "Aurora"


@pytest.mark.parametrize(
    ("argv", "code", "said"),
    [
        (["people", "add", "maria", "king"], 2, "There is no role king"),
        (["people", "add", "maria@example.org", "agent"], 2, "e-mail address"),
        (["people", "add", "maria", "agent", "--slack", "U0AGENT001"], 2, "lacks its workspace"),
        (["people", "add", "maria", "agent", "--slack", "maria@example.org"], 2, "no Slack account"),
        (["people", "role", "ada", "-admin"], 1, "the last admin"),
        (["people", "deactivate", "ada"], 1, "the last admin"),
        (["people", "role", "nobody", "+agent"], 1, "Nobody here is called nobody"),
        (["people", "list", "--as", "role:leader"], 3, "admins"),
        (["people", "deactivate", "ada", "--as", "role:leader"], 3, "admins"),
    ],
)
def test_a_mistake_is_one_sentence(argv: list[str], code: int, said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(argv) == code
    captured = capsys.readouterr()
    assert said in captured.err
    assert "Traceback" not in captured.err
