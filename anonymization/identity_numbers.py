"""Identity numbers: cards, bank accounts, citizen numbers, network addresses, account and device ids."""

from __future__ import annotations

import ipaddress
import itertools
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from anonymization.anchors import Anchored, glued, match_at
from anonymization.checksums import IBAN_LENGTH, is_bsn, is_card, is_iban, is_nif, is_pesel, is_us_ssn
from anonymization.findings import Finding
from anonymization.lexicon import word_set
from anonymization.reading import Reading

_SEPARATOR = r"[ \u00a0.\-–_/]{0,3}"
_LONG_DIGITS = Anchored(re.compile(rf"(?<![\w.])\d(?:{_SEPARATOR}\d){{11,18}}(?![\w])"), digits=True, least=12)
_CARD_GROUPS = Anchored(
    re.compile(r"(?<![\w-])\d{4}(?P<sep>[ .\-]{1,2})\d{4}(?P=sep)\d{4}(?P=sep)\d{3,4}(?!\w)"), digits=True, least=15
)
_CARD_CUE = re.compile(r"\b(?:card|visa|mastercard|amex|debit|credit|kaart|pinpas|cartão|karta|karty)\b", re.IGNORECASE)
_CARD_END = Anchored(
    re.compile(
        r"\b(?:(?:card|visa|mastercard|amex|debit|credit|kaart)\b[^\d\n]{0,60}?|account\b[^\d\n]{0,30}?)\b(?:end(?:ing|"
        r"s|ed)?|last\s+(?:four|4)|"
        r"eindigt|eindigend)\b[^\d\n]{0,22}(?P<n>\d{4})(?!\d)",
        re.IGNORECASE,
    ),
    words=word_set("card visa mastercard amex debit credit account kaart"),
    least=4,
)
_IBAN = Anchored(
    re.compile(r"(?<![A-Za-z0-9])[A-Za-z]{2}\d{2}(?:[ \-.]?[A-Za-z0-9]){11,32}(?![A-Za-z0-9])"),
    digits=True,
    back=(2,),
    least=2,
)
# Whatever stands between the signs: the checksum tells.
_IBAN_APART = re.compile(
    r"(?<![^\W_])[A-Za-z][\W_]{0,3}[A-Za-z](?:[\W_]{0,3}\d){2}(?:[\W_]{0,3}[A-Za-z0-9]){11,30}(?![^\W_])"
)
_CARD_APART = Anchored(
    re.compile(r"(?<!\d)(?:\d{4}(?:[\W_]{1,3}\d{4}){3}|\d{4}[\W_]{1,3}\d{6}[\W_]{1,3}\d{5})(?!\d)"),
    digits=True,
    least=15,
)
_IBAN_CUE = Anchored(re.compile(
    r"\biban\b[^A-Za-z0-9\n]{0,4}(?:is|number|nr|:)?\s*(?P<n>[A-Z]{2}\d{2}(?:[ "
    r"\-.]?[A-Z0-9]{2,4}){2,8})\b",
                       re.IGNORECASE), words=word_set("iban"), least=2)  # fmt: skip
