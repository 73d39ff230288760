"""A light stemmer: plural, -ed and -ing off, so that "transferred" meets "transfer"."""

from __future__ import annotations

import re

_VOWEL = re.compile(r"[aeiouy]")
# Words whose ending is no inflection ("breeze", "status"), or whose form tells something ("opened" is not "open").
_KEPT_WORDS = """
    across advanced afgelopen always analysis answered anything as aurora based basis bed being besides bonus
    breeze bring bronze bus campus christmas closed cons dies does during evening everything evolving exceed fed
    feed focus gas goes has hours hundred indeed is king kings less lies minus morning need needs news nothing
    once opened outstanding overall perhaps plus pros rated rates rating ratings red ring sales seed series sing
    sms something speed spring status string thanks thing this ties times unanswered united unless unresolved us
    used using versus virus wage wages was wed wing yes
"""
_IRREGULAR_WORDS = """
    ratings:rating rates:rate lost:lose losing:lose left:leave leaving:leave hung:hang spent:spend gave:give
    given:give took:take taken:take taking:take came:come coming:come went:go gone:go going:go goes:go rose:rise
    risen:rise rising:rise fell:fall fallen:fall told:tell said:say says:say grew:grow grown:grow shrank:shrink
    shrunk:shrink waited:wait waits:wait waiting:waiting people:people businesses:business processes:process
    addresses:address kinds:kind wrapped:wrap does:does worsened:worsen worsening:worsen wages:wage needs:need
    using:use used:use met:meet meeting:meet meets:meet meetings:meetings got:get getting:get gets:get made:make
    making:make ran:run running:run wrote:write written:write kings:king utilisation:utilization utilised:utilized
    centre:center centres:center fibre:fiber labour:labor programme:program hours:hour costing:cost
    routing:routing queueing:queueing queuing:queueing queued:queueing routed:routing
"""
_KEEP = frozenset(_KEPT_WORDS.split())
_IRREGULAR = {word: root for word, _, root in (pair.partition(":") for pair in _IRREGULAR_WORDS.split())}


def stem(word: str) -> str:
    """Return a light stem: plural, -ed and -ing off; short and irregular words by table."""
    if word in _IRREGULAR:
        return _IRREGULAR[word]
    if word in _KEEP or len(word) <= 3 or not word.isalpha():
        return word
    base = _singular(word)
    for ending, least in (("ing", 4), ("ed", 3)):
        root = base[: -len(ending)]
        if base.endswith(ending) and len(root) >= least - 1 and _VOWEL.search(root) and not base.endswith("eed"):
            return _tidy(root)
    return _tidy(base)


def _singular(word: str) -> str:
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("sses", "xes", "ches", "shes", "zzes")):
        return word[:-2]
    if word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return word[:-1]
    return word


def _tidy(root: str) -> str:
    if len(root) >= 4 and root[-1] == root[-2] and (len(root) > 4 or root[-1] not in "lsfz"):
        root = root[:-1]
    return root[:-1] if len(root) >= 5 and root.endswith("e") else root
