"""Known people however they are written: who stands in the record of a case must not be in the text that leaves.

``report`` writes invented people in every case and part into sentences that name them, and tells how many are left, how
many are left with one slip of the keyboard, and how often the same record masks what is nobody. An everyday word in
lower case that is a part of the name as well ("i will ask") counts only in sentences that can mean the person alone.
"""

from __future__ import annotations

import random
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from anonymization.gate import PresidioGate
from anonymization.lexicon import WORD, load_lexicon
from anonymization.name_cues import PARTICLES, TITLES
from anonymization.name_head.invented import names_by_origin
from frontline.core.ports import Known
from frontline.core.text import RawText

SENTENCES = (
    "I spoke to {v} about the bill.",
    "{v} called twice this week and nobody answered.",
    "The parcel for {v} was left in the rain.",
    "Please tell {v} that the engineer came too late.",
    "It says {v} on the contract, and that is right.",
    "Kind regards, {v}",
    "Hello {v}, your router is on its way.",
    "We changed the plan of {v} in March.",
    "customer {v} wants her money back",
    "Is {v} the account holder?",
    "the card of {v} was blocked again, please help",
    "Refund {v} for the second month as promised.",
    "THE ACCOUNT OF {v} WAS CLOSED WITHOUT NOTICE",
    "Asked {v}: no answer.",
    "My wife {v} pays for it.",
    "name: {v}, wants to be called back after six",
    "the technician met {v} at the door",
    "According to {v} the line drops each evening.",
    "(see the earlier note of {v})",
    "Call with {v} - she will cancel next week.",
)
SHORTEST_SLIP = 4
CASES = (str, str.lower, str.upper, str.title)


@dataclass(frozen=True)
class Person:
    """Somebody invented: ``given`` and ``family`` may have several words."""

    given: str
    family: str

    @property
    def full(self) -> str:
        """The name as a record has it."""
        return f"{self.given} {self.family}"

    def forms(self) -> Sequence[str]:
        """Return the parts and orders in which people write it."""
        first, last = self.given.split()[0], self.family
        core = [word for word in last.split() if word.lower() not in PARTICLES][-1:] or [last]
        return (
            self.full, f"{last}, {self.given}", f"{last} {self.given}", self.given, last, core[0],
            f"{first[0]}. {last}", f"{first[0]} {last}", f"{first} {last[0]}.", f"{self.given}'s", f"{last}'s",
            f"Mr {last}", f"Mrs. {core[0]}", f"{first}-{last}", _plain(self.full), _plain(first), f"{first}  {last}",
        )  # fmt: skip


@dataclass
class Leaks:
    """How many variants were written, and those of which a letter was left in a text that passed."""

    written: int = 0
    left: list[tuple[str, str, str]] = field(default_factory=list)  # full name, variant, what came out

    def judge(self, gate: PresidioGate, person: Person, variant: str, sentence: str) -> None:
        """Write one variant and look at what comes out."""
        verdict = gate.check(RawText(sentence.format(v=variant)), known=Known(names=(person.full,)))
        self.written += 1
        if verdict.text is None:
            return
        covered = {at for span in verdict.spans for at in range(span.start, span.end)}
        begin = sentence.index("{v}")
        if any(begin + at not in covered for at in _telling(variant)):
            self.left.append((person.full, variant, verdict.text.show()))


def _telling(variant: str) -> Iterator[int]:
    """Yield the places of the letters that tell who it is: of every word but titles, particles and lone initials."""
    for word in WORD.finditer(variant):
        end = word.end() - 2 * word[0].lower().endswith("'s")
        is_empty = word[0].lower() in PARTICLES | TITLES and end < len(variant)
        if end - word.start() > 1 and not is_empty:
            yield from range(word.start(), end)


def people(count: int, dice: random.Random) -> Iterator[Person]:
    """Yield invented people of every origin in turn; each tenth is called by everyday words ("Hope Young")."""
    names, lexicon = names_by_origin(1), load_lexicon()
    origins = sorted(names)
    everyday = [
        sorted(word.title() for word in listed & lexicon.common if len(word) > 2)
        for listed in (lexicon.first_names, lexicon.last_names)
    ]
    for number in range(count):
        given, family = everyday if number % 10 == 9 else names[origins[number % len(origins)]]
        yield Person(dice.choice(given), dice.choice(family))


def write_variants(gate: PresidioGate, *, count: int = 10_000, each: int = 10, seed: int = 23) -> Leaks:
    """Write ``count`` variants of case and part, ``each`` of one person, each in a sentence."""
    dice = random.Random(seed)  # noqa: S311  # measuring, no secret
    leaks = Leaks()
    for person in people(count // each, dice):
        variants = [case(form) for form in person.forms() for case in CASES]
        for variant in dice.sample(variants, each):
            leaks.judge(gate, person, variant, dice.choice(SENTENCES))
    return leaks


def write_slips(gate: PresidioGate, *, count: int = 1_000, seed: int = 29) -> Leaks:
    """Write ``count`` given or family names with one slip: a letter doubled, left out, changed, or two swapped."""
    dice = random.Random(seed)  # noqa: S311  # measuring, no secret
    leaks = Leaks()
    for person in people(3 * count, dice):
        name = dice.choice((person.given, person.family)).split()[-1]
        if len(name) >= SHORTEST_SLIP and leaks.written < count:
            leaks.judge(gate, person, _slip(name, dice), dice.choice(SENTENCES))
    return leaks


def false_hits(gate: PresidioGate, texts: Iterable[str], *, seed: int = 31) -> tuple[int, int]:
    """Return how many stretches the record of somebody who is not in a text masks in ``texts``, and their words."""
    dice = random.Random(seed)  # noqa: S311  # measuring, no secret
    hits = words = 0
    for text, person in zip(texts, people(1_000_000, dice), strict=False):
        words += len(text.split())
        told = gate.check(RawText(text), known=Known(names=(person.full,))).spans
        hits += sum(span.detector == "known" for span in told)
    return hits, words


def report(gate: PresidioGate, texts: Iterable[str] = (), *, count: int = 10_000) -> Iterator[str]:
    """Yield a line for variants, for slips, and for what is masked in ``texts`` in which nobody known is named."""
    leaks, slips = write_variants(gate, count=count), write_slips(gate, count=count // 10)
    yield f"known people: {len(leaks.left)} leaks in {leaks.written:,} variants of case and part"
    yield f"with one slip: recall {1 - len(slips.left) / slips.written:.3f} of {slips.written:,}"
    hits, words = false_hits(gate, texts)
    if words:
        yield f"false hits: {100_000 * hits / words:.1f} per 100,000 words ({hits} in {words:,})"


def _slip(name: str, dice: random.Random) -> str:
    at = dice.randrange(1, len(name) - 1)
    return dice.choice(
        (
            name[:at] + name[at] + name[at:],
            name[:at] + name[at + 1 :],
            name[:at] + dice.choice("abcdefghijklmnopqrstuvwxyz") + name[at + 1 :],
            name[:at] + name[at + 1] + name[at] + name[at + 2 :],
        )
    )


def _plain(name: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKD", name) if not unicodedata.combining(c))
