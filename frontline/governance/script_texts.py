"""A script put together for a customer, what is wrong with one, and in what two of them differ. No database."""

from __future__ import annotations

import datetime as dt
import difflib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from frontline.catalog.scripts import SCOPES, Override, Script, ScriptRules
from frontline.core.errors import UsageError

_WORD = re.compile(r"[A-Za-z']+")
_VOWELS = re.compile(r"[aeiouy]+")
_SENTENCE = re.compile(r"[.!?]+(?:\s|$)")
# Shorter texts have no reading ease worth a word.
LEAST_WORDS = 8


@dataclass(frozen=True)
class Part:
    """One block as it is said. ``source``: "" for the base, else the override that gave it."""

    block: str
    text: str
    is_compliance: bool = False
    source: str = ""


@dataclass(frozen=True)
class Composed:
    """A script for one customer; ``warnings`` are sentences."""

    parts: tuple[Part, ...]
    warnings: tuple[str, ...] = ()

    @property
    def words(self) -> str:
        """All that is said."""
        return "\n".join(part.text for part in self.parts)


def compose(script: Script, asked: Mapping[str, str]) -> Composed:
    """Return the script for ``asked`` (segment, region, channel, locale): of several overrides the most specific wins.

    A compliance block stands as it is, whatever an override says.
    """
    locale = asked.get("locale") or script.locale
    where = {**asked, "locale": locale}
    parts: list[Part] = []
    warnings: list[str] = []
    for block in script.blocks:
        fitting = [each for each in script.overrides if each.block == block.id and _fits(each, where)]
        fitting.sort(key=lambda each: -len(each.when))
        chosen = fitting[0] if fitting and not block.compliance else None
        if len(fitting) > 1 and not block.compliance:
            warnings.append(f"Two overrides collide: {fitting[0].name} is taken before {fitting[1].name}.")
        if chosen is not None and chosen.text is None:
            continue
        text = chosen.text if chosen is not None and chosen.text is not None else block.text
        if locale not in text:
            warnings.append(f"{block.id} has no text in {locale}; {script.locale} is shown.")
        said = text.get(locale) or text.get(script.locale) or block.text[script.locale]
        parts.append(Part(block.id, said, block.compliance, chosen.name if chosen else ""))
    return Composed(tuple(parts), tuple(warnings))


def variants_of(script: Script) -> dict[str, Composed]:
    """Return the distinct ways in which the script is said: "base", and one per place where overrides make another.

    Two places that say the same are one variant; languages of the same words are none.
    """
    found: dict[str, Composed] = {}
    for place in _places(script):
        composed = compose(script, place)
        if composed.words not in {other.words for other in found.values()}:
            found[name_of(place)] = composed
    return found


def name_of(place: Mapping[str, str]) -> str:
    """Return how a place is called: "base", or "segment smb, region west"."""
    return ", ".join(f"{key} {place[key]}" for key in SCOPES if place.get(key) and key != "locale") or "base"


def find_faults(script: Script, rules: ScriptRules, *, today: dt.date) -> list[str]:
    """Return what forbids publishing, as sentences that name the block."""
    faults = []
    by_id = {block.id: block for block in script.blocks}
    for override in script.overrides:
        block = by_id[override.block]
        if block.compliance and (override.text is None or any(
            block.text.get(locale) != words for locale, words in override.text.items()
        )):  # fmt: skip
            what = "removes" if override.text is None else "changes"
            faults.append(
                f"{override.name} {what} the compliance block {block.id}; it stands verbatim in every variant."
            )
    locales = sorted({locale for block in script.blocks for locale in block.text})
    for block in script.blocks:
        missing = [locale for locale in locales if locale not in block.text]
        if block.compliance and missing:
            faults.append(f"The compliance block {block.id} has no text in {', '.join(missing)}.")
    for where, text in _texts(script):
        faults += [f"{where} says “{phrase}”." for phrase in rules.banned if phrase.lower() in text.lower()]
    if script.approved_until is not None and script.approved_until <= today:
        faults.append(f"Its approval ended on {script.approved_until}; give a new date.")
    return faults


