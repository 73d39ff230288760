"""The words people use: synonyms of metrics, dimensions and values, words of time and of asking. All of it is data."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from pydantic import Field

from frontline.catalog.yamlfile import Definition, load_with_overlay

DEFAULT = Path(__file__).parent / "defaults" / "lexicon.yaml"

Phrases = tuple[str, ...]


class Blend(Definition):
    """Words that say several things at once, or one of several.

    ``metrics`` with one key is certain, with more is ambiguous; ``soft`` words (cases, calls, cost) step back when
    another metric is named, leaving their ``values`` as filters: ``counted`` nouns beside any metric, other words only
    beside one of their own. ``any_of`` lists the values a word may stand for.
    """

    say: Phrases
    metrics: tuple[str, ...] = ()
    soft: bool = False
    counted: bool = False
    values: Mapping[str, str] = {}
    any_of: tuple[tuple[str, str], ...] = ()
    rank: Literal["highest", "lowest", "best", "worst"] | None = None


class Asides(Definition):
    """Words that open or carry a remark which is no part of the question.

    A clause with one of ``subjects`` and a ``finite`` verb (or a ``contracted`` one) is a statement, unless it begins
    with a ``restricting`` word, which narrows the question down. A question begins after a ``hinges`` word, or with an
    ``asking`` word right behind somebody's ``speech``.
    """

    events: Phrases = ()
    speakers: Phrases = ()
    reasons: Phrases = ()
    greetings: Phrases = ()
    closings: Phrases = ()
    corrections: Phrases = ()
    subjects: Phrases = ()
    finite: Phrases = ()
    contracted: Phrases = ()
    restricting: Phrases = ()
    hinges: Phrases = ()
    speech: Phrases = ()
    asking: Phrases = ()
    company: Phrases = ()


class PersonWords(Definition):
    """Words around single persons: how a name is given, what is one's own, how heads are counted.

    ``titles`` need only a name after them, ``weak_titles`` also a word of ``before_names`` before them. ``verbs`` are
    what a customer does ("what did ... call about"). ``own`` is "my"; ``own_passed`` may stand between it and a metric,
    ``own_not`` is no metric ("my question"), ``own_said`` claims a figure without it; ``for_me`` does, unless one of
    ``requests`` is said too. ``heads`` are people counted after ``counting`` or ``distinct`` words, ``before_heads``
    may stand in between.
    """

    nouns: Phrases = ()
    titles: Phrases = ()
    weak_titles: Phrases = ()
    given_names: Phrases = ()
    before_names: Phrases = ()
    by_name: Phrases = ()
    named: Phrases = ()
    called: Phrases = ()
    not_names: Phrases = ()
    verbs: Phrases = ()
    own: Phrases = ()
    own_passed: Phrases = ()
    own_not: Phrases = ()
    own_said: Phrases = ()
    for_me: Phrases = ()
    requests: Phrases = ()
    heads: Phrases = ()
    before_heads: Phrases = ()
    counting: Phrases = ()
    distinct: Phrases = ()


class Lexicon(Definition):
    """lexicon.yaml. In a phrase ``a|b`` means either word, ``*`` up to five others, ``$solve`` a word of that class.

    A line of ``intents`` may join phrases with ``&`` and exclude one with ``!``; ``^`` holds it at the beginning.
    ``leanings`` count one point a line where no figure was understood.
    ``outranks`` lists per metric those that its words often carry along without meaning them.
    ``narrowing`` are words of framing that narrow a figure in the place of a noun ("by type", "of the helpdesk").
    ``first_asked`` are the metrics offered where a question names none.
    ``shorthand`` spells out what fingers in a hurry type ("2day", "tix", "lw").
    """

    metrics: Mapping[str, Phrases]
    dimensions: Mapping[str, Phrases]
    values: Mapping[str, Mapping[str, Phrases]]
    blends: tuple[Blend, ...] = ()
    operations: Mapping[str, Phrases]
    time: Mapping[str, Phrases]
    numbers: Mapping[str, int] = Field(default_factory=dict)
    days: Mapping[str, Phrases] = {}
    outranks: Mapping[str, tuple[str, ...]] = {}
    classes: Mapping[str, Phrases] = {}
    shorthand: Mapping[str, str] = {}
    fillers: Phrases = ()
    framing: tuple[Phrases, ...] = ()
    measures: Phrases = ()
    narrowing: Phrases = ()
    unsupported: Phrases = ()
    asides: Asides = Asides()
    intents: Mapping[str, Phrases] = {}
    leanings: Mapping[str, Phrases] = {}
    personal: Phrases = ()
    persons: PersonWords = PersonWords()
    plain_words: Phrases = ()
    first_asked: tuple[str, ...] = ()


def load_lexicon(overlay: Path | None = None) -> Lexicon:
    """Read the shipped words; an overlay's ``lexicon.yaml`` adds to lists and mappings, it takes nothing away.

    Raises:
        CatalogError: every fault, with file and line.
    """
    return load_with_overlay(DEFAULT, overlay, Lexicon, _added)


def _added(base: Any, more: Any) -> Any:
    if isinstance(base, dict) and isinstance(more, dict):
        return {**base, **{key: _added(base[key], value) if key in base else value for key, value in more.items()}}
    if isinstance(base, list) and isinstance(more, list):
        return [*base, *(item for item in more if item not in base)]
    return more
