"""The optional wording of texts: a model shortens what was found, and every sentence is held against its source.

A sentence is shown only when it cites one source and is a sentence of that source with words left out: the same words
in the same order, with every word that turns the meaning beside what it turns, and a figure only beside what it counts
and with the figures next to it ("12 of 40 customers" is not "40 customers"). What fails is dropped; when nothing is
left, the answer stays as the rules made it. Only released texts and published debriefs are sent, once the owner allows
it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from anonymization.lexicon import word_set
from frontline.core.reply import Quote, Reply
from frontline.core.text import RawText
from handlers.assistant.model import ModelUnavailable
from prompts.library import read_prompt

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

    from handlers.desk import Work

STEP = "cite"
LONGEST, LONGEST_SOURCE = 1200, 1500
MOST_SOURCES, MOST_SENTENCES, FEWEST_WORDS = 5, 5, 3
# Words that may be put in: they state nothing.
ADDED = word_set("a also an and are had has have is that the was were")
# Words that turn or bound what is said: left out, a sentence would say another thing.
TURNING = word_set(
    "after almost although before but can cannot could except few hardly if least less may maybe might more "
    "most must neither never no nobody none nor not nothing only or perhaps rarely same seldom should some sometimes "
    "than unless until when whether without would"
)
# Figures in words: left out or alone, they would say another figure as well.
COUNTED = word_set(
    "dozen eight eighteen eighty eleven fifteen fifty five forty four fourteen half hundred million nine nineteen "
    "ninety one percent quarter seven seventeen seventy six sixteen sixty ten thirteen thirty thousand three twelve "
    "twenty two"
)
# What may go before a figure without changing it: "all 4,200 customers".
LOOSE = word_set("all")
# Figures with at most so many words between them are one statement: "from 12 in April to 8 in May".
NEAR = 4
_CITE = re.compile(r"\[(\d{1,2})\]")
_MASK = re.compile(r"\[[A-Z][A-Z_]*(?:_\d+)?\]")
_WORD = re.compile(rf"{_MASK.pattern}|(?:(?<![\w.])[-+−])?\d+(?:[.,:]\d+)*|[%€£$]|[^\W\d_]+(?:['’][^\W\d_]+)*")
_END = re.compile(r"(?<=[.!?;])\s+|\n+")
_PLAIN = re.compile(r"[\x20-\x7eÀ-ÿ’€£]*")
_FORBIDDEN = re.compile(r"[<>|`*_@{}\[\]\"]|https?:|www\.")


@dataclass(frozen=True)
class Source:
    """A released text, or a line of figures of the answer. ``id`` is how a reader finds it.

    ``number``: under which the answer shows it, so that "[2]" is the same text everywhere; 0 = its place in the list.
    """

    id: str
    text: str
    number: int = 0


def find_supported(said: str, sources: Sequence[Source]) -> tuple[list[str], int]:
    """Return the sentences that their source supports, each ending in its ``[n]``, and how many were dropped."""
    plain = " ".join(said.split())
    if not plain or len(said) > LONGEST or not _PLAIN.fullmatch(plain):
        return [], int(bool(plain))
    # "... twice. [1]" and "... twice [1]." are the same.
    plain = re.sub(r"([.!?])\s*((?:\[\d{1,2}\]\s*)+)", r" \2\1 ", plain)
    found = [sentence.strip() for sentence in re.split(r"(?<=[.!?])\s+", plain) if sentence.strip()]
    numbered = _numbered(sources)
    kept = [sentence for sentence in found if _is_supported(sentence, numbered)]
    return [_cited(sentence) for sentence in kept[:MOST_SENTENCES]], len(found) - len(kept[:MOST_SENTENCES])


def with_cited_words(work: Work, reply: Reply, sources: Sequence[Source]) -> Reply:
    """Return ``reply`` with a model's checked sentences above its parts; as it is without a model or a sentence."""
    model, given = work.desk.model(), [source for source in sources if source.text.strip()][:MOST_SOURCES]
    if model is None or not model.may(STEP) or not given:
        return reply
    prompt = read_prompt(STEP)
    numbered = _numbered(given)
    values = {"sources": "\n\n".join(f"[{n}] {row.text[:LONGEST_SOURCE]}" for n, row in numbered.items())}

    async def make(client: BaseChatModel) -> Any:
        return await (prompt.template | client).ainvoke(values)

    try:
        answer = getattr(model.call(make, now=work.now), "content", "")
        kept, dropped = find_supported(answer if isinstance(answer, str) else "", given)
        # No word of it is new, and yet it is text of people: it goes through the gate like any other.
        text = work.desk.gate.check(RawText(" ".join(kept))).text if kept else None
        if text is None:
            raise model.reject(work.now, "no sentence that a source supports")
    except ModelUnavailable as error:
        work.audit |= {"cited": error.reason}
        return reply
    model.accept(work.now)
    work.audit |= {"cited": prompt.id, "sentences": len(kept), "dropped": dropped}
    names = ", ".join(f"[{number}] {row.id}" for number, row in numbered.items())
    left = f" {dropped} dropped that no source supports." if dropped else ""
    caption = f"Shortened by the model {model.name}; each sentence is one of its source: {names}.{left}"
    return reply.with_(parts=[Quote(text, caption=caption), *reply.parts])