def find_weaknesses(script: Script, rules: ScriptRules) -> list[str]:
    """Return what should be better and forbids nothing: English text that is hard to read, texts that are missing."""
    found = []
    for block in script.blocks:
        ease = reading_ease(block.text.get("en", ""))
        if ease is not None and ease < rules.reading_ease:
            found.append(f"{block.id} is hard to read (ease {ease:.0f}, wanted {rules.reading_ease:.0f}).")
    locales = sorted({locale for block in script.blocks for locale in block.text})
    for block in script.blocks:
        missing = [locale for locale in locales if locale not in block.text]
        if missing and not block.compliance:
            found.append(f"{block.id} has no text in {', '.join(missing)}.")
    return found


def reading_ease(text: str) -> float | None:
    """Return the Flesch reading ease (1948): 206.835 - 1.015 words per sentence - 84.6 syllables per word.

    Syllables are counted by groups of vowels. None for a text of a few words.
    """
    words = _WORD.findall(text)
    if len(words) < LEAST_WORDS:
        return None
    sentences = max(1, len(_SENTENCE.findall(text.strip() + " ")))
    syllables = sum(max(1, len(_VOWELS.findall(re.sub(r"e$", "", word.lower())))) for word in words)
    return 206.835 - 1.015 * len(words) / sentences - 84.6 * syllables / len(words)


def differences(before: Sequence[Part], after: Sequence[Part]) -> list[str]:
    """Return a line per block that is new, gone or other, with the words that went and came."""
    old, new = {part.block: part.text for part in before}, {part.block: part.text for part in after}
    lines = []
    for block in dict.fromkeys([*old, *new]):
        if block not in new:
            lines.append(f"− {block}: {old[block]}")
        elif block not in old:
            lines.append(f"+ {block}: {new[block]}")
        elif old[block] != new[block]:
            lines.append(f"± {block}: {_changed(old[block], new[block])}")
    return lines


def changes(before: Script, after: Script) -> list[str]:
    """Return what another version changes, variant by variant; one that only one side has against the other's base."""
    old, new = variants_of(before), variants_of(after)
    lines: list[str] = []
    for place in dict.fromkeys([*old, *new]):
        changed = differences(
            old[place].parts if place in old else compose(before, {}).parts,
            new[place].parts if place in new else compose(after, {}).parts,
        )
        lines += [place, *changed] if changed else []
    return lines


def all_of(script: Script) -> list[str]:
    """Return a line per block of the base, and what each variant says otherwise."""
    (name, base), *others = variants_of(script).items()
    lines = [name, *differences((), base.parts)]
    for place, said in others:
        lines += [place, *differences(base.parts, said.parts)]
    return lines


def check_place(asked: Mapping[str, str], known: Mapping[str, Sequence[str]]) -> None:
    """Refuse a segment, region, channel or locale that there is not.

    Raises:
        UsageError: names those that there are.
    """
    for key, value in asked.items():
        if value and value not in known.get(key, ()):
            raise UsageError(f"There is no {key} {value[:40]}.", next_step=f"Known: {', '.join(known.get(key, ()))}.")


def _places(script: Script) -> list[dict[str, str]]:
    """Return the places where something else may be said, the plainest first.

    Also those where two overrides meet: one for a segment and one for a region make a fourth text for the customers
    of both.
    """
    places: list[dict[str, str]] = [{}]
    for override in script.overrides:
        own = {key: value for key, value in override.when.items() if key != "locale"}
        for known in tuple(places):
            both = {**known, **own}
            if all(known.get(key, value) == value for key, value in own.items()) and both not in places:
                places.append(both)
    return sorted(places, key=len)


def _fits(override: Override, where: Mapping[str, str]) -> bool:
    return all(where.get(key) == value for key, value in override.when.items())


def _texts(script: Script) -> list[tuple[str, str]]:
    texts = [(block.id, text) for block in script.blocks for text in block.text.values()]
    return texts + [(each.name, text) for each in script.overrides for text in (each.text or {}).values()]


def _changed(old: str, new: str) -> str:
    before, after = old.split(), new.split()
    pieces = []
    for kind, a, b, c, d in difflib.SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if kind == "equal":
            pieces.append(" ".join(before[a:b]) if b - a <= 6 else f"{' '.join(before[a : a + 2])} … {before[b - 1]}")
        else:
            gone, come = " ".join(before[a:b]), " ".join(after[c:d])
            pieces.append(" ".join(filter(None, (f"[−{gone}]" if gone else "", f"[+{come}]" if come else ""))))
    return " ".join(pieces)
