"""Words that follow the data: the parser of a long-running bot knows what the newest load brought.

Another generation of the facts is noticed at the next question, by one file read. Then the organisation's own values
are read anew, and the parser is made anew only where they differ; most loads bring the same words.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from frontline.core.errors import CatalogError, UserError

if TYPE_CHECKING:
    from frontline.catalog.loader import Catalog
    from frontline.core.ports import WordReader
    from frontline.metrics.questions import QuestionParser
    from frontline.store.facts import Facts

log = logging.getLogger(__name__)


class FreshParser:
    """Hands out the parser of the live generation. Safe to share between threads; one of them makes a new one."""

    def __init__(
        self, catalog: Callable[[], Catalog], facts: Callable[[], Facts], reader: Callable[[], WordReader]
    ) -> None:
        """``reader`` opens what the words that nobody knows are judged with."""
        self._catalog = catalog
        self._reader = reader
        self._facts = facts
        self._guard = threading.Lock()
        self._known: tuple[str, Catalog, object, QuestionParser] | None = None

    def __call__(self) -> QuestionParser:
        """Return the parser; it is read anew when the generation or the catalog is another one."""
        generation, catalog = self._facts().generation, self._catalog()
        known = self._known
        if known is not None and known[0] == generation and known[1] is catalog:
            return known[3]
        with self._guard:
            return self._read(generation, catalog)

    def _read(self, generation: str, catalog: Catalog) -> QuestionParser:
        from frontline.metrics.bearing import open_head
        from frontline.metrics.questions import QuestionParser
        from frontline.store.intake.values import with_own_values

        known, facts = self._known, self._facts()
        if known is not None and known[0] == generation and known[1] is catalog:
            return known[3]  # another thread was first
        # A file of one's own brings its own words ("brooklyn", "heat/hot water"): they are askable as loaded.
        words, agents = with_own_values(catalog, facts), facts.agent_names()
        spoken = ({key: words.values(key) for key in words.dimensions}, agents)
        if known is not None and known[1] is catalog and known[2] == spoken:
            parser = known[3]
        else:
            parser = QuestionParser(words, agents=agents, bearing=open_head(self._reader))
        self._known = (generation, catalog, spoken, parser)
        return parser


class Overlay:
    """Notices that somebody (an editor, ``frontline ingest`` beside the bot) changed the organisation's catalog."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._seen = self._signature()

    def has_changed(self) -> bool:
        """Whether a file came, went or changed since the last time somebody asked."""
        seen = self._signature()
        changed, self._seen = seen != self._seen, seen
        return changed

    def _signature(self) -> tuple[tuple[str, int, int], ...]:
        if not self._folder.is_dir():
            return ()
        found = []
        for path in self._folder.rglob("*.yaml"):
            try:
                stat = path.stat()
            except OSError:  # gone between the listing and the look
                continue
            found.append((str(path), stat.st_mtime_ns, stat.st_size))
        return tuple(sorted(found))


def read_or_keep(read: Callable[[], Catalog], kept: Catalog) -> Catalog:
    """Return the catalog anew; a faulty one leaves the old in force, with a line in the log."""
    try:
        return read()
    except (UserError, CatalogError) as fault:
        log.warning("the changed catalog is not taken: %s", fault)
        return kept
