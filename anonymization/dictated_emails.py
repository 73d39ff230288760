"""E-mail addresses as they are dictated letter by letter, word by word, or drawn with emoji.

"petra underscore v minus horak, at sign, posta period cz", "b for bravo, e for echo ... at bravo dot co dot uk",
"m i r a @ t a l v i k . e e", "yuki_tan📧plusmail🔵sg". What is after the sign is matched, what is before it
is read word by word from the right: it goes on as long as letters, numbers in words and joints do.
``spoken_emails`` knows the plain cases.
"""

from __future__ import annotations

import re
import string
from collections.abc import Iterable, Sequence, Set

from anonymization.anchors import match_at, places_of
from anonymization.disguises import Edit
from anonymization.lexicon import word_set
from anonymization.number_words import TEENS, TENS, UNITS

EVERYDAY_TLD = word_set("at be it no me in is to so us my as am by do id la ly tv la al ad pm ps st ai one")
TLD = EVERYDAY_TLD | word_set(
    """
    com net org edu gov info biz io co uk nl de fr pt br pl es eu ca au ie ch se dk fi app dev xyz online site example
    cz ro ee sk hu hr gr lt lv si lu mt cy bg rs ua tr sg th jp kr cn hk tw nz za ng ke gh eg ae il mx ar cl pe ve ec uy
    cr mail email cloud shop store tech club live life world ru by md mk ba gg im cat scot wales london berlin nyc
    """
)
"""Ends of addresses; the first lot are words of every sentence too."""
ALPHABET = (
    "alfa alpha bravo charlie delta echo foxtrot golf hotel india juliet juliett kilo lima mike november oscar papa "
    "quebec romeo sierra tango uniform victor whiskey whisky xray x-ray yankee zulu"
)
LETTER_OF = {word: word[0] for word in ALPHABET.split()}
_JOINTS = {
    "underscore": "_", "dash": "-", "hyphen": "-", "minus": "-", "plus": "+", "dot": ".", "period": ".", "point": ".",
    "punt": ".", "punto": ".", "ponto": ".", "kropka": ".", "punkt": ".", "stop": ".",
    "_": "_", "-": "-", "+": "+", ".": ".",
}  # fmt: skip
_DOTS = "dot|period|point|full[ \\-]?stop|punto?|punkt|ponto|kropka"
_UNSURE_DOTS = frozenset(("period", "point", "full stop", "full-stop", "fullstop"))
_PIECE = r"[^\W_][\w\-]{0,40}"
_NUMBERS = "|".join((*TENS, *TEENS, *UNITS, "zero"))
_HOST_JOINT = r"[\s,]{1,3}(?:dash|hyphen|minus)[\s,]{1,3}"
_DOT = rf"(?:[\s,]{{1,3}}(?P<dot>{_DOTS})[\s,]{{1,3}}|\s?[(\[{{<]\s?(?:{_DOTS}|\.)\s?[)\]}}>]\s?|\.)"
_HOST = (
    rf"{_PIECE}(?:{_HOST_JOINT}{_PIECE}|\s(?:{_NUMBERS})(?!\w)){{0,3}}{_DOT}{_PIECE}"
    rf"(?:{_DOT.replace('?P<dot>', '?:')}{_PIECE}){{0,3}}"
)
_SIGN = r"(?:@\s?sign|@|[(\[{<]\s?at\s?[)\]}>]|at[ \-](?:sign|symbol)|at|arroba|apenstaartje|małpa)"
_AT = re.compile(rf"(?<![^\W_])(?P<at>{_SIGN})[\s,]{{0,3}}(?P<host>{_HOST})(?!\w)")
_AT_WORDS = word_set("at arroba apenstaartje małpa")
_HOST_SIGNS = tuple((re.compile(rf"[\s,]+(?:{words})[\s,]+|\s?[(\[{{<]\s?(?:{words})\s?[)\]}}>]\s?"), sign)
                    for words, sign in ((_DOTS, "."), ("dash|hyphen|minus", "-")))  # fmt: skip
