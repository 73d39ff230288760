"""Ways to reach or name somebody online and by phone: e-mail, web addresses, handles, phone numbers."""

from __future__ import annotations

import functools
import itertools
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from anonymization.anchors import Anchored, match_at, places_of
from anonymization.checksums import is_card
from anonymization.findings import Finding
from anonymization.identity_numbers import digits_of
from anonymization.lexicon import word_set
from anonymization.reading import Reading

_EMAIL = re.compile(
    r"(?<![\w.+\-])[\w!#$%&'*+/=?^`{|}~\-][\w.!#$%&'*+/=?^`{|}~\-]{0,63}@[\w\-]{1,63}(?:\.[\w\-]{1,63}){1,5}"
)
_EMAIL_IP = re.compile(r"(?<![\w.+\-])[\w.+\-]{1,64}@(?:\[[\d.]{7,15}\]|localhost\b)")

# "lodash@4.17.21": four numbers would be an address of the network.
_PACKAGE_VERSION = re.compile(r"@\d+\.\d+(?:\.\d+)?$")
_LOCAL_SIGNS = "_.!#$%&'*+/=?^`{|}~-"
_LONGEST_LOCAL = 64

_URL = Anchored(
    re.compile(r"(?<![\w@])(?:[a-z][a-z0-9+.\-]{1,15}://|www\d?\.)[^\s<>\"'“”‘’(){}|\\^`\[\]]{2,400}", re.IGNORECASE),
    holds=("://", "www"),
)
_HOST_END = (
    r"(?:com|net|org|io|co|me|nl|be|de|fr|uk|pt|br|pl|eu|ly|gl|app|dev|ai|tv|info|example|biz|shop|online|site|xyz|cloud|bank|"
    r"store|us|ca|au|ie|es|it)/"
)
_BARE_URL = re.compile(
    rf"(?<![\w@./\-])(?:[a-z0-9\-]{{1,63}}\.){{1,4}}{_HOST_END}[^\s<>\"'“”(){{}}|\\^`\[\]]{{1,400}}", re.IGNORECASE
)
_HOST_BEFORE_PATH = re.compile(rf"\.{_HOST_END}")
_URL_TAIL = ".,;:!?…'’"

_HANDLE = re.compile(
    # An at-rule of a style sheet is nobody's.
    r"(?<![\w@./+\-&])@(?!\d+(?:\b|$)|(?:media|import|font-face|keyframes|charset|supports|layer)(?![\w.\-]))"
    r"[A-Za-z0-9_][\w.\-]{1,38}\w"
)
_SLACK_ID = re.compile(r"<@[UW][A-Z0-9]{5,20}(?:\|[^<>\n]{0,80})?>")
_USERNAME_CUE = Anchored(
    re.compile(
        r"(?<!\w)(?:user\s?-?names?|user\s?id|userid|log[\s-]?in(?:\s+(?:name|id))?|"
        r"screen\s?name|nick\s?name|gamer\s?tag|handle|skype(?:\s+(?:id|name))?|"
        r"(?:twitter|instagram|telegram|tiktok|snapchat|discord|facebook|insta|snap|github|reddit|"
        r"linkedin|whatsapp|x|ig)\s+(?:handle|account|name|user|id|profile)|"
        r"gebruikersnaam|inlognaam|nome\s+de\s+(?:usuário|utilizador)|utilizador|usuário|nazwa\s+użytkownika|login)"
        r"(?:\s*[:=]\s*|\s+(?:is|was|as|è|é|to|jest|under|called)\s*:?\s*)[\"'“‘(]?@?(?P<n>[A-Za-z0-9][\w.\-#]{1,38}\w)"
    ),
    words=word_set(
        """
        user username usernames userid log login screen screenname nick nickname gamer gamertag handle skype twitter
        instagram telegram tiktok snapchat discord facebook insta snap github reddit linkedin whatsapp x ig
        gebruikersnaam inlognaam nome utilizador usuário nazwa
        """
    ),
    lowered=True,
)
# Without a verb between them only what no word looks like: "username anita.rao2".
_USERNAME_BESIDE = Anchored(
    re.compile(
        r"(?<!\w)(?:user\s?-?name|user\s?id|userid|login(?:\s+name)?|inlognaam|gebruikersnaam)\s+[\"'“‘(]?"
        r"(?P<n>(?=[\w.\-]{0,38}[^\W\d_])(?=[\w.\-]{0,38}(?:\d|[_.]\w))[^\W_][\w.\-]{3,38}\w)"
    ),
    words=word_set("user username userid login inlognaam gebruikersnaam"),
    lowered=True,
)
_PROFILE = Anchored(re.compile(r"(?<![\w])u/(?P<n>[\w\-]{3,30})\b"), holds=("u/",))

