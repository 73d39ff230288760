"""The documents of a load through the gate, those of one case in a row: each goes on where the last one ended."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from frontline.core.ports import CaseBook, Gate, Known, Verdict
from frontline.core.text import RawText
from frontline.store.case_books import case_of, new_book, read_books
from frontline.store.work import Store
from retrieval.links import FactLinks

if TYPE_CHECKING:
    from frontline.store.vault import Vault

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Judged:
    """Verdicts by the place of their row, and the books of the cases as they are after them."""

    verdicts: Mapping[int, Verdict]
    books: Mapping[str, CaseBook]


class CaseRounds:
    """Knows which rows belong to one case. A row without ``case_id`` is a text of its own."""

    def __init__(
        self, store: Store, *, vault: Callable[[], Vault], key: Callable[[], bytes], links: FactLinks | None
    ) -> None:
        self._store, self._vault, self._key, self._links = store, vault, key, links

    def judge(
        self, gate: Gate, chunk: Sequence[Row], places: Sequence[int], known_of: Callable[[Row], Known | None]
    ) -> Judged:
        """Return what the gate says of the rows at ``places``."""
        cases = {place: case for place in places if (case := case_of(self._key(), chunk[place]))}
        books = self._open(chunk, cases) if cases else {}
        verdicts: dict[int, Verdict] = {}
        for part in _rounds(places, cases):
            texts = []
            for place in part:
                known = known_of(chunk[place])
                if place in cases:
                    known = replace(known or Known(), case=books[cases[place]])
                texts.append((RawText(str(chunk[place]["text"])), known))
            for place, verdict in zip(part, gate.check_many(texts), strict=True):
                verdicts[place] = verdict
                if verdict.case is not None:
                    books[cases[place]] = verdict.case
        return Judged(verdicts, books)

    def _open(self, chunk: Sequence[Row], cases: Mapping[int, str]) -> dict[str, CaseBook]:
        with self._store.read() as session:
            books = read_books(session, self._vault(), cases.values())
        fresh = {case: chunk[place] for place, case in reversed(list(cases.items())) if case not in books}
        named = {str(row["case_id"]).strip() for row in fresh.values()}
        opened = self._links.opened_of(named) if self._links is not None and named else {}
        for case, row in fresh.items():
            books[case] = new_book(opened.get(str(row["case_id"]).strip()) or _day_of(row))
        return books


def _rounds(places: Iterable[int], cases: Mapping[int, str]) -> list[list[int]]:
    """Return the places in rounds: the n-th document of each case is in the n-th."""
    seen: Counter[str] = Counter()
    rounds: list[list[int]] = []
    for place in places:
        number = seen[cases[place]] if place in cases else 0
        if place in cases:
            seen[cases[place]] += 1
        while len(rounds) <= number:
            rounds.append([])
        rounds[number].append(place)
    return rounds


def _day_of(row: Row) -> dt.date | None:
    """Return the day of the opening that the row names, or of the first document."""
    for name in ("case_opened_at", "received_at"):
        try:
            return dt.date.fromisoformat(str(row.get(name) or "")[:10])
        except ValueError:
            continue
    return None
