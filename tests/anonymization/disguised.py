"""Identifiers in disguises, made by combining classes of disguise with kinds of identifier, not written one by one."""

from __future__ import annotations

import string
from collections.abc import Callable, Iterator
from urllib.parse import quote

IDENTIFIERS = {
    "card": "5425 2334 3010 9903", "card together": "374245455400126", "iban": "DE89 3704 0044 0532 0130 00",
    "email": "h.oduya@fastmail.example", "email with digits": "tessa_brink77@gmail.com", "phone": "+44 7911 123456",
    "local phone": "(212) 555-0187", "ip": "203.0.113.77", "ssn": "536-22-8741", "name": "Maria Jansen",
    "other name": "Robert Kowalski",
}  # fmt: skip
SENTENCES = ("Please use {v} for the refund.", "I told the agent that it is {v} but nobody listened.", "contact: {v}")
_WORDS = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]
_MATHEMATICAL = str.maketrans(
    string.digits + string.ascii_lowercase + string.ascii_uppercase,
    "".join(
        chr(first + at) for first, count in ((0x1D7CE, 10), (0x1D41A, 26), (0x1D400, 26)) for at in range(count)
    ),
)  # fmt: skip
_CYRILLIC = str.maketrans("aeocpxyiABEKMHOPCTX", "аеосрхуіАВЕКМНОРСТХ")

Disguise = Callable[[str], str | None]


def _between(sign: str) -> Disguise:
    return sign.join


def _joined_by(sign: str) -> Disguise:
    return lambda value: value.replace(" ", sign).replace("-", sign) if _is_number(value) else None


def _apart(sign: str) -> Disguise:
    return lambda value: sign.join(c for c in value if c.isalnum()) if _is_number(value) else None


def _mail(at: str, dot: str = ".") -> Disguise:
    return lambda value: value.replace("@", at).replace(".", dot) if "@" in value else None


def _digits(made_of: str) -> Disguise:
    return lambda value: value.translate(str.maketrans(string.digits, made_of)) if _is_number(value) else None


def _spelled(gap: str) -> Disguise:
    def spell(value: str) -> str | None:
        signs = [_WORDS[int(c)] if c.isdecimal() else c for c in value if c.isalnum() or c == "+"]
        return gap.join(signs) if _is_number(value) else None

    return spell


def _is_number(value: str) -> bool:
    return sum(c.isdecimal() for c in value) > 7 and "@" not in value


def _is_name(value: str) -> bool:
    return value.replace(" ", "").isalpha()


DISGUISES: dict[str, Disguise] = {
    "full width": lambda value: "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in value),
    "look-alikes": lambda value: value.translate(_CYRILLIC),
    "mathematical": lambda value: value.translate(_MATHEMATICAL),
    "zero-width space": _between("\u200b"), "word joiner": _between("\u2060"), "soft hyphen": _between("\u00ad"),
    "tags": _between("\U000e0041"), "struck out": lambda value: "".join(f"{c}\u0336" for c in value),
    "piled up": lambda value: "".join(f"{c}\u0301\u0323" if c.isalpha() else c for c in value),
    "arabic digits": _digits("٠١٢٣٤٥٦٧٨٩"), "superscript": _digits("⁰¹²³⁴⁵⁶⁷⁸⁹"),
    "O for 0": _digits("O123456789"), "l for 1": _digits("0l23456789"),
    "emoji between": _apart("🔥"), "emoji for spaces": _joined_by("😀"), "points": _apart("."), "spaced": _apart(" "),
    "slashes": _joined_by("/"), "underscores": _joined_by("_"), "bars": _joined_by("|"), "dashes": _joined_by("–"),
    "hyphens that do not break": _joined_by("\u2011"), "minus signs": _joined_by("−"), "tabs": _joined_by("\t"),
    "hard spaces": lambda value: value.replace(" ", "\u00a0"), "spelled": _spelled(" "),
    "spelled, commas": _spelled(", "),
    "at dot": _mail(" at ", " dot "), "[at]": _mail("[at]", "[dot]"), "AT DOT": _mail(" AT ", " DOT "),
    "spaced @": _mail(" @ "), "_at_": _mail("_at_", "_dot_"), "-at-": _mail("-at-", "-dot-"), "<at>": _mail("<at>"),
    "wide @": _mail("＠"), "stops of the East": _mail("@", "。"), "arroba": _mail(" arroba ", " punto "),
    "percent": lambda value: quote(value, safe=""),
    "all percent": lambda value: "".join(f"%{byte:02X}" for byte in value.encode()),
    "entities": lambda value: "".join(f"&#{ord(c)};" for c in value),
    "in a URL": lambda value: "https://shop.example/x?q=" + quote(value), "bold": lambda value: f"**{value}**",
    "lower case": str.lower, "capitals": str.upper, "swapped case": str.swapcase,
    "underscored name": lambda value: value.replace(" ", "_") if _is_name(value) else None,
    "name in one word": lambda value: value.replace(" ", "") if _is_name(value) else None,
    "letters apart": lambda value: " ".join(value) if _is_name(value) else None,
}  # fmt: skip

KEEP = (
    "The key Order_Number is missing from the form.", "Ticket INC_2024_0117 was closed.",
    "We moved from plan 10|20|30 to 40.", "The file report_2024_01_15.csv does not open.", "Firmware 1.2.3.4.5 is out.",
    "See e.g. the first page.", "The eSIM does not work.", "Press 1, then 2, then 3 and wait.",
    "It rained at ten to nine.", "The dot is on the left at the end.", "Error E-4O4 came again.",
    "I gave it 1 2 3 4 5 stars in my mind.", "Meet us @ noon.", "The a.m. slot is full.", "TitleMax sent a letter.",
    "Line 3\n2024 was a good year.", "Café, naïve and coöperation stay.", "Step 1/2/3 of the guide fails.",
)  # fmt: skip


def disguised() -> Iterator[tuple[str, str, str]]:
    """Yield (class, disguised identifier, sentence with it); each identifier in every class that changes it."""
    for number, (name, disguise) in enumerate(DISGUISES.items()):
        for place, value in enumerate(IDENTIFIERS.values()):
            written = disguise(value)
            if written and written != value:
                yield name, written, SENTENCES[(number + place) % len(SENTENCES)].format(v=written)