def _numbered(sources: Sequence[Source]) -> dict[int, Source]:
    return {row.number or place: row for place, row in enumerate(sources, start=1)}


def _is_supported(sentence: str, sources: Mapping[int, Source]) -> bool:
    cites = _CITE.findall(sentence)
    body = _CITE.sub(" ", sentence)
    if len(cites) != 1 or int(cites[0]) not in sources or _FORBIDDEN.search(_MASK.sub(" ", body)):
        return False
    said = _words(body)
    if len([word for word in said if word not in ADDED]) < FEWEST_WORDS:
        return False
    return any(_shortens(said, _words(whole)) for whole in _END.split(sources[int(cites[0])].text))


def _shortens(said: Sequence[str], whole: Sequence[str]) -> bool:
    """Whether ``said`` is ``whole`` with words left out (and empty ones put in), none of them one that turns it."""
    if [word for word in said if _turns(word)] != [word for word in whole if _turns(word)]:
        return False
    words = [word for word in said if word not in ADDED]
    reached = {0}
    for statement in _statements([word for word in whole if word not in ADDED]):
        after = {at + len(statement) for at in reached if words[at : at + len(statement)] == statement}
        # Without its figures a statement is made of words like any other.
        for piece in _pieces(statement):
            if not any(_counts(word) for word in piece):
                reached |= {at + len(piece) for at in reached if words[at : at + len(piece)] == piece}
        reached |= after
    return len(words) in reached


def _statements(whole: Sequence[str]) -> list[list[str]]:
    """Cut a sentence into pieces, but what figures say into one: with those near by and the words around them."""
    starts, last = [not is_bound for is_bound in _bound(whole)], None
    for at, word in enumerate(whole):
        if not _counts(word):
            continue
        first = last if last is not None and at - last <= NEAR + 1 else at - (at > 0 and whole[at - 1] not in LOOSE)
        starts[first + 1 : at + 2] = [False] * len(starts[first + 1 : at + 2])
        last = at
    return _cut(whole, starts)


def _pieces(words: Sequence[str]) -> list[list[str]]:
    """Cut into words, but what turns the meaning stays beside the word that it turns."""
    return _cut(words, [not is_bound for is_bound in _bound(words)])


def _bound(words: Sequence[str]) -> list[bool]:
    return [at > 0 and _turns(words[at - 1]) for at in range(len(words))]


def _cut(words: Sequence[str], starts: Sequence[bool]) -> list[list[str]]:
    pieces: list[list[str]] = []
    for word, is_start in zip(words, starts, strict=True):
        if is_start:
            pieces.append([word])
        else:
            pieces[-1].append(word)
    return pieces


def _counts(word: str) -> bool:
    return word in COUNTED or word[-1].isdigit()


def _turns(word: str) -> bool:
    return word in TURNING or word.endswith(("n't", "n’t"))


def _words(text: str) -> list[str]:
    return [word.lower().replace("’", "'") for word in _WORD.findall(text)]


def _cited(sentence: str) -> str:
    number = _CITE.findall(sentence)[0]
    body = re.sub(r"\s+([.,;:!?])", r"\1", " ".join(_CITE.sub(" ", sentence).split()))
    return f"{body} [{number}]"
