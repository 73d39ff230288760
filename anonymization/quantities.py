"""Dates, amounts and ages: not names, but together they point at somebody."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from anonymization.anchors import Anchored, glued
from anonymization.findings import Finding
from anonymization.lexicon import word_set
from anonymization.reading import Reading

_MONTHS: dict[str, int] = {}
for _number, _names in enumerate(
    (
        "january jan januari janeiro stycznia styczeń",
        "february feb februari fevereiro fev lutego luty",
        "march mar maart mrt março marca marzec",
        "april apr abril abr kwietnia kwiecień",
        "may mei maio maja maj",
        "june jun juni junho czerwca czerwiec",
        "july jul juli julho lipca lipiec",
        "august aug augustus agosto ago sierpnia sierpień",
        "september sept sep setembro września wrzesień",
        "october oct oktober okt outubro out października październik",
        "november nov novembro listopada listopad",
        "december dec dezembro dez grudnia grudzień",
    ),
    start=1,
):
    for _name in _names.split():
        _MONTHS[_name] = _number
_MONTH = "|".join(sorted(_MONTHS, key=len, reverse=True))
_MONTH_LETTERS = "".join(sorted({month[0] for month in _MONTHS}))
_DAY = r"(?:0?[1-9]|[12]\d|3[01])"
_YEAR = r"(?:19|20)\d{2}"
_TIME = r"(?:[T ,]{1,2}(?:at\s)?\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d{1,6})?)?(?:\s?[ap]\.?m\.?)?(?:Z|[+-]\d{2}:?\d{2})?)?"
_DATES = (
    re.compile(
        rf"(?<![\w./\-])(?P<y>{_YEAR})(?P<s>[-/.])(?P<m>0?[1-9]|1[0-2])(?P=s)(?P<d>{_DAY}){_TIME}(?![\w/]|[.\-]\d)"
    ),
    re.compile(
        rf"(?<![\w./\-])(?P<d>\d{{1,2}})(?P<s>[-/.])(?P<m>\d{{1,2}})(?P=s)(?P<y>{_YEAR}|"
        rf"\d{{2}}){_TIME}(?![\w/]|[.\-]\d)"
    ),
    re.compile(
        rf"(?<!\w)(?P<d>{_DAY})(?:st|nd|rd|th|e|º)?(?:\s+(?:of|de|van))?[ \-]?\s?"
        rf"(?=[{_MONTH_LETTERS}])(?P<m>{_MONTH})\b\.?"
        rf"(?:,?(?:\s+(?:of|de))?[ \-]\s?(?P<y>{_YEAR}|'\d{{2}}))?{_TIME}",
        re.IGNORECASE,
    ),
    re.compile(
        rf"(?<!\w)(?P<m>{_MONTH})\b\.?\s+(?:the\s+)?(?P<d>{_DAY})(?:st|"
        rf"nd|rd|th)?(?![\d:%])(?:,?\s+(?P<y>{_YEAR}))?{_TIME}",
        re.IGNORECASE,
    ),
    re.compile(rf"(?<![\w./\-])(?<!\d )(?P<d>\d{{1,2}}) (?P<m>\d{{1,2}}) (?P<y>{_YEAR})(?![\w/]|[.\-]\d| \d)"),
    re.compile(rf"(?<!\w)(?P<m>{_MONTH})\b\.?,?(?:\s+(?:of|de))?\s+(?P<y>{_YEAR})(?!\w)", re.IGNORECASE),
)
_OF_A_DAY = 5
"""So many of them, the first, name a day; the last one a month."""
_MONTH_WORDS = frozenset(_MONTHS)
_BEFORE_MONTH = ("", "st", "nd", "rd", "th", "e", "º", "of", "de", "van")  # may be glued to it ("3rdMarch")
_DATES_ANCHORED = (
    Anchored(_DATES[0], digits=True, least=6),
    Anchored(_DATES[1], digits=True, least=4),
    Anchored(_DATES[2], digits=True, needs=frozenset(a + b for a in _BEFORE_MONTH for b in _MONTHS)),
    Anchored(_DATES[3], words=_MONTH_WORDS, least=1),
    Anchored(_DATES[4], digits=True, least=6),
    Anchored(_DATES[5], words=_MONTH_WORDS, least=4),
)
_SHORT_DATE = Anchored(
    re.compile(
        r"(?:\bon|\bdated?|\bsince|\buntil|\bby|\bfrom|\bdob|\bborn|\bop|\bem|\bdnia|\bto|\band|"
        r"\b-)\s+(?P<n>(?P<d>\d{1,2})(?P<s>[/.\-])(?P<m>\d{1,2}))(?![\w/\-]|[.,:]\d|\s?%)",
        re.IGNORECASE,
    ),
    words=word_set("on date dated since until by from dob born op em dnia to and"),
    signs="-",
    least=2,
)
_WEAK_DATE_CUE = re.compile(r"(?:by|from|to|and|-)\b|-", re.IGNORECASE)
_BIRTH_YEAR = Anchored(
    re.compile(
        r"\b(?:born|birth|dob|geboren|nascid[oa]|urodzon[ya]|class\s+of)\b[^\d\n]{0,20}(?P<n>(?:19|20)\d{2})(?!\w)",
        re.IGNORECASE,
    ),
    words=word_set("born birth dob geboren nascido nascida urodzony urodzona class"),
    least=4,
)
_BIRTH_DIGITS = Anchored(
    re.compile(
        r"\b(?:born|birth(?:day|date)?|dob|geboortedatum|nascimento)\b[^\d\n]{0,20}(?P<n>\d{1,4}[ "
        r"/.\-]\d{1,2}[ /.\-]\d{1,4}|\d{6}|\d{8})(?!\d)",
        re.IGNORECASE,
    ),
    words=word_set("born birth birthday birthdate dob geboortedatum nascimento"),
    least=3,
)
_AMBIGUOUS_MONTHS = frozenset({"may", "mar", "mei", "out", "ago", "sep", "dec", "jan", "maja", "maj", "dez", "fev"})

_NUMBER = r"\d{1,3}(?:[.,' ]\d{3})+(?:[.,]\d{1,2})?|\d+(?:[.,]\d{1,2})?"
_SIGNS = {"$": "USD", "€": "EUR", "£": "GBP", "¥": "JPY", "₹": "INR", "zł": "PLN", "r$": "BRL", "us$": "USD"}
_CURRENCY_WORDS = {
    "eur": "EUR",
    "euro": "EUR",
    "euros": "EUR",
    "usd": "USD",
    "dollar": "USD",
    "dollars": "USD",
    "bucks": "USD",
    "gbp": "GBP",
    "pound": "GBP",
    "pounds": "GBP",
    "quid": "GBP",
    "pln": "PLN",
    "zl": "PLN",
    "złotych": "PLN",
    "złote": "PLN",
    "zlotys": "PLN",
    "brl": "BRL",
    "reais": "BRL",
    "chf": "CHF",
    "sek": "SEK",
    "nok": "NOK",
    "dkk": "DKK",
    "inr": "INR",
    "rupees": "INR",
    "rs": "INR",
    "cad": "CAD",
    "aud": "AUD",
    "yen": "JPY",
    "jpy": "JPY",
}
_WORD_LETTERS = "".join(sorted({word[0] for word in _CURRENCY_WORDS}))
_WORDS = "|".join(sorted(_CURRENCY_WORDS, key=len, reverse=True))
_AMOUNT = re.compile(
    rf"(?<![\w.])(?P<sign>(?:US|R)?\$|[€£¥₹]|(?:EUR|USD|GBP|PLN|"
    rf"CHF|BRL)(?=\s?\d))\s?-?(?P<n1>{_NUMBER})(?:\s?(?P<k1>k|"
    rf"m|million|thousand|bn))?(?:,-+|,–)?(?!\w)"
    rf"|(?<![\w.])(?P<n2>{_NUMBER})\s?(?P<k2>k|m|million|thousand)?\s?(?=[€£$z{_WORD_LETTERS}])(?P<word>€|£|\$|zł|{_WORDS})(?!\w)",
    re.IGNORECASE,
)

_THOUSANDS = ("", "k", "m", "million", "thousand")  # may be glued to a currency ("50kEUR")
_AMOUNTS = Anchored(
    _AMOUNT,
    words=word_set("us r eur usd gbp pln chf brl"),
    signs="$€£¥₹",
    digits=True,
    needs=frozenset(a + b for a in _THOUSANDS for b in ("zł", *_CURRENCY_WORDS)),
    holds="$€£¥₹",
    least=1,
)
_AGES = (
    re.compile(
        r"(?<![\w.])(?P<n>1?\d{1,2})[ \-]?(?:years?|yrs?)[ \-]?(?:old|"
        r"of\s+age|young)(?!\w)(?P<after>(?:\s+[a-z]+)?)",
        re.IGNORECASE,
    ),
    re.compile(
        r"(?<!\w)(?:aged?|age\s+(?:is|of)|age:|leeftijd:?|idade:?|"
        r"wiek:?)\s*(?P<n>1?\d{1,2})(?![\w%]|[.,/]\d)",
        re.IGNORECASE,
    ),
    re.compile(
        r"(?<!\w)(?:i'?\s?a?m|he'?s|she'?s|he\s+is|she\s+is|who\s+is|turn(?:ed|ing|s)?|he\s+was|she\s+was|i\s+am|"
        r"is\s+now|ik\s+ben)\s+(?:now\s+|only\s+|already\s+)?(?P<n>[1-9]\d|10\d)"
        r"(?=\s*(?:[,.](?!\d)|[!?;)\n]|$|and\b|now\b|y/?o\b|years?\b(?!\s+(?:ago|"
        r"in|with|of|on|contract))|jaar\b(?!\s+klant)))",
        re.IGNORECASE,
    ),
    re.compile(
        r"(?<![\w.])(?P<n>1?\d{1,2})\s?(?:y\.?/?o\.?|jaar\s+oud|"
        r"jarige?|anos\s+de\s+idade|lat\s+mam|letni[aey]?)(?!\w)",
        re.IGNORECASE,
    ),
    re.compile(
        r"(?<!\w)turn(?:ed|ing|s)?\s+(?P<n>[1-9]\d)(?=\s+(?:on|last|this|next|today|yesterday)\b)", re.IGNORECASE
    ),
    re.compile(r"(?<!\w)(?:tenho|mam|heb)\s+(?P<n>\d{2})\s+(?:anos|lat|jaar)(?!\w)", re.IGNORECASE),
)
_AGES_ANCHORED = (
    Anchored(_AGES[0], digits=True, needs=glued(("year", "years", "yr", "yrs"), "old", "of", "young")),
    Anchored(_AGES[1], words=word_set("age aged leeftijd idade wiek")),
    Anchored(_AGES[2], words=word_set("i im iam he hes she shes who turn turned turning turns is ik"), least=2),
    Anchored(_AGES[3], digits=True),
    Anchored(_AGES[4], words=word_set("turn turned turning turns"), least=2),
    Anchored(_AGES[5], words=word_set("tenho mam heb")),
)
_THINGS_WITH_AGE = word_set(
    """
    account accounts apple bill box boxes building cable car cars charge claim computer contract customer device
    devices equipment house installation iphone laptop line loan machine modem modems phone phones plan problem
    router routers samsung sofa subscription system tablet ticket tv vehicle wiring
    """
)


@dataclass(frozen=True)
class DateDetector:
    """Calendar dates. Years alone, weekdays and times of day stay; a year of birth does not."""

    name: str = "date"
    labels: Sequence[str] = ("DATE_TIME",)

    def find(self, reading: Reading) -> Iterable[Finding]:
        if not reading.numbers:
            return
        for pattern in _DATES_ANCHORED:
            for found in pattern.find(reading):
                if self._is_date(found) and not reading.is_kept(found.start(), found.end()):
                    yield Finding(*found.span(), "DATE_TIME", 0.8, self.name)
        for found in _SHORT_DATE.find(reading):
            if _is_decimal(found):
                continue
            if _is_day_month(int(found["d"]), int(found["m"])) and not reading.is_kept(*found.span("n")):
                yield Finding(*found.span("n"), "DATE_TIME", 0.6, self.name)
        for pattern in (_BIRTH_YEAR, _BIRTH_DIGITS):
            for found in pattern.find(reading):
                yield Finding(*found.span("n"), "DATE_TIME", 0.9, self.name)

    def _is_date(self, found: re.Match[str]) -> bool:
        groups = found.groupdict()
        month = groups["m"]
        if month.isdecimal():
            return _is_day_month(int(groups["d"]), int(month))
        # "may 5 people", "1 may": a month that is also a word needs its capital or a year.
        return bool(groups.get("y")) or month.lower() not in _AMBIGUOUS_MONTHS or month[0].isupper()


def _is_decimal(found: re.Match[str]) -> bool:
    """ "and 9.4 up", "from 3.5 to 4.2": without a zero before it, behind a word that stands before figures as well."""
    weak = _WEAK_DATE_CUE.match(found[0]) is not None
    return weak and found["s"] == "." and "0" not in (found["d"][0], found["m"][0])


def _is_day_month(first: int, second: int) -> bool:
    return 1 <= min(first, second) <= 12 and 1 <= max(first, second) <= 31


def parse_date(text: str) -> dt.date | None:
    """Return the day that ``text`` (a DATE_TIME finding) means, day first, or None when it names no single day."""
    for pattern in _DATES[:_OF_A_DAY]:
        found = pattern.fullmatch(text.strip())
        if not found or not found.groupdict().get("y"):
            continue
        year = int(found["y"].lstrip("'"))
        year += 0 if year > 99 else 1900 if year > 50 else 2000
        month = int(found["m"]) if found["m"].isdecimal() else _MONTHS[found["m"].lower()]
        day = int(found["d"])
        for one, other in ((day, month), (month, day)):
            try:
                return dt.date(year, other, one)
            except ValueError:
                continue
    return None


@dataclass(frozen=True)
class AmountDetector:
    """Money with a sign, a code or a word."""

    name: str = "amount"
    labels: Sequence[str] = ("AMOUNT",)

    def find(self, reading: Reading) -> Iterable[Finding]:
        for found in _AMOUNTS.find(reading):
            yield Finding(*found.span(), "AMOUNT", 0.8, self.name)


def parse_amount(text: str) -> tuple[float, str] | None:
    """Return (value, ISO currency) of an AMOUNT finding, or None."""
    found = _AMOUNT.search(text)
    if not found:
        return None
    written = (found["n1"] or found["n2"]).replace(" ", "").replace("'", "")
    unit = (found["sign"] or found["word"]).lower()
    currency = _SIGNS.get(unit) or _CURRENCY_WORDS.get(unit, unit.upper())
    times = {"k": 1e3, "thousand": 1e3, "m": 1e6, "million": 1e6, "bn": 1e9}.get(
        (found["k1"] or found["k2"] or "").lower(), 1.0
    )
    return _decimal(written) * times, currency


def _decimal(written: str) -> float:
    """Read a number with point or comma in either role: the last one with 1-2 digits after it is decimal."""
    head, sign, tail = written, "", ""
    for separator in ".,":
        before, found, after = written.rpartition(separator)
        if found and len(after) <= 2 and len(before) >= len(head if sign else ""):
            head, sign, tail = before, found, after
    return float(f"{head.replace('.', '').replace(',', '') or '0'}.{tail or '0'}")


@dataclass(frozen=True)
class AgeDetector:
    """Ages of people; a two-year-old router is not one."""

    name: str = "age"
    labels: Sequence[str] = ("AGE",)

    def find(self, reading: Reading) -> Iterable[Finding]:
        if not reading.numbers:
            return
        for pattern in _AGES_ANCHORED:
            for found in pattern.find(reading):
                thing = (found.groupdict().get("after") or "").strip().lower()
                if thing not in _THINGS_WITH_AGE and int(found["n"]) <= 119:
                    end = found.end() - len(found.groupdict().get("after") or "")
                    yield Finding(
                        found.start("n"),
                        end if thing or "old" in found[0].lower() else found.end("n"),
                        "AGE",
                        0.7,
                        self.name,
                    )
