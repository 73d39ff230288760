"""What comes in by itself: pushed batches, the drop folder and the queries, taken in turns while the bot runs."""

from __future__ import annotations

import json
import logging
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING

from frontline.app.loading import load_facts
from frontline.core.actor import SYSTEM, Actor
from frontline.core.errors import CatalogError, Conflict, EngineError, FrontlineError, NotFound, UsageError
from frontline.store.intake.report import LoadReport

if TYPE_CHECKING:
    from frontline.app.wiring import House
    from frontline.store.intake.feeds.drop_folder import Dropped
    from frontline.store.intake.feeds.pushed import Waiting
    from frontline.store.intake.feeds.sql_pull import Pulled

log = logging.getLogger(__name__)


@dataclass
class _Turn:
    """One way in, how often it is looked at (seconds), and when it was last."""

    name: str
    every_s: float
    take: Callable[[], object]
    last: float = float("-inf")


class Feeds:
    """Takes each way in when its time has come. A way that fails is tried again at its next turn."""

    def __init__(self, house: House) -> None:
        self._house = house
        settings = house.settings
        self._turns = [
            _Turn("pushed rows", settings.intake_every_s, lambda: take_pushed(house)),
            _Turn(
                "inbox folder", settings.inbox_every_s, lambda: take_inbox(house) if inbox_of(house).is_dir() else []
            ),
            _Turn("queries", settings.pull_every_s, lambda: pull_all(house)),
        ]

    def step(self, now: float | None = None) -> None:
        """Take what is due. ``now``: seconds of a clock that only runs forward."""
        at = monotonic() if now is None else now
        for turn in self._turns:
            if at - turn.last < turn.every_s:
                continue
            turn.last = at
            try:
                turn.take()
            except (FrontlineError, OSError) as error:
                log.warning("%s: %s", turn.name, error)


def take_pushed(house: House) -> list[LoadReport]:
    """Load every batch that waits, one load per table; return the reports.

    A crash after a load loads the same rows again, which changes nothing.
    """
    from frontline.store.intake.feeds import pushed

    with house.store.read() as session:
        waiting = pushed.list_waiting(session, house.vault)
    reports = []
    for table in dict.fromkeys(batch.table for batch in waiting):
        batches = [batch for batch in waiting if batch.table == table]
        try:
            reports.append(_load_batches(house, table, batches))
        except UsageError:
            # Together they are refused: each for itself, so that one bad batch holds back no other.
            reports += _load_singly(house, table, batches)
            continue
        _settle(house, batches, is_loaded=True)
    return reports


def _load_singly(house: House, table: str, batches: Sequence[Waiting]) -> list[LoadReport]:
    reports = []
    for batch in batches:
        try:
            reports.append(_load_batches(house, table, [batch]))
        except UsageError as refusal:
            log.warning("A pushed batch of %s is refused: %s", table, refusal)
            _settle(house, [batch], is_loaded=False)
        else:
            _settle(house, [batch], is_loaded=True)
    return reports


def _load_batches(house: House, table: str, batches: Sequence[Waiting]) -> LoadReport:
    from frontline.app.receiving import push_options

    with tempfile.TemporaryDirectory(prefix="pushed-") as folder:
        path = Path(folder) / f"{table}.jsonl"
        with path.open("w", encoding="utf-8") as file:
            for batch in batches:
                file.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in batch.rows)
        return load_facts(house, [path], push_options(house, table), actor=SYSTEM)


def _settle(house: House, batches: Sequence[Waiting], *, is_loaded: bool) -> None:
    from frontline.store.intake.feeds import pushed

    with house.store.unit() as unit:
        pushed.settle(unit, [batch.seq for batch in batches], is_loaded=is_loaded)
        unit.commit()


def inbox_of(house: House) -> Path:
    """Return the drop folder of the home."""
    return house.home / "data" / "inbox"


def take_inbox(house: House, folder: Path | None = None, *, actor: Actor = SYSTEM) -> list[Dropped]:
    """Load what lies in the drop folder; move it with a report beside it."""
    from frontline.store.intake.feeds.drop_folder import take_drop_folder

    return take_drop_folder(
        folder or inbox_of(house),
        lambda path, options: load_facts(house, [path], options, actor=actor),
        records=house.catalog.records,
        now=house.clock.now(),
    )


def pull_all(house: House, names: Sequence[str] = (), *, actor: Actor = SYSTEM) -> list[Pulled]:
    """Run the declared queries, or the named ones; return what each brought.

    Raises:
        NotFound: no query of that name is declared.
        UsageError: a URL is missing, or rows are refused.
        EngineError: a database does not answer; the queries after it were tried.
    """
    from frontline.store.intake.feeds.declaration import load_feeds

    declared = load_feeds(house.catalog_folder)
    if unknown := [name for name in names if name not in declared]:
        known = ", ".join(declared) or "none; see docs/intake.md"
        raise NotFound(f"There is no feed {unknown[0]}.", next_step=f"Declared in feeds.yaml: {known}.")
    pulled, failed = [], []
    for name in names or declared:
        try:
            pulled.append(pull_one(house, name, actor=actor))
        except (EngineError, UsageError, Conflict, CatalogError) as error:
            failed.append(error)
            log.warning("feed %s: %s", name, error)
    if failed:
        raise failed[0]
    return pulled


def pull_one(house: House, name: str, *, actor: Actor = SYSTEM) -> Pulled:
    """Run one declared query from its watermark on."""
    from frontline.app.settings import read_address
    from frontline.store.engines import source_engine
    from frontline.store.intake.feeds.declaration import load_feeds
    from frontline.store.intake.feeds.sql_pull import pull

    feed = load_feeds(house.catalog_folder)[name]
    url = read_address(feed.url_from)
    if not url:
        raise UsageError(f"{feed.url_from} is not set.", next_step=f"It holds the database URL of the feed {name}.")
    engine = source_engine(url, named=feed.url_from)
    try:
        return pull(
            name, feed, engine, house.facts, lambda path, options: load_facts(house, [path], options, actor=actor)
        )
    finally:
        engine.dispose()