_SSN = Anchored(
    re.compile(r"(?<![\w.\-/])\d{3}(?P<s>[ \-.–—_|/~*·•])\d{2}(?P=s)\d{4}(?![\w\-/])"), digits=True, least=9
)
_NINO = Anchored(
    re.compile(
        r"(?<!\w)(?!BG|GB|KN|NK|NT|TN|ZZ)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z](?: ?\d){6} ?[A-D](?!\w)", re.IGNORECASE
    ),
    digits=True,
    back=(2, 3),
    least=6,
)
_CITIZEN_CUE = Anchored(
    re.compile(
        r"\b(?:ssn|social\s+security|social|socials|social\s+insurance|"
        r"national\s+insurance|ni\s+number|nino|bsn|burgerservicenummer|"
        r"sofinummer|pesel|nif|contribuinte|cpf|tax\s*(?:id|number|payer)|"
        r"tin|itin|sin|steuer-?id|national\s+id|identity\s+number|"
        r"citizen\s+(?:service\s+)?number)\b[^\d\n]{0,40}?(?P<n>(?:[x*#]{2,3}[ "
        r"\-]?[x*#]{2}[ \-]?)?\d(?:[ .\-]?\d){3,13})(?!\d)",
    ),
    words=word_set(
        """
        ssn social socials national ni nino bsn burgerservicenummer sofinummer pesel nif contribuinte cpf tax taxid
        taxnumber taxpayer tin itin sin steuer steuerid identity citizen
        """
    ),
    least=4,
    lowered=True,
)
_NINE_OR_ELEVEN = Anchored(
    re.compile(r"(?<![\w.\-+/#])(?:\d{3}[ .]?\d{3}[ .]?\d{3}|\d{11})(?![\w\-/]|[.,]\d)"), digits=True, least=9
)
_IPV4 = Anchored(re.compile(r"(?<![^\W_])(?<!\.)(?:\d{1,3}\.){3}\d{1,3}(?![^\W_]|\.\d)"), digits=True, least=4)
_IPV6 = re.compile(r"(?<![\w:.])(?:[0-9A-Fa-f]{0,4}:){2,7}(?:[0-9A-Fa-f]{1,4}|(?:\d{1,3}\.){3}\d{1,3})?(?![\w:])")
_MAC = re.compile(r"(?<![\w:])(?:[0-9A-Fa-f]{2}[:\-]){5}[0-9A-Fa-f]{2}(?![\w:])")
_VERSION_CUE = re.compile(
    r"(?:\bv|\bver(?:sion|sie|são)?|firmware|software|release|build|driver|wersja|"
    r"(?:updated?|upgraded?)(?: (?:is|to|from))?)[\s:#_\-]*$"
)

_LARGEST_OF_VERSIONS = 99
_SENTENCE = re.compile(r"(?:[^\n.!?]|[.!?](?!\s)){1,400}")
_OF_VERSIONS = re.compile(
    r"(?<!\w)(?:versions?|firmware|software|releases?|builds?|drivers?|patch|versie|versão|wersj[aęi])(?!\w)"
)
_OF_NETWORKS = re.compile(
    r"(?<!\w)(?:ips?|ipv[46]|address|adres|endereço|login|log(?:ged|s)?|dns|gateway|server|hosts?|pings?|subnet|"
    r"lan|wan|vpn|traffic|connect(?:ed|ion|s)?|came|routed?)(?!\w)"
)

