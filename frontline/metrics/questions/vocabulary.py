"""Every phrase that has a meaning: the catalog's names and the lexicon's words, filed for look-up by stems."""

from __future__ import annotations

import itertools
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import NamedTuple

from frontline.catalog.lexicon import Lexicon
from frontline.catalog.loader import Catalog
from frontline.metrics.questions.senses import Sense, Sort
from frontline.metrics.questions.shorthand import Shorthand
from frontline.metrics.questions.spelling import LEAST_LETTERS, Speller
from frontline.metrics.questions.stems import stem
from frontline.metrics.questions.timewords import TimeWords
from frontline.metrics.questions.words import Token, cut

# How many little words may stand between two words of a phrase ("cost of a case").
MAX_SKIPPED = 3
# How many other words a "*" may stand for.
MAX_GAP = 5
_WORDLIKE = frozenset("%&")


@dataclass(slots=True)
class _Node:
    children: dict[str, _Node] = field(default_factory=dict)
    senses: list[Sense] = field(default_factory=list)
    gap: _Node | None = None

    def follow(self, stems: Sequence[str]) -> _Node:
        """Return the node behind ``stems``, made where it was not there."""
        node = self
        for word in stems:
            after = node.children.get(word)
            if after is None:
                after = node.children[word] = _Node()
            node = after
        return node

    def gapped(self) -> _Node:
        """Return the node behind a gap."""
        self.gap = self.gap or _Node()
        return self.gap


# A phrase on its way: at which node, begun where, now where, little words skipped just now and in all, parts behind it.
_Trail = tuple[_Node, int, int, int, int, tuple[tuple[int, int], ...]]


@dataclass(frozen=True)
class Match:
    """A phrase found at the tokens of ``spots``; ``pair`` ties the parts of a phrase with a gap together.

    ``fillers`` counts the little words skipped within it.
    """

    spots: tuple[tuple[int, int], ...]
    senses: tuple[Sense, ...]
    pair: int = 0
    fillers: int = 0


