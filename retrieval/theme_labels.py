"""What a theme is called: a phrase of its own documents, without names.

Terms are weighed by class-based tf-idf (Grootendorst 2022): frequent in the theme, rare in the others. The label is the
phrase of three to six words, from the documents nearest to the centre, that gathers most weight and most documents.
Nobody has released these words, so nothing of one person's is shown: a phrase has to stand in several documents.
"""

from __future__ import annotations

import itertools
import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from frontline.core.ports import Gate
from frontline.core.text import AnonymizedText, RawText
from frontline.store.base import product_words

SHORTEST, LONGEST = 3, 7
NEAREST = 15
# A phrase that fewer than PART of the documents hold gets a second one beside it, if at least BESIDE hold that.
PART, BESIDE = 0.6, 0.2
# In fewer documents than this, words are somebody's own.
SEVERAL = 3
_SENTENCE = re.compile(r"[.!?;:,()\n\"“”/|]+|\[[A-Z_0-9]+\]|\s[-–]\s")
_WORD = re.compile(r"[^\W\d_][\w'’-]*|\S*\d\S*|[^\w\s]+")
# Words that carry no theme, and at which a phrase may neither begin nor end.
_EMPTY = frozenset(
    """
    a about after again all also although am an and any are as at be because been before being but by can could
    did do does done down each every few for from get go had has have he her here him his how i if in into is it
    its itself just me more most my myself no nor not now of off on once only or other our out over own per
    please she since so some still such than that the their them then there these they this those though through
    to too until up us very was we well were what when where which while who why will with would yet you your
    yours hi hello dear thanks regards ok okay honestly writing write whom concern aan al als bij dan dat de den
    der die dit door een en er ge het hij hoe ik in is je kan maar me met mijn naar niet nog nu of om onder ons
    ook op over te tot u uit van veel voor want was wat we wel wij zijn zo com como da das de do dos ela ele em
    eu foi isso já mais mas me meu minha muito na não nao no nos o os ou para pela por que se sem sua só um uma
    co do i jak jest mi mnie na nie od po się sie to w we z za że ze
    """.split()  # noqa: SIM905  # a list of two hundred strings reads worse
)
_OPENERS = frozenset({"no", "not", "never", "after", "since", "without", "nie", "niet", "não", "nao"})


@dataclass(frozen=True)
class Bag:
    """The words of one theme: sentences of tokens per document, nearest to the centre first."""

    documents: Sequence[Sequence[Sequence[str]]]


def name_themes(
    texts: Mapping[str, Sequence[str]],
    wanted: Sequence[str],
    *,
    gate: Gate,
    masked: frozenset[str] = frozenset(),
    taken: Iterable[str] = (),
) -> dict[str, AnonymizedText]:
    """Return a label for each wanted theme: the first phrase that is free and in which the gate finds nothing.

    ``texts``: anonymized documents per theme, nearest to the centre first. ``masked``: words of names, lower case.
    """
    names = masked | find_names(text for found in texts.values() for text in found)
    candidates = label_candidates({key: read_bag(found) for key, found in texts.items()}, wanted, masked=names)
    used = set(taken)
    labels: dict[str, AnonymizedText] = {}
    for key in wanted:
        labels[key] = _first_free(candidates[key], gate, used) or product_words(f"theme {key.partition('_')[2]}")
        used.add(labels[key].show())
    return labels


def _first_free(candidates: Sequence[str], gate: Gate, used: set[str]) -> AnonymizedText | None:
    for phrase in candidates:
        if phrase in used:
            continue
        verdict = gate.check(RawText(phrase))
        if verdict.text is not None and not verdict.spans:
            return verdict.text
    return None


def read_bag(texts: Iterable[str]) -> Bag:
    """Return the tokens of documents, nearest first, cut into sentences at marks, placeholders and numbers."""
    return Bag([[_tokens(sentence) for sentence in _SENTENCE.split(text) if sentence.strip()] for text in texts])


def find_names(texts: Iterable[str]) -> frozenset[str]:
    """Return words that mostly stand capitalized inside a sentence: names of people, firms, products and months."""
    large: Counter[str] = Counter()
    small: Counter[str] = Counter()
    for text in texts:
        if text.upper() == text:
            continue
        for sentence in re.split(r"[.!?\n]+|^", text):
            words = re.findall(r"[^\W\d_][\w'’]*", re.sub(r"\[[A-Z_0-9]+\]", " ", sentence))
            for word in words[1:]:
                (large if word[:1].isupper() and word != "I" else small)[word.lower()] += 1
    return frozenset(word for word, count in large.items() if count > small[word])


