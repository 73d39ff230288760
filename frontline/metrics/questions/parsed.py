"""What a question became: a query, readings to choose from, or the words that were not understood."""

from __future__ import annotations

from dataclasses import dataclass

from frontline.core.reply import Outcome
from frontline.metrics.query import MetricQuery


@dataclass(frozen=True)
class Reading:
    """One way to read a question: the whole query, and its restatement for a button."""

    query: MetricQuery
    label: str


@dataclass(frozen=True)
class Parsed:
    """What became of a question.

    ``intent``: metric | floor | standing | examples | debriefs | ownership | help | command | none. ``query`` is set
    when answered and may be when denied. ``readings`` (at most four, best first) come with a question back.
    ``not_understood`` are words as typed, ``nearest`` metric keys, ``message`` a sentence for the person, ``kept`` what
    came from the thread, ``left_aside`` the unknown words that were taken for talk, ``place`` the queue, site or team
    whose floor is asked for, ``group`` (dimension, value) whose standing is.
    """

    outcome: Outcome
    intent: str
    query: MetricQuery | None = None
    readings: tuple[Reading, ...] = ()
    not_understood: tuple[str, ...] = ()
    nearest: tuple[str, ...] = ()
    message: str = ""
    kept: str = ""
    left_aside: tuple[str, ...] = ()
    place: str = ""
    group: tuple[str, str] | None = None