_OWNER = (
    r"(?:customer|client|account|acct|acc(?!\w)|a/c|savings|frequent\s+fl(?:y|i)er|loyalty|"
    r"member(?:ship)?|subscri(?:ber|ption)|policy|contract|user|patient|employee|staff|badge|"
    r"loan|mortgage|passport|paspoort|licen[cs]e|driver'?s?\s+licen[cs]e|"
    r"driving\s+licen[cs]e|dl|id\s+card|identity\s+card|visa\s+number|"
    r"meter|imei|iccid|sim(?:\s+card)?|puk|pin|cvv|cvc|security\s+code|sort\s+code|routing|bank\s+account|swift|bic|"
    r"(?:gate|door|entry|access|key\s?safe|lock\s?box)\s+code|key\s?safe|lock\s?box|"
    r"licen[cs]e\s+plate|number\s+plate|plate|registration|vin|vehicle|"
    r"kenteken|klantnummer|klant|rekeningnummer|relatienummer|"
    r"contractnummer|polisnummer|cliente|conta|contrato|matrícula|klienta|klient|konta|konto|umowy|paszport|dowód)"
)
_OWNER_WORDS = glued(
    word_set(
        """
        customer client account acct acc savings frequent loyalty a member membership subscriber subscription policy
        contract user patient employee staff badge loan mortgage passport paspoort license licence driver drivers
        driving dl id identity visa meter imei iccid sim puk pin cvv cvc security sort routing bank swift bic number
        plate registration vin vehicle gate door entry access key keysafe lock lockbox kenteken klantnummer klant
        rekeningnummer relatienummer contractnummer polisnummer cliente conta contrato matrícula klienta klient konta
        konto umowy paszport dowód
        """
    ),
    *word_set("number numbers no nr num id code key nummer número numero numer card plate ref reference"),
)
_OWNED_ID = Anchored(
    re.compile(
        rf"(?<!\w){_OWNER}(?:\s*(?:number|numbers|no|nr|num|id|code|"
        rf"#|key|nummer|número|numero|numer|card|plate|ref(?:erence)?)\b\.?)*"
        r"(?:\s*[:=#\-]\s*|\s+(?:is|was|ends?\s+in|ending\s+in|ending|van|é|to|has\s+been)\s*:?\s*|\s+)[#\"'(]?\s*"
        r"(?P<n>(?=[a-z0-9\-/.]*\d)[a-z0-9](?:[a-z0-9]|[\-/.](?=[a-z0-9])){3,24}(?:[ ]\d{2,6}){0,4})(?![\w@])",
    ),
    words=_OWNER_WORDS,
    least=1,
    lowered=True,
)
_SECRET = Anchored(
    re.compile(
        r"\b(?:password|passwd|pwd|wachtwoord|senha|hasło|passcode|passphrase|security\s+answer|secret\s+(?:word|answer))\b"
        r"(?:\s+(?:is|was|to|should\s+be)\s*:?\s*|\s*[:=]\s*)[\"'“]?(?P<n>[^\s\"'”,;]{4,40})",
        re.IGNORECASE,
    ),
    words=word_set("password passwd pwd wachtwoord senha hasło passcode passphrase security secret"),
)
_PIN = Anchored(
    re.compile(
        r"\b(?:pin|cvv|cvc|puk|pincode)(?:\s*(?:code|number))?\s*(?:is|was|:|=)?\s*(?P<n>\d{3,8})(?!\d)", re.IGNORECASE
    ),
    words=glued(glued(word_set("pin cvv cvc puk pincode"), "code", "number"), "is", "was"),
    least=3,
)
_PLATE = Anchored(
    re.compile(
        r"\b(?i:(?:licen[cs]e|number|registration)\s+plate|plate|kenteken)(?i:\s+(?:number|no\.?|nr\.?))?(?i:\s*[:=]|\s+(?:is|was))?"
        r"\s+(?P<n>(?=[A-Z0-9\- ]*\d)(?=[0-9\- ]*[A-Z])[A-Z0-9]{1,4}(?:[\- ][A-Z0-9]{1,4}){1,3})(?![\w\-])"
    ),
    words=word_set("license licence number registration plate kenteken"),
    least=1,
)
_UUID = re.compile(r"(?<![\w-])[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}(?![\w-])")
_ID_SHAPE = Anchored(
    re.compile(
        r"(?<![\w@.+/-])(?:cus|cust|acc|acct|usr|user|mem|cli|client|crm|sub)[-_#]?\d{3,14}(?![\w@])", re.IGNORECASE
    ),
    words=word_set("cus cust acc acct usr user mem cli client crm sub"),
    least=3,
)


def digits_of(text: str) -> str:
    """Return the decimal digits of ``text``."""
    return "".join(c for c in text if c.isdecimal())


@dataclass(frozen=True)
class CardDetector:
    """Payment cards by Luhn; four groups of four even with a wrong checksum (a typo is still somebody's card)."""

    name: str = "card"
    labels: Sequence[str] = ("CREDIT_CARD",)

    def find(self, reading: Reading) -> Iterable[Finding]:
        for found in _LONG_DIGITS.find(reading):
            if is_card(digits_of(found[0])):
                yield Finding(*found.span(), "CREDIT_CARD", 1.0, self.name)
            elif _CARD_CUE.search(reading.before(found.start())):
                yield Finding(*found.span(), "CREDIT_CARD", 0.8, self.name)
        for found in _CARD_GROUPS.find(reading):
            # "0000 0000 0000 0000" shows how to fill a field.
            if not reading.is_kept(*found.span()) and len(set(digits_of(found[0]))) > 1:
                yield Finding(*found.span(), "CREDIT_CARD", 0.7, self.name)
        for found in _CARD_APART.find(reading):
            if is_card(digits_of(found[0])):
                yield Finding(*found.span(), "CREDIT_CARD", 0.9, self.name)
        for found in _CARD_END.find(reading):
            yield Finding(*found.span("n"), "CREDIT_CARD", 0.7, self.name)


