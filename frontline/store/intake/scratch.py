"""The scratch database of a load: bounded memory, its own spill folder, the facts attached as ``cur``."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

from frontline.core.errors import EngineError
from frontline.store.generations import Draft
from frontline.store.intake.sql import install_key, literal

MEMORY = "1GB"
_CONFIG = {"autoinstall_known_extensions": "false", "autoload_known_extensions": "false"}


class Scratch:
    """A DuckDB connection over the draft's scratch folder."""

    def __init__(self, draft: Draft, key: bytes, *, memory: str = MEMORY) -> None:
        import duckdb

        self._draft = draft
        self._is_attached = False
        # In memory without a log to sync; what exceeds the limit spills into the scratch folder.
        self.con: Any = duckdb.connect(":memory:", config=dict(_CONFIG))
        self.con.execute(f"SET memory_limit = {literal(memory)}")
        self.con.execute(f"SET temp_directory = {literal(str(draft.scratch / 'spill'))}")
        # DuckDB draws its own bar on stdout after two seconds; stdout belongs to --json.
        self.con.execute("SET enable_progress_bar = false")
        self.con.execute("SET TimeZone = 'UTC'")
        install_key(self.con, key)
        if draft.base is not None:
            self.con.execute(f"ATTACH {literal(str(draft.base.path))} AS cur (READ_ONLY)")
            self._is_attached = True

    @property
    def has_facts(self) -> bool:
        """Whether there is a generation to compare with (the base, or the draft)."""
        return self._is_attached

    def start_draft(self) -> None:
        """Make ``cur`` the writable draft."""
        if self._draft.is_started:
            return
        if self._is_attached:
            self.con.execute("DETACH cur")
        self.con.execute(f"ATTACH {literal(str(self._draft.start()))} AS cur")
        self._is_attached = True

    def finish(self) -> None:
        """Write the draft out completely."""
        if self._draft.is_started:
            self.con.execute("CHECKPOINT cur")
            self.con.execute("DETACH cur")
            self._is_attached = False

    def close(self) -> None:
        """Close the scratch database; its folder goes with the draft."""
        self.con.close()


@contextlib.contextmanager
def open_scratch(draft: Draft, key: bytes, *, memory: str = MEMORY) -> Iterator[Scratch]:
    """Open the scratch database.

    Raises:
        EngineError: the disk is full, or memory and spill space are.
    """
    import duckdb

    try:
        scratch = Scratch(draft, key, memory=memory)
        try:
            yield scratch
        finally:
            scratch.close()
    except duckdb.Error as error:
        # A full disk comes as IOException, as TransactionException at a commit or as FatalException at a checkpoint.
        words = str(error).lower()
        if any(sign in words for sign in ("no space", "too large", "could not write", "out of memory", "disk")):
            reason = "the disk is full"
        elif isinstance(error, duckdb.IOException | duckdb.FatalException):
            reason = "the files cannot be written or read"
        else:
            raise
        raise EngineError(f"The load stopped because {reason}; nothing was changed.", permanent=False) from error