class Vocabulary:
    """The words of one catalog; built once, then only read."""

    def __init__(self, catalog: Catalog, lexicon: Lexicon, *, agents: Mapping[str, str]) -> None:
        self.lexicon = lexicon
        self.time = TimeWords(lexicon)
        # What begins with a stem grows when a question first says it: of thousands of phrases few are ever spoken.
        self._roots: dict[str, _Node] = {}
        self._unfiled: dict[str, list[tuple[tuple[str, ...], str, Sense]]] = {}
        self._plain = frozenset(lexicon.plain_words)
        self._fillers = frozenset(lexicon.fillers)
        self._shorthand = Shorthand(lexicon)
        self._known: set[str] = set()
        self._stems: set[str] = set()
        self._telling: set[str] = set(self.time.words())
        self._families: dict[str, set[str]] = {}
        for phrase, sense in _entries(catalog, lexicon, agents):
            self._file(phrase, sense)
        for word in self.time.words():
            self._learn(word)
        for word in lexicon.fillers:
            self._learn(word)
        spellable = self._known - self._plain
        self.speller = Speller(spellable, plain=lexicon.plain_words, telling=self._telling, root=stem)

    def cut(self, text: str) -> tuple[Token, ...]:
        """Return the tokens of ``text`` with shorthand spelt out: "tix lw" is "tickets last week"."""
        return cut(self._shorthand.spelt_out(text))

    def is_of_family(self, word: str, metrics: Collection[str]) -> bool:
        """Whether ``word`` stands in a phrase of one of ``metrics``: beside that metric it says nothing new."""
        return not self._families.get(stem(word), set()).isdisjoint(metrics)

    def knows(self, token: Token) -> bool:
        """Whether the word has any meaning here."""
        return token.kind != "word" or token.text in self._known or token.stem in self._stems

    def mend(self, tokens: Sequence[Token]) -> tuple[Token, ...]:
        """Return the tokens with single slips corrected, run-together words parted and split ones joined."""
        mended: list[Token] = []
        tokens = self._joined(tokens)
        for at, token in enumerate(tokens):
            if self.knows(token):
                mended.append(token)
            elif fixed := self._ending(token.text) or self._fitting(token, tokens[at + 1 : at + 2]):
                mended.append(replace(token, text=fixed, stem=stem(fixed)))
            elif parts := self._part(token):
                mended.extend(parts)
            elif fixed := self.speller.correct(token.text) or self.speller.correct(token.stem):
                mended.append(replace(token, text=fixed, stem=stem(fixed)))
            else:
                mended.append(token)
        return tuple(mended)

    def matches(self, tokens: Sequence[Token], start: int) -> Iterator[Match]:
        """Yield every phrase that begins at token ``start``, those with a gap once per place of their later parts."""
        first = tokens[start].stem if start < len(tokens) else ""
        root = self._root(first)
        stack: list[_Trail] = [(root, start, start + 1, 0, 0, ())] if root is not None else []
        found, size = 0, len(tokens)
        while stack:
            node, begin, at, skipped, fillers, spots = stack.pop()
            if at > begin and not skipped:
                if node.senses:
                    found += 1
                    pair = start * 1000 + found if spots else 0
                    yield Match((*spots, (begin, at)), tuple(node.senses), pair, fillers)
                if node.gap is not None:
                    done = (*spots, (begin, at))
                    stack.extend((node.gap, near, near, 0, fillers, done) for near in _gap(tokens, at, self._fillers))
            if at >= size:
                continue
            token = tokens[at]
            child = node.children.get(token.stem)
            if child is not None:
                stack.append((child, begin, at + 1, 0, fillers, spots))
            elif token.is_punct and token.text not in _WORDLIKE:
                continue
            if at > begin and skipped < MAX_SKIPPED and token.text in self._fillers:
                stack.append((node, begin, at + 1, skipped + 1, fillers + 1, spots))

    def _joined(self, tokens: Sequence[Token]) -> Sequence[Token]:
        """ "esca lation" -> "escalation", where a half of it is no word of its own."""
        joined: list[Token] = []
        for token in tokens:
            before = joined[-1] if joined else None
            whole = before.text + token.text if before is not None and before.kind == token.kind == "word" else ""
            is_word = len(whole) >= LEAST_LETTERS and whole in self._telling
            if before is not None and is_word and not (self.knows(before) and self.knows(token)):
                joined[-1] = replace(before, text=whole, raw=whole, stem=stem(whole), end=token.end)
            else:
                joined.append(token)
        return joined

    def _fitting(self, token: Token, behind: Sequence[Token]) -> str | None:
        """ "servce level": of several words one slip away the one that begins a phrase with the next word."""
        if not behind:
            return None
        after = behind[0]
        near = {
            word
            for word in self.speller.candidates(token.text)
            if (node := self._root(stem(word))) and after.stem in node.children
        }
        return min(near) if len({stem(word) for word in near}) == 1 else None

    def _ending(self, word: str) -> str | None:
        """ "opend", "lookin": an ending short of a letter."""
        if len(word) < LEAST_LETTERS or word in self._plain:
            return None
        wholes = [
            word.removesuffix(short) + full for short, full in (("d", "ed"), ("in", "ing")) if word.endswith(short)
        ]
        return next((whole for whole in wholes if whole in self._known or stem(whole) in self._stems), None)

    def _part(self, token: Token) -> tuple[Token, ...]:
        """ "servicelevel" -> "service level", where exactly one cut gives the beginning of a known phrase."""
        if token.text in self._plain:
            return ()
        found = []
        for at in range(3, len(token.text) - 2):
            left, right = token.text[:at], token.text[at:]
            node = self._root(stem(left))
            if left not in self._known or right not in self._known:
                continue
            if (node and stem(right) in node.children) or (self.time.anchors(left) and self.time.is_unit(right)):
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

    def _file(self, pattern: str, sense: Sense) -> None:
        said = [option for word in pattern.split() if word != "*" for option in _either(word, self.lexicon.classes)]
        first, _, rest = pattern.partition(" ")
        for stems in self._paths(first):
            self._unfiled.setdefault(stems[0], []).append((stems[1:], rest, sense))
        is_hard = sense.sort is Sort.METRIC and not sense.is_soft and bool(sense.key)
        for option in said:
            spelt = _spelt(option)
            self._known.update(spelt.words)
            self._stems.update(spelt.stems)
            if sense.sort is not Sort.FRAMING:
                self._telling.update(spelt.words)
            if is_hard:
                for root in spelt.stems:
                    self._families.setdefault(root, set()).add(sense.key)

    def _paths(self, word: str) -> set[tuple[str, ...]]:
        """Return the stems of every option of a word of a pattern."""
        return {stems for option in _either(word, self.lexicon.classes) if (stems := _spelt(option).stems)}

    def _root(self, first: str) -> _Node | None:
        """Return the node behind the first stem of phrases; None where none begins so.

        Threads that ask at once make the same node twice; whoever is last is kept.
        """
        known = self._roots.get(first)
        if known is not None or first not in self._unfiled:
            return known
        root = _Node()
        for stems, rest, sense in self._unfiled[first]:
            self._grow(root.follow(stems), rest, sense)
        self._roots[first] = root
        return root

    def _grow(self, start: _Node, rest: str, sense: Sense) -> None:
        nodes = {id(start): start}
        for word in rest.split():
            if word == "*":
                nodes = {id(node.gapped()): node.gapped() for node in nodes.values()}
                continue
            paths = self._paths(word)
            nodes = {id(end): end for node in nodes.values() for stems in paths for end in [node.follow(stems)]}
        for node in nodes.values():
            if sense not in node.senses:
                node.senses.append(sense)