@dataclass(frozen=True)
class IbanDetector:
    """Bank accounts by mod-97, or by the word IBAN."""

    name: str = "iban"
    labels: Sequence[str] = ("IBAN",)

    def find(self, reading: Reading) -> Iterable[Finding]:
        for found in _IBAN.find(reading):
            end = _longest_iban(found[0])
            if end:
                yield Finding(found.start(), found.start() + end, "IBAN", 1.0, self.name)
        for found in match_at(_IBAN_APART, reading.text, _iban_places(reading)):
            end = _longest_iban(found[0])
            if end:
                yield Finding(found.start(), found.start() + end, "IBAN", 1.0, self.name)
        for found in _IBAN_CUE.find(reading):
            yield Finding(*found.span("n"), "IBAN", 0.7, self.name)


def _longest_iban(candidate: str) -> int:
    """Return the length of the prefix that is an IBAN: words after it may have matched as groups."""
    second = next(sign for sign in candidate[1:] if sign.isalnum())
    length = IBAN_LENGTH.get(f"{candidate[0]}{second}".upper(), 0)
    if not length:
        return 0
    signs = [(at, sign) for at, sign in enumerate(candidate) if sign.isalnum()][:length]
    return signs[-1][0] + 1 if is_iban("".join(sign for _, sign in signs)) else 0


def _iban_places(reading: Reading) -> Iterable[int]:
    """Yield where two letters on their own begin that a number follows, whatever stands between the signs."""
    text = reading.text
    for number in reading.numbers:
        second = _letter_before(text, number)
        first = _letter_before(text, second)
        if first >= 0 and not text[first - 1 : first].isalnum():
            yield first


def _letter_before(text: str, at: int) -> int:
    """Return where the last letter or digit before ``at`` stands, over three other signs at most; else -1."""
    for place in range(at - 1, max(at - 5, -1), -1):
        if text[place].isalnum():
            return place
    return -1


@dataclass(frozen=True)
class CitizenNumberDetector:
    """Social security and citizen numbers of the US, UK, Netherlands, Poland and Portugal."""

    name: str = "citizen_number"
    labels: Sequence[str] = ("SSN",)

    def find(self, reading: Reading) -> Iterable[Finding]:
        for found in _SSN.find(reading):
            if is_us_ssn(digits_of(found[0])) and not reading.is_kept(*found.span()):
                yield Finding(*found.span(), "SSN", 0.85, self.name)
        for found in _NINO.find(reading):
            yield Finding(*found.span(), "SSN", 0.85, self.name)
        for found in _CITIZEN_CUE.find(reading):
            digits, gap = digits_of(found["n"]), reading.text[found.start() : found.start("n")].lower()
            is_year = len(digits) == 4 and digits[:2] in ("19", "20")
            # "social media since 2010" is no number; "last four of my social 2010" is.
            if len(digits) > 4 or not is_year or "last" in reading.before(found.start("n"), 60) or len(gap) < 12:
                yield Finding(*found.span("n"), "SSN", 0.9, self.name)
        for found in _NINE_OR_ELEVEN.find(reading):
            digits = digits_of(found[0])
            if reading.is_kept(*found.span()):
                continue
            if is_pesel(digits) or (len(digits) == 9 and _has_citizen_checksum(reading, found, digits)):
                yield Finding(*found.span(), "SSN", 0.6, self.name)


def _has_citizen_checksum(reading: Reading, found: re.Match[str], digits: str) -> bool:
    # One nine-digit number in eleven passes by chance, so the text must talk about identity.
    near = reading.before(found.start(), 60) + reading.after(found.end())
    is_about_identity = any(
        word in near for word in ("bsn", "burger", "nif", "contribuinte", "identi", "citizen", "social")
    )
    return is_about_identity and (is_bsn(digits) or is_nif(digits) or is_us_ssn(digits))


