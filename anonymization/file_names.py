"""Who stands in the name of a file: "invoice_Marguerite_Lachance_mar.pdf", "scan-jansen-2.jpg"."""

from __future__ import annotations

import re
from collections.abc import Iterable

from anonymization.files import stems
from anonymization.lexicon import word_set
from anonymization.name_cues import PARTICLES
from anonymization.reading import Reading, token_of

_PART = re.compile(r"[A-ZÀ-Þ]?[a-zß-ÿāăąćčďđēęěğģīķłńņňőřśşšťūůűźżž]+|[A-ZÀ-ÞĆČŁŃŚŠŹŻŽ]+(?![a-z])")
_JARGON = word_set(
    """
    img dsc pic scan scans copy doc docs pdf vid video screenshot screen shot final draft new old rev ver signed
    unsigned invoice receipt bill quote form letter photo passport licence license contract statement cv resume
    id kyc page pages front back side app log logs error debug test temp tmp export import report backup config
    settings readme release notes sample demo prod dev uat v jan feb mar apr may jun jul aug sep sept oct nov
    dec mon tue wed thu fri sat sun whatsapp image audio voice file files data upload attachment signature
    stamped merged ocr hd hq full part amended wifi router modem sim esim imei usb ups dhl faq tos gdpr payslip
    lease claim policy fuse box crash dump install setup
    """
)


def names_in_files(reading: Reading) -> Iterable[tuple[int, int]]:
    """Yield the stretches of names in file names: listed ones with what is joined to them, or two unlisted capitals."""
    text = reading.text
    for start, stem in stems(reading.lowered):
        run: list[tuple[int, int, str]] = []
        for part in _PART.finditer(text, start, stem):
            kind = _kind(reading, part)
            is_joined = bool(run) and part.start() - run[-1][1] <= 1 and not text[run[-1][1] : part.start()].isdecimal()
            if run and not (is_joined and kind):
                yield from _name(text, run)
                run = []
            if kind:
                run.append((*part.span(), kind))
        yield from _name(text, run)


def _kind(reading: Reading, part: re.Match[str]) -> str:
    """Return "first" or "last" for a listed name, "unlisted" for what is no word of ours, "" for a word."""
    word, lexicon = part[0], reading.lexicon
    if word.lower() in PARTICLES and not word.isupper():
        return "unlisted"
    is_short = len(word) < 3 or (word.isupper() and len(word) < 4)
    if is_short or word.lower() in _JARGON or lexicon.is_common(word):
        return ""
    folded = token_of(word, part.start()).folded
    if folded in lexicon.first_names or folded in lexicon.last_names:
        return "first" if folded in lexicon.first_names else "last"
    halves = ((folded[:at], folded[at:]) for at in range(3, len(folded) - 2))
    is_compound = any(all(half in lexicon.common or half in _JARGON for half in pair) for pair in halves)
    return "" if is_compound else "unlisted"


def _name(text: str, run: list[tuple[int, int, str]]) -> Iterable[tuple[int, int]]:
    if not run:
        return
    kinds = [kind for _, _, kind in run]
    is_glued = len(run) > 1 and not any(sign in text[run[0][0] : run[-1][1]] for sign in "_-")
    are_capitals = all(text[start].isupper() and not text[start:end].isupper() for start, end, _ in run)
    # "CrudeStocks" is in one word what "Okafor_Chinedu" is not.
    is_pair = len(run) > 1 and are_capitals and not is_glued
    if is_pair or "first" in kinds or ("last" in kinds and not is_glued):
        yield run[0][0], run[-1][1]
