"""Customer words cannot turn into plain strings by accident."""

from __future__ import annotations

import logging
import pickle
import subprocess
import sys
from pathlib import Path

import pytest

from frontline.core.text import AnonymizedText, Provenance, QuestionText, RawText, seal

SECRET = "call Maria Jansen on 0612345678"


def test_repr_str_and_logging_show_only_a_length(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO):
        logging.getLogger("t").info("got %s and %r", RawText(SECRET), QuestionText(SECRET))
    assert "Maria" not in caplog.text
    assert "31 characters" in caplog.text


@pytest.mark.parametrize("text", [RawText(SECRET), QuestionText(SECRET), seal(SECRET, Provenance("index@1"))])
def test_formatting_and_pickling_are_refused(text: RawText | QuestionText | AnonymizedText) -> None:
    with pytest.raises(TypeError):
        f"{text}"
    with pytest.raises(TypeError):
        pickle.dumps(text)


def test_anonymized_text_is_not_made_from_a_string() -> None:
    with pytest.raises(TypeError, match="gate"):
        AnonymizedText(SECRET, Provenance("index@1"))


def test_mypy_refuses_the_accidents(tmp_path: Path) -> None:
    program = tmp_path / "accidents.py"
    program.write_text(
        "from frontline.core.text import AnonymizedText, RawText\n"
        "def post(text: AnonymizedText) -> None: ...\n"
        "def run(raw: RawText, safe: AnonymizedText) -> None:\n"
        "    post('plain')\n"
        "    post(raw)\n"
        "    a: str = safe\n"
        "    b = 'x' + safe\n"
        "    safe.upper()\n"
    )
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "mypy",
            "--strict",
            "--config-file",
            "",
            "--cache-dir",
            str(tmp_path / "c"),
            str(program),
        ],
        capture_output=True,
        text=True,
        check=False,
        cwd=Path(__file__).parents[2],
    )
    lines = {
        int(line.split(":")[1]) for line in done.stdout.splitlines() if "accidents.py:" in line and "error" in line
    }
    assert lines == {4, 5, 6, 7, 8}, done.stdout