_BESIDE = word_set("underscore dash hyphen minus plus period point sign word lowercase for as like stop double triple")
_TELLING = _BESIDE | UNITS.keys() | TEENS.keys() | TENS.keys() | LETTER_OF.keys()
_TOKEN = re.compile(r"[^\s,;:()\[\]\"“”!?]+")
_REACH = 200
_NOTES = tuple(
    tuple(note.split())
    for note in (
        "all in one word", "all one word", "as one word", "in one word", "one word", "all together", "no spaces",
        "without spaces", "all lowercase", "all lower case", "in lowercase", "in lower case", "lowercase", "lower case",
        "all in small letters", "all small letters", "small letters", "all joined up", "joined up",
    )
)  # fmt: skip
_BEFORE_NOTE = word_set("that's thats that’s it's it’s its that is written spelled and all")
_NO_NAME = word_set(
    """
    a an the and or is are was be to on my me at mail email e-mail emails address it its it's that's this that new old
    as contact write use under by try via for called name with of in from spelled says phone i you we he she they send
    please goes reach him her them now instead not get got has have had our your his their us still just only
    """
)
_RUN = re.compile(
    r"(?<![^\s(:<\"'])[\w.+\-@]"
    r"(?:[ \t]{1,3}(?:[\w.+\-@]|at|dot|underscore|dash|hyphen|minus|plus)(?![^\s,;!?)>\"'.])){5,120}"
)
_EMOJI = r"[\u2022\u2190-\u2bff\u3030\U0001f000-\U0001faff]"
_DRAWN = re.compile(rf"(?<![\w.+\-])[\w.+\-]{{1,40}}(?:{_EMOJI}{{1,3}}[\w.+\-]{{1,40}}){{2,6}}(?![\w@])")
_MAIL_SIGN = (
    r"[\u2709\U0001f4e7\U0001f4e9\U0001f4e8\U0001f48c\U0001f4ec\U0001f4ee\U0001f4ea\U0001f4eb\U0001f4e5\U0001f4e4]"
)
_DRAWN_AT = re.compile(
    rf"(?<![\w.+\-])[\w.+\-]{{1,40}}(?P<at>\s?{_MAIL_SIGN}\s?)[\w\-]{{2,40}}"
    rf"(?P<dot>\s?{_EMOJI}\s?|\s?\.\s?|\sdot\s)(?P<tld>[a-z]{{2,8}})(?!\w)"
)
_SIGNS = re.compile(rf"{_EMOJI}+")
_ABOUT_MAIL = re.compile(r"mail|reach|contact|write|address|find me|send")
_CUT_AFTER = re.compile(
    r"(?<=[\w.+\-]@)(?:[\w\-]{1,40}(?:\.[\w\-]{1,40}){0,3}(?P<sign>[.\-]))?(?P<cut>[ \t]*\r?\n[ \t>]*)"
    r"(?P<next>[\w\-]{1,40})(?P<more>\.[\w\-]{2,40})?(?!\w)"
)
_CUT_BEFORE = re.compile(r"(?<=[\w])(?P<cut>[ \t]*\r?\n[ \t>]*)@[\w\-]{2,40}\.[a-z]{2,8}(?!\w)")
_MANY_AT = re.compile(r"(?<=\w)@{2,4}(?=[\w\-]{1,40}\.\w)")
_LAST_WORD = re.compile(r"[\w.+\-]+$")


