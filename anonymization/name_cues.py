"""Phrases after which a name stands, and how sure they are of it. Data more than code; used by ``names``."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from anonymization.anchors import Anchored, glued
from anonymization.lexicon import word_set

PARTICLES = word_set(
    """
    van de der den ter ten te het von zu zur vom af av da das do dos del della delle di du la le les el al bin
    ibn ben abu bint mac mc st san santa y e of
    """
)
"""Small words inside a family name."""

TITLES = word_set("mr mrs ms miss mx dr prof sir dame capt sgt rev hon sen gov lt col gen tsar jr sr")
"""What stands before or after a name and is none."""

STOP = word_set(
    """
    a about after again all also always am an and another any are as at away back because been before being but
    by calling can cannot contacting could did do does done each either ever every everyone few for from get
    getting given glad going good got had happy has have having he hello her here him his how i if in interested
    into is it its just last like looking make many me more most much my never new no nobody none nor not
    nothing now of off on once one only or other our out over own please really sad same says she should sick
    since so some someone somebody sorry still such sure than thank thanks that the their them then there these
    they this those through tired to today too two unable under until unhappy up upset us very via was we well
    were what when where which while who whom whose why will with without would writing yes yesterday yet you
    your yours customer agent advisor adviser representative rep supervisor manager technician support service
    team staff everybody anyone anybody account billing sales care bank company mine ok okay de het een en van
    ik je u hij zij wij niet met voor naar over uit bij ook maar want dat dit die deze er nog wel geen o os um
    uma não com para por que se eu ele ela nós mas como muito i w z na do nie się to jest że ale jak czy mnie
    pan pani
    """
)
"""Words that end a name in every cue."""

_PERSON_NOUN = (
    r"agents?|reps?|representatives?|advis[oe]rs?|operators?|employees?|managers?|supervisors?|"
    r"technicians?|engineers?|colleagues?|associates?|lady|guy|man|"
    r"woman|person|someone|somebody|gentleman|clerk|driver|courier|mechanic|"
    r"specialist|teller|attorney|lawyer|consultants?|assistant|officer|"
    r"medewerker|medewerkster|collega|monteur|atendente|colaborador|"
    r"colaboradora|técnico|konsultant|konsultantka|pracownik|doradca"
)
_RELATIVE = (
    r"husband|wife|spouse|son|daughter|mother|father|mom|mum|dad|brother|sister|"
    r"partner|boss|landlord|roommate|flatmate|neighbou?r|friend|girlfriend|"
    r"boyfriend|fianc[eé]e?|uncle|aunt|nephew|niece|cousin|grandson|granddaughter|"
    r"grandmother|grandfather|mother-in-law|father-in-law|tenant|doctor|"
    r"daughters|sons|kids|children|man|vrouw|zoon|dochter|moeder|vader|broer|"
    r"zus|marido|esposa|filho|filha|mãe|pai|irmão|irmã|mąż|żona|syn|córka"
)


@dataclass(frozen=True)
class Cue:
    """``where`` searches the text in lower case; a match ends where a name begins.

    ``strong`` cues accept everyday words with a capital ("Mr Young"); ``listed`` cues accept only names of the lists.
    ``role`` is whom the name belongs to. A cue with words ``beside`` counts only in a text that holds one of them.
    """

    name: str
    where: Anchored
    role: str = ""
    strong: bool = False
    listed: bool = False
    beside: frozenset[str] = frozenset()


def _cue(
    name: str,
    pattern: str,
    *,
    role: str = "",
    strong: bool = False,
    listed: bool = False,
    beside: frozenset[str] = frozenset(),
    **anchor: Any,
) -> Cue:
    return Cue(name, Anchored(re.compile(pattern), lowered=True, **anchor), role, strong, listed, beside)


def _spelled_out(nouns: str) -> frozenset[str]:
    """Return the first words of an alternation of nouns, with and without what is optional in them."""
    forms = set(nouns.replace("[oe]", "o").split("|")) | set(nouns.replace("[oe]", "e").split("|"))
    forms = {form.replace("[eé]", e) for form in forms for e in "eé"}
    forms = {re.sub(r"(\w)\?", kept, form) for form in forms for kept in (r"\1", "")}
    return frozenset(form.partition("-")[0] for form in forms)


_NAME_OF_WORDS = glued(
    word_set("last first full maiden middle sur family account real legal customer customers her his their the whose"),
    "name", "names",
) | word_set("by in under wrong wrongname wrongnames")  # fmt: skip
_FIELDS = word_set(
    """
    name naam nome imię nazwisko achternaam voornaam apelido customer client contact patient passenger recipient sender
    attn attention from to cc signed holder beneficiary
    """
)
_FIELD_WORDS = (
    _FIELDS
    | word_set("full first last user account middle maiden card cardholder")
    | {f"sur{field}" for field in _FIELDS}
)

CUES: tuple[Cue, ...] = (
    _cue(
        "introduction",
        r"\b(?:my|mijn|meu)\s{1,4}(?:full\s{1,4}|first\s{1,4}|last\s{1,4}|real\s{1,4}|legal\s{1,4}|own\s{1,4})?(?:name|surname|"
        r"naam|nome)(?:'s|’s|\s{1,4}is|\s{1,4}was|\s{1,4}é|\s{0,4}:)?\s{1,4}(?:also\s{1,4})?(?=\S)",
        words=word_set("my mijn meu"),
        role="customer",
        strong=True,
    ),
    _cue(
        "introduction",
        r"\b(?:ik\s{1,4}heet|me\s{1,4}chamo|chamo-me|nazywam\s{1,4}się|mam\s{1,4}na\s{1,4}imię|mein\s{1,4}name\s{1,4}ist|"
        r"me\s{1,4}llamo|je\s{1,4}m['’]appelle|i\s{1,4}go\s{1,4}by|call\s{1,4}me)\s{1,4}",
        words=word_set("ik me chamo nazywam mam mein je i call"),
        role="customer",
        strong=True,
    ),
    _cue(
        "introduction",
        r"\b(?:i\s{1,4}am|i'm|i’m|im|ik\s{1,4}ben|"
        r"eu\s{1,4}sou|sou\s{1,4}[oa])\s{1,4}(?=\S)",
        words=word_set("i im ik eu sou"),
        role="customer",
        listed=True,
    ),
    _cue(
        "introduction",
        r"\b(?:this\s{1,4}is|u\s{1,4}spreekt\s{1,4}met|it's|it’s|aqui\s{1,4}é|fala)\s{1,4}(?=\S)",
        words=word_set("this u it aqui fala"),
        listed=True,
    ),
    _cue(
        "field",
        r"(?:^|[\n\r;|,(])\s{0,4}(?:full\s{1,4}|first\s{1,4}|last\s{1,4}|sur|user's\s{1,4}|customer\s{1,4}|account\s{1,4}|"
        r"contact\s{1,4}|client\s{1,4}|middle\s{1,4}|maiden\s{1,4}|card\s{0,4}holder\s{1,4})?(?:name|naam|nome|imię|nazwisko|"
        r"achternaam|voornaam|"
        r"apelido|customer|client|contact|patient|passenger|recipient|sender|"
        r"attn|attention|from|to|cc|signed|holder|beneficiary)\s{0,4}[:=]\s{0,4}",
        words=_FIELD_WORDS,
        back=range(6),
        holds=(":", "="),
    ),
    _cue(
        "name of",
        r"\b(?:last|first|full|maiden|middle|sur|family|account|real|legal|customer'?s?|her|his|"
        r"their|the|whose|by\s{1,4}the|in\s{1,4}the|under\s{1,4}the|wrong)\s{0,4}-?\s{0,4}names?(?:\s{1,4}(?:on|in|of|"
        r"for)\s{1,4}(?:the|my|this)\s{1,4}(?:account|card|"
        r"contract|invoice|bill|order|file|record)s?)?(?:\s{1,4}(?:is|"
        r"was|of|should\s{1,4}be|as|to)|\s{0,4}[:=?]|'s)\s{0,4}",
        words=_NAME_OF_WORDS,
        strong=True,
    ),
    _cue(
        "title",
        r"(?<!\w)(?<!\d\s)(?:mr|mrs|ms|miss|mx|messrs|dr|doctor|prof|professor|sir|madame|mme|mlle|mevr|"
        r"mevrouw|mw|dhr|meneer|(?:de\s{1,4})?heer|herr|frau|senhora?|sra?|dona|señora?|signora?|"
        r"sig|pan|pani|pana|panią|panem|"
        r"rev|reverend|father|sister|judge|officer|sgt|captain|"
        r"capt|lord|lady|fam|familie|family)\.?\s{1,4}(?=\S)",
        words=word_set(
            """
            mr mrs ms miss mx messrs dr doctor prof professor sir madame mme mlle mevr mevrouw mw dhr meneer de heer
            herr frau senhor senhora sr sra dona señor señora signor signora sig pan pani pana panią panem rev reverend
            father sister judge officer sgt captain capt lord lady fam familie family
            """
        ),
        strong=True,
    ),
    _cue(
        "spoke with",
        r"\b(?:spoke|spoken|speak|speaking|talked|talking|talk|chatted|chatting|chat|met|dealt|"
        r"dealing|deal|appointment|meeting|conversation|correspondence|gesproken|gebeld|contact|"
        r"falei|falar|conversei|"
        r"rozmawiałem|rozmawiałam)\s{1,4}(?:briefly\s{1,4}|again\s{1,4})?(?:to|with|met|com|z|"
        r"ze)\s{1,4}(?:(?:a|an|the|your|one|my|uw|"
        r"een|o|a)\s{1,4})?(?:(?:[a-z]+\s{1,4}){0,2}(?:"
        + _PERSON_NOUN
        + r"),?\s{1,4})?(?:(?:named|called|genaamd)\s{1,4})?",
        words=word_set(
            """
            spoke spoken speak speaking talked talking talk chatted chatting chat met dealt dealing deal appointment
            meeting conversation correspondence gesproken gebeld contact falei falar conversei rozmawiałem rozmawiałam
            """
        ),
        role="agent",
    ),
    _cue(
        "agent",
        r"\b(?:" + _PERSON_NOUN + r")(?:'s\s{1,4}name)?\s{0,4},?\s{1,4}"
        r"(?:(?:was\s{1,4}|is\s{1,4})?(?:named|called|name|by\s{1,4}the\s{1,4}name\s{1,4}of|"
        r"who\s{1,4}(?:said|claimed)\s{1,4}(?:his|her)\s{1,4}name\s{1,4}was|"
        r"genaamd|chamad[oa]|o\s{1,4}imieniu|imieniem)\s{0,4}:?\s{0,4})?",
        words=_spelled_out(_PERSON_NOUN),
        role="agent",
    ),
    _cue(
        "relative",
        r"\b(?:" + _RELATIVE + r")(?:'s\s{1,4}name\s{1,4}is|\s{1,4}is\s{1,4}called|"
        r"\s{1,4}named|\s{1,4}called|\s{1,4}is)?\s{0,4},?\s{1,4}",
        words=_spelled_out(_RELATIVE),
    ),
    _cue(
        "named",
        r"\b(?:named|nicknamed|called\s{1,4}himself|called\s{1,4}herself|calls\s{1,4}(?:him|her)self|genaamd|"
        r"chamad[oa]|introduced\s{1,4}(?:him|her)self\s{1,4}as|identified\s{1,4}(?:him|her)self\s{1,4}as|known\s{1,4}as|"
        r"aka|née)\s{1,4}",
        words=word_set("named nicknamed called calls genaamd chamado chamada introduced identified known aka née"),
        strong=True,
    ),
    _cue(
        "sign-off",
        r"(?:^|[\n\r.!?]\s{0,4}|\s)(?:(?:kind|best|warm|many|with\s{1,4}kind|warmest|kindest)\s{1,4})?(?:regards|"
        r"wishes|sincerely|yours(?:\s{1,4}(?:truly|sincerely|faithfully))?|faithfully|cheers|respectfully|"
        r"cordially|signed|groetjes|groeten|"
        r"groet|mvg|gr|hoogachtend|atenciosamente|cumprimentos|abraços?|att|pozdrawiam|"
        r"z\s{1,4}poważaniem|saludos|cordialement|grüße|gruß)(?![^\W\d_])\s{0,4}[,.:;!\-–—]*\s{0,4}(?=\S)",
        words=word_set(
            """
            kind best warm many with warmest kindest regards wishes sincerely yours faithfully cheers respectfully
            cordially signed groetjes groeten groet mvg gr hoogachtend atenciosamente cumprimentos abraço abraços att
            pozdrawiam z saludos cordialement grüße gruß
            """
        ),
        back=range(6),
        role="customer",
    ),
    _cue(
        "sign-off",
        r"(?:thank\s{1,4}you|thanks|thx|many\s{1,4}thanks|bedankt|dank\s{1,4}u|obrigad[oa]|dziękuję|dzięki|"
        r"xoxo|love|xx?)(?:\s{1,4}(?:so\s{1,4}much|a\s{1,4}lot|very\s{1,4}much|again|in\s{1,4}advance|for\s{1,4}your\s{1,4}help|"
        r"alvast))?\s{0,4}(?:[,!.\-–—]+\s{0,4}|[\n\r]+\s{0,4})(?=\S{1,40}(?:\s\S{1,40})?(?:\s\S{1,40})?\s{0,4}[.!]?\s{0,4}(?:$|[\n\r]))",
        # Its last words are also found at the end of others ("fax, John"), so only where somebody thanks.
        beside=word_set(
            """
            thank thanks thx bedankt dank obrigado obrigada dziękuję dziekuje dzięki dzieki xoxo love x xx
            """
        ),
        role="customer",
    ),
    _cue(
        "greeting",
        r"(?:^|[\n\r.!?:,]\s{0,4}|\s)(?:hi|hello|hey|dear|hiya|good\s{1,4}(?:morning|afternoon|evening|"
        r"day)|morning|evening|beste|hoi|hallo|geachte|goedemorgen|goedemiddag|goedenavond|dag|"
        r"olá|oi|bom\s{1,4}dia|boa\s{1,4}tarde|caro|cara|"
        r"prezad[oa]|estimad[oa]|szanown[ya]|cześć|witam|drogi|droga|liebe[r]?|hola|bonjour|"
        r"thanks|thank\s{1,4}you|bedankt|welcome|congratulations|bye|goodbye)\s{0,4},?\s{1,4}(?=\S)",
        words=word_set(
            """
            hi hello hey dear hiya good morning evening beste hoi hallo geachte goedemorgen goedemiddag goedenavond dag
            olá oi bom boa caro cara prezado prezada estimado estimada szanowny szanowna cześć witam drogi droga liebe
            lieber hola bonjour thanks thank bedankt welcome congratulations bye goodbye
            """
        ),
        back=range(6),
    ),
    _cue(
        "for",
        r"\b(?:on\s{1,4}behalf\s{1,4}of|c/o|attn\.?:?|account\s{1,4}holder|card\s{0,4}holder|in\s{1,4}the\s{1,4}name\s{1,4}of|"
        r"belong(?:s|ing|ed)?\s{1,4}to|addressed\s{1,4}to|issued\s{1,4}to|registered\s{1,4}to|made\s{1,4}out\s{1,4}to|"
        r"payable\s{1,4}to|transfer(?:red)?\s{1,4}to|ask(?:ed|ing)?\s{1,4}for|"
        r"according\s{1,4}to|reported\s{1,4}by|(?:assisted|helped|served|contacted|called|told|informed|"
        r"treated|handled|answered|visited|assured|advised|signed|sent|approved|promised|"
        r"scammed|installed|written|given|transferred|escalated)\s{1,4}(?:by|to|through)|"
        r"forward(?:ed)?\s{1,4}to|assigned\s{1,4}to|cc'?d?|contact|email|e-mail|emailed|asked|told|"
        r"tell|met|thank|invite|invited|add|added|remove|removed|namens|t\.a\.v\.|ter\s{1,4}attentie\s{1,4}van|"
        r"door|em\s{1,4}nome\s{1,4}de|w\s{1,4}imieniu)\s{1,4}",
        words=word_set(
            """
            on c attn account card cardholder in belong belongs belonging belonged addressed issued registered made
            payable transfer transferred ask asked asking according reported assisted helped served contacted called
            told informed treated handled answered visited assured advised signed sent approved promised scammed
            installed written given escalated forward forwarded assigned cc ccd contact email e emailed tell met thank
            invite invited add added remove removed namens t ter door em w
            """
        ),
        listed=True,
    ),
)

AFTER_NAME = re.compile(
    r"\s{0,4},?\s{1,4}(?:here|speaking|calling|from\s{1,4}(?:the\s{1,4})?(?:billing|support|sales|retention|"
    r"customer|technical|your|accounts?|collections?|tech|care)|at\s{1,4}your\s{1,4}(?:service|company)|"
    r"told\s{1,4}me|said|says|promised|assured|informed|advised|explained|answered|replied|apologi[sz]ed|"
    r"hung\s{1,4}up|called\s{1,4}me|emailed|wrote|helped|assisted|transferred|"
    r"was\s{1,4}(?:very|so|really|rude|kind|helpful|great|polite|unhelpful|friendly)|"
    r"zei|vertelde|beloofde|disse|prometeu|powiedział|powiedziała)\b",
    re.IGNORECASE,
)
"""What people do: a capitalised unknown word before it is somebody."""
