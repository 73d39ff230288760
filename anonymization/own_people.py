"""The organisation's own people are known to the gate: an agent's name is masked wherever it stands.

Handing every name to every text would cost a regular expression per name and text. An index finds the few names that
a text may mean, the detector of known entities decides about those. The index misses nothing that the detector finds:
it looks for whole words, for parts glued into others, and for words one typo away (two words at an edit distance of
one share a form with at most one letter left out).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace

from anonymization.known import parts_of
from anonymization.lexicon import WORD, fold
from anonymization.normalisation import normalise
from frontline.core.ports import Choice, Gate, Known, ReviewGate, Verdict
from frontline.core.text import AnonymizedText, RawText

_GLUED = 4  # letters from which a part is looked for inside longer words


class NameIndex:
    """Finds which of many names a text may mean."""

    def __init__(self, names: Iterable[str]) -> None:
        self._names = tuple(dict.fromkeys(name for name in names if name.strip()))
        self._exact: dict[str, set[int]] = defaultdict(set)
        self._near: dict[str, set[int]] = defaultdict(set)
        for place, name in enumerate(self._names):
            for part in parts_of(name):
                self._exact[part].add(place)
                for form in _forms(part) if len(part) >= _GLUED else ():
                    self._near[form].add(place)
        self._inside = [part for part in self._exact if len(part) >= _GLUED]

    def mentioned(self, text: str) -> tuple[str, ...]:
        """Return the names that the text may mean, in their own order; the detector decides."""
        if not self._names:
            return ()
        words = {fold(piece) for word in WORD.findall(normalise(text).text) for piece in (word, *word.split("'"))}
        found: set[int] = set()
        for word in words:
            found |= self._exact.get(word, set())
            for form in _forms(word) if len(word) >= _GLUED - 1 else ():
                found |= self._near.get(form, set())
        together = " ".join(words)
        for part in self._inside:
            if part in together:
                found |= self._exact[part]
        return tuple(self._names[place] for place in sorted(found))


class OwnPeopleGate:
    """A gate that knows the organisation's people. ``index`` is asked for each text: names may come meanwhile."""

    def __init__(self, inner: Gate, index: Callable[[], NameIndex]) -> None:
        self._inner = inner
        self._index = index

    def check(self, text: RawText, *, known: Known | None = None, policy: str = "index", language: str = "") -> Verdict:
        """Judge one text, with the own people whom it may name among the known."""
        more = _with_agents(known, self._index().mentioned(text.reveal()))
        return self._inner.check(text, known=more, policy=policy, language=language)

    def check_many(self, items: Iterable[tuple[RawText, Known | None]], *, policy: str = "index") -> Iterable[Verdict]:
        """Judge many texts in order."""
        index = self._index()

        def known_better() -> Iterator[tuple[RawText, Known | None]]:
            for text, known in items:
                yield text, _with_agents(known, index.mentioned(text.reveal()))

        return self._inner.check_many(known_better(), policy=policy)

    def recheck(
        self, text: AnonymizedText, *, known: Known | None = None, policy: str = "trainer", language: str = ""
    ) -> Verdict:
        """Judge a text that passed before; who has joined since may stand in it."""
        more = _with_agents(known, self._index().mentioned(text.show()))
        return self._inner.recheck(text, known=more, policy=policy, language=language)


class OwnPeopleReview(OwnPeopleGate):
    """The same for a gate that stewards review with."""

    def __init__(self, inner: ReviewGate, index: Callable[[], NameIndex]) -> None:
        super().__init__(inner, index)
        self._reviewer = inner

    def review(
        self,
        text: RawText,
        choices: Sequence[Choice],
        *,
        known: Known | None = None,
        policy: str = "index",
        language: str = "",
    ) -> Verdict:
        """Judge one text with a steward's choices, with the own people whom it may name among the known."""
        more = _with_agents(known, self._index().mentioned(text.reveal()))
        return self._reviewer.review(text, choices, known=more, policy=policy, language=language)


def _with_agents(known: Known | None, names: Sequence[str]) -> Known | None:
    if not names:
        return known
    given = known or Known()
    return replace(given, agents=(*given.agents, *(name for name in names if name not in given.agents)))


def _forms(word: str) -> set[str]:
    """A word, and it with one letter left out."""
    return {word, *(word[:place] + word[place + 1 :] for place in range(len(word)))}