def label_candidates(
    bags: Mapping[str, Bag], wanted: Iterable[str], *, masked: frozenset[str], most: int = 6
) -> dict[str, list[str]]:
    """Return for each wanted theme its best phrases, best first. ``masked`` words stand in no phrase."""
    counts = {key: _count(bag, masked) for key, bag in bags.items()}
    total: Counter[str] = Counter()
    for counted in counts.values():
        total.update(counted)
    average = sum(total.values()) / max(1, len(counts))
    found: dict[str, list[str]] = {}
    for key in wanted:
        size = max(1, sum(counts[key].values()))
        weights = {
            term: count / size * math.log(1 + average / total[term]) for term, count in counts[key].items() if count > 1
        }
        found[key] = _best(bags[key], weights or dict.fromkeys(counts[key], 1.0), masked, most)
        if words := [term for term in weights if _is_shared_word(term, counts[key])]:
            # Where no phrase is shared by several, the words that are stand beside each other.
            found[key].append(", ".join(sorted(words, key=lambda term: (-weights[term], term))[:3]))
    return found


def key_terms(
    bags: Mapping[str, Bag], wanted: Iterable[str], *, masked: frozenset[str], most: int = 8
) -> dict[str, list[str]]:
    """Return for each wanted theme the single words that speak for it most, best first."""
    counts = {key: _count(bag, masked) for key, bag in bags.items()}
    total: Counter[str] = Counter()
    for counted in counts.values():
        total.update(counted)
    average = sum(total.values()) / max(1, len(counts))
    found: dict[str, list[str]] = {}
    for key in wanted:
        words = [term for term in counts[key] if _is_shared_word(term, counts[key])]
        words.sort(key=lambda term: (-counts[key][term] * math.log(1 + average / total[term]), term))
        found[key] = words[:most]
    return found


def _is_shared_word(term: str, counts: Mapping[str, int]) -> bool:
    return counts[term] >= SEVERAL and len(term) > 2 and term.replace("'", "").replace("-", "").isalpha()


def _best(bag: Bag, weights: Mapping[str, float], masked: frozenset[str], most: int) -> list[str]:
    documents = [
        {phrase for sentence in document for phrase in _phrases(sentence, masked)} for document in bag.documents
    ]
    support = Counter(phrase for found in documents for phrase in found)
    near = {phrase for found in documents[:NEAREST] for phrase in found if support[phrase] >= SEVERAL}
    share = {phrase: support[phrase] / len(documents) for phrase in near}
    ranked = sorted(near, key=lambda phrase: (-_weigh(phrase, weights) * (0.3 + share[phrase]), phrase))
    chosen: list[str] = []
    for phrase in ranked:
        if all(_is_other(phrase, kept) for kept in chosen):
            chosen.append(phrase)
        if len(chosen) == most:
            break
    return list(_joined(chosen, share))


def _joined(chosen: Sequence[str], share: Mapping[str, float]) -> Iterator[str]:
    """Put a second phrase beside the first where that speaks for a part of the documents only."""
    if len(chosen) > 1 and share[chosen[0]] < PART and share[chosen[1]] >= BESIDE:
        yield f"{chosen[0]} / {chosen[1]}"
    yield from chosen


def _is_other(phrase: str, kept: str) -> bool:
    words = set(phrase.split()) - _EMPTY
    return len(words & set(kept.split())) <= len(words) / 2


def _weigh(phrase: str, weights: Mapping[str, float]) -> float:
    words = phrase.split()
    terms = {word for word in words if word not in _EMPTY} | {" ".join(pair) for pair in itertools.pairwise(words)}
    return sum(weights.get(term, 0.0) for term in terms) / math.sqrt(len(words))


def _phrases(sentence: Sequence[str], masked: frozenset[str]) -> Iterable[str]:
    for start, first in enumerate(sentence):
        if first in _EMPTY and first not in _OPENERS:
            continue
        for end in range(start + SHORTEST, min(start + LONGEST, len(sentence)) + 1):
            words = sentence[start:end]
            if any(
                word in masked or not word.replace("'", "").replace("’", "").replace("-", "").isalpha()
                for word in words
            ):
                break
            if words[-1] not in _EMPTY and sum(word not in _EMPTY for word in words) >= 2:
                yield " ".join(words)


def _count(bag: Bag, masked: frozenset[str]) -> Counter[str]:
    """Unigrams and bigrams, each once a document: who says a thing three times says it once."""
    counts: Counter[str] = Counter()
    for document in bag.documents:
        terms: set[str] = set()
        for sentence in document:
            words = ["" if word in masked or not word[0].isalpha() else word for word in sentence]
            terms.update(word for word in words if word and word not in _EMPTY)
            pairs = itertools.pairwise(words)
            terms.update(f"{one} {two}" for one, two in pairs if one and two and {one, two} - _EMPTY)
        counts.update(terms)
    return counts


def _tokens(sentence: str) -> list[str]:
    return [word.lower() for word in _WORD.findall(sentence)]
