"""A facts file that an earlier version made: the tables and columns that this version reads are added to a copy."""

from __future__ import annotations

from frontline.catalog.records import Records
from frontline.core.errors import Conflict
from frontline.store.generations import Generations
from frontline.store.intake import merge
from frontline.store.intake.scratch import open_scratch
from frontline.store.intake.sql import literal


def upgrade_facts(generations: Generations, records: Records) -> str | None:
    """Flip to a generation that has every table and column of ``records``; None when the live one has them.

    Rows stay as they are and hold nothing in a new column. The generation before is kept, as after a load.

    Raises:
        Conflict: a load is running; it does the same.
        EngineError: the disk is full, or the facts cannot be read.
    """
    if not _is_behind(generations, records):
        return None
    # No value is made here, so no key is needed: nothing is hashed.
    with generations.writer() as draft, open_scratch(draft, b"") as scratch:
        scratch.start_draft()
        merge.create_tables(scratch.con, records)
        scratch.finish()
        return draft.id


def keep_up(generations: Generations, records: Records) -> None:
    """As ``upgrade_facts``, at the first look of a process at its facts; while a load runs it is left to that load."""
    try:
        upgrade_facts(generations, records)
    except Conflict:
        return


def _is_behind(generations: Generations, records: Records) -> bool:
    import duckdb

    live = generations.current()
    if live is None:
        return False
    with duckdb.connect(":memory:") as con:
        con.execute(f"ATTACH {literal(str(live.path))} AS cur (READ_ONLY)")
        return merge.is_behind(con, records)
