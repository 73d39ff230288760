"""A taken port, a damaged database, a full disk, a home that belongs to somebody: one sentence, nothing lost."""

from __future__ import annotations

import resource
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from frontline.app.main import run

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv("FRONTLINE_ADMINS", raising=False)
    monkeypatch.setenv("FRONTLINE_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


def test_a_taken_port_is_said_before_anything_is_made(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert run(["demo", "--port", str(port)]) == 2
    assert f"Port {port} is in use. Stop what runs there, or say PORT=" in capsys.readouterr().err
    assert not (home / "facts").exists()


def test_the_demo_never_touches_the_home_of_a_real_organisation(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["audit", "verify"]) == 0
    before = (home / "state.sqlite3").stat().st_size
    assert run(["demo", "--prepare", "--fresh"]) == 2
    assert "real organisation" in capsys.readouterr().err
    assert (home / "state.sqlite3").stat().st_size == before


def test_a_damaged_state_database_is_one_sentence(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    home.mkdir()
    (home / "state.sqlite3").write_bytes(b"this is not a database, whatever its name says" * 100)
    assert run(["jobs", "list"]) == 1
    err = capsys.readouterr().err
    assert "Traceback" not in err
    assert len(err.strip().splitlines()) == 1


def test_a_home_that_cannot_be_made_is_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("FRONTLINE_HOME", str(tmp_path / "file" / "home"))
    assert run(["jobs", "list"]) == 1
    err = capsys.readouterr().err
    assert "cannot be made" in err
    assert len(err.strip().splitlines()) == 1


def test_a_full_disk_refuses_the_commitment_and_loses_nothing(home: Path) -> None:
    assert run(["audit", "verify"]) == 0
    size = (home / "state.sqlite3").stat().st_size

    def shrink() -> None:
        # Nothing may grow beyond what it has: the kernel answers writes as a full disk does.
        resource.setrlimit(resource.RLIMIT_FSIZE, (size // 8, size // 8))

    command = [sys.executable, "-c", "import sys; from frontline.app.main import run; sys.exit(run(sys.argv[1:]))"]
    failed = subprocess.run(
        [*command, "audit", "show", "--as", "role:agent"],
        capture_output=True,
        text=True,
        preexec_fn=shrink,
        cwd=ROOT,
        check=False,
    )
    assert failed.returncode == 1
    assert "Traceback" not in failed.stderr
    assert run(["audit", "verify"]) == 0
