"""The demo company plays on as its clock moves: facts every few minutes, queues and open cases every minute, texts.

Where it stands is kept in the home, so that a restart goes on from there: the clock's position in ``clock``, how far
the facts go in the facts themselves (``played_to``: a rollback is noticed), how far the texts go beside the future.
"""

from __future__ import annotations

import datetime as dt
import json
import logging
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol
from zoneinfo import ZoneInfo

from frontline.app.demo_home import MARK, NOW, TABLES, ZONE, write_clock
from frontline.core.actor import SYSTEM
from frontline.core.errors import Conflict, EngineError, FrontlineError, UsageError
from frontline.core.ports import Progress, Report

if TYPE_CHECKING:
    from frontline.app.wiring import House
    from frontline.sandbox.company.future import Future

log = logging.getLogger(__name__)
LIVE_EVERY = dt.timedelta(minutes=1)
FACTS_EVERY = dt.timedelta(minutes=5)
PULSE_SECONDS = 2.0
LONGEST_JUMP = dt.timedelta(days=190)
PLAYED_TO = "played_to"
_BEGIN = dt.datetime.fromisoformat(NOW).replace(tzinfo=ZoneInfo(ZONE))
_PATIENCE_SECONDS, _TRIES = 1.5, 40


class MovableClock(Protocol):
    """The clock of the demo."""

    def now(self) -> dt.datetime: ...

    def move_to(self, instant: dt.datetime) -> None: ...


