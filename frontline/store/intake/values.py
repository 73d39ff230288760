"""The organisation's own words: values of dimensions that its facts hold and the shipped catalog does not list."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from types import MappingProxyType

from sqlalchemy import text

from frontline.catalog.lexicon import Lexicon
from frontline.catalog.loader import Catalog
from frontline.catalog.schema_models import Value, fold
from frontline.store.facts import Facts
from frontline.store.intake.masks import MASKED
from frontline.store.intake.sql import name

MOST_VALUES = 200  # of one dimension; more are no list that people know by heart
_FEWEST_ROWS = 3
_LONGEST = 60
_NO_VALUES = frozenset({MASKED, "other", "unknown", "none", "all", "total", "new", "open", "closed", "today", "now"})


def with_own_values(catalog: Catalog, facts: Facts) -> Catalog:
    """Return ``catalog`` with the values of the live facts added to its dimensions, so that questions may name them.

    Left out: people, numbers, long texts, values of less than three rows, and words that mean something else already
    (a topic called "status" would swallow the word).
    """
    if not facts.generation:
        return catalog
    taken, loaded = set(_taken(catalog)), facts.tables()
    dimensions = {}
    for key, dimension in catalog.dimensions.items():
        known = {fold(value.key) for value in dimension.values} | {fold(value.label) for value in dimension.values}
        own = []
        if not dimension.is_person:
            places = [(model, path) for model, paths in dimension.columns.items() if model in loaded for path in paths]
            own = [word for word in _read(facts, places) if fold(word) not in known and _is_word(word, taken)]
        more = tuple(Value(key=word) for word in own[:MOST_VALUES])
        dimensions[key] = dimension.model_copy(update={"values": (*dimension.values, *more)}) if more else dimension
    return replace(catalog, dimensions=MappingProxyType(dimensions))


def _read(facts: Facts, places: Iterable[tuple[str, str]]) -> list[str]:
    """The values at ``places`` (constants and joins are skipped: they repeat a column of another table)."""
    counts: dict[str, int] = {}
    with facts.connect() as connection:
        for model, path in places:
            if "." in path or path.startswith("="):
                continue
            column = name(path)
            query = text(
                f"SELECT {column}, count(*) FROM {name(model)} WHERE {column} IS NOT NULL "
                f"GROUP BY 1 ORDER BY 2 DESC LIMIT {MOST_VALUES * 2}"
            )
            for word, count in connection.execute(query):
                counts[word] = counts.get(word, 0) + count
    common = [(word, count) for word, count in counts.items() if count >= _FEWEST_ROWS]
    return [word for word, _ in sorted(common, key=lambda pair: (-pair[1], pair[0]))]


def _is_word(word: str, taken: set[str]) -> bool:
    letters = sum(letter.isalpha() for letter in word)
    folded = fold(word)
    return letters >= 3 and len(word) <= _LONGEST and folded not in taken and folded not in _NO_VALUES


def _taken(catalog: Catalog) -> Iterator[str]:
    """Every phrase that the catalog and the lexicon use for something other than a value."""
    for key, metric in catalog.metrics.items():
        yield from (fold(key), fold(metric.title))
    for key, dimension in catalog.dimensions.items():
        yield from (fold(key), fold(dimension.title))
        yield from (fold(value.key) for value in dimension.values)
    lexicon = catalog.lexicon
    if not isinstance(lexicon, Lexicon):
        return
    groups: list[Iterable[Iterable[str]]] = [
        lexicon.metrics.values(),
        lexicon.dimensions.values(),
        lexicon.operations.values(),
        lexicon.time.values(),
        lexicon.days.values(),
        lexicon.framing,
        (blend.say for blend in lexicon.blends),
        (lexicon.fillers, lexicon.measures, lexicon.unsupported, lexicon.numbers),
    ]
    for group in groups:
        for phrases in group:
            for phrase in phrases:
                for variant in re.split(r"\s*\|\s*", phrase) if " " not in phrase else (phrase,):
                    yield fold(variant)
    # A value of another dimension by its own words ("phone" as a topic) stays that value.
    for values in lexicon.values.values():
        for words in values.values():
            yield from map(fold, words)
