"""Persons in a question: a customer by name or number, the asker's own figures, people counted instead of contacts."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from frontline.catalog.lexicon import Lexicon
from frontline.metrics.questions.senses import IN_NOUN_PLACE, Item, Sense, Sort
from frontline.metrics.questions.vocabulary import expand
from frontline.metrics.questions.words import Token, cut

_ADDRESS = re.compile(r"[^\s@]+@[^\s@]+\.[a-z]{2,}|(?<!\w)(?:\+\d[\d\s().-]{7,}\d|0\d{8,10})(?!\w)", re.IGNORECASE)
_PROPER = re.compile(r"\b[^\W\d_a-z][\w'’-]+")
_PARTICLES = frozenset({"de", "van", "der", "den", "da", "do", "dos", "von", "el", "al", "la", "ten", "ter"})
VOLUMES = frozenset({"contact_volume", "case_volume", "tag_volume"})
# Longest name between "did" and its verb: "Ana Maria da Silva".
_LONGEST_NAME = 4
_THEIRS = frozenset({"his", "her", "zijn", "haar"})
_YEARS = frozenset(map(str, range(1990, 2100)))


class Count(StrEnum):
    """Whether a question counts people, for which there is no metric."""

    NO = "no"
    PEOPLE = "people"
    DISTINCT = "distinct"


@dataclass(frozen=True)
class _Word:
    """A word of the question that is no part of a remark, with the item that holds it."""

    token: Token
    item: Item

    @property
    def raw(self) -> str:
        """The word as typed, without a genitive."""
        return self.token.raw.split("'")[0] if "'" in self.token.raw else self.token.raw

    @property
    def is_strange(self) -> bool:
        is_free = self.item.key in ("", IN_NOUN_PLACE)
        return self.item.sort is Sort.UNKNOWN and is_free and self.token.kind == "word"

    @property
    def is_month(self) -> bool:
        when = self.item.sense.when
        return when is not None and self.item.end - self.item.start == 1 and self.token.kind == "word"


class Persons:
    """Finds persons by the words of one lexicon."""

    def __init__(self, lexicon: Lexicon) -> None:
        words = lexicon.persons
        self._nouns = frozenset(words.nouns)
        self._titles = frozenset(words.titles)
        self._weak_titles = frozenset(words.weak_titles)
        self._names = frozenset(words.given_names)
        self._verbs = frozenset(words.verbs)
        self._before = frozenset(words.before_names)
        self._named = frozenset(words.named)
        self._called = frozenset(words.called)
        self._not_names = frozenset(words.not_names)
        self._plain = frozenset(lexicon.plain_words)
        self._own = frozenset(words.own)
        self._own_not = frozenset(words.own_not)
        self._own_passed = frozenset(words.own_passed)
        self._heads = frozenset(words.heads)
        self._before_heads = frozenset(words.before_heads)
        self._distinct = frozenset(words.distinct)
        self._by_name = _either(words.by_name)
        self._own_said = _either(words.own_said)
        self._for_me = _either(words.for_me)
        self._requests = _either(words.requests)
        self._counting = _either(words.counting)
        self._events = frozenset(word for phrase in lexicon.asides.events for word in expand(phrase))

    # -- somebody by name or number ---------------------------------------------------------------------------------

    def names_customer(self, text: str, tokens: Sequence[Token], items: Sequence[Item]) -> bool:
        """Whether a person is singled out: by name, title or address. ``text`` is the question as typed."""
        words = _open_words(tokens, items)
        proper = frozenset(word.casefold() for word in _PROPER.findall(text))
        return (
            _ADDRESS.search(text) is not None
            or (self._by_name.search(_text(words)) is not None and not self._counts(words))
            or any(
                self._is_titled(words, at)
                or self._is_called(words, at)
                or self._acts(words, at, proper)
                or self._is_given(words, at)
                or self._is_full_name(words, at, proper)
                for at in range(len(words))
            )
        )

    def numbers_customer(self, tokens: Sequence[Token], items: Sequence[Item]) -> bool:
        """ "cases of customer 12345", "client no. CU-881", "klantnummer 4711"."""
        words = _open_words(tokens, items)
        for at, word in enumerate(words):
            numbered = re.fullmatch(r"(.+?)(?:number|nummer|id|nr|no)", word.raw)
            has_id = numbered is not None and numbered[1] in self._nouns
            if word.raw not in self._nouns and not has_id:
                continue
            rest = words[at + 1 : at + 5]
            while rest and rest[0].raw in ("id", "no", "nr", "number", "nummer", "with", "is", "ref", "key", "met"):
                has_id = has_id or rest[0].raw not in ("with", "is", "met")
                rest = rest[1:]
            code = rest[0] if rest else None
            if code and code.token.kind == "word" and len(code.raw) <= 4 and len(rest) > 1 and _is_glued(rest[1].token):
                code = rest[1]
            if code and code.token.kind == "number" and self._is_number_of_one(word, code, words, has_id=has_id):
                return True
        return False

    def _is_number_of_one(self, noun: _Word, code: _Word, words: Sequence[_Word], *, has_id: bool) -> bool:
        if has_id:
            return True
        digits = re.sub(r"\D", "", code.raw)
        if code.item.sort not in (Sort.NUMBER, Sort.UNKNOWN) or digits in _YEARS:
            return False
        at = words.index(code)
        after = words[at + 1] if at + 1 < len(words) else None
        if after is not None and after.item.sort in (Sort.GRAIN, Sort.MEASURE, Sort.METRIC, Sort.DIMENSION):
            return False
        return len(digits) >= 5 or not noun.raw.endswith(("s", "en", "people"))

    def _is_titled(self, words: Sequence[_Word], at: int) -> bool:
        """ "Mrs Jansen", "dhr. de Vries"; "miss" and "dr" only where a name would stand."""
        title = words[at].raw
        if title not in self._titles and title not in self._weak_titles:
            return False
        name = _skip_particles(words, at + 1)
        if name is None or name.raw in self._not_names:
            return False
        if title in self._titles:
            return name.token.kind == "word"
        is_due = at > 0 and words[at - 1].raw in (self._before | self._nouns)
        return is_due and (name.is_strange or name.is_month or name.item.sort is Sort.VALUE or name.raw in self._names)

    def _is_called(self, words: Sequence[_Word], at: int) -> bool:
        """ "customers called Jan" is a name; "customers called in May" is not."""
        verb = words[at].raw
        if (verb not in self._called and verb not in self._named) or at == 0 or at + 1 >= len(words):
            return False
        noun = at - 1
        while noun > 0 and words[noun].raw in ("is", "are", "was", "were", "who", "that", "die"):
            noun -= 1
        if words[noun].raw not in self._nouns:
            return False
        name = words[at + 1]
        if name.raw in self._not_names or name.token.kind != "word":
            return False
        if verb in self._named or name.raw in self._names:
            return True
        if name.is_strange:
            return name.raw not in self._plain and not name.raw.endswith(("ly", "ing"))
        counted = self._counts(words[: noun + 1])
        dims = {dim for dim, _ in name.item.sense.values}
        return not counted and noun == at - 1 and (name.is_month or bool(dims & {"team", "site", "agent"}))

    def _acts(self, words: Sequence[_Word], at: int, proper: frozenset[str]) -> bool:
        """ "what did Maria Silva call about", "has Jansen complained"."""
        if words[at].raw not in ("did", "does", "has", "had", "heeft", "had", "is", "was"):
            return False
        for end in range(at + 2, min(at + 2 + _LONGEST_NAME, len(words))):
            if words[end].raw not in self._verbs:
                continue
            verb = words[end].item
            after = words[end + 1].item if end + 1 < len(words) else None
            is_noun = verb.end - verb.start > 1 or (
                after is not None and after.sort in (Sort.MEASURE, Sort.METRIC, Sort.NUMBER)
            )
            return not is_noun and self._is_name(words[at + 1 : end], proper)
        return False

    def _is_name(self, words: Sequence[_Word], proper: frozenset[str]) -> bool:
        bearers = [word for word in words if word.raw not in _PARTICLES]
        if not bearers or not all(word.is_strange or word.is_month or word.raw in self._names for word in bearers):
            return False
        if len(bearers) > 1:
            return any(not word.is_month for word in bearers)
        raw = bearers[0].raw
        if raw in self._events:  # finance, marketing
            return False
        return raw in self._names or raw in proper or (raw not in self._plain and not raw.endswith("s"))

    def _is_given(self, words: Sequence[_Word], at: int) -> bool:
        """A given name after "from", "of", "did", or before "called", "wrote"."""
        word = words[at]
        if word.raw not in self._names or {dim for dim, _ in word.item.sense.values} & {"agent"}:
            return False
        before = words[at - 1].raw if at else ""
        follows = [one.raw for one in words[at + 1 : at + 4]]
        return before in self._before | self._nouns or any(raw in self._verbs for raw in follows)

    def _is_full_name(self, words: Sequence[_Word], at: int, proper: frozenset[str]) -> bool:
        """ "complaints from Joao Pereira": two strange words with capitals where a person would stand."""
        pair = [word for word in words[at + 1 : at + 5] if word.raw not in _PARTICLES][:2]
        return (
            words[at].raw in self._before
            and len(pair) == 2
            and pair[0] is words[at + 1]
            and all(word.is_strange and word.raw in proper and word.raw not in self._plain for word in pair)
        )

    # -- the asker ----------------------------------------------------------------------------------------------------

    def asks_own(self, tokens: Sequence[Token], items: Sequence[Item]) -> bool:
        """Whether the figure is to be of one person: "my aht", "calls did I take"; "for my board" is a remark."""
        text = _text(_open_words(tokens, items))
        if self._own_said.search(text) or (self._for_me.search(text) and not self._requests.search(text)):
            return True
        for at, item in enumerate(items):
            words = item.words.split(" ")
            if self._tells_of_customer(items, at):
                continue
            if item.sort is Sort.METRIC and self._own & set(words):
                return True
            is_framing = item.sort is Sort.FRAMING and item.key != "aside" and words[-1] in self._own
            is_time = item.sort is Sort.TIME and words[0] in self._own  # "my last month aht"
            if (is_framing or is_time) and self._leads_to_metric(items, at + 1):
                return True
        return False

    def _tells_of_customer(self, items: Sequence[Item], at: int) -> bool:
        """ "the customer must repeat his story": theirs, not a colleague's."""
        is_theirs = bool(_THEIRS & set(items[at].words.split(" ")))
        said = {word for item in items[: at + 1] for word in item.words.split(" ")}
        return is_theirs and bool(said & (self._nouns | self._heads))

    def _leads_to_metric(self, items: Sequence[Item], start: int) -> bool:
        for at in range(start, len(items)):
            item = items[at]
            if item.sort is Sort.METRIC:
                after = items[at + 1].words if at + 1 < len(items) else ""
                return after not in self._events and item.words not in self._own_not
            if item.words in self._nouns:
                return False
            is_passed = item.sort in (Sort.MEASURE, Sort.TIME, Sort.GRAIN, Sort.NUMBER, Sort.VALUE)
            if not is_passed and item.words not in self._own_passed:
                return False
        return False

    # -- heads --------------------------------------------------------------------------------------------------------

    def count_people(self, tokens: Sequence[Token], items: Sequence[Item]) -> tuple[Count, list[Item]]:
        """Tell how people are counted; "unique" before them is then no strange word any more."""
        words = _open_words(tokens, items)
        found = list(items)
        spots = [
            items.index(one.item)
            for one, noun in itertools.pairwise(words)
            if one.raw in self._distinct and noun.raw in self._heads | self._nouns
        ]
        has_metric = any(
            item.sort is Sort.METRIC
            and not (item.sense.is_soft and item.sense.is_counted)
            and not set(item.sense.keys) <= VOLUMES
            for item in items
        )
        count = Count.DISTINCT if spots else Count.PEOPLE if self._counts(words) else Count.NO
        if count is Count.NO or has_metric:
            for at in spots:  # "csat of different customers": no query says that
                found[at] = replace(items[at], sense=Sense(Sort.UNKNOWN), also=())
            return Count.NO, found
        for at in spots:
            found[at] = replace(items[at], sense=Sense(Sort.FRAMING), also=())
        return count, found

    def _counts(self, words: Sequence[_Word]) -> bool:
        """ "how many (of our gold) customers", not "how many calls of customers"."""
        for at in range(len(words)):
            rest = list(words[at : at + 8])
            if not (size := self._counting_at(rest)):
                continue
            for word in rest[size:]:
                if word.raw in self._heads:
                    return True
                if word.item.sort is not Sort.VALUE and word.raw not in self._before_heads:
                    break
        return False

    def _counting_at(self, words: Sequence[_Word]) -> int:
        found = self._counting.match(_text(words))
        return len(found.group().split(" ")) if found else 0


def _open_words(tokens: Sequence[Token], items: Sequence[Item]) -> list[_Word]:
    """The words outside remarks: whoever is greeted or thanked is not asked about."""
    return [
        _Word(token, item)
        for item in items
        if not (item.sort is Sort.FRAMING and item.key == "aside")
        for token in tokens[item.start : item.end]
        if not token.is_punct
    ]


def _text(words: Sequence[_Word]) -> str:
    return " ".join(word.token.text for word in words)


def _skip_particles(words: Sequence[_Word], at: int) -> _Word | None:
    return next((word for word in words[at:] if word.raw not in _PARTICLES), None)


def _is_glued(token: Token) -> bool:
    return token.glued or token.dash


def _either(phrases: Sequence[str]) -> re.Pattern[str]:
    """A pattern that finds any of ``phrases`` as whole words; without phrases it finds nothing."""
    bodies = [" ".join(token.text for token in cut(phrase)) for written in phrases for phrase in expand(written)]
    return re.compile(rf"(?:^|(?<= ))(?:{'|'.join(map(re.escape, bodies)) or '(?!)'})(?= |$)")
