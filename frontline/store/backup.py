"""Backups of a home: state, current facts, keys, catalog and anchors in one folder, read back before it counts.

The index and the text model are not in it: both are made again from the rest. A backup that stopped half-way is never
taken for one: it is built under another name and renamed when it was verified.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import hashlib
import json
import os
import shutil
import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import text

from frontline.core.errors import EngineError, UsageError
from frontline.store.engines import facts_engine
from frontline.store.generations import Generations

MANIFEST = "backup.json"
STATE = "state.sqlite3"
LEDGER = "erasures.jsonl"
# What a home holds beside the two stores. ``models`` and ``index`` are made again.
FOLDERS = ("keys", "catalog", "anchors")
FILES = ("clock", "demo.json", "truth.yaml", LEDGER)
_KEPT_IN_PLACE = ("models", "backups")


@dataclass(frozen=True)
class Backup:
    """A verified backup. ``generation`` is "" where nothing was loaded."""

    folder: Path
    made_at: str
    revision: str
    generation: str
    files: int
    bytes: int

    def line(self) -> str:
        """In a sentence."""
        facts = f"facts generation {self.generation}" if self.generation else "no facts"
        return f"{self.files} files, {self.bytes / 1e6:,.1f} MB: state at {self.revision}, {facts}, made {self.made_at}"


def make_backup(home: Path, state: Path, target: Path, *, now: dt.datetime) -> Backup:
    """Copy ``home`` into the new folder ``target`` while the bot may run, read it back, and return what it holds.

    Raises:
        UsageError: the target holds something, or lies inside the home.
        EngineError: the disk is full, or what was copied does not read back.
    """
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise UsageError(f"{target} holds something already.", next_step="Name a new folder for each backup.")
    if target.resolve().is_relative_to(home.resolve()):
        raise UsageError("A backup inside FRONTLINE_HOME goes with it.", next_step="Name a folder elsewhere.")
    if not state.is_file():
        raise UsageError(f"{home} holds no Frontline.", next_step="Set FRONTLINE_HOME to the one to back up.")
    draft = target.with_name(f".{target.name}.partial")
    try:
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(parents=True)
        os.chmod(draft, 0o700)  # the keys are in it
        copy_state(state, draft / STATE)
        generation = _copy_facts(home, draft)
        _copy_rest(home, draft)
        _write_manifest(draft, now=now, generation=generation)
        found = verify(draft)
        if target.exists():
            target.rmdir()
        draft.rename(target)
    except OSError as error:
        raise EngineError(f"The backup cannot be written: {error.strerror}.", permanent=False) from error
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return Backup(target, found.made_at, found.revision, found.generation, found.files, found.bytes)


def copy_state(source: Path, target: Path) -> None:
    """Copy a SQLite database by its online backup: consistent while others write. Ends as one file, checked.

    Raises:
        EngineError: the copy is damaged, or the source cannot be read.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        with _open(source) as reading, _open(target) as writing:
            reading.backup(writing)
            writing.execute("PRAGMA journal_mode = DELETE")
    except sqlite3.Error as error:
        raise EngineError(f"The state database cannot be copied: {error}.", permanent=False) from error
    os.chmod(target, 0o600)
    try:
        _check_sqlite(target)
    except EngineError as error:
        # The copy is what its source is; a damaged one must not lie there as a backup.
        target.unlink(missing_ok=True)
        raise EngineError(
            "The state database is damaged, so no copy of it was kept: restore a backup.", permanent=True
        ) from error


def verify(folder: Path) -> Backup:
    """Read a backup back: every file by its hash, both stores by opening them.

    Raises:
        UsageError: the folder is no backup.
        EngineError: something in it is missing, changed or damaged, named.
    """
    try:
        manifest: dict[str, Any] = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        files = dict(manifest["files"])
    except (OSError, ValueError, KeyError, TypeError):
        raise UsageError(f"{folder} is no backup.", next_step="Name a folder that `frontline backup` made.") from None
    for name, known in files.items():
        path = folder / name
        if not path.is_file() or _digest(path) != known["sha256"]:
            raise EngineError(f"The backup is damaged: {name} is missing or was changed.", permanent=True)
    revision = _check_sqlite(folder / STATE)
    generation = str(manifest.get("generation", ""))
    if generation:
        check_facts(folder / "facts" / f"facts-{generation}.duckdb")
    size = sum(int(known["size"]) for known in files.values())
    return Backup(folder, str(manifest.get("made_at", "")), revision, generation, len(files), size)


