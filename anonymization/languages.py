"""Which language a text is in, as far as the gate must know: measured, searchable, or unknown."""

from __future__ import annotations

import collections
import re
import unicodedata
from collections.abc import Sequence

from anonymization.lexicon import WORD, Lexicon, word_set

_FUNCTION_WORDS: dict[str, frozenset[str]] = {
    "en": word_set(
        """
    the and to of i is it my you a that was for in on have not this with be are they me we at but from your as
    had been would has can when so no what will
    """
    ),
    "nl": word_set(
        """
    de het een en van ik is niet dat op te mijn voor met zijn maar je er aan nog wel geen heb naar bij kan ook
    om wat dit over uit als was mij hij wordt
    """
    ),
    "pt": word_set(
        """
    de que o a e não um uma para com em do da os as no na por mais eu se foi meu minha mas está já me muito são
    ao quando fui ele isso
    """
    ),
    "pl": word_set(
        """
    i w nie na się z do to że jest mi mam jak ale od po co za tak mnie przez już czy moje mój ten dla być o był
    jestem proszę
    """
    ),
    "de": word_set(
        """
    der die und ich das nicht ist ein eine zu mit den auf für es sie von wir mein aber auch bei noch war habe
    sich dem wie
    """
    ),
    "fr": word_set(
        """
    le la les de et je un une des est pas que pour dans ce il vous mon ma sur avec ne du au mais qui nous été
    """
    ),
    "es": word_set(
        """
    el la de que y en los un una no por con para mi es se lo las del me pero su al como más este ya está muy
    """
    ),
    "it": word_set(
        """
    il la di che e un una non per con mi è sono ho le del ma come più lo si al della questo anche mio nel
    """
    ),
    "sv": word_set(
        """
    och att det i är som en på jag inte för med har till ett av den om men så var mig mitt kan
    """
    ),
    "tr": word_set(
        """
    ve bir bu için de da ne ben çok ama var değil gibi ile daha kadar olarak sonra bana
    """
    ),
    "id": word_set(
        """
    yang dan di saya tidak untuk dengan ini itu dari ada ke sudah akan bisa tapi juga
    """
    ),
}
_OF_LANGUAGES = {
    word: [code for code, words in _FUNCTION_WORDS.items() if word in words]
    for word in frozenset().union(*_FUNCTION_WORDS.values())
}
_FOREIGN = frozenset(_OF_LANGUAGES) - _FUNCTION_WORDS["en"]
_ENGLISH_ALONE = frozenset(word for word, codes in _OF_LANGUAGES.items() if codes == ["en"])
_TOLD_BY = 5_000
_MIN_WORDS = 8
_MIN_SHARE = 0.1
_MIN_EVERYDAY = 0.5
# Of a few words nearly all have to be everyday ones.
_MOST = 0.8
_PART_END = re.compile(r"[.!?…]\s+|\n+")
# A part is of another language by so many different function words, so large a share of them and so few everyday ones.
_FEWEST_TOLD = 3
_FEWEST_FOREIGN = 2
"""So many of them are words that English does not have."""
_CLEAR = 0.2


def non_latin_share(text: str) -> float:
    """Return the share of letters outside the Latin script."""
    if text.isascii():
        return 0.0
    letters = [c for c in text if c.isalpha()]
    if not letters:
        return 0.0
    foreign = sum(1 for c in letters if not c.isascii() and "LATIN" not in unicodedata.name(c, ""))
    return foreign / len(letters)


def guess_language(text: str, lexicon: Lexicon, *, fallback: str = "en") -> str:
    """Return an ISO 639-1 code by function words, ``fallback`` for a text too short to tell, "" for none of them.

    A heuristic for the gate's doors only: it must tell English from what is not, cheaply and offline. English may
    also show by its everyday words, for lists and forms have few function words.
    """
    return language_of(words_of(text), lexicon, fallback=fallback)


