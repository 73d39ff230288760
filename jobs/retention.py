"""The routine ``data_retention``: texts that are past their time go, by the days of ``retention.yaml``."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Sequence
from functools import partial
from pathlib import Path
from typing import Protocol

from frontline.catalog.retention import RetentionRules, kept_for
from frontline.catalog.routines import RoutineDefinition
from frontline.core.actor import SYSTEM
from frontline.core.reply import Paragraph, Reply
from frontline.governance import audit
from frontline.governance.retention import forget_identities, forget_messages
from frontline.store.case_books import forget_books_before
from frontline.store.vault import Vault
from frontline.store.work import Unit
from jobs.runner import Post, RunContext, RunOutcome
from retrieval.retention import expire_documents


class Rebuild(Protocol):
    """Makes the index anew without what is gone."""

    def __call__(self, *, reuse: bool) -> int: ...


class DataRetention:
    """One message on days on which something went; the audit trail has the counts."""

    def __init__(
        self,
        definition: RoutineDefinition,
        rules: RetentionRules,
        *,
        vault: Callable[[], Vault],
        rebuild: Callable[[], Rebuild],
        home: Path,
        active_since: Callable[[dt.datetime], Collection[str]] = lambda _at: (),
    ) -> None:
        """``active_since``: instant -> keys of the customers with whom anything happened since, by the facts."""
        self._definition = definition
        self._rules = rules
        self._vault = vault
        self._rebuild = rebuild
        self._home = home
        self._active_since = active_since

    @property
    def definition(self) -> RoutineDefinition:
        """Name, schedule, catch-up policy and channel, from the catalog."""
        return self._definition

    def run(self, unit: Unit, slot: str, context: RunContext) -> RunOutcome:
        """Expire what is past its time; the index and files follow once that is committed."""
        counts: dict[str, int] = {}
        expired = expire_documents(unit, self._rules, self._vault())
        counts |= {kind: count for kind, count in sorted(expired.by_kind.items()) if count}
        counts["held-back texts"] = expired.held_texts
        if (limit := kept_for(self._rules.identities)) is not None:
            counts["identities"] = forget_identities(unit, self._vault(), unit.now - limit, self._active_since)
        if (limit := kept_for(self._rules.case_books)) is not None:
            counts["books of cases"] = forget_books_before(unit, unit.now - limit)
        if (limit := kept_for(self._rules.messages)) is not None:
            counts["messages"] = forget_messages(unit, unit.now - limit)
        copies = self._old_copies(unit)
        counts["state copies"] = len(copies)
        counts = {name: count for name, count in counts.items() if count}
        if not counts:
            return RunOutcome(note="nothing is past its time")
        audit.record(unit, SYSTEM, "data.retention", resource=slot, detail=counts)
        if expired.were_indexed:
            # Deleting leaves the bytes of a vector on disk: the index is written to a new directory.
            unit.after_commit(self._make_index)
        unit.after_commit(partial(_unlink, copies))
        said = ", ".join(f"{count:,} {name}" for name, count in counts.items())
        reply = Reply(
            f"Past their time and gone: {said}.",
            context="How long what is kept: catalog/retention.yaml.",
            parts=[Paragraph("Counts and figures stay; the words cannot be brought back.")],
        )
        return RunOutcome(posts=[Post(reply, key=f"data_retention/{slot}")], note=said)

    def _make_index(self) -> None:
        self._rebuild()(reuse=True)

    def _old_copies(self, unit: Unit) -> list[Path]:
        limit = kept_for(self._rules.backups)
        folder = self._home / "backups"
        if limit is None or not folder.is_dir():
            return []
        oldest = (unit.now - limit).timestamp()
        return [path for path in sorted(folder.glob("state-*.sqlite3")) if path.stat().st_mtime < oldest]


def _unlink(paths: Sequence[Path]) -> None:
    for path in paths:
        path.unlink(missing_ok=True)