def restore(folder: Path, home: Path, *, now: dt.datetime, force: bool) -> Path | None:
    """Put a verified backup in the place of ``home``; return where the old content went, None when there was none.

    Raises:
        UsageError: the home holds something and ``force`` is not said.
        EngineError: the backup does not read back, or the disk is full; the home is then as it was.
    """
    verify(folder)
    held = [path for path in home.iterdir() if path.name not in _KEPT_IN_PLACE] if home.is_dir() else []
    if held and not force:
        raise UsageError(
            f"{home} holds data.", next_step="Restore into an empty FRONTLINE_HOME, or say --force to put it aside."
        )
    draft = home.with_name(f".{home.name}.restoring")
    aside = home.with_name(f"{home.name}.before-restore-{now:%Y%m%dT%H%M%S}")
    try:
        shutil.rmtree(draft, ignore_errors=True)
        shutil.copytree(folder, draft)
        (draft / MANIFEST).unlink()
        home.mkdir(parents=True, exist_ok=True)
        if held:
            aside.mkdir()
            for path in held:
                path.rename(aside / path.name)
        for path in draft.iterdir():
            path.rename(home / path.name)
    except OSError as error:
        raise EngineError(f"The backup cannot be put in place: {error.strerror}.", permanent=False) from error
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return aside if held else None


def check_facts(path: Path) -> None:
    """Open a facts file and read what it says about itself.

    Raises:
        EngineError: it cannot be read.
    """
    import duckdb
    from sqlalchemy.exc import SQLAlchemyError

    engine = facts_engine(path)
    try:
        with engine.connect() as connection:
            connection.execute(text("SELECT count(*) FROM loads")).scalar_one()
    except (SQLAlchemyError, duckdb.Error, OSError) as error:
        raise EngineError(f"The facts in {path.name} cannot be read: load them again.", permanent=True) from error
    finally:
        engine.dispose()


def erased_subjects(home: Path | None, *, ledger: Path | None = None) -> list[str]:
    """Return the subjects that were erased in ``home``: by its ledger, by a ledger apart, by the vault's tombstones.

    A backup is older than some erasures; they are done again after it is restored.

    Raises:
        UsageError: the ledger named cannot be read.
    """
    found: dict[str, None] = {}
    if ledger is not None:
        if not ledger.is_file():
            raise UsageError(f"{ledger} is not there.", next_step="Name the erasures.jsonl of the home that was lost.")
        found |= dict.fromkeys(_ledger_lines(ledger))
    if home is not None:
        found |= dict.fromkeys(_ledger_lines(home / LEDGER)) | dict.fromkeys(_tombstones(home / STATE))
    return list(found)


def note_erasure(home: Path, subject: str, now: dt.datetime) -> None:
    """Write an erasure into the ledger outside the database. The subject is a key or a hash, never an identity."""
    with (home / LEDGER).open("a", encoding="utf-8") as handle:
        handle.write(json.dumps({"subject": subject, "at": now.isoformat()}) + "\n")
        handle.flush()
        os.fsync(handle.fileno())


def _ledger_lines(path: Path) -> Iterator[str]:
    if not path.is_file():
        return
    for line in path.read_text(encoding="utf-8").splitlines():
        try:
            yield str(json.loads(line)["subject"])
        except (ValueError, KeyError, TypeError):
            continue


def _tombstones(path: Path) -> list[str]:
    if not path.is_file():
        return []
    try:
        with _open(path) as connection:
            # Loads forget their rejected rows by erasing them: the subjects of people are what matters here.
            rows = connection.execute(
                "SELECT subject FROM vault_key WHERE wrapped IS NULL AND subject NOT LIKE 'load:%' ORDER BY erased_at"
            )
            return [str(row[0]) for row in rows]
    except sqlite3.Error:
        return []


def _copy_facts(home: Path, draft: Path) -> str:
    live = Generations(home).current()
    if live is None:
        return ""
    (draft / "facts").mkdir()
    shutil.copyfile(live.path, draft / "facts" / live.path.name)
    (draft / "facts" / "CURRENT").write_text(live.id, encoding="ascii")
    return live.id


def _copy_rest(home: Path, draft: Path) -> None:
    for name in FOLDERS:
        if (home / name).is_dir():
            shutil.copytree(home / name, draft / name)
    for name in FILES:
        if (home / name).is_file():
            shutil.copy2(home / name, draft / name)


def _write_manifest(draft: Path, *, now: dt.datetime, generation: str) -> None:
    files = {
        path.relative_to(draft).as_posix(): {"size": path.stat().st_size, "sha256": _digest(path)}
        for path in _walk(draft)
    }
    said = {"format": 1, "made_at": now.isoformat(timespec="seconds"), "generation": generation, "files": files}
    (draft / MANIFEST).write_text(json.dumps(said, indent=1), encoding="utf-8")


def _walk(folder: Path) -> Iterable[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file() and path.name != MANIFEST)


def _digest(path: Path) -> str:
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def _check_sqlite(path: Path) -> str:
    """Return the revision of a database that is whole."""
    try:
        with _open(path) as connection:
            verdict = connection.execute("PRAGMA integrity_check").fetchone()[0]
            revision = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    except sqlite3.Error as error:
        raise EngineError(f"The state database in the backup cannot be read: {error}.", permanent=True) from error
    if verdict != "ok":
        raise EngineError("The state database is damaged: its integrity check failed.", permanent=True)
    return str(revision[0]) if revision else ""


@contextlib.contextmanager
def _open(path: Path) -> Iterator[sqlite3.Connection]:
    """Open a SQLite file and close it at the end; sqlite3's own context manager does not close."""
    with contextlib.closing(sqlite3.connect(path, timeout=30)) as connection:
        yield connection
