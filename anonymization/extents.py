"""How far what was found reaches: a title before a name, the "of" inside a place, the lines of an address.

Detectors find the heart of a mention; what is around it points at the same person. Works on findings without overlap.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from anonymization.addresses import CAP, CODE, STATE
from anonymization.findings import Finding
from anonymization.lexicon import WORD
from anonymization.reading import Reading

_TITLE = re.compile(
    r"(?<![\w@])(?:(?:Mr|Mrs|Ms|Mx|Dr|Prof|Capt|Sgt|Rev|Hon|Sen|Gov|Lt|Col|Gen)\.?|Sir|Dame|Tsar)\s{1,2}$"
)
_INITIALS = re.compile(r"(?<![\w@.])(?:[A-ZÀ-Þ]\.?[ ]){1,3}$")
_PARTICLE = re.compile(r"(?<![\w@])(?:v[./]\s?d\.?|vd|v\.)\s$", re.IGNORECASE)
_INITIAL_AFTER = re.compile(r"(?: [A-ZÀ-Þ]\.){1,2}(?=[\s,;:!?)\"'”’]|$)")
_AT_FIRM = re.compile(r"@[A-Z][A-Z_]{2,20}(?![\w.@])")
# A name of a person as a login: "m.castellano", "anita_rao2".
_LOGIN = re.compile(r"(?<![\w@./])[a-z]{1,20}[._][a-z]{2,20}\d{0,4}(?![\w@/]|[.\-]\w)")
_LOGIN_REACH = 21
_OF = frozenset((" of ", " of the ", " de ", " del ", " & ", " - ", "-", "/"))
_KIND = re.compile(
    r" (?:[Ss]tation|[Ii]slands?|[Ss]trip|[Aa]irport|[Mm]useum|[Mm]emorial|Bank|Beach|Park|River|Lake|County|"
    r"Valley|Hills?|Bay|Hotel|Inn|Pizza|Cafe|Grill|Restaurant|Bar|Base|Square|Street|Avenue|Road|City|Coast|Sea|Ocean|Mountains?)(?!\w)"
)
_SIDE = re.compile(
    r"(?<![\w.])(?:North|South|East|West|New|Old|Upper|Lower|Central|Mount|Mt\.?|Fort|Ft\.?|Port|Saint|St\.?) $"
)
_POSSESSIVE = re.compile(r" ?['’`´]s(?!\w)")

# Between two parts of an address: commas, a break, what quotes a mail, what bullets a line.
_GLUE = re.compile(r"[ \t]{0,3}[,;]?\.?[ \t]{0,3}(?:\r?\n[ \t>|?*•,\-]{0,8}){0,2}[ \t]{0,3}")
_UNIT = re.compile(
    r"(?:apt|apartment|appartement|appartamento|unit|suite|ste|flat|floor|fl|room|rm|lot|building|bldg|block|box|level|"
    r"piso|andar|lok|bus|dept)\b\.?\s{0,2}#?\s?[A-Z]?\d{1,5}[A-Z]?(?!\w)|#\s?\d{1,5}[A-Z]?(?!\w)",
    re.IGNORECASE,
)
_AREA = re.compile(rf"(?:{STATE}|nan|[A-Z]{{2}}|\d{{1,2}})(?=[ \t,\n>]{{1,6}}{CODE}(?!\w))", re.IGNORECASE)
_POSTAL = re.compile(
    rf"(?:[A-Z]{{1,2}}-)?(?:{CODE}|\d{{3}} \d{{2}}|\d{{5,6}}|\d{{3}}-\d{{4}})(?![\w@]|[.,:\-/]\d|[ \-.]\d{{3}})"
)
_TOWN = re.compile(
    rf"(?:{CAP}(?:[ \-](?:{CAP}|an|am|der|den|aan|de|da|do|di|la|le|u|v|nad|pod|na|op|upon|on|the)(?!\w)){{0,4}})"
    rf"(?=[ \t,\n>|?*]{{1,7}}(?:{CAP}(?:[ ]{CAP}){{0,2}}[ \t,\n>|?*]{{1,7}})?"
    rf"(?:(?:{STATE}|nan|[A-Z]{{2}}|\d{{2}})[ ,\n]{{1,3}})?(?:{CODE}|\d{{5,6}})(?!\w))"
)
_FORCES = re.compile(r"(?:[FAD]PO\s+A[AEP]|PSC\s+\d{1,5},?\s+Box\s+\d{1,5})(?:\s+\d{5})?(?!\w)", re.IGNORECASE)
_CORNER = re.compile(r"(?:the )?corner of (?:\d{1,5} )?$", re.IGNORECASE)
_NUMBER_BEFORE = re.compile(r"(?<![\w$€£.,:/#\-])\d{1,6}[A-Za-z]?,?\s{1,2}$")
_NUMBER_AFTER = re.compile(r"\s\d{1,5}[A-Za-z]?\.?(?![\w%]|[.,:\-/]\d|\s\d)")
_ADDRESS_CUE = re.compile(
    r"\b(?:address(?:es)?|live[sd]?|living|located|reside[sd]?|moved|deliver(?:ed)?|sent?|ship(?:ped)?|mail(?:ed)?|"
    r"(?:office|restaurant|station|store|shop|house|home|bar|hotel|school|clinic|branch|building)s?\s+(?:is|are|was)|"
    r"meet(?:ing)?|come|go|drive|taxi|cab|street|side)\b[^\n.!?]{0,30}?(?:\b(?:at|on|in|to|of|is)|:)\s{1,6}$",
    re.IGNORECASE,
)
_UNIT_BEFORE = re.compile(
    r"(?<!\w)(?:flat|apt|apartment|unit|suite|room|floor)\.? (?:[0-9A-Z]{1,4}[,\s]\s{0,2})?$", re.IGNORECASE
)
_PARTS = 9


# A name that friends use, between the two of the papers: Anthony "Tone" Marchetti.
_NICKNAME = re.compile(r""" ["“”„'‘’(«]{1,2}[A-ZÀ-Þ][\w\-]{1,20}["“”'’)»]{1,2} """)


def extend(reading: Reading, findings: Sequence[Finding]) -> list[Finding]:
    """Return ``findings`` (ordered, without overlap), each as long as it reaches; they may overlap now."""
    reaching = [*_nicknamed(reading, findings), *(_reaching(reading, found) for found in findings)]
    return [*_joined_places(reading, reaching), *_addresses(reading, findings)]


def _nicknamed(reading: Reading, findings: Sequence[Finding]) -> Iterable[Finding]:
    """Yield a name from its first part to its last where a nickname in quotes stands between them."""
    people = {found.start: found for found in findings if found.label == "PERSON"}
    for found in people.values():
        nickname = _NICKNAME.match(reading.text, found.end)
        family = WORD.match(reading.text, nickname.end()) if nickname else None
        if family is not None and family[0][0].isupper():
            known = people.get(family.start())
            if known is not None or not reading.lexicon.is_common(family[0]):
                yield found._replace(end=known.end if known else family.end())


def _reaching(reading: Reading, found: Finding) -> Finding:
    text = reading.text
    if found.label == "PERSON":
        start = found.start
        for pattern in (_PARTICLE, _INITIALS, _TITLE):
            before = pattern.search(text, max(0, start - 14), start)
            if before and not (pattern is _INITIALS and before[0] in ("I ", "A ")):
                start = before.start()
        login = _login_around(reading, found) if text[found.start : found.end].islower() else None
        if login is not None:
            return found._replace(start=min(start, login.start()), end=login.end())
        after = _AT_FIRM.match(text, found.end) or _INITIAL_AFTER.match(text, found.end)
        return found._replace(start=start, end=after.end() if after else found.end)
    if found.label in ("LOCATION", "ORGANIZATION"):
        start, end = found.start, found.end
        before = _SIDE.search(text, max(0, start - 9), start) if text[start : start + 1].isupper() else None
        for pattern in (_KIND, _POSSESSIVE, _KIND):
            after = pattern.match(text, end)
            end = after.end() if after else end
        return found._replace(start=before.start() if before else start, end=end)
    return found


def _login_around(reading: Reading, found: Finding) -> re.Match[str] | None:
    """Return the login that a name is a part of; what a lost blank joins ("thanks tom.he said") is none."""
    for at in range(max(0, found.start - _LOGIN_REACH), found.start + 1):
        login = _LOGIN.match(reading.text, at)
        if login and login.end() >= found.end and login.end() > found.start:
            name = reading.text[found.start : found.end]
            rest = [part for part in re.findall(r"[a-z]{2,}", login[0]) if part not in name]
            return None if any(map(reading.lexicon.is_common, rest)) else login
    return None


def _joined_places(reading: Reading, findings: Sequence[Finding]) -> Iterable[Finding]:
    """Yield all, and "Gulf of Mexico" as one where "Gulf" and "Mexico" were found."""
    last: Finding | None = None
    for found in findings:
        yield found
        is_same = last is not None and last.label == found.label in ("LOCATION", "ORGANIZATION")
        if last is not None and is_same and reading.text[last.end : found.start] in _OF:
            yield last._replace(end=found.end)
        last = found


def _addresses(reading: Reading, findings: Sequence[Finding]) -> Iterable[Finding]:
    if not any(found.label == "ADDRESS" for found in findings) and not any(c.isdecimal() for c in reading.text):
        return
    by_start = {found.start: found for found in findings}
    by_end = {found.end: found for found in findings}
    for found in findings:
        street = found if found.label == "ADDRESS" else _bare_street(reading, found)
        if street is not None:
            start = _from(reading, street.start, by_end)
            yield street._replace(start=start, end=_until(reading, street.end, by_start), role="", identity="")


def _bare_street(reading: Reading, found: Finding) -> Finding | None:
    """A name between a cue of an address and a house number is a street ("the office is at Pod Floriánem 1677")."""
    if found.label not in ("PERSON", "LOCATION") or found.detector == "known":
        return None
    before = _NUMBER_BEFORE.search(reading.text, max(0, found.start - 9), found.start)
    after = _NUMBER_AFTER.match(reading.text, found.end)
    start = before.start() if before else found.start
    if not (before or after) or not _ADDRESS_CUE.search(reading.text, max(0, start - 70), start):
        return None
    end = after.end() if after else found.end
    return None if reading.is_kept(start, end) else Finding(start, end, "ADDRESS", 0.6, "address_extent")


def _from(reading: Reading, start: int, by_end: dict[int, Finding]) -> int:
    """Return where the address at ``start`` begins: a number before, "the corner of X and"."""
    number = _NUMBER_BEFORE.search(reading.text, max(0, start - 9), start)
    if number and not reading.is_kept(number.start(), number.end()):
        start = number.start()
    if reading.text[max(0, start - 5) : start].lower() == " and ":
        other = by_end.get(start - 5)
        if other is not None and other.label in ("PERSON", "LOCATION", "ADDRESS"):
            start = other.start
    unit = _UNIT_BEFORE.search(reading.text, max(0, start - 20), start)
    start = unit.start() if unit else start
    corner = _CORNER.search(reading.text, max(0, start - 22), start)
    return corner.start() if corner else start


def _until(reading: Reading, end: int, by_start: dict[int, Finding]) -> int:
    """Return where the address ends: over units, towns, countries and codes, and the breaks and quotes between."""
    text = reading.text
    for _ in range(_PARTS):
        glue = _GLUE.match(text, end)
        at = glue.end() if glue else end
        is_next_sentence = "." in text[end:at] and "\n" not in text[end:at]
        part = _part(text, at, by_start)
        if part is None or is_next_sentence or (at == end and text[end - 1 : end].isalnum()):
            return end
        end = part
    return end


def _part(text: str, at: int, by_start: dict[int, Finding]) -> int | None:
    """Return the end of the part of an address that begins at ``at``."""
    for pattern in (_UNIT, _FORCES, _POSTAL, _AREA):
        found = pattern.match(text, at)
        if found:
            return found.end()
    other = by_start.get(at)
    if other is not None and other.label in ("LOCATION", "ADDRESS", "ZIP_CODE"):
        return other.end
    town = _TOWN.match(text, at)
    if town:
        return town.end()
    if other is not None and other.label in ("PERSON", "ORGANIZATION") and _POSTAL.match(text, other.end + 1):
        return other.end
    closing = re.compile(r"\((?:Greek|Turkish|[A-Z]{2})\)").match(text, at)
    return closing.end() if closing else None
