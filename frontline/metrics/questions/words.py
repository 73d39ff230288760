"""A question cut into words: normalised, stemmed, with what stood between them."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from frontline.metrics.questions.stems import stem

# A question longer than this is a pasted document, not a question; reading stops here.
MAX_TOKENS = 160

_APOSTROPHES = str.maketrans({"’": "'", "‘": "'", "`": "'", "´": "'", "“": '"', "”": '"', "–": "-", "—": "-", "−": "-"})
_TOKEN = re.compile(
    r"""
      (?P<isoweek>\d{4}-?w\d{1,2}\b)
    | (?P<iso>\d{4}-\d{1,2}-\d{1,2}\b)
    | (?P<yearmonth>\d{4}[-/]\d{1,2}(?![\d/-]))
    | (?P<monthyear>\d{1,2}[-/](?:19|20)\d{2}(?![\d/-]))
    | (?P<dmy>\d{1,2}(?P<sep>[/.-])\d{1,2}(?P=sep)\d{2,4}\b)
    | (?P<dm>\d{1,2}/\d{1,2}\b)
    | (?P<clock>\d{1,2}[:.]\d{2}(?!\d))
    | (?P<ordinal>\d{1,2}(?:st|nd|rd|th|e|ste|de)\b)
    | (?P<quarter>q[1-4](?!\d))
    | (?P<half>h[12](?!\d))
    | (?P<number>\d+(?:[.,]\d+)*)
    | (?P<word>[^\W\d_]+(?:'[^\W\d_]+)*)
    | (?P<punct>[^\w\s]|_)
    """,
    re.VERBOSE,
)
_GENITIVE = re.compile(r"'s?$")
# "cost/case", "time/call", "costs pro case", "calls/hour": one per another; "case/ticket" are two names.
_PRO = re.compile(
    r"\bpro (?=(?:team|channel|queue|region|site|segment|topic|product|language|month|week|day|quarter|hour)\b)"
)
_PER_UNIT = re.compile(
    r"\b(costs?|spend|price|time|mins?|minutes|secs?|seconds|euros?|kosten|calls|chats|contacts|cases|tickets|volume)"
    r"(?: ?/ ?| pro )(case|ticket|call|contact|chat|conversation|interaction|hour|hr|day|week|wk|month|quarter|zaak)\b"
)


_UNIT = "hour|day|week|month|quarter|year"
_MONTH = (
    "jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    "|nov(?:ember)?|dec(?:ember)?"
)
_WHO = r"\b(?:customers|people|those|folks|ones) who"
_ENDS_THERE = r"(?= (?:vs|versus|and|than|or|in)\b|,|$)"
# Other ways of putting a thing, and the one that the lexicon knows.
_PUT = tuple(
    (re.compile(pattern), put)
    for pattern, put in (
        (rf"\b({_UNIT})[ -]?wise\b", r"by \1"),  # "month wise aht"
        (rf"\b({_MONTH})( \d{{4}})? month\b", r"\1\2"),  # "May month"
        (r"\bvis[ -][aà][ -]vis\b", "vs"),
        (r"(?<=[a-z]) x (?=[a-z])", " by "),  # "volume x channel x language"
        (r", (?:the )?(\w+(?: \w+){0,2}) (?:excepted|exempted)\b", r", except \1"),
        (r"\b(same|last|prev|previous) q\b", r"\1 quarter"),
        (r"\b(last|prev|previous|prior|this) yr\b", r"\1 year"),
        (r"\bpr (?=day|week|wk|month|mnth|hour|quarter|team|channel|queue|site|region|topic)", "per "),
        (r"\bp/(?=[a-z])", "per "),
        (r"\bremaining (?:days|part|hours) (?:of|in) (this|the)\b", r"rest of \1"),
        (
            rf"\b(?:the )?(?:most recent|latest|last) (?:complete|completed|full|finished|closed) ({_UNIT})\b",
            r"the last \1",
        ),
        (rf"\blast to last ({_UNIT})\b", r"\1 before last"),
        (r"\btil{1,2} date\b", "to date"),
        (r"\bw/e (?=\d)", "week ending "),
        (r"\bw/e\b", "weekend"),
        (r"\bsame (?:stretch|window|timeframe|spell)\b", "same period"),
        (
            rf"\blast ({_UNIT})\b(.{{0,60}}?)\b(vs|versus|with|to|against|than)"
            r"(?: the)? (?:previous|prior|preceding) \1\b",
            r"last \1\2\3 the one before",
        ),
        (r"\bin order of\b", "ranked by"),
        (r"\b(worst|best|highest|lowest) one (?:on top|up top|first)\b", r"\1 first"),
        (r"% ?age\b", "percentage"),
        (r"\b(hang|hangs|hung|hanging) up on\b(?! hold\b)", r"\1 up"),
        (r"\bmarch (me|us) through\b", r"walk \1 through"),
        (r"\b(thing|it|one|figure|metric|number) called\b", r"\1 named"),
        (r"\btalk(?: time)? ?(?:\+|plus) ?wrap(?:[ -]?up)?(?: time)?\b", "handle time"),
        (rf"\bthis ({_MONTH})\b(.{{0,30}}?)\blast \1\b", r"this \1\2the same month last year"),
        # "in may 4 billing"; "for May 4 by channel" is a day
        (
            rf"\b(in|during) ({_MONTH}) 4 (?!(?:by|per|vs|versus|and|or|to|till|until|through|compared)\b)(?=[a-z])",
            r"\1 \2 for ",
        ),
        (
            r"\bwhy (?:are|do|did|were|have) (?:people|customers|they|folks|clients) (?:been )?"
            r"(?:call|phon|ring|contact)(?:ing|e|ed)?(?: us)?(?: so much| a lot)? (more|less)\b",
            "why did contact volume change",
        ),
        (
            r"\bhow (?:does|do|is|are) ([\w ]{2,20}?) (?:compare|comparing|stack up|stacking up|holding up) "
            r"(?:to|with|against) (?:the )?(?:rest|others|average|other \w+|company|everyone else)(?=\s*\??$)",
            r"how is \1 doing",
        ),
        (r"\b(\d{1,2})[ -](month|week|day|quarter)s? trend\b", r"trend over the last \1 \2s"),
        (
            r"\bhow much of (?:our|the|all|all our|all the) ((?:contact |case )?volume|contacts|cases|tickets) "
            r"(is|are|was|were|came|come|comes)\b",
            r"what share of \1 \2",
        ),
        (
            r"\b(which|what) (\w+) (?:cause|generate|drive|produce|create|bring)s? the (most|least|fewest)\b",
            r"\1 \2 have the \3",
        ),
        (r"\b(customers|people|they|clients) (?:write|text|mail) (?:us )?(in|to us)\b", r"\1 contact us \2"),
        (r"\bneeds? (?:more|extra|additional|fewer|less) (people|staff|agents|hands|colleagues)\b", r"need staffing"),
        (
            r"\bwill (?:the |our |my )?((?:\w+ ){0,3}?\w+) (?:grow|rise|increase|fall|drop|improve|worsen|climb|decline"
            r"|shrink|go up|go down|get (?:worse|better|higher|lower))\b",
            r"forecast \1",
        ),
        (r"^(?:i |we )?(?:already )?asked (?:this|that|you|it)\b[^,;:?.]*?\bbut\b", ""),
        (r"\bwhere (?:is|are) (.{2,40}?) (?:heading|headed|going)\b", r"forecast \1"),
        (r"\bt'(?=[a-z])", "the "),  # "in t'care queue"
        (r"([a-hj-wyz])\1{2,}", r"\1"),  # "plsss"; "Plan III" keeps its number
        (rf"{_WHO} (?:call|phone|ring)(?: us| in)?{_ENDS_THERE}", "phone customers"),  # "those who call vs ..."
        (rf"{_WHO} (chat|email)(?: us| in| with us)?{_ENDS_THERE}", r"\1 customers"),
    )
)


@dataclass(frozen=True)
class Token:
    """One word, number, date or punctuation mark.

    ``text`` is lower case and perhaps corrected, ``raw`` as typed (lower case), ``kind`` the lexical class, ``start``
    and ``end`` code points of the normalised text. ``glued``: no space stood before it; ``dash``: a hyphen did.
    ``is_light``: it was judged to be talk, should nobody know it.
    """

    text: str
    raw: str
    stem: str
    kind: str
    start: int
    end: int
    glued: bool = False
    dash: bool = False
    is_light: bool = False

    @property
    def is_punct(self) -> bool:
        """Whether it is a mark and no word."""
        return self.kind == "punct"


_NTH = dict(zip(
    ("sixth", "seventh", "eighth", "ninth", "tenth", "eleventh", "twelfth", "thirteenth", "fourteenth", "fifteenth",
     "sixteenth", "seventeenth", "eighteenth", "nineteenth", "twentieth"), range(6, 21), strict=True,
), thirtieth=30)  # fmt: skip
_UNIT_ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth")
_SPOKEN_DAY = re.compile(
    rf"\b(?:(?P<tens>twenty|thirty)[ -](?P<unit>{'|'.join(_UNIT_ORDINALS)})|(?P<plain>{'|'.join(_NTH)}))\b"
)


def _in_figures(found: re.Match[str]) -> str:
    """ "twenty-third" -> "23th": how it ends is of no matter."""
    if found["plain"]:
        return f"{_NTH[found['plain']]}th"
    return f"{(20 if found['tens'] == 'twenty' else 30) + _UNIT_ORDINALS.index(found['unit']) + 1}th"


def normalise(text: str) -> str:
    """Return ``text`` in one spelling of quotes, dashes, case and spaces."""
    plain = unicodedata.normalize("NFKC", text).translate(_APOSTROPHES).casefold()
    plain = _SPOKEN_DAY.sub(_in_figures, plain)
    for pattern, put in _PUT:
        plain = pattern.sub(put, plain)
    plain = re.sub(r"\bw/o\b", " without ", plain)
    plain = re.sub(r"\bw/c\b", " week commencing ", plain)
    plain = re.sub(r"\bt/m\b", " through ", plain)
    plain = re.sub(r"\b([ymwq])/\1\b", r"\1o\1", plain)  # y/y
    plain = _PRO.sub("per ", plain)
    plain = re.sub(r"\b(first|1st|second|2nd|eerste|1e|tweede|2e) half[ -]?(?:year|jaar)\b", r"\1 half", plain)
    plain = _PER_UNIT.sub(r"\1 per \2", plain)
    plain = re.sub(r"\bt\.o\.v\.?", " tov ", plain)
    plain = re.sub(r"\bvs\.", " vs ", plain)
    plain = re.sub(r"\b(why|how|what|where|when|who|which)'d\b", r"\1 did", plain)
    plain = re.sub(r"\b(it|that|there|they|we|you)'d\b", r"\1 would", plain)
    plain = re.sub(r"\b(why|how|what|where|when|who|which)'re\b", r"\1 are", plain)
    plain = re.sub(r"\b(why|how|what|where|when|who|which)'(?:ve|ll)\b", r"\1", plain)
    plain = re.sub(r"(?<![\d:])1(?::| ?on ?|-)1(?![\d:])(?!-\d)", " one on one ", plain)
    plain = re.sub(r"!=|<>", " not ", plain)
    plain = re.sub(r"\b(i)\.(e)\.?(?!\w)|\b(e)\.(g)\.?(?!\w)", r"\1\2\3\4 ", plain)
    plain = re.sub(r"\b(in) ?\(([^()]*)\)", r"\1 \2 ", plain)  # region in (north, south)
    plain = re.sub(r"(?<=\d) ?\.{2,3} ?(?=\d)", " to ", plain)  # 2026-05-01..2026-05-31
    plain = re.sub(r"\.{2,}|…", " ; ", plain)
    plain = re.sub(r"\b(excl|exc|ex|incl|avg|approx|prev|no|nr)\.", r"\1 ", plain)
    plain = re.sub(r"\bw/", " with ", plain)
    plain = re.sub(r"\be-mail", "email", plain)
    plain = re.sub(r"(?<=[\w ])'(\d{2})\b", r" 20\1", plain)
    plain = plain.replace("_", " ")
    plain = re.sub(r"(?<![\w.,-])(\d{1,3})(?:d|dys)\b", r"\1 days", plain)
    plain = re.sub(r"(?<![\w.,-])(\d{1,3})(?:h|hrs)\b", r"\1 hours", plain)
    return re.sub(r"(?<![\w.,-])(\d{1,2})(?:w|wk|wks)\b", r"\1 weeks", plain)


def cut(text: str) -> tuple[Token, ...]:
    """Return the tokens of ``text``, at most ``MAX_TOKENS``."""
    plain = normalise(text)
    tokens: list[Token] = []
    last_end, dash = -1, False
    for match in _TOKEN.finditer(plain):
        kind = next(name for name, found in match.groupdict().items() if found is not None and name != "sep")
        word = match.group()
        glued = match.start() == last_end
        after = plain[match.end() : match.end() + 1]
        if word == "-" and glued and after.strip() and tokens:
            dash, last_end = True, match.end()
            continue
        if kind == "word":
            word = _GENITIVE.sub("", word).replace("'", "") or word
        tokens.append(
            Token(word, match.group(), stem(word), kind, match.start(), match.end(), glued and not dash, dash)
        )
        last_end, dash = match.end(), False
        if len(tokens) >= MAX_TOKENS:
            break
    return tuple(tokens)
