"""How a metric is doing, for the card of its definition."""

from __future__ import annotations

from collections.abc import Sequence

from frontline.core.reply import Part
from handlers.desk import Work


def insight(work: Work, metric: str) -> Sequence[Part]:
    """Return the parts that say how ``metric`` is doing now; none until there is something to say."""
    return ()
