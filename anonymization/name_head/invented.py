"""Invented letters, chats and one-liners for training: who is called what is drawn from the lists, or made up.

The sentences stand in templates.txt: {p} a full name, {g} a given and {f} a family name, {l} a place, {o} an
organisation, {b} a place to eat, sleep or shop, {a} a postal address, {n} a number, {c} a service code, {e} an e-mail
address, {d} a day. People, places, organisations and addresses are tagged, all else is not. Half of the names of
names_by_origin.txt are for measuring and never drawn.
"""

from __future__ import annotations

import random
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path

from anonymization.lexicon import Lexicon
from anonymization.name_head.invented_addresses import AddressInventor

Marked = tuple[str, list[tuple[int, int, str]]]

_LABELS: Mapping[str, str] = {
    "p": "PERSON", "g": "PERSON", "f": "PERSON", "l": "LOCATION", "b": "LOCATION", "o": "ORGANIZATION", "a": "ADDRESS",
}  # fmt: skip
_SLOT = re.compile(r"\{(\w)\}")

_DAYS = ("3 March 2024", "Monday", "May 5", "last week", "12/11/2023", "Tuesday", "2024-02-03", "June", "Christmas")
_TRADES = ("Ltd", "Inc.", "Bank", "Group", "Holdings", "Foods", "& Sons", "LLC", "Energy", "Telecom", "Hospital")
_CODES = ("{0}-{1}", "{0}{1}", "{0}-20{2}-{1}", "{2}.{3}.1", "v{2}.{3}", "{0}{1}H", "0x{1}", "{0} {1}")
_SHOPS = (
    "Grill",
    "Cafe",
    "Pizza",
    "Inn",
    "Hotel",
    "Diner",
    "Bakery",
    "Books",
    "Market",
    "Lodge",
    "Pub",
    "Bar",
    "Museum",
)
_SHOWY = (
    "Golden",
    "Blue",
    "Old",
    "Red",
    "Royal",
    "Green",
    "Little",
    "Grand",
    "Corner",
    "Sunny",
    "Crazy",
    "Bay",
    "Silver",
)
_NOUNS = ("Dragon", "Fork", "Horse", "Garden", "Spoon", "Lion", "View", "Palace", "Kitchen", "Slice", "Anchor", "Rose")
_PARTICLES = ("van", "de", "van der", "da", "von", "bin", "al", "del", "dos", "Mc", "la")