_FEWEST_DIGITS = 6
_PHONE_SHAPE = Anchored(
    re.compile(
        r"(?<![\w@#/.$€£])(?<!\d[-–,])(?:\+|00(?=[1-9]))?[(\[]?\+?\d(?:[\d()\[\]]|"
        r"[ \u00a0.\-–/·](?=[\d(\[+])|[ \-.]{2,3}(?=[\d(])){5,24}"
        r"(?:\s{0,2}(?:x|ext|extension|toestel|ramal|wew)\.?:?\s{0,2}\d{1,6})?(?![\w@]|[.,:]\d|\s?%)",
        re.IGNORECASE,
    ),
    digits=True,
    signs="+([",
)
# Nobody counts like this: one digit at a time, nine and more.
_ONE_BY_ONE = Anchored(
    re.compile(r"(?<![\w.])\+?\d(?:[ .,\-–/_|]{1,2}\d){8,18}(?![\w])"), digits=True, signs="+", least=9
)
_PHONE_CUE = re.compile(
    r"\b(?:phone|phones|telephone|tel|mobile|mob|cell|cellphone|call|called|calling|"
    r"callback|call\s?back|dial|text|texted|sms|whats\s?app|fax|ring|reach|"
    r"contact|number|numbers|landline|hotline|line|telefoon|telefoonnummer|mobiel|"
    r"bel|bellen|nummer|gebeld|terugbellen|bereikbaar|telefone|telemóvel|"
    r"celular|ligar|liguem|número|telefon|komórka|komórkowy|numer|zadzwonić|zadzwoń|dzwoń|answering)\b",
)
_PHONE_TAIL = re.compile(r"[\s\-–(,]{1,3}(?:office|fax|mobile|home|work|cell|tel|phone|landline|mobiel|thuis|casa)\b")
_GROUPED = re.compile(
    r"(?:\+?1[ .\-]?)?(?:\(\d{3}\)[ .\-]?|\d{3}[ .\-])\d{3}[ .\-]\d{4}(?:\D.*)?"  # North America
    r"|\(?0\d{1,4}\)?[ .\-/]?\d{2,4}(?:[ .\-]?\d{2,4}){1,4}(?:\D.*)?"  # trunk zero: most of Europe
    r"|9\d{2}[ .\-]\d{3}[ .\-]\d{3}|2\d{2}[ .\-]\d{3}[ .\-]\d{3}"  # Portugal
    r"|[4-8]\d{2}[ \-]\d{3}[ \-]\d{3}",  # Poland
    re.IGNORECASE | re.DOTALL,
)
_DATE_LIKE = re.compile(
    r"(?:(?:19|20)\d{2}[-./ ][01]?\d[-./ ][0-3]?\d|[0-3]?\d[-./ ][01]?\d[-./ ](?:19|20)?\d{2}"
    r"|[01]?\d[-./][0-3]?\d[-./](?:19|20)?\d{2})(?:[T ]\d{1,2}:.*)?|(?:19|20)\d{2}[-–](?:19|20)?\d{2}"
)
_YEARS_OR_HOURS = re.compile(r"\d{1,2}[-–. ]\d{1,2}|\d{4}[-–]\d{4}|[0-2]?\d\.[0-5]\d ?[-–] ?[0-2]?\d\.[0-5]\d")
# The largest numbers that counters hold.
_OVERFLOW = frozenset(("2147483647", "2147483648", "4294967295", "4294967296"))
_READINGS = re.compile(r"\d{1,3}[.,]\d(?:[ ]\d{1,3}[.,]\d)+|\d{1,3}(?: -\d{1,3})+")  # "6.1 6.3 5.9", "-71 -69"
_MONEY_NEAR = re.compile(r"(?:[$€£¥]|\beur|\busd|\bgbp|\bpln|\bzł)\s*$", re.IGNORECASE)


@dataclass(frozen=True)
class EmailDetector:
    """E-mail addresses. A wrong top-level domain is no reason to keep one: people mistype their own."""

    name: str = "email"
    labels: Sequence[str] = ("EMAIL",)

    def find(self, reading: Reading) -> Iterable[Finding]:
        if "@" not in reading.text:
            return
        places = list(_local_parts(reading.text))
        for pattern in (_EMAIL, _EMAIL_IP):
            for found in match_at(pattern, reading.text, places):
                end = found.start() + len(found[0].rstrip(".-_"))
                if not _PACKAGE_VERSION.search(found[0]):
                    yield Finding(found.start(), end, "EMAIL", 1.0, self.name)