class Player:
    """Brings a demo home to where its clock is. One at a time: the pulse leaves a jump alone, a jump waits for it."""

    def __init__(
        self,
        house: House,
        clock: MovableClock,
        *,
        tick: Callable[[], object] = lambda: None,
        slots: Callable[[dt.datetime, dt.datetime], Sequence[dt.datetime]] = lambda _after, _until: (),
        needs_texts: Callable[[dt.datetime, dt.datetime], bool] = lambda _after, _until: False,
    ) -> None:
        """
        Args:
            tick: runs the routines that are due at the clock's now, and delivers.
            slots: the instants in (after, until] at which a routine is due, oldest first.
            needs_texts: whether a routine due in (after, until] reads texts.
        """
        self._house = house
        self._clock = clock
        self._tick = tick
        self._slots = slots
        self._needs_texts = needs_texts
        self._guard = threading.Lock()
        self._stopping = threading.Event()
        self._future: Future | None = None
        self._live_at: dt.datetime | None = None
        self._thread: threading.Thread | None = None
        self.texts_ready = threading.Event()  # the texts that were there at the start are in the corpus

    def start(self) -> None:
        """Play on in the background as the clock ticks."""
        self._thread = threading.Thread(target=self._pulse, name="player", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Stop after the step under way."""
        self._stopping.set()
        if self._thread is not None:
            self._thread.join(30)

    def step(self) -> None:
        """Bring the live state and the facts to now where they are due; a jump under way is left alone."""
        if not self._guard.acquire(blocking=False):
            return
        try:
            now = self._clock.now()
            if self._live_at is None or now - self._live_at >= LIVE_EVERY:
                self._take_live(now)
            if now - played_to(self._house) >= FACTS_EVERY:
                self._bring_facts(now)
                self._take_texts(now)
        finally:
            self._guard.release()

    def jump(self, to: dt.datetime, report: Report = lambda _progress: None) -> None:
        """Move the clock to ``to``: facts first, then every slot on the way as of itself, then the live state.

        Raises:
            UsageError: further than ``LONGEST_JUMP``.
            Conflict: somebody else's load holds the facts, or the company could not be played.
        """
        start = self._clock.now()
        if to - start > LONGEST_JUMP:
            raise UsageError(
                f"One jump goes {LONGEST_JUMP.days} days at most.", next_step="Pick an earlier moment, then jump again."
            )
        with self._guard:
            if to <= self._clock.now():
                raise Conflict("The clock is past that already.", next_step="Pick a later moment.")
            words = f"playing {span_in_words(to - start)}"
            report(Progress(0, 0, words))
            self._ready(to, report)
            self._with_patience(lambda: self._bring_facts(to))
            if self._needs_texts(start, to):
                self._await_texts(report)
            self._take_texts(to, report)
            moments = [moment for moment in self._slots(start, to) if moment < to]
            for number, moment in enumerate(moments):
                report(Progress(number, len(moments) + 1, f"{words}: {moment.astimezone(self._zone):%a %-d %b %H:%M}"))
                self._clock.move_to(moment)
                self._tick()
            report(Progress(len(moments), len(moments) + 1, words))
            self._clock.move_to(to)
            self._take_live(to)
            self._tick()

    @property
    def _zone(self) -> ZoneInfo:
        return self._house.catalog.calendar.zone_info

    @property
    def _folder(self) -> Path:
        return self._house.home / "demo"

    def _pulse(self) -> None:
        while not self._stopping.wait(PULSE_SECONDS):
            try:
                self.step()
            except (FrontlineError, OSError) as error:
                log.warning("the demo does not play on: %s", error)

    def _ready(self, until: dt.datetime, report: Report = lambda _progress: None) -> Future:
        """Return the days to come; where they do not reach, more are played in a process of its own: its memory goes.

        Raises:
            Conflict: that failed.
        """
        from frontline.sandbox.company.future import Future
        from frontline.sandbox.company.generator import FUTURE

        path = self._folder / FUTURE
        if self._future is None and path.is_file():
            self._future = Future.load(path)
        if self._future is None or until >= self._future.end:
            report(Progress(0, 0, "making more of the future (about half a minute)"))
            wanted = json.loads((self._house.home / MARK).read_text(encoding="utf-8"))
            wanted |= {"path": str(path), "until": until.astimezone(ZoneInfo(ZONE)).date().isoformat()}
            program = [sys.executable, "-m", "frontline.sandbox.company.future", json.dumps(wanted)]
            done = subprocess.run(program, capture_output=True, text=True, timeout=1800, check=False)  # noqa: S603
            if done.returncode:
                log.warning("the company could not be played on: %s", done.stderr.strip()[-300:])
                raise Conflict("The company could not be played on.", next_step="See the log of the demo.")
            self._future = Future.load(path)
        return self._future

    def _bring_facts(self, at: dt.datetime) -> None:
        """Load what came or changed since the last time through the real intake, as one generation."""
        import pyarrow.parquet as pq

        from frontline.store.intake import Options, ingest

        since = played_to(self._house)
        if at <= since:
            return
        changes = self._ready(at).changes(since, at)
        house, calendar = self._house, self._house.catalog.calendar
        with tempfile.TemporaryDirectory(prefix="demo-", dir=self._folder) as folder:
            paths = []
            for table in TABLES:
                rows = changes.tables.get(table)
                if rows is not None and len(rows):
                    paths.append(Path(folder) / f"{table}.parquet")
                    pq.write_table(rows, paths[-1])
            ingest(
                paths,
                home=house.home,
                store=house.store,
                vault=house.vault,
                now=at,
                options=Options(zone=ZONE, restated=changes.restated, marks={PLAYED_TO: at.isoformat()}),
                records=house.catalog.records,
                calendar_zone=ZONE,
                gap_days=calendar.gap_days,
            )
        _ = house.parser  # whoever asks first does not wait for the new words

    def _take_live(self, at: dt.datetime) -> None:
        from frontline.store.live import CASES, QUEUES, take

        future, key = self._ready(at), self._house.org_key
        cases, queues = future.open_cases(at), future.queues(at)
        with self._house.store.unit() as unit:
            take(unit, CASES, cases, at, key=key, is_whole=True)
            take(unit, QUEUES, queues, at, key=key, is_whole=True)
            unit.commit()
        write_clock(self._house.home, at)
        self._live_at = at

    def _take_texts(self, at: dt.datetime, report: Report = lambda _progress: None) -> None:
        """Take new complaints and verbatims through the gate; while the first ones are still on their way, later."""
        if not self.texts_ready.is_set():
            return
        mark = self._folder / "texts_to"
        since = dt.datetime.fromisoformat(mark.read_text().strip()) if mark.is_file() else _BEGIN
        if at <= since:
            return
        rows = list(self._ready(at).documents(since, at))
        for number, _decision in enumerate(self._house.corpus.add(SYSTEM, rows) if rows else ()):
            report(Progress(number, len(rows), f"reading {len(rows):,} new texts"))
        mark.write_text(at.isoformat())

    def _await_texts(self, report: Report) -> None:
        """Wait until the texts of the first start are in: a routine on the way reads them."""
        while not self.texts_ready.wait(0.5):
            report(Progress(0, 0, "waiting until the texts of the first start are read"))
            if self._stopping.is_set():
                raise Conflict("The demo is stopping.", next_step="Start it again.")

    def _with_patience(self, load: Callable[[], None]) -> None:
        """Load, and wait for somebody else's load to end."""
        for _ in range(_TRIES):
            try:
                return load()
            except EngineError as error:
                raise Conflict(str(error), next_step="Free some space or look at the log, then jump again.") from error
            except Conflict:
                if self._stopping.wait(_PATIENCE_SECONDS):
                    raise
        return load()


def played_to(house: House) -> dt.datetime:
    """Return how far the facts of a demo home go."""
    said = house.facts.meta(PLAYED_TO)
    return dt.datetime.fromisoformat(said) if said else _BEGIN


def span_in_words(span: dt.timedelta) -> str:
    """Return a span as people say it: ``22 hours``, ``3 days``."""
    minutes = max(1, round(span.total_seconds() / 60))
    if minutes < 120:
        return "1 minute" if minutes == 1 else f"{minutes} minutes"
    hours = round(minutes / 60)
    return f"{hours} hours" if hours < 72 else f"{round(hours / 24)} days"