def drawn_emails(text: str) -> Iterable[Edit]:
    """Yield edits, without overlap, for addresses with emoji for their signs, or cut over two lines at one of them."""
    if not text.isascii():
        lowered, end = text.lower() if len(text.lower()) == len(text) else text, 0
        for found in _DRAWN.finditer(lowered) if _SIGNS.search(lowered) else ():
            for edit in _undrawn(lowered, found):
                yield edit
                end = edit[1]
        for found in _DRAWN_AT.finditer(lowered, end) if re.search(_MAIL_SIGN, lowered) else ():
            if found["tld"] in TLD:
                yield *found.span("at"), "@"
                yield *found.span("dot"), "."
    if "@@" in text:
        for found in _MANY_AT.finditer(text):
            yield *found.span(), "@"
    if "@" in text and "\n" in text:
        for at in re.finditer("@", text):
            after = _CUT_AFTER.match(text, at.end())
            if after is not None and (after["more"] or (after["sign"] == "." and after["next"] in TLD)):
                yield *after.span("cut"), ""
        for found in _CUT_BEFORE.finditer(text) if "\n@" in text or "\n> @" in text else ():
            word = _LAST_WORD.search(text, max(0, found.start() - 64), found.start())
            if word is not None and re.search(r"[._\d]", word[0]):
                yield *found.span("cut"), ""


def _undrawn(lowered: str, found: re.Match[str]) -> Iterable[Edit]:
    """Write one drawn address. Which emoji stands for "@" is told by what it shows, or by being unlike the others."""
    signs = list(_SIGNS.finditer(found[0]))
    last = found[0][signs[-1].end() :].rstrip(".-")
    if last not in TLD:
        return
    drawn = [at for at, sign in enumerate(signs) if re.match(_MAIL_SIGN, sign[0])]
    other = [at for at, sign in enumerate(signs[:-1]) if sign[0] != signs[-1][0]]
    if drawn:
        at_sign = drawn[-1]
    elif other and last not in EVERYDAY_TLD:
        at_sign = other[-1]
    elif _ABOUT_MAIL.search(lowered, max(0, found.start() - 40), found.start()):
        at_sign = other[-1] if other else len(signs) - 2
    else:
        return
    for at, sign in enumerate(signs):
        yield found.start() + sign.start(), found.start() + sign.end(), "@" if at == at_sign else "."


def spaced_emails(lowered: str, lone: bytes) -> Iterable[Edit]:
    """Yield edits for "m i r a @ t a l v i k . e e"; ``lone`` has a 1 for each word of one letter."""
    if b"\1\1\1" not in lone:
        return
    for found in _RUN.finditer(lowered):
        tokens = list(_TOKEN.finditer(found[0]))
        signs = {token[0] for token in tokens}
        is_at, is_dot = signs & {"@", "at"}, signs & {".", "dot"}
        is_whole = (is_at and is_dot) or (
            "@" in signs and re.match(r"\s?@?\s?\w+\.\w", lowered[found.end() : found.end() + 60])
        )
        if not is_whole or sum(len(token[0]) == 1 for token in tokens) < 6:
            continue
        at = 0
        for token in tokens:
            if token.start() > at and at:
                yield found.start() + at, found.start() + token.start(), ""
            new = "@" if token[0] == "at" else _JOINTS.get(token[0], token[0])
            if new != token[0]:
                yield found.start() + token.start(), found.start() + token.end(), new
            at = token.end()


def dictated_emails(lowered: str, words: Set[str]) -> Iterable[Edit]:
    """Yield edits, without overlap, that write dictated addresses of a text in lower case as addresses."""
    if ("@" not in lowered and words.isdisjoint(_AT_WORDS)) or words.isdisjoint(_TELLING):
        return
    end = 0
    for found in match_at(_AT, lowered, _signs(lowered, words)):
        host, sign = found["host"], found["at"]
        last = re.split(r"[\s.)\]}>]+", host)[-1]
        is_sure = sign not in _AT_WORDS
        is_doubtful = found["dot"] in _UNSURE_DOTS and last in EVERYDAY_TLD and not is_sure
        if last not in TLD or is_doubtful:
            continue
        read = _local(lowered, max(end, found.start() - _REACH), found.start())
        if read is None:
            continue
        start, local, is_told = read
        for pattern, joint in _HOST_SIGNS:
            host = pattern.sub(joint, host)
        is_told = is_told or " " in host or host.count("-") > found["host"].count("-")
        if is_told or found["dot"] in _UNSURE_DOTS or (is_sure and len(sign) > 1):
            yield start, found.end(), f"{local}@{re.sub(r'[^a-z0-9.-]+', '', host) or host}"
            end = found.end()