_PUBLIC_RESOLVERS = frozenset(
    ("8.8.8.8", "8.8.4.4", "1.1.1.1", "1.0.0.1", "9.9.9.9", "208.67.222.222", "208.67.220.220")
)


@dataclass(frozen=True)
class NetworkAddressDetector:
    """IP addresses; a firmware version of four numbers stays."""

    name: str = "network_address"
    labels: Sequence[str] = ("IP_ADDRESS",)

    def find(self, reading: Reading) -> Iterable[Finding]:
        for found in _IPV4.find(reading):
            if _is_address(found[0]) and not (_is_everybodys(found[0]) or _is_version(reading, found)):
                yield Finding(*found.span(), "IP_ADDRESS", 0.95, self.name)
        if "::" in reading.text or reading.text.count(":") > 4:
            for found in _IPV6.finditer(reading.text):
                if _is_address(found[0]):
                    yield Finding(*found.span(), "IP_ADDRESS", 0.95, self.name)


def _is_version(reading: Reading, found: re.Match[str]) -> bool:
    """Whether four numbers are a version: the word before them, or one in a sentence that is not about a network."""
    if _VERSION_CUE.search(reading.before(found.start(), 16)):
        return True
    # "access_185.203.47.119_nightly.log" names a machine, "setup_2.14.0.33.exe" a version.
    is_joined = "_" in (reading.text[found.start() - 1 : found.start()], reading.text[found.end() : found.end() + 1])
    if is_joined and max(map(int, found[0].split("."))) <= _LARGEST_OF_VERSIONS:
        return True
    start = max(reading.text.rfind(sign, 0, found.start()) for sign in ("\n", ". ", "! ", "? ")) + 1
    sentence = _SENTENCE.match(reading.lowered, start)
    return sentence is not None and bool(_OF_VERSIONS.search(sentence[0])) and not _OF_NETWORKS.search(sentence[0])


def _is_everybodys(text: str) -> bool:
    """Whether an address is the same for all: the machine itself, a mask of a network, a public name server."""
    return text in _PUBLIC_RESOLVERS or text.startswith(("127.0.0.", "0.0.0.", "255."))


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return len(text) > 3


@dataclass(frozen=True)
class OwnedIdDetector:
    """Numbers that belong to a person by the word before them: account, customer, passport, SIM, PIN, password."""

    name: str = "owned_id"
    labels: Sequence[str] = ("ID",)
    _after_word: Sequence[Anchored] = field(default=(_OWNED_ID, _SECRET, _PIN, _PLATE), repr=False)

    def find(self, reading: Reading) -> Iterable[Finding]:
        for pattern in self._after_word:
            for found in pattern.find(reading):
                if pattern in (_SECRET, _PIN, _PLATE) or _is_number_like(found["n"]):
                    yield Finding(*found.span("n"), "ID", 0.8, self.name)
        hyphens, colons = reading.text.count("-"), reading.text.count(":")
        shapes = [_MAC.finditer(reading.text)] if hyphens + colons >= 5 else []
        shapes += [_UUID.finditer(reading.text)] if hyphens >= 4 else []
        for found in itertools.chain(*shapes, _ID_SHAPE.find(reading)):
            if set(found[0].lower()) <= _BROADCAST:
                continue
            yield Finding(*found.span(), "ID", 0.8, self.name)


_BROADCAST = frozenset("f:-")
"""What the address of everybody on a network is written with."""
_RANGE_OR_SUM = re.compile(r"\d{1,3}[-–/]\d{1,3}|\d+[.,]\d{1,2}|(?:19|20)\d{2}|\d{1,2}[-/]\d{1,2}[-/]\d{2,4}")


def _is_number_like(value: str) -> bool:
    if _RANGE_OR_SUM.fullmatch(value):
        return False
    digits = digits_of(value)
    return len(digits) >= 4 and len(digits) * 3 >= len(value.replace(" ", ""))