class Inventor:
    """Draws marked texts; the same seed draws the same."""

    def __init__(self, lexicon: Lexicon, given: Sequence[str], family: Sequence[str], *, seed: int) -> None:
        self._dice = random.Random(seed)  # noqa: S311  # training texts, no secret
        self._given, self._family = given, family
        self._of_somebody, self._of_nobody, countries = _sections()
        self._places = [*sorted(lexicon.places), *" ".join(countries).split() * 6]
        self._chains = {"g": _chain(given), "f": _chain(family)}
        self._origins = list(names_by_origin(0).values())
        self._addresses = AddressInventor(
            self._dice, lambda: self._name("f"), lambda: self._name("g"), lambda: self._dice.choice(self._places)
        )

    def text(self) -> Marked:
        """Return a text of one to three sentences with its spans."""
        dice = self._dice
        pieces, spans, at = [], [], 0
        for number in range(dice.choice((1, 1, 1, 2, 2, 3))):
            piece, marks = self._fill(dice.choice(self._of_somebody if dice.random() < 0.72 else self._of_nobody))
            glue = dice.choice((" ", " ", "\n")) if number else ""
            at += len(glue)
            spans += [(at + start, at + end, label) for start, end, label in marks]
            pieces += [glue, piece]
            at += len(piece)
        return "".join(pieces), spans

    def _fill(self, template: str) -> Marked:
        out, spans, last = "", [], 0
        for slot in _SLOT.finditer(template):
            out += template[last : slot.start()]
            value = self._value(slot[1])
            if slot[1] in _LABELS:
                spans.append((len(out), len(out) + len(value), _LABELS[slot[1]]))
            out += value
            last = slot.end()
        return out + template[last:], spans

    def _value(self, slot: str) -> str:
        dice = self._dice
        if slot == "p":
            return self._full_name()
        if slot in "gf":
            return self._name(slot)
        if slot == "l":
            return self._make("f") if dice.random() < 0.2 else dice.choice(self._places)
        if slot == "o":
            return self._firm()
        if slot == "b":
            return self._business()
        if slot == "a":
            return self._addresses.address()
        if slot == "d":
            return dice.choice(_DAYS)
        if slot == "e":
            return f"{self._name('g').lower()}{dice.randint(1, 99)}@example.org"
        if slot == "c":
            letters = "".join(dice.choices("ABCDEFGHKLMNPRSTX", k=dice.randint(2, 4)))
            form = dice.choice(_CODES)
            return form.format(letters, dice.randint(100, 99_999), dice.randint(10, 29), dice.randint(0, 9))
        return str(dice.randint(1, 10 ** dice.randint(1, 9)))

    def _firm(self) -> str:
        dice = self._dice
        if dice.random() < 0.15:
            return f"{self._name('f')}, {self._name('f')} and {self._name('f')}"
        return f"{self._name('f')}{dice.choice((' ', ' ', '-'))}{dice.choice((self._name('f'), *_TRADES))}"

    def _business(self) -> str:
        dice = self._dice
        form = dice.random()
        if form < 0.3:
            return f"{self._name(dice.choice('gf'))}{dice.choice((chr(39), ' ' + chr(39)))}s"
        if form < 0.5:
            return f"{self._name(dice.choice('gf'))}{dice.choice((chr(39), ' ' + chr(39)))}s {dice.choice(_SHOPS)}"
        if form < 0.75:
            return f"{dice.choice(('The ', ''))}{dice.choice(_SHOWY)} {dice.choice(_NOUNS)}"
        return f"{dice.choice((*_SHOWY, self._name('f'), dice.choice(self._places)))} {dice.choice(_SHOPS)}"

    def _full_name(self) -> str:
        dice = self._dice
        given, family = self._name("g"), self._name("f")
        if dice.random() < 0.45:  # both of one origin
            origin = dice.choice(self._origins)
            given, family = dice.choice(origin[0]), dice.choice(origin[1])
        form = dice.random()
        if form < 0.7:
            return f"{given} {family}"
        if form < 0.78:
            return f"{given} {dice.choice('ABCDEFGHJKLMNPRSTW')}. {family}"
        if form < 0.84:
            return f"{given} {dice.choice(_PARTICLES)} {family}"
        if form < 0.9:
            return f"{given} {self._name('g')} {family}"
        return f"{given} {family}{dice.choice('- ')}{self._name('f')}" if form < 0.96 else f"{given[0]}. {family}"

    def _name(self, kind: str) -> str:
        """A listed name, one made up of the sounds of the list, or a listed one with a slip of the keyboard."""
        dice = self._dice
        draw = dice.random()
        if draw < 0.3:
            return self._make(kind)
        if draw < 0.55:
            return dice.choice(dice.choice(self._origins)["gf".index(kind)])
        name = dice.choice(self._given if kind == "g" else self._family)
        if draw > 0.94 and len(name) > 4:
            at = dice.randrange(1, len(name) - 2)
            return name[:at] + name[at + 1] + name[at] + name[at + 2 :]
        return name

    def _make(self, kind: str) -> str:
        chain, made = self._chains[kind], "^^"
        while len(made) < 14:
            made += self._dice.choice(chain[made[-2:]])
            if made[-1] == "$":
                break
        name = made.strip("^$")
        return name[:1].upper() + name[1:] if len(name) > 2 else self._dice.choice(self._given)


def names_by_origin(half: int) -> Mapping[str, tuple[Sequence[str], Sequence[str]]]:
    """Return (given, family) names by origin: ``half`` 0 is drawn for training, 1 is kept for measuring."""
    text = Path(__file__).with_name("names_by_origin.txt").read_text(encoding="utf-8")
    found = {}
    for section in text.split("\n\n")[1:]:
        origin, given, family = section.strip().splitlines()
        lists = [line.partition(": ")[2].split(", ")[half::2] for line in (given, family)]
        found[origin.strip("[]")] = (lists[0], lists[1])
    return found


def _chain(names: Sequence[str]) -> Mapping[str, Sequence[str]]:
    """Return which letters follow which two, as often as in ``names``."""
    follows: defaultdict[str, list[str]] = defaultdict(list)
    for name in names:
        whole = f"^^{name.lower()}$"
        for at in range(2, len(whole)):
            follows[whole[at - 2 : at]].append(whole[at])
    return follows


def _sections() -> Sequence[Sequence[str]]:
    """Return the sentences about somebody, those about nobody, and the countries."""
    text = Path(__file__).with_name("templates.txt").read_text(encoding="utf-8")
    return [
        [line.replace("\\n", "\n") for line in section.splitlines()[1:] if line] for section in text.split("\n\n")[1:]
    ]