def _signs(lowered: str, words: Set[str]) -> list[int]:
    """Return where a sign or a word for "@" begins, with its bracket."""
    places = places_of(lowered, "@")
    for word in _AT_WORDS & words:
        places += places_of(lowered, word)
    result = set()
    for place in places:
        start = place - 1 if lowered[place - 1 : place] == " " else place
        result.add(start - 1 if start and lowered[start - 1] in "([{<" else place)
    return sorted(result)


def _local(lowered: str, start: int, end: int) -> tuple[int, str, bool] | None:
    """Return (where it begins, what it is, whether more than words and points told it) of the part before the sign."""
    tokens = [(found.start(), found[0]) for found in _TOKEN.finditer(lowered, start, end)]
    words = [word.strip(".'‘’") if len(word) > 1 else word for _, word in tokens]
    at = len(words)
    pieces: list[str] = []
    told = False
    for note in _NOTES:
        if tuple(words[at - len(note) : at]) == note and at > len(note):
            at, told = at - len(note), True
            break
    while told and at > 0 and words[at - 1] in _BEFORE_NOTE:
        at -= 1
    kind = "joint"
    while at > 0:
        step, piece, this = _atom(words, at)
        if not step:
            break
        if kind != "joint" and this != "joint":
            is_spelled = this == "letter" and kind in ("letter", "number")
            is_counted = (kind == "number" and this in ("word", "number")) or (
                kind == "word" and this == "number" and told
            )
            if not (is_spelled or is_counted):
                break
        if this == "joint" and (kind == "joint" or at - step == 0):
            break
        told = told or this in ("letter", "number") or (this == "joint" and words[at - 1] not in ("dot", "_", "-", "."))
        pieces.append(piece)
        at, kind = at - step, this
    if kind == "joint" and pieces:
        pieces.pop()
        at += 1
    if not pieces:
        return None
    return tokens[at][0], "".join(reversed(pieces)), told


def _atom(words: Sequence[str], at: int) -> tuple[int, str, str]:
    """Return (words it takes, what they write, kind) of the last part of an address before ``words[at]``; 0: none."""
    word, before = words[at - 1], words[at - 2] if at > 1 else ""
    is_example = at > 2 and before in ("for", "like") and len(words[at - 3]) == 1
    if is_example:
        return 3, words[at - 3], "letter"
    if at > 3 and before in ("in", "for") and words[at - 3] in ("as", "like") and len(words[at - 4]) == 1:
        return 4, words[at - 4], "letter"
    if word in _JOINTS:
        return (2, ".", "joint") if (before, word) == ("full", "stop") else (1, _JOINTS[word], "joint")
    ten, _, unit = word.partition("-")
    if ten in TENS and unit in UNITS:
        return 1, str(TENS[ten] + UNITS[unit]), "number"
    if word in UNITS or word in ("zero", "oh"):
        digit = str(UNITS.get(word, 0))
        if before in TENS:
            return 2, str(TENS[before] + UNITS.get(word, 0)), "number"
        return (
            (2, digit * (2 if before == "double" else 3), "number")
            if before in ("double", "triple")
            else (1, digit, "number")
        )
    if word in TENS or word in TEENS:
        return 1, str(TENS.get(word) or TEENS[word]), "number"
    if len(word) == 1 and word in string.ascii_lowercase:
        return (
            (2, word * (2 if before == "double" else 3), "letter")
            if before in ("double", "triple")
            else (1, word, "letter")
        )
    if word in LETTER_OF and (before in LETTER_OF or (at < len(words) and words[at] in LETTER_OF)):
        return 1, LETTER_OF[word], "letter"
    if word in _NO_NAME or not re.fullmatch(r"[\w.+\-]{1,40}", word):
        return 0, "", ""
    return 1, word, "number" if word.isdecimal() else "word"