def words_of(text: str) -> list[str]:
    """Return the words of the beginning of a text (5,000 characters) in lower case, by which its language is told."""
    return WORD.findall(text[:_TOLD_BY].lower())


def language_of(words: Sequence[str], lexicon: Lexicon, *, fallback: str = "en") -> str:
    """Return what ``guess_language`` makes of a text with these ``words``."""
    if not words:
        return fallback
    if fallback == "en" and len(words) >= _MIN_WORDS:
        # No other language can have as many: of the words that it shares with English both have all.
        of_english = sum(map(_ENGLISH_ALONE.__contains__, words))
        if of_english >= _MIN_SHARE * len(words) and of_english > sum(map(_FOREIGN.__contains__, words)):
            return "en"
    counts = collections.Counter(words)
    told = dict.fromkeys(_FUNCTION_WORDS, 0)
    for word in _OF_LANGUAGES.keys() & counts.keys():
        for code in _OF_LANGUAGES[word]:
            told[code] += counts[word]
    shares = {code: count / len(words) for code, count in told.items()}
    best = max(shares, key=lambda code: (shares[code], code == fallback))
    if (best != fallback and shares[best] < _MIN_SHARE) or best == fallback:
        is_common, common = lexicon.is_common, lexicon.common
        # A plain word without an apostrophe is everyday only if it is listed.
        everyday = sum(
            count
            for word, count in counts.items()
            if word in common or (not (word.isascii() and word.isalpha()) and is_common(word))
        ) / len(words)
        if fallback == "en" and everyday >= _MIN_EVERYDAY:
            return fallback
    if len(words) < _MIN_WORDS:
        clear = shares[best] >= 0.4 and shares[best] > 1.5 * shares.get(fallback, 0.0)
        return best if clear else fallback
    return best if shares[best] >= _MIN_SHARE else ""


def foreign_parts(text: str, lexicon: Lexicon, words: Sequence[str] = ()) -> set[str]:
    """Return the codes of languages other than English in which a sentence or line is beyond doubt.

    An English reply above a quoted Dutch mail is English by most of its words; whom the quoted one names is looked for
    by rules of a language that it is not in. ``words``: those of the text where somebody has them already.
    """
    every = words if words and len(text) <= _TOLD_BY else WORD.findall(text.lower())
    if len(_FOREIGN.intersection(every)) < _FEWEST_FOREIGN:
        return set()
    codes = (_foreign(part, lexicon) for part in _PART_END.split(text))
    return {code for code in codes if code}


def _foreign(part: str, lexicon: Lexicon) -> str:
    words = WORD.findall(part.lower())
    if len(words) < _MIN_WORDS or len(_FOREIGN.intersection(words)) < _FEWEST_FOREIGN:
        return ""
    told = {code: [word for word in words if word in known] for code, known in _FUNCTION_WORDS.items()}
    best = max(told, key=lambda code: (len(told[code]), code == "en"))
    if best == "en" or len(told[best]) < _CLEAR * len(words) or len(told[best]) <= 1.5 * len(told["en"]):
        return ""
    # A single letter is of many alphabets, and stands in lists and formulas too.
    distinct = {word for word in told[best] if len(word) > 1}
    everyday = sum(lexicon.is_common(word) for word in words)
    return best if len(distinct) >= _FEWEST_TOLD and everyday < _MIN_EVERYDAY * len(words) else ""


def is_surely_english(text: str, lexicon: Lexicon) -> bool:
    """Whether a text shows by its own words that it is English; one too short or too odd to tell does not."""
    words = [word.lower() for word in WORD.findall(text[:5_000])]
    if not words or guess_language(text, lexicon) != "en":
        return False
    everyday = sum(lexicon.is_common(word) for word in words) / len(words)
    function = sum(word in _FUNCTION_WORDS["en"] for word in words) / len(words)
    return everyday >= (_MIN_EVERYDAY if len(words) >= _MIN_WORDS else _MOST) or function >= 2 * _MIN_SHARE
