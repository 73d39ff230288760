"""Bulk checks over processes: plain strings travel over pipes, sealed types are made on this side of them.

Every worker has its own gate and answers text by text, so that it is known which text a worker died or hung on: that
one is quarantined with the reason, a fresh worker takes its place and the rest of its texts. Results keep their order.
"""

from __future__ import annotations

import itertools
import multiprocessing
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from typing import Any, Protocol

from anonymization.reasons import Reason
from frontline.core.ports import CaseBook, Known, Span, Verdict
from frontline.core.text import Provenance, RawText, seal

_CHUNK = 32
_AHEAD = 3  # chunks a worker, so that none waits for the next one
_START_S = 300.0  # a gate loads within seconds; a machine may be busy
_MOST_FAILED_STARTS = 3
_Item = tuple[str, Known | None]
_Message = tuple[str, int, Any]


class Checker(Protocol):
    """What a worker has: a gate."""

    def check(self, text: RawText, *, known: Known | None = None, policy: str = "index") -> Verdict: ...


OpenChecker = Callable[[], Checker]


@dataclass(frozen=True)
class _Outcome:
    """A verdict that may cross a process border."""

    text: str | None
    provenance: Provenance | None
    spans: tuple[Span, ...]
    reasons: tuple[str, ...]
    case: CaseBook | None = None


@dataclass
class _Worker:
    """One process, and the places of the texts that it still owes an answer for."""

    process: Any
    pipe: Connection
    deadline: float
    is_ready: bool = False
    owed: deque[int] = field(default_factory=deque)


def check_in_pool(
    items: Iterable[tuple[RawText, Known | None]],
    *,
    open_checker: OpenChecker,
    policy: str,
    workers: int,
    seconds: float,
) -> Iterator[Verdict]:
    """Judge ``items`` in order over ``workers`` processes.

    ``open_checker`` is called once in each process, and has to be importable there. A text that takes longer than
    ``seconds`` costs its worker.
    """
    pool = _Pool(open_checker, policy, workers, seconds)
    try:
        yield from pool.run(((text.reveal(), known) for text, known in items))
    finally:
        pool.close()


class _Pool:
    """Hands chunks out, collects answers, replaces workers."""

    def __init__(self, open_checker: OpenChecker, policy: str, workers: int, seconds: float) -> None:
        # A forked child would inherit locked locks of a threaded parent.
        self._context = multiprocessing.get_context("spawn")
        self._open, self._policy, self._seconds = open_checker, policy, seconds
        self._size = workers
        self._failed_starts = 0
        self._workers: list[_Worker] = []
        self._todo: deque[int] = deque()
        self._texts: dict[int, _Item] = {}
        self._answers: dict[int, Verdict] = {}

    def run(self, items: Iterator[_Item]) -> Iterator[Verdict]:
        source = enumerate(items)
        next_out, is_more = 0, True
        while is_more or self._texts or self._answers:
            while is_more and len(self._texts) + len(self._answers) < self._size * _CHUNK * _AHEAD:
                chunk = list(itertools.islice(source, _CHUNK))
                is_more = bool(chunk)
                self._texts.update(chunk)
                self._todo.extend(place for place, _ in chunk)
            if self._texts:
                self._step()
            while next_out in self._answers:
                yield self._answers.pop(next_out)
                next_out += 1

    def close(self) -> None:
        for worker in self._workers:
            worker.process.kill()
            worker.process.join()
            worker.pipe.close()

    def _step(self) -> None:
        """Give every free worker something to do, then wait until one of them says something or is too late."""
        if self._failed_starts >= _MOST_FAILED_STARTS:
            for place in list(self._texts):
                self._give_up(place, Reason.GATE_FAILED)
            return
        while len(self._workers) < min(self._size, -(-len(self._texts) // _CHUNK)):
            self._workers.append(self._start())
        for worker in self._workers:
            if worker.is_ready and not worker.owed and self._todo:
                self._hand_out(worker)
        soonest = min(worker.deadline for worker in self._workers)
        for pipe in wait([worker.pipe for worker in self._workers], max(0.0, soonest - time.monotonic())):
            self._listen(next(worker for worker in self._workers if worker.pipe is pipe))
        for worker in [worker for worker in self._workers if worker.deadline < time.monotonic()]:
            self._lose(worker, Reason.TIMED_OUT)

    def _start(self) -> _Worker:
        ours, theirs = self._context.Pipe()
        process = self._context.Process(target=_work, args=(theirs, self._open, self._policy), daemon=True)
        process.start()
        theirs.close()
        return _Worker(process, ours, time.monotonic() + _START_S)

    def _hand_out(self, worker: _Worker) -> None:
        places = [self._todo.popleft() for _ in range(min(_CHUNK, len(self._todo)))]
        worker.owed.extend(places)
        worker.deadline = time.monotonic() + self._seconds
        try:
            worker.pipe.send([(place, *self._texts[place]) for place in places])
        except OSError:
            self._lose(worker, Reason.GATE_FAILED)

    def _listen(self, worker: _Worker) -> None:
        try:
            kind, place, content = worker.pipe.recv()
        except (EOFError, OSError):
            self._lose(worker, Reason.GATE_FAILED)
            return
        if kind == "ready":
            worker.is_ready, self._failed_starts = True, 0
        else:
            worker.owed.remove(place)
            self._texts.pop(place)
            self._answers[place] = _verdict(content)
        # An idle worker may be as late as it likes.
        worker.deadline = time.monotonic() + (self._seconds if worker.owed else 10 * _START_S)

    def _lose(self, worker: _Worker, reason: Reason) -> None:
        """Quarantine the text that a worker was at, hand its other texts to the next one, and let it go."""
        if worker not in self._workers:
            return
        self._workers.remove(worker)
        worker.process.kill()
        worker.process.join()
        worker.pipe.close()
        if not worker.is_ready:
            self._failed_starts += 1
        if worker.owed:
            self._give_up(worker.owed.popleft(), reason)
        self._todo.extendleft(reversed(worker.owed))

    def _give_up(self, place: int, reason: Reason) -> None:
        self._texts.pop(place)
        self._answers[place] = Verdict(None, reasons=(reason.value,))


def _work(pipe: Connection, open_checker: OpenChecker, policy: str) -> None:
    """The life of a worker: open the gate, then answer text by text until the other side is gone."""
    gate = open_checker()
    pipe.send(("ready", 0, None))
    try:
        while True:
            chunk: Sequence[tuple[int, str, Known | None]] = pipe.recv()
            for place, text, known in chunk:
                pipe.send(("answer", place, _outcome(gate.check(RawText(text), known=known, policy=policy))))
    except (EOFError, OSError):
        return


def _outcome(verdict: Verdict) -> _Outcome:
    if verdict.text is None:
        return _Outcome(None, None, tuple(verdict.spans), tuple(verdict.reasons))
    provenance = verdict.text.provenance
    return _Outcome(verdict.text.show(), provenance, tuple(verdict.spans), tuple(verdict.reasons), verdict.case)


def _verdict(outcome: _Outcome) -> Verdict:
    if outcome.text is None or outcome.provenance is None:
        return Verdict(None, outcome.spans, outcome.reasons)
    return Verdict(seal(outcome.text, outcome.provenance), outcome.spans, outcome.reasons, outcome.case)
