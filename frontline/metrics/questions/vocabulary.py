"""Every phrase that has a meaning: the catalog's names and the lexicon's words, filed for look-up by stems."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from frontline.catalog.lexicon import Lexicon
from frontline.catalog.loader import Catalog
from frontline.metrics.questions.senses import Sense, Sort
from frontline.metrics.questions.spelling import Speller
from frontline.metrics.questions.stems import stem
from frontline.metrics.questions.timewords import TimeWords
from frontline.metrics.questions.words import Token, cut

# How many little words may stand between two words of a phrase ("cost of a case").
MAX_SKIPPED = 3
# How many other words a "*" may stand for.
MAX_GAP = 5
_WORDLIKE = frozenset("%&")


@dataclass
class _Node:
    children: dict[str, _Node] = field(default_factory=dict)
    senses: list[Sense] = field(default_factory=list)


@dataclass(frozen=True)
class Match:
    """A phrase found at tokens ``start`` to ``end``; ``pair`` ties the parts of a phrase with a gap together."""

    start: int
    end: int
    senses: tuple[Sense, ...]
    pair: int = 0


class Vocabulary:
    """The words of one catalog; built once, then only read."""

    def __init__(self, catalog: Catalog, lexicon: Lexicon, *, agents: Mapping[str, str]) -> None:
        self.lexicon = lexicon
        self.time = TimeWords(lexicon)
        self._root = _Node()
        self._gapped: dict[str, list[tuple[tuple[tuple[str, ...], ...], Sense]]] = {}
        self._fillers = frozenset(lexicon.fillers)
        self._known: set[str] = set()
        self._stems: set[str] = set()
        self._telling: set[str] = set(self.time.words())
        for phrase, sense in _entries(catalog, lexicon, agents):
            self._file(phrase, sense)
        for word in self.time.words():
            self._learn(word)
        for word in lexicon.fillers:
            self._learn(word)
        spellable = {word for word in self._known if word not in lexicon.plain_words}
        self.speller = Speller(spellable, plain=lexicon.plain_words, telling=self._telling, root=stem)

    def knows(self, token: Token) -> bool:
        """Whether the word has any meaning here."""
        return token.kind != "word" or token.text in self._known or token.stem in self._stems

    def mend(self, tokens: Sequence[Token]) -> tuple[Token, ...]:
        """Return the tokens with single slips corrected and run-together words parted."""
        mended: list[Token] = []
        for token in tokens:
            if self.knows(token):
                mended.append(token)
            elif parts := self._part(token):
                mended.extend(parts)
            elif fixed := self.speller.correct(token.text) or self.speller.correct(token.stem):
                mended.append(replace(token, text=fixed, stem=stem(fixed)))
            else:
                mended.append(token)
        return tuple(mended)

    def matches(self, tokens: Sequence[Token], start: int) -> Iterator[Match]:
        """Yield every phrase that begins at token ``start``."""
        stack = [(self._root, start, 0)]
        while stack:
            node, at, skipped = stack.pop()
            if node.senses and at > start and not skipped:
                yield Match(start, at, tuple(node.senses))
            if at >= len(tokens):
                continue
            token = tokens[at]
            if token.is_punct and token.text not in _WORDLIKE and token.stem not in node.children:
                continue
            if child := node.children.get(token.stem):
                stack.append((child, at + 1, 0))
            if at > start and skipped < MAX_SKIPPED and token.text in self._fillers:
                stack.append((node, at + 1, skipped + 1))

    def split_matches(self, tokens: Sequence[Token], start: int) -> Iterator[Match]:
        """Yield the parts of phrases with a gap whose first part begins at ``start``."""
        for number, (parts, sense) in enumerate(self._gapped.get(tokens[start].stem, ()), start=1):
            spots: list[tuple[int, int]] = []
            at = start
            for part in parts:
                found = self._seek(tokens, part, at, exact=not spots)
                if found is None:
                    break
                spots.append(found)
                at = found[1]
            else:
                pair = start * 1000 + number
                yield Match(*spots[0], (sense,), pair)
                for spot in spots[1:]:
                    yield Match(*spot, (Sense(Sort.FRAMING, ("rest",)),), pair)

    def _seek(
        self, tokens: Sequence[Token], part: tuple[str, ...], start: int, *, exact: bool
    ) -> tuple[int, int] | None:
        for begin in range(start, start + (1 if exact else MAX_GAP + 1)):
            at, done = begin, 0
            if any(token.text in ".?!;" for token in tokens[start:begin]):
                return None
            while done < len(part) and at < len(tokens):
                if tokens[at].stem == part[done]:
                    done += 1
                elif not (done and tokens[at].text in self._fillers):
                    break
                at += 1
            if done == len(part):
                return begin, at
        return None

    def _part(self, token: Token) -> tuple[Token, ...]:
        """ "servicelevel" -> "service level", where exactly one cut gives the beginning of a known phrase."""
        if token.text in self.lexicon.plain_words:
            return ()
        found = []
        for at in range(3, len(token.text) - 2):
            left, right = token.text[:at], token.text[at:]
            node = self._root.children.get(stem(left))
            if left in self._known and right in self._known and node and stem(right) in node.children:
                found.append((left, right))
        if len(found) != 1:
            return ()
        left, right = found[0]
        middle = token.start + len(left)
        return (
            replace(token, text=left, stem=stem(left), end=middle),
            replace(token, text=right, stem=stem(right), start=middle, dash=False),
        )

    def _learn(self, word: str) -> None:
        self._known.add(word)
        self._stems.add(stem(word))

    def _file(self, phrase: str, sense: Sense) -> None:
        if "*" in phrase:
            parts = tuple(tuple(token.stem for token in cut(part)) for part in phrase.split("*"))
            self._gapped.setdefault(parts[0][0], []).append((parts, sense))
            words = [token.text for part in phrase.split("*") for token in cut(part)]
        else:
            tokens = cut(phrase)
            words = [token.text for token in tokens]
            node = self._root
            for token in tokens:
                node = node.children.setdefault(token.stem, _Node())
            if sense not in node.senses:
                node.senses.append(sense)
        for word in words:
            self._learn(word)
        if sense.sort is not Sort.FRAMING:
            self._telling.update(words)


def expand(phrase: str) -> Iterator[str]:
    """Yield the phrases that ``a|b c`` stands for."""
    for words in itertools.product(*(word.split("|") for word in phrase.split())):
        yield " ".join(words)


def _entries(catalog: Catalog, lexicon: Lexicon, agents: Mapping[str, str]) -> Iterator[tuple[str, Sense]]:
    for phrases, sense in itertools.chain(_catalog_words(catalog, lexicon, agents), _lexicon_words(catalog, lexicon)):
        for phrase in phrases:
            for variant in expand(phrase):
                yield variant, sense


def _catalog_words(
    catalog: Catalog, lexicon: Lexicon, agents: Mapping[str, str]
) -> Iterator[tuple[Iterable[str], Sense]]:
    for key, metric in catalog.metrics.items():
        said = (key.replace("_", " "), metric.title.replace("|", " "), *lexicon.metrics.get(key, ()))
        yield said, Sense(Sort.METRIC, (key,))
    for key, dimension in catalog.dimensions.items():
        said = (key.replace("_", " "), dimension.title.replace("|", " "), *lexicon.dimensions.get(key, ()))
        yield said, Sense(Sort.DIMENSION, (key,))
        for value in dimension.values:
            if (key == "queue" and value.key == "business") or (
                key == "priority" and value.key in ("low", "normal", "high")
            ):
                continue  # everyday words: only with their dimension beside them (lexicon)
            said = tuple(word for word in (value.key.replace("_", " "), value.label) if word)
            yield said, Sense(Sort.VALUE, values=((key, value.key),))
    for name, handle in agents.items():
        yield (name.lower().replace("|", " ").replace("*", " "),), Sense(Sort.VALUE, values=(("agent", handle),))


def _lexicon_words(catalog: Catalog, lexicon: Lexicon) -> Iterator[tuple[Iterable[str], Sense]]:
    for dim, values in lexicon.values.items():
        for value, said in values.items():
            if dim in catalog.dimensions and value in catalog.values(dim):
                yield said, Sense(Sort.VALUE, values=((dim, value),))
    for blend in lexicon.blends:
        metrics = tuple(key for key in blend.metrics if key in catalog.metrics)
        choices = tuple((dim, value) for dim, value in blend.any_of if value in catalog.values(dim))
        if choices:
            yield blend.say, Sense(Sort.VALUE, values=choices, is_choice=True)
        elif metrics:
            pairs = tuple(blend.values.items())
            yield (
                blend.say,
                Sense(Sort.METRIC, metrics, pairs, is_soft=blend.soft, is_counted=blend.counted, rank=blend.rank or ""),
            )
    for name, said in lexicon.operations.items():
        yield said, Sense(Sort.OPERATION, (name,))
    yield lexicon.measures, Sense(Sort.MEASURE)
    yield lexicon.unsupported, Sense(Sort.UNKNOWN, ("unsupported",))
    for said in lexicon.framing:
        yield said, Sense(Sort.FRAMING)
