"""How the terminal speaks: one sentence per error on stderr, JSON lines with ``--json``, progress bars."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bar

from frontline.core.errors import UsageError
from frontline.core.ports import Progress, Report

out = Console(soft_wrap=True, highlight=False)
err = Console(stderr=True, soft_wrap=True, highlight=False)


@dataclass
class Globals:
    """Options that every command takes, wherever they stand on the line."""

    now: str = ""
    person: str = ""
    json: bool = False


@dataclass(frozen=True)
class Line:
    """One line of a batch file: its row, or why it is not one."""

    number: int
    row: dict[str, Any] = field(default_factory=dict)
    error: str = ""


# A byte that is no UTF-8, as Python keeps it (PEP 383), or what a tool left of an emoji.
_HALF = re.compile("[\ud800-\udfff]")


def take_globals(argv: Sequence[str]) -> tuple[Globals, list[str]]:
    """Take ``--now``, ``--as`` and ``--json`` from anywhere in ``argv`` before a ``--``."""
    options, rest = Globals(), []
    words = list(argv)
    while words:
        word = words.pop(0)
        name, has_value, value = word.partition("=")
        if word == "--":
            rest += [word, *words]
            break
        if word == "--json":
            options.json = True
        elif name in ("--now", "--as"):
            if not has_value:
                if not words:
                    raise UsageError(f"{name} needs a value.", next_step=f"See frontline --help for {name}.")
                value = words.pop(0)
            setattr(options, "now" if name == "--now" else "person", value)
        else:
            rest.append(word)
    return options, rest


def as_typed(words: str) -> str:
    """Return words of the command line as characters: bytes that are no UTF-8 are read as old files have them.

    Python keeps such bytes as halves of characters, which neither a text model nor a database takes. Names of files
    need them as they are.
    """

    def whole(half: re.Match[str]) -> str:
        number = ord(half[0]) - 0xDC00
        return bytes([number]).decode("cp1252", "replace") if 0x80 <= number <= 0xFF else "\ufffd"

    return _HALF.sub(whole, words)


def write_json(row: Any) -> None:
    """Write one object as one line on stdout."""
    sys.stdout.write(json.dumps(row, ensure_ascii=False, default=str) + "\n")
    sys.stdout.flush()


def say(text: str) -> None:
    """Write a line for a person on stdout; the text is never taken as markup."""
    out.print(text, markup=False)


def complain(text: str) -> None:
    """Write one sentence on stderr."""
    err.print(text, markup=False)


def read_lines(path: Path, *, needs: Sequence[str] = ("id", "text")) -> Iterator[Line]:
    """Read JSONL in order; a bad line is a ``Line`` with an error, never an exception.

    Raises:
        UsageError: the file itself cannot be read.
    """
    try:
        handle = path.open("rb")
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}.", next_step="Check the path.") from None
    with handle:
        for number, raw in enumerate(handle, start=1):
            if not raw.strip():
                continue
            yield _read_line(number, raw, needs)


def count_lines(path: Path) -> int:
    """Return how many lines of a file are not blank, for a progress bar; 0 where it cannot be read."""
    try:
        with path.open("rb") as handle:
            return sum(bool(line.strip()) for line in handle)
    except OSError:
        return 0


def _read_line(number: int, raw: bytes, needs: Sequence[str]) -> Line:
    try:
        row = json.loads(raw.decode("utf-8-sig"))
    except UnicodeDecodeError:
        return Line(number, error=f"line {number} is not UTF-8")
    except ValueError:
        return Line(number, error=f"line {number} is not JSON")
    if not isinstance(row, dict):
        return Line(number, error=f"line {number} is not a JSON object")
    # Half of a character, as left by a tool that cut an emoji in two: no database and no terminal takes it.
    if rb"\u" in raw and any("\ud800" <= letter <= "\udfff" for letter in json.dumps(row, ensure_ascii=False)):
        return Line(number, error=f"line {number} holds half of a character (a lone surrogate)")
    missing = [name for name in needs if name not in row]
    if missing:
        return Line(number, row, error=f"line {number} has no {' and no '.join(missing)}")
    wrong = [name for name in needs if not isinstance(row[name], str | int)]
    if wrong:
        return Line(number, row, error=f"line {number}: {wrong[0]} is not text")
    return Line(number, row)


@contextmanager
def show_progress(title: str, *, quiet: bool = False) -> Iterator[Report]:
    """Show a progress bar on stderr for long work, so that stdout stays clean for ``--json``."""
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Bar(*columns, console=err, disable=quiet or not err.is_terminal, transient=False) as bar:
        task = bar.add_task(title, total=None)

        def report(progress: Progress) -> None:
            note = f"{title}: {progress.note}" if progress.note else title
            bar.update(task, completed=progress.done, total=progress.total or None, description=note)

        yield report
