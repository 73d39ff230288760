"""A small cache of answers. The key holds everything that could change one, so nothing has to be invalidated."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Hashable

from frontline.metrics.query import MetricResult


class ResultCache:
    """The most recent answers, by canonical query, generation, policy and minute."""

    def __init__(self, size: int = 256) -> None:
        self._size = size
        self._results: OrderedDict[Hashable, MetricResult] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: Hashable) -> MetricResult | None:
        """Return the answer kept under ``key``."""
        with self._lock:
            if (result := self._results.get(key)) is not None:
                self._results.move_to_end(key)
            return result

    def put(self, key: Hashable, result: MetricResult) -> None:
        """Keep an answer, and forget the one unused for longest."""
        with self._lock:
            self._results[key] = result
            while len(self._results) > self._size:
                self._results.popitem(last=False)