class _Spelt(NamedTuple):
    words: tuple[str, ...]
    stems: tuple[str, ...]


# Words of lexicon and catalog alone: what people type is never kept.
@lru_cache(maxsize=32_768)
def _spelt(option: str) -> _Spelt:
    words = tuple(token.text for token in cut(option))
    return _Spelt(words, tuple(stem(word) for word in words))


def _gap(tokens: Sequence[Token], at: int, fillers: frozenset[str]) -> Iterator[int]:
    """Yield where a later part of a phrase may begin: no further than ``MAX_GAP`` words on, in the same sentence."""
    said = 0
    for begin in range(at, len(tokens)):
        yield begin
        said += not tokens[begin].is_punct and tokens[begin].text not in fillers
        if tokens[begin].text in ".?!;" or said > MAX_GAP or begin - at > MAX_GAP + MAX_SKIPPED:
            return


def expand(phrase: str, classes: Mapping[str, Sequence[str]] | None = None) -> Iterator[str]:
    """Yield the phrases that ``a|b c`` stands for, ``$solve`` being any word of that class."""
    said = classes or {}
    for words in itertools.product(*([*_either(word, said)] for word in phrase.split())):
        yield " ".join(words)


def _either(word: str, classes: Mapping[str, Sequence[str]]) -> Iterator[str]:
    for part in word.split("|"):
        yield from classes[part[1:]] if part.startswith("$") else (part,)


def _entries(catalog: Catalog, lexicon: Lexicon, agents: Mapping[str, str]) -> Iterator[tuple[str, Sense]]:
    for phrases, sense in itertools.chain(_catalog_words(catalog, lexicon, agents), _lexicon_words(catalog, lexicon)):
        for phrase in phrases:
            yield phrase, sense


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
    yield own_names(catalog), Sense(Sort.FRAMING)
    for name, handle in agents.items():
        yield (name.lower().replace("|", " ").replace("*", " "),), Sense(Sort.VALUE, values=(("agent", handle),))


def own_names(catalog: Catalog) -> tuple[str, ...]:
    """Return what the organisation is called, whole and by its first word."""
    whole = " ".join(token.text for token in cut(catalog.organisation.name) if not token.is_punct)
    return tuple(dict.fromkeys((whole, whole.split(" ")[0]))) if whole else ()


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
