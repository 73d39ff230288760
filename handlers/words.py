"""A command line as people type it: quotes of every keyboard, mentions, dates, flags."""

from __future__ import annotations

import datetime as dt
import re
import shlex
from dataclasses import dataclass

from dateutil import parser as date_parser

from anonymization.lexicon import fold
from frontline.core.errors import UsageError

# Phones and word processors type these instead of the plain ones.
_SMART = str.maketrans({"“": '"', "”": '"', "„": '"', "«": '"', "»": '"', "‘": "'", "’": "'", "\u00a0": " ", "–": "-"})
_MENTION = re.compile(r"<@([UW][A-Z0-9]+)(?:\|[^>]*)?>")
_HANDLE = re.compile(r"(?<!\S)@([a-z0-9][\w.\-]*)", re.IGNORECASE)
_LABEL = re.compile(r"(?<!\S)#([^\W_][\w\-]*)")
# At most eight digits and nothing that goes on: a phone or card number stays in the text, where the gate masks it.
CASE = r"(?:[a-z]{1,6}-?)?[1-9]\d{1,7}"
_CASE = re.compile(rf"^(?:case\s+)?#?({CASE})(?![\d\w]|[-./ ]?\d)[\s:,-]*", re.IGNORECASE)
_DUE = re.compile(r"\b(due|by|before|until)\s+(.+?)\s*$", re.IGNORECASE)
_INTO = re.compile(r"\s+(?:into|in|to|->|=>|→)\s+", re.IGNORECASE)
# Slack wraps an address as <https://...|what is shown>.
_URL = re.compile(r"(?<=<)https?://[^\s<>|]+(?=[|>])|https?://[^\s<>|]+", re.IGNORECASE)
_NEAR = {"yesterday": -1, "today": 0, "tomorrow": 1}
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def plain(text: str) -> str:
    """Return ``text`` with smart quotes and hard blanks made plain, and blanks at both ends gone."""
    return text.translate(_SMART).strip()


def split(text: str) -> list[str]:
    """Split a command line on blanks, keeping quoted stretches whole.

    An apostrophe inside a word ("can't") is not a quote: only double quotes group words.
    """
    lexer = shlex.shlex(plain(text), posix=True)
    lexer.whitespace_split = True
    lexer.quotes = '"'
    lexer.commenters = ""
    lexer.escape = ""
    try:
        return list(lexer)
    except ValueError:
        # A quote that never closes: take the words as they stand rather than refuse the person.
        return plain(text).replace('"', " ").split()


@dataclass(frozen=True)
class Flags:
    """A command line taken apart: the words that are left, and ``--name value`` / ``-n value`` pairs."""

    rest: str
    options: dict[str, str]


def take_flags(text: str, **names: str) -> Flags:
    """Take ``--long`` and ``-short`` options out of ``text``; ``names`` maps short to long (``n="count"``)."""
    options: dict[str, str] = {}
    rest: list[str] = []
    words = split(text)
    position = 0
    while position < len(words):
        word = words[position]
        name = word.lstrip("-")
        if word.startswith("-") and (names.get(name) or name in names.values()):
            long = names.get(name, name)
            if position + 1 >= len(words):
                raise UsageError(f"{word} needs a value.", next_step=f"For example: {word} 5")
            options[long] = words[position + 1]
            position += 2
            continue
        rest.append(word)
        position += 1
    return Flags(" ".join(rest), options)


def take_person(text: str) -> tuple[str, str]:
    """Return (the first mentioned Slack id or handle, the text without it); ("", text) when nobody is named."""
    for pattern in (_MENTION, _HANDLE):
        if found := pattern.search(text):
            return found.group(1), _tidy(text[: found.start()] + " " + text[found.end() :])
    return "", text


def take_mention(text: str) -> tuple[str, str]:
    """Return (the Slack id of the first mention, the text without it); a handle typed by hand is no mention."""
    if found := _MENTION.search(text):
        return found.group(1), _tidy(text[: found.start()] + " " + text[found.end() :])
    return "", text


def take_label(text: str) -> tuple[str, str]:
    """Return (the first ``#label`` in lower case and without accents, the text without it)."""
    found = _LABEL.search(text)
    if found and (label := fold(found.group(1))).isascii():
        return label, _tidy(text[: found.start()] + " " + text[found.end() :])
    return "", text


def take_option(text: str, name: str) -> tuple[str, str]:
    """Return (the word after ``--name``, the text without both); ("", text) when it is not there."""
    if found := re.search(rf"(?<!\S)--{name}[ =](\S+)", text):
        return found.group(1), _tidy(text[: found.start()] + " " + text[found.end() :])
    return "", text


def take_case(text: str) -> tuple[str, str]:
    """Return (a case number at the start of the text, the rest)."""
    if found := _CASE.match(text.strip()):
        return found.group(1), text.strip()[found.end() :].strip()
    return "", text.strip()


def split_merge(text: str) -> tuple[str, str]:
    """Return (what is merged, into what) of "#a into #b"; the second is "" when it is not said."""
    parts = _INTO.split(text.strip(), maxsplit=1)
    if len(parts) == 1:
        parts = text.split(maxsplit=1)
    return parts[0].strip() if parts else "", parts[1].strip() if len(parts) > 1 else ""


def take_url(text: str) -> tuple[str, str]:
    """Return (the first web address, the text without it)."""
    if found := _URL.search(text):
        return found.group(), _tidy(text[: found.start()] + " " + text[found.end() :])
    return "", text.strip()


def take_due(text: str, *, today: dt.date) -> tuple[dt.date | None, str]:
    """Return (the date after ``due``, ``by``, ``before`` or ``until``, the text without it)."""
    if not (found := _DUE.search(text)):
        return None, text
    day = read_date(found.group(2), today=today)
    if day is None:
        if found.group(1).lower() == "due":
            raise UsageError("I cannot read that due date.", next_step="Say friday, 30 jun, 2026-07-01 or in 2 weeks.")
        # "by hand" and "until it works" are words of the promise, not dates.
        return None, text
    return day, _tidy(text[: found.start()])


def read_date(words: str, *, today: dt.date) -> dt.date | None:
    """Read a date to come: "tomorrow", "friday", "30 jun", "2026-07-01", "in 2 weeks". None when it is no date."""
    said = plain(words).lower().strip(" .")
    if said in _NEAR:
        return today + dt.timedelta(days=_NEAR[said])
    weekday = said.removeprefix("next ").removeprefix("on ")
    if weekday in _WEEKDAYS:
        ahead = (_WEEKDAYS.index(weekday) - today.weekday()) % 7
        return today + dt.timedelta(days=ahead or 7)
    if found := re.fullmatch(r"in (\d{1,3}) (day|week)s?", said):
        return today + dt.timedelta(days=int(found.group(1)) * (7 if found.group(2) == "week" else 1))
    if not re.search(r"\d", said):
        return None
    try:
        day = date_parser.parse(said, default=dt.datetime.combine(today, dt.time()), dayfirst="-" not in said)
    except (ValueError, OverflowError):
        return None
    named_year = re.search(r"\b\d{4}\b", said) is not None
    if day.date() < today and not named_year:
        return day.date().replace(year=today.year + 1)
    return day.date()


def _tidy(text: str) -> str:
    return " ".join(text.split())
