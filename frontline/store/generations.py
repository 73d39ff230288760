"""Generations of the facts: every load writes a new DuckDB file and flips a pointer to it.

A DuckDB read-write handle blocks every other process, and a reader blocks a writer. So readers open a finished file
read-only, and a writer works on a copy. The pointer is replaced atomically; the last two generations are kept.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from frontline.core.errors import Conflict, EngineError, NotFound


@dataclass(frozen=True)
class Generation:
    """One finished facts file. ``id`` is its number, as answers name it."""

    id: str
    path: Path

    @property
    def number(self) -> int:
        """The id as a number; later generations count higher."""
        return int(self.id)


class Draft:
    """The next generation while it is written. Nothing is copied until somebody asks for ``path``."""

    def __init__(self, folder: Path, base: Generation | None, number: int) -> None:
        self.base = base
        self.id = f"{number:06d}"
        # Everything of an unfinished load lives here and goes with it.
        self.scratch = folder / ".work"
        self._is_started = False

    @property
    def is_started(self) -> bool:
        """Whether there is something to publish."""
        return self._is_started

    def start(self) -> Path:
        """Copy the current generation, or begin an empty one; return the file to work on."""
        path = self.scratch / f"facts-{self.id}.duckdb"
        if not self._is_started:
            if self.base is not None:
                shutil.copyfile(self.base.path, path)
            self._is_started = True
        return path


class Generations:
    """The facts files of one home."""

    def __init__(self, home: Path) -> None:
        self.folder = home / "facts"

    def current(self) -> Generation | None:
        """Return the live generation, or None before the first load.

        Raises:
            EngineError: the pointer names a file that is not there.
        """
        try:
            number = (self.folder / "CURRENT").read_text(encoding="ascii").strip()
        except FileNotFoundError:
            return None
        except (OSError, UnicodeDecodeError) as error:
            raise EngineError("The pointer facts/CURRENT cannot be read: restore a backup.", permanent=True) from error
        path = self._path(number)
        if not path.is_file():
            raise EngineError(
                f"The facts generation {number} is missing: run `frontline data rollback` or load again.",
                permanent=True,
            )
        return Generation(number, path)

    def list(self) -> list[Generation]:
        """Return every kept generation, newest first."""
        found = []
        for path in self.folder.glob("facts-*.duckdb"):
            number = path.stem.removeprefix("facts-")
            if number.isdigit():
                found.append(Generation(number, path))
        return sorted(found, key=lambda generation: -generation.number)

    @contextlib.contextmanager
    def writer(self) -> Iterator[Draft]:
        """Hold the right to write; flip the pointer at the end when the draft was started.

        On an error nothing of the draft stays and the pointer is as it was.

        Raises:
            Conflict: another load is running.
            EngineError: the disk is full or the folder cannot be written.
        """
        with disk_errors(), self._lock():
            kept = self.list()
            draft = Draft(self.folder, self.current(), (kept[0].number if kept else 0) + 1)
            shutil.rmtree(draft.scratch, ignore_errors=True)
            draft.scratch.mkdir()
            try:
                yield draft
                if draft.is_started:
                    self._publish(draft)
            finally:
                shutil.rmtree(draft.scratch, ignore_errors=True)

    def rollback(self) -> Generation:
        """Flip back to the generation before the current one and return it.

        Raises:
            NotFound: there is no earlier generation.
            Conflict: a load is running.
        """
        with disk_errors(), self._lock():
            live = self._pointer()
            earlier = [generation for generation in self.list() if live is None or generation.number < live]
            if not earlier:
                raise NotFound(
                    "There is no earlier generation of the facts to go back to.",
                    next_step="See `frontline data generations`.",
                )
            self._flip(earlier[0].id)
            return earlier[0]

    def return_to(self, number: str) -> Generation:
        """Flip to a kept generation, as after a rollback that was a mistake, and return it.

        Raises:
            NotFound: it is not kept any more.
            Conflict: a load is running.
        """
        with disk_errors(), self._lock():
            found = next((generation for generation in self.list() if generation.id == number), None)
            if found is None:
                raise NotFound(
                    f"Generation {number} of the facts is not kept any more.",
                    next_step="Load the file again; rows are recognised by their key.",
                )
            self._flip(found.id)
            return found

    def rewrite(self, change: Callable[[Path, Path], object], wanted: Callable[[Path], bool]) -> tuple[str, ...]:
        """Write every kept generation that is ``wanted`` anew through ``change(old, new)``; return the ids that were.

        The live one gets a new number, so that readers turn to it, and its old file goes; earlier ones keep theirs.
        Each step leaves whole files behind: after a crash the same call does what is left.

        Raises:
            Conflict: a load is running.
            EngineError: the disk is full or the folder cannot be written.
        """
        with disk_errors(), self._lock():
            live = self._pointer()
            done = []
            scratch = self.folder / ".work"
            for generation in self.list():
                if not wanted(generation.path):
                    continue
                shutil.rmtree(scratch, ignore_errors=True)
                scratch.mkdir()
                fresh = scratch / generation.path.name
                try:
                    change(generation.path, fresh)
                    _sync(fresh)
                    if generation.number == live:
                        number = f"{self.list()[0].number + 1:06d}"
                        os.replace(fresh, self._path(number))
                        self._flip(number)
                        generation.path.unlink()
                    else:
                        os.replace(fresh, generation.path)
                finally:
                    shutil.rmtree(scratch, ignore_errors=True)
                done.append(generation.id)
            return tuple(done)

    def _pointer(self) -> int | None:
        try:
            return int((self.folder / "CURRENT").read_text(encoding="ascii"))
        except (OSError, ValueError):
            return None

    def _path(self, number: str) -> Path:
        return self.folder / f"facts-{number}.duckdb"

    def _publish(self, draft: Draft) -> None:
        _sync(draft.start())
        os.replace(draft.start(), self._path(draft.id))
        self._flip(draft.id)
        # The last two are kept: the new one and the one it was made from (after a rollback that is not number - 1).
        # Readers that still hold a removed file keep reading it until they let go.
        kept = {draft.id, draft.base.id if draft.base is not None else ""}
        for old in self.list():
            if old.id not in kept:
                old.path.unlink(missing_ok=True)

    def _flip(self, number: str) -> None:
        fresh = self.folder / ".CURRENT.new"
        fresh.write_text(number, encoding="ascii")
        _sync(fresh)
        os.replace(fresh, self.folder / "CURRENT")
        _sync(self.folder)

    @contextlib.contextmanager
    def _lock(self) -> Iterator[None]:
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / ".lock").open("w") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise Conflict(
                    "Another load is writing the facts right now.",
                    next_step="Wait until it has finished, then try again.",
                ) from error
            yield


@contextlib.contextmanager
def disk_errors() -> Iterator[None]:
    """Turn what the file system says into one clear ``EngineError``."""
    try:
        yield
    except OSError as error:
        reason = error.strerror or str(error)
        raise EngineError(f"The facts cannot be written ({reason}); nothing was changed.", permanent=False) from error


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
