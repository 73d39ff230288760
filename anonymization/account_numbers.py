"""Numbers further behind the word that says whose they are, in groups, and citizen numbers that hold letters."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from anonymization.anchors import Anchored, glued
from anonymization.findings import Finding
from anonymization.identity_numbers import digits_of
from anonymization.lexicon import word_set
from anonymization.reading import Reading

_GROUPS = r"\d{1,8}(?:[ \-]\d{1,10}){1,6}"
_FAR = Anchored(
    re.compile(
        r"(?<!\w)(?:accounts?|acct?|a/c|savings|sort\scode|frequent\sfl(?:y|i)er|loyalty|membership|policy|iban)(?!\w)"
        r"[^\d\n.;!?]{0,40}?(?:[:=#]|(?<!\w)(?:as|is|was|no|nr|num|numbers?|id|reads?|says?|ending|acct?|account))\b"
        rf"[ .:=#]{{0,3}}(?P<n>{_GROUPS}|\d{{6,14}})(?![\w%]|[.,:/\-]\d)"
    ),
    words=word_set("account accounts acct acc a savings sort frequent loyalty membership policy iban"),
    least=6,
    lowered=True,
)
_BESIDE = Anchored(
    re.compile(rf"(?<!\w)(?:accounts?|acct?|a/c|savings|sort\scode)[ .:=#]{{1,3}}(?P<n>{_GROUPS})(?![\w%]|[.,:/\-]\d)"),
    words=glued(word_set("account accounts acct acc a savings sort")),
    least=6,
    lowered=True,
)
_SORT_CODE = Anchored(
    re.compile(r"(?<!\w)sort(?:ing)?\s?code(?!\w)[^\d\n]{0,20}(?P<n>\d{2}[ \-]?\d{2}[ \-]?\d{2})(?!\w|[.,:/\-]\d)"),
    words=word_set("sort sorting sortcode sortingcode"),
    least=6,
    lowered=True,
)
_UK_DRIVER = Anchored(
    re.compile(r"(?<![\w\-])[A-Z9]{5}[ \-]?\d{6}[ \-]?[A-Z9]{2}[A-Z\d]{3}(?![\w\-])"),
    digits=True,
    back=(5, 6),
    needs=word_set("driving driver drivers licence license dvla"),
    least=6,
)
_FEWEST = 6
_DATE = re.compile(
    r"\d{1,2}[ \-]\d{1,2}[ \-](?:19|20)?\d{2}|(?:19|20)\d{2}[ \-]\d{1,2}[ \-]\d{1,2}|(?:19|20)\d{2}[ \-](?:19|20)\d{2}"
)
_CITIZEN = Anchored(
    re.compile(
        r"(?<!\w)(?:ppsn?|pps|nie|dni|codice\sfiscale|aadhaar|pan|tfn|insee|medicare|cpr|personnummer|curp|nino|ni(?=\s(?:no|number|nr))|"
        r"national\s(?:insurance|identity|id)|citizen\sid|social\ssecurity|tax\s(?:id|file|code))(?!\w)"
        r"[^\d\n.;!?]{0,30}?(?<!\w)"
        r"(?P<n>(?:[a-z]{1,6}[ .\-/]?)?\d(?:[ .\-/]?[a-z]?\d){4,14}(?:[ .\-/]?[a-z]{1,2})?)(?!\w)"
    ),
    words=word_set(
        "pps ppsn nie dni codice aadhaar pan tfn insee medicare cpr personnummer curp nino ni national citizen social "
        "tax"
    ),
    least=5,
    lowered=True,
)


@dataclass(frozen=True)
class AccountNumberDetector:
    """Numbers of accounts and memberships in groups, or a few words behind their noun."""

    name: str = "account_number"
    labels: Sequence[str] = ("ID",)

    def find(self, reading: Reading) -> Iterable[Finding]:
        for found in _UK_DRIVER.find(reading):
            yield Finding(*found.span(), "ID", 0.8, self.name)
        for found in _SORT_CODE.find(reading):
            yield Finding(*found.span("n"), "ID", 0.8, self.name)
        for pattern in (_FAR, _BESIDE):
            for found in pattern.find(reading):
                number = found["n"]
                if (
                    len(digits_of(number)) >= _FEWEST
                    and not _DATE.fullmatch(number)
                    and not reading.is_kept(*found.span("n"))
                ):
                    yield Finding(*found.span("n"), "ID", 0.7, self.name)


@dataclass(frozen=True)
class LetteredCitizenNumberDetector:
    """Citizen and tax numbers with letters ("1234567TA", "X1234567L") behind what they are called."""

    name: str = "lettered_citizen_number"
    labels: Sequence[str] = ("SSN",)

    def find(self, reading: Reading) -> Iterable[Finding]:
        for found in _CITIZEN.find(reading):
            yield Finding(*found.span("n"), "SSN", 0.8, self.name)
