"""Bulk checks over processes: plain strings travel over the pipe, sealed types are made on this side of it."""

from __future__ import annotations

import itertools
import multiprocessing
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from pathlib import Path

from anonymization.gate import PresidioGate
from anonymization.policy import Policy
from anonymization.reasons import Reason
from frontline.core.ports import Known, Span, Verdict
from frontline.core.text import Provenance, RawText, seal

_CHUNK = 64
_Item = tuple[str, Known | None]


@dataclass(frozen=True)
class _Outcome:
    """A verdict that may cross a process border."""

    text: str | None
    provenance: Provenance | None
    spans: tuple[Span, ...]
    reasons: tuple[str, ...]


_gate: PresidioGate | None = None  # one per worker process


def check_in_pool(
    items: Iterable[tuple[RawText, Known | None]],
    *,
    policies: Mapping[str, Policy],
    ner: str,
    models: Path,
    policy: str,
    workers: int,
) -> Iterator[Verdict]:
    """Judge ``items`` in order over ``workers`` processes; texts of a process that dies are quarantined."""
    # A forked child would inherit locked locks of a threaded parent.
    context = multiprocessing.get_context("spawn")
    iterator = iter(items)
    with ProcessPoolExecutor(
        workers, mp_context=context, initializer=_open_gate, initargs=(dict(policies), ner, models)
    ) as pool:
        waiting: deque[tuple[int, Future[list[_Outcome]]]] = deque()
        while True:
            while len(waiting) < workers * 3:
                chunk: list[_Item] = [(text.reveal(), known) for text, known in itertools.islice(iterator, _CHUNK)]
                if not chunk:
                    break
                waiting.append((len(chunk), pool.submit(_check_chunk, chunk, policy)))
            if not waiting:
                return
            size, future = waiting.popleft()
            try:
                outcomes = future.result()
            except BrokenProcessPool:
                outcomes = [_Outcome(None, None, (), (Reason.GATE_FAILED.value,))] * size
            yield from map(_verdict, outcomes)


def _open_gate(policies: dict[str, Policy], ner: str, models: Path) -> None:
    global _gate  # noqa: PLW0603  # the executor offers no other place to keep a worker's engine
    _gate = PresidioGate(policies=policies, ner=ner, models=models, cache_size=0)
    _gate.start()


def _check_chunk(chunk: list[_Item], policy: str) -> list[_Outcome]:
    assert _gate is not None
    verdicts = (_gate.check(RawText(text), known=known, policy=policy) for text, known in chunk)
    return [_outcome(verdict) for verdict in verdicts]


def _outcome(verdict: Verdict) -> _Outcome:
    if verdict.text is None:
        return _Outcome(None, None, tuple(verdict.spans), tuple(verdict.reasons))
    return _Outcome(verdict.text.show(), verdict.text.provenance, tuple(verdict.spans), tuple(verdict.reasons))


def _verdict(outcome: _Outcome) -> Verdict:
    if outcome.text is None or outcome.provenance is None:
        return Verdict(None, outcome.spans, outcome.reasons)
    return Verdict(seal(outcome.text, outcome.provenance), outcome.spans, outcome.reasons)