def _local_parts(text: str) -> Iterable[int]:
    """Yield where the part of an address before each "@" can begin, from its first sign on."""
    end = 0
    for at in places_of(text, "@"):
        start = at
        while start > max(end, at - _LONGEST_LOCAL) and (text[start - 1].isalnum() or text[start - 1] in _LOCAL_SIGNS):
            start -= 1
        yield from range(start, at)
        end = at + 1


@dataclass(frozen=True)
class UrlDetector:
    """Web addresses with a scheme, "www" or a path; a bare company domain stays."""

    name: str = "url"
    labels: Sequence[str] = ("URL",)

    def find(self, reading: Reading) -> Iterable[Finding]:
        if "." not in reading.text and "://" not in reading.text:
            return
        bare = _BARE_URL.finditer(reading.text) if _may_have_path(reading) else ()
        for found in itertools.chain(_URL.find(reading), bare):
            end = found.start() + len(found[0].rstrip(_URL_TAIL))
            yield Finding(found.start(), end, "URL", 0.9, self.name)


def _may_have_path(reading: Reading) -> bool:
    if "/" not in reading.text:
        return False
    return reading.has_odd_letters or _HOST_BEFORE_PATH.search(reading.lowered) is not None


@dataclass(frozen=True)
class UsernameDetector:
    """Handles and login names by the sign or by the word before them."""

    name: str = "username"
    labels: Sequence[str] = ("USERNAME",)

    def find(self, reading: Reading) -> Iterable[Finding]:
        if "@" in reading.text:
            for pattern in (_HANDLE, _SLACK_ID):
                for found in pattern.finditer(reading.text):
                    yield Finding(*found.span(), "USERNAME", 0.8, self.name)
        for anchored in (_USERNAME_CUE, _USERNAME_BESIDE, _PROFILE):
            for found in anchored.find(reading):
                if not reading.lexicon.is_common(found["n"]):
                    yield Finding(*found.span("n"), "USERNAME", 0.7, self.name)


@dataclass(frozen=True)
class PhoneDetector:
    """Phone numbers: a digit shape first (cheap), then a cue, a national grouping or libphonenumber for ``regions``."""

    name: str = "phone"
    labels: Sequence[str] = ("PHONE_NUMBER",)
    regions: Sequence[str] = ("NL", "US", "GB", "PT", "PL")

    def find(self, reading: Reading) -> Iterable[Finding]:
        if reading.digit_count < _FEWEST_DIGITS:
            return
        for found in _ONE_BY_ONE.find(reading):
            yield Finding(*found.span(), "PHONE_NUMBER", 0.6, self.name)
        for found in _PHONE_SHAPE.find(reading):
            start, end = found.span()
            shape = found[0]
            digits = digits_of(shape)
            if not _FEWEST_DIGITS <= len(digits) <= 19 or reading.is_kept(start, end) or is_card(digits):
                continue
            if digits in _OVERFLOW or len(set(digits)) == 1:
                continue
            if (
                _DATE_LIKE.fullmatch(shape)
                or _YEARS_OR_HOURS.fullmatch(shape)
                or _READINGS.fullmatch(shape)
                or _MONEY_NEAR.search(reading.before(start, 6))
            ):
                continue
            score = self._score(reading, start, shape, digits)
            if score:
                yield Finding(start, end, "PHONE_NUMBER", score, self.name)

    def _score(self, reading: Reading, start: int, shape: str, digits: str) -> float:
        if shape.startswith(("+", "(+")) and len(digits) >= 8:
            return 0.95
        if _GROUPED.fullmatch(shape) and 8 <= len(digits) <= 16:
            return 0.85
        if _PHONE_CUE.search(reading.before(start)) or _PHONE_TAIL.match(reading.after(start + len(shape))):
            return 0.8
        if len(digits) >= 9 and self._is_valid(digits, shape):
            return 0.7
        return 0.0

    def _is_valid(self, digits: str, shape: str) -> bool:
        if digits.startswith("00"):
            return _is_valid_number("+" + digits[2:], None)
        # Without a trunk zero or groups any nine digits are somebody's number somewhere.
        if not (digits.startswith("0") or (len(digits) == 10 and any(not c.isdecimal() for c in shape))):
            return len(digits) == 10 and _is_valid_number(digits, "US")
        return any(_is_valid_number(digits, region) for region in self.regions)


def _is_valid_number(number: str, region: str | None) -> bool:
    phonenumbers = _phonenumbers()
    try:
        return bool(phonenumbers.is_valid_number(phonenumbers.parse(number, region)))
    except phonenumbers.NumberParseException:
        return False


@functools.cache
def _phonenumbers() -> Any:
    import phonenumbers

    return phonenumbers
