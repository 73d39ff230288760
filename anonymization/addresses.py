"""Where somebody lives: postal addresses as people of five languages write them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from anonymization.anchors import Anchored, match_at
from anonymization.findings import Finding
from anonymization.lexicon import WORD, word_set
from anonymization.name_cues import PARTICLES
from anonymization.reading import Reading

_EN_CLEAR = (
    r"street|str|avenue|ave|road|rd|lane|boulevard|blvd|drive|terrace|"
    r"crescent|parkway|pkwy|highway|hwy|expressway|turnpike|freeway|"
    r"mews|causeway|cul-de-sac"
)
_EN_TYPES = (
    _EN_CLEAR
    + r"|st|ln|dr|court|ct|place|pl|plaza|square|sq|way|circle|cir|trail|trl|close|gardens?|grove|hill|walk|row|green|"
    r"quay|alley|path|loop|pike|run|rise|view|park|heights|crossing|"
    r"point|ridge|route|ter|cres|wharf|vale|villas|broadway"
)
_WORDS = r"(?:[^\W\d_][\w'’.\-]{0,40}|\d{1,3}(?:st|nd|rd|th))"
_UNIT = (
    r"(?:[\s,]{1,3}(?i:apt|apartment|appartement|unit|suite|ste|flat|floor|"
    r"fl|room|rm|lot|building|bldg|block|bus|box|#|no\.?|apto|andar|lok|m)"
    r"\.?\s*#?\s*[A-Za-z]?\d{0,5}[A-Za-z]?(?!\w))"
)
CAP = r"[A-ZÀ-ÖØ-ÞĀ-ŽÉ][\w'’.\-]{1,40}"
_CITY = r"(?:St\.\s)?[A-ZÀ-ÖØ-ÞĀ-ŽÉ][\w'’\-]{1,40}"
STATE = (
    r"A[KLRZ]|C[AOT]|D[CE]|FL|GA|HI|I[ADLN]|K[SY]|LA|M[ADEINOST]|N[CDEHJMVY]|"
    r"O[HKR]|P[AR]|RI|S[CD]|T[NX]|UT|V[AT]|W[AIVY]|A[AEP]|"
    r"ON|QC|BC|AB|MB|SK|NS|NB|NL|NSW|VIC|QLD|ACT|TAS"
)
UK_CODE = (
    r"(?:GIR\s?0AA|[A-PR-UWYZ](?:\d{1,2}|[A-HK-Y]\d{1,2}|\d[A-HJKPS-UW]|"
    r"[A-HK-Y]\d[ABEHMNPRV-Y])\s?\d[ABD-HJLNP-UW-Z]{2})"
)
CODE = (
    rf"(?:\d{{5}}(?:-\d{{4}})?|\d{{4}}\s?[A-Z]{{2}}|{UK_CODE}|\d{{4}}-\d{{3}}|"
    rf"\d{{2}}-\d{{3}}|[A-Z]\d[A-Z]\s?\d[A-Z]\d|\d{{4}})"
)
# What may follow a street, after a comma or a break: ", Springfield", "\n Apt. 3", ", IL 62704".
_TAIL = (
    rf"(?:\s{_CITY}(?:\s{_CITY})?(?=\s*(?:\n|,|{_UNIT})))?"
    rf"(?:{_UNIT}(?:\s{_CITY}){{0,3}})?"
    rf"(?:\s*,?\s*\b{CODE}(?!\w)(?:\s{{1,2}}{_CITY}(?:[ \-]{_CITY}){{0,2}})?)?"
    rf"(?:\s*(?:,|\n)\s*(?:{_CITY}(?:[ \-](?:{_CITY}|de|di|do|da|la|op|aan|den|der|upon|on)){{0,3}}|"
    rf"(?:{STATE})\b)){{0,3}}"
    rf"(?:[\s,]{{1,3}}(?:{STATE})(?!\w))?(?:(?<!\.)[\s,]{{1,3}}{CODE}(?!\w))?"
)
_NUM = r"(?:\d{1,6}(?:[-–/]\d{1,4})?\s?[A-Za-z]?(?:\s1/2)?)"

_EN_TYPE_WORDS = frozenset(_EN_TYPES.replace("gardens?", "garden|gardens").replace("cul-de-sac", "cul").split("|"))
_ENGLISH = Anchored(
    re.compile(
        rf"(?<![\w$€£.,:/#-]){_NUM}[,]?\s+(?:(?:N|S|E|W|NE|NW|SE|SW|North|South|"
        rf"East|West)\.?\s+)?(?P<name>{_WORDS}(?:\s+{_WORDS}){{0,3}}?)\s+"
        rf"(?P<type>{_EN_TYPES})\b\.?(?:\s+(?:N|S|E|W|NE|NW|SE|SW|North|South|East|West)\b\.?)?",
        re.IGNORECASE,
    ),
    digits=True,
    needs=_EN_TYPE_WORDS,
)
_ENGLISH_NO_NUMBER = Anchored(
    re.compile(
        rf"(?:\b(?:live|living|lives|lived|moved|located|address|resid(?:e|es|ing)|house|"
        rf"home|deliver(?:ed|y)?|ship(?:ped)?|corner|at|on)\b[^.\n]{{0,25}}?\s)"
        rf"(?P<n>(?:{CAP}\s+){{1,3}}(?:Street|Avenue|Ave|Road|Rd|Lane|Boulevard|Blvd|Drive|Crescent|Terrace)\b)"
    ),
    needs=word_set("street avenue ave road rd lane boulevard blvd drive crescent terrace"),
)
_US_HIGHWAY = Anchored(
    re.compile(
        r"(?<![\w-])\d{1,5}\s+(?:county|state|us|farm)\s+(?:road|route|highway|rd|hwy)\s+\d{1,4}\b", re.IGNORECASE
    ),
    digits=True,
    needs=word_set("road route highway rd hwy"),
    least=2,
)
_PO_BOX = Anchored(
    re.compile(
        r"(?<!\w)(?:p\.?\s?o\.?\s*box|post(?:al)?\s+(?:office\s+)?box|postbus|caixa\s+postal|"
        r"apartado|skrytka\s+pocztowa|psc\s+\d{1,5},?\s+box|unit\s+\d{1,5},?\s+box)"
        r"\s*#?\s*\d{1,6}",
        re.IGNORECASE,
    ),
    words=word_set("p po pobox post postal postbus caixa apartado skrytka psc unit"),
    least=1,
)
_DUTCH_TYPE = (
    r"straat|str|laan|weg|plein|gracht|kade|dijk|singel|hof|dreef|steeg|"
    r"pad|dwarsstraat|burgwal|haven|markt|park|baan|plantsoen|boulevard|"
    r"oord|veld|meent|werf|wal|stee|erf|brink|ring|kamp|hoek|donk|akker|drift|horst|burg|berg|zoom|bos"
)
_GERMANIC_TYPE = (
    r"straße|strasse|str\.|allee|gasse|platz|ufer|damm|chaussee|gade|gata|gatan|vägen|vegen|veien|vej|katu|kuja|"
    r"tie|utca|út|vænget|stræti|straeti|vegur|stigur|stígur|mäki|ranta"
)
_DUTCH = re.compile(
    rf"(?<![\w'’\-])(?:{CAP}\s+(?:(?:van|de|der|den|'t|het|ten|ter|op)\s+){{0,2}}){{0,3}}"
    rf"[A-ZÀ-Þa-zà-ÿ][\w'’\-]{{0,30}}?(?:{_DUTCH_TYPE}|{_GERMANIC_TYPE})\s{{1,3}}"
    rf"(?P<num>\d{{1,5}}\s?(?:[-/]\s?\d{{1,4}}|[A-Za-z](?!\w)|\s?(?:hs|"
    rf"bis|I{{1,3}})(?!\w)|-[A-Za-z0-9]{{1,4}})?)(?![\w%]|[.,]\d)"
)
_DUTCH_WEAK = word_set(
    """
    dijk hof pad markt park baan oord veld wal erf ring kamp hoek berg bos haven weg str tie burg horst
    """
)
_DUTCH_ENDS = tuple(_DUTCH_TYPE.split("|")) + tuple(_GERMANIC_TYPE.replace(r"\.", ".").split("|"))
_DUTCH_WORD = re.compile(r"(?<![\w'’\-])[^\W\d_]")
_DUTCH_WORDS = 10  # three names with two particles each, and the street
_LINK = r"(?:d[aeo]s?|del|dell[aeo]|dei|degli|dal|dalla|di|des|dels|du|la|le|lo|les|los|las|els?)"
_LINKS = word_set("dell dei degli dal dalla des dels lo les els")
_LINKING = PARTICLES | _LINKS
_PORTUGUESE = Anchored(
    re.compile(
        rf"(?<!\w)(?:rua|avenida|av\.|travessa|praça|largo|estrada|alameda|"
        rf"rodovia|beco|calle|carrer|avda\.?|paseo|plaza|via|viale|"
        rf"corso|piazza|vicolo|rue|chemin|quai|impasse|allée|place)\s{{1,3}}(?:{_LINK}\s{{1,2}}){{0,3}}(?:(?:dell|all|d|l)['’])?"
        rf"(?:{CAP}|\d{{1,2}}(?!\d))"
        rf"(?:\s{{1,2}}(?:(?:{_LINK}|e)\s{{1,2}}){{0,2}}(?:{CAP}|\d{{1,2}}\sde)){{0,4}}(?:\sde\s[A-Za-zç]+)?\s{{0,2}},?\s{{0,2}}"
        rf"(?:n\.?[º°o]?\.?\s?|nr\.?\s?)?"
        rf"(?P<num>\d{{1,5}}(?:\s?[A-Za-z](?!\w))?)(?![\w%])(?:[,\s]{{1,3}}\d{{1,2}}\s?[ºª°](?:\s?\w{{1,4}}\.?(?!\w))?)?",
        re.IGNORECASE,
    ),
    words=word_set(
        """
        rua avenida av travessa praça largo estrada alameda rodovia beco calle carrer avda paseo plaza via viale corso
        piazza vicolo rue chemin quai impasse allée place
        """
    ),
    least=1,
)
_POLISH = Anchored(
    re.compile(
        rf"(?<!\w)(?:ul\.|ulica|ulicy|ulicę|al\.|aleja|alei|aleje|pl\.|plac|placu|os\.|osiedle|"
        rf"osiedlu)\s*{CAP}(?:[ \-]{CAP})*(?:\s+\d{{1,2}}(?=\s+{CAP}))?\s+"
        rf"(?P<num>\d{{1,4}}\s?[A-Za-z]?(?:\s?/\s?\d{{1,4}}|\s+m\.?\s?\d{{1,4}})?)(?!\w)",
        re.IGNORECASE,
    ),
    holds=("ul.", "ulic", "al.", "alej", "alei", "pl.", "plac", "os.", "osiedl"),
    least=1,
)
_NUMBER_FIRST = Anchored(
    re.compile(
        rf"(?<![\w$€£.,:/#-])\d{{1,4}}(?:\s?bis|\s?ter)?,?\s+(?:[Rr]ue|[Aa]venue|[Bb]oulevard|[Cc]hemin|[Qq]uai|"
        rf"[Ii]mpasse|[Aa]llée|[Pp]lace|[Cc]alle|[Aa]venida|[Rr]ua|[Tt]ravessa|Via|Viale|Piazza|Plaza|Paseo|Corso|Carrer)\s+"
        rf"(?:{_LINK}\s+){{0,2}}(?:(?:dell|de\sl|all|d|l)['’])?{CAP}(?:[ \-]{CAP})*"
    ),
    digits=True,
    needs=word_set(
        """
        rue avenue boulevard chemin quai impasse allée place calle avenida rua travessa via viale piazza plaza paseo
        corso carrer
        """
    ),
)
_CORNER = Anchored(
    re.compile(
        rf"(?:the\s+)?corner\s+of\s+(?:\d{{1,5}}\s+)?{CAP}(?:\s+(?:{CAP}|\d{{1,4}}|str))*\s+(?:and|&|with)\s+{CAP}"
        rf"(?:\s+(?:{CAP}|\d{{1,4}}))*"
    ),
    needs=word_set("corner"),
)
# "94472 Atamaria 55": a capital between two numbers is a house and a street in whatever language.
_BETWEEN_NUMBERS = Anchored(
    re.compile(
        rf"(?<![\w$€£.,:/#-])\d{{2,6}}\s+(?:{CAP}(?<=[a-zà-ž.])\s+){{1,3}}\d{{1,5}}[A-Za-z]?\.?(?![\w%]|[.,:]\d)"
    ),
    digits=True,
    least=3,
)
_SEPARATE_TYPE = Anchored(
    re.compile(
        rf"(?<!\w)(?:{CAP}\s+){{1,3}}(?:Strasse|Straße|Allee|Platz|Weg|"
        rf"Laan|Straat|utca|u\.|út|tér|körút|vej|gade|gata|väg|vei|katu)"
        rf"\s+\d{{1,4}}[A-Za-z]?\.?(?!\w)"
    ),
    needs=word_set("strasse straße allee platz weg laan straat utca u út tér körút vej gade gata väg vei katu"),
    least=1,
)
_NUMBER_BEFORE = re.compile(r"(?<![\w$€£.,:/#-])\d{2,6},?\s{1,2}$")
_REST = (
    r",?\s+(?:phone|tel|telephone|mobile|e-?mail|order|ticket|account|and|but|please|my|not|since|for|now|because|is|was|"
    r"can|could|which|where|thanks|thank|so|i|the|we|you)\b"
)
"""Where an address that follows "my address is" has ended."""
_LABELLED = Anchored(
    re.compile(
        rf"(?i:\b(?:my|our|new|home|billing|shipping|delivery|current|"
        rf"old|postal|street|mailing)\s+address\s*(?:is|was|:|to|=)+"
        rf"|(?:^|\n)\s{{0,4}}(?:(?:street\s)?address(?:\sline)?(?:\s\d)?|street|straat|adres|morada|endereço|rua|ulica)"
        rf"\s*(?::|=|\||\.{{3,40}}))\s*"
        rf"(?P<n>\d{{1,6}}[A-Za-z]?,?\s+[^\n.;!?]{{3,60}}?(?={_REST}|[\n.;!?]|$)"
        rf"|{CAP}(?:[ \-]{CAP}|\s+(?:van|de|der|den|da|do|dos))*\s+\d{{1,5}}[A-Za-z]?\b)",
        re.MULTILINE,
    ),
    holds=("address", "street", "straat", "adres", "morada", "endereço", "rua", "ulica"),
    least=1,
)
_TAIL_PATTERN = re.compile(_TAIL)
_IS_FIELD = re.compile(r"[ \t]{0,4}(?::|=|\.{3})")


@dataclass(frozen=True)
class AddressDetector:
    """Street addresses with their unit, postal code, city and state as one span."""

    name: str = "address"
    labels: Sequence[str] = ("ADDRESS",)

    def find(self, reading: Reading) -> Iterable[Finding]:
        for found in _ENGLISH.find(reading):
            if _is_english_street(reading, found):
                yield self._with_tail(reading, *found.span())
        for found in match_at(_DUTCH, reading.text, _germanic_places(reading)):
            if _is_germanic_street(reading, found):
                yield self._with_tail(reading, *found.span())
        for pattern in (_PO_BOX, _US_HIGHWAY, _NUMBER_FIRST, _CORNER, _SEPARATE_TYPE):
            for found in pattern.find(reading):
                yield self._with_tail(reading, *found.span())
        for pattern in (_PORTUGUESE, _POLISH):
            for found in pattern.find(reading):
                if _is_typed_street(reading, found):
                    yield self._with_tail(reading, *found.span())
        for found in _BETWEEN_NUMBERS.find(reading):
            words = WORD.findall(found[0])
            if not reading.is_kept(*found.span()) and not any(reading.lexicon.is_common(word) for word in words):
                yield self._with_tail(reading, *found.span())
        for pattern in (_ENGLISH_NO_NUMBER, _LABELLED):
            for found in pattern.find(reading):
                yield self._with_tail(reading, *found.span("n"))

    def _with_tail(self, reading: Reading, start: int, end: int) -> Finding:
        street_end = end
        tail = _TAIL_PATTERN.match(reading.text, end)
        end = max(end, tail.end() if tail else end)
        if _IS_FIELD.match(reading.text, end):  # the next line of a form: "Town: ..."
            line = reading.text.rfind("\n", street_end, end)
            end = line if line >= 0 else end
        while end > start and reading.text[end - 1] in " \n\t,.":
            end -= 1
        before = _NUMBER_BEFORE.search(reading.text, max(0, start - 9), start)
        start = before.start() if before else start
        return Finding(start, end, "ADDRESS", 0.8, self.name)


# Between a house number and a street type these say that it is no address ("2 days on the way", "1 of the roads").
_NOT_IN_STREET = word_set(
    """
    a an and the of on in at to for from by with per my your our his her their its this that is was are were i
    we you he she it they not no or but if so as than then times time day days week weeks month months year
    years hour hours hrs minute minutes min mins second seconds percent people calls call times km miles mile
    meters metres gb mb tb kb mbps gbps ghz mhz usb ssd hdd nvme inch eur euro euros usd dollars pm am other
    more different separate big huge long short good bad wrong right only one two three four five six way hard
    fast each every some any all both few new old same different
    """
)


def _is_english_street(reading: Reading, found: re.Match[str]) -> bool:
    if reading.is_kept(*found.span()):
        return False
    names = found["name"].split()
    folded = [name.strip(".,").lower() for name in names]
    if any(word in _NOT_IN_STREET for word in folded) or any(name[-1] in ".,!?" and len(name) > 3 for name in names):
        return False
    kind = found["type"]
    is_clear = re.fullmatch(_EN_CLEAR, kind, re.IGNORECASE) is not None
    if all(name[0].isupper() or name[0].isdigit() for name in names) and (kind[0].isupper() or is_clear):
        return True
    # In lower case only an unmistakable type counts, after a word that is not the verb of a sentence.
    return (is_clear and kind.lower() != "drive") or (kind.islower() and reading.is_lower and is_clear)


_AMBIGUOUS_TYPE = frozenset({"via", "place", "plaza", "corso", "quai", "largo", "al.", "plac"})


def _germanic_places(reading: Reading) -> Sequence[int]:
    """Return where a street can begin whose last word before a number ends in a type of street."""
    text = reading.text
    places: set[int] = set()
    for number in reading.numbers:
        if number and text[number - 1].isspace() and text[max(0, number - 16) : number].rstrip().endswith(_DUTCH_ENDS):
            words = text[:number].rsplit(None, _DUTCH_WORDS)
            first = len(words[0]) if len(words) > _DUTCH_WORDS else 0
            places.update(found.start() for found in _DUTCH_WORD.finditer(text, first, number))
    return sorted(places)


def _is_typed_street(reading: Reading, found: re.Match[str]) -> bool:
    """A street type before the name: capitals tell, or in lower case a type that is no word of the sentence."""
    if reading.is_kept(*found.span("num")):
        return False
    kind, *names = found[0][: found.start("num") - found.start()].split()
    words = [name for name in names if name.lower() not in _LINKING and name[0].isalpha() and not name.startswith("n")]
    if len(names) > 8 or "\n" in found[0] or any(word.lower() in _NOT_IN_STREET for word in words):
        return False
    if any(word[0].isupper() for word in names):
        return all(word[0].isupper() or not word[0].isalpha() for word in words)
    return kind.lower() not in _AMBIGUOUS_TYPE and len(names) <= 5


def _is_germanic_street(reading: Reading, found: re.Match[str]) -> bool:
    if reading.is_kept(*found.span("num")):
        return False
    street = found[0][: found.start("num") - found.start()].strip()
    word = street.split()[-1]
    weak = any(word.lower().endswith(kind) for kind in _DUTCH_WEAK)
    if len(word) < 5 or reading.lexicon.is_common(word):
        return False
    return word[0].isupper() or (len(street.split()) > 1 and street[0].isupper()) or not weak
