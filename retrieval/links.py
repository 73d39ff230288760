"""What the facts know of documents: the agent whom a survey is about, the day on which a case was opened."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from frontline.governance.verbatims import AgentsOf


@dataclass(frozen=True)
class FactLinks:
    """``agents_of``: ids of surveys -> agents; ``opened_of``: ids of cases -> local days, as far as the facts know."""

    agents_of: AgentsOf
    opened_of: Callable[[Collection[str]], Mapping[str, dt.date]]
