"""Recall of names by where they come from: whoever is called Zurbriggli is owed what Smith gets.

The names are the half of name_head/names_by_origin.txt that the head never saw; the sentences are not those of its
training either. The gap is that between the best and the worst of ``ORIGINS``.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping

from anonymization.gate import PresidioGate
from anonymization.name_head.invented import names_by_origin
from frontline.core.text import RawText

ORIGINS = (
    "United States", "Netherlands", "Germany", "Spain", "Italy", "Poland", "Turkey", "India", "Nigeria and Ghana",
    "China and Taiwan",
)  # fmt: skip
SENTENCES = (
    "I called on Tuesday and spoke to {p}, who said the fee would be waived.",
    "Please change the name on the card to {p}.",
    "{p} has not received the statement.",
    "The refund should go to {p} and not to me.",
    "Hello, this is {p}. My card was swallowed by the machine.",
    "It was {g} who told me that the line would work again by noon.",
    "{g} hung up on me twice.",
    "i have asked {p} for help but she never answered",
    "my neighbour {g} has the same problem with the decoder",
    "Can you add {p} to my account as an authorised user?",
    "Signed, {p}",
    "On the phone {g} promised that the technician would come before six.",
    "The contract is in the name of {p}, my late husband.",
    "Thanks to {g} the order arrived after all!",
    "The parcel was handed to {p} instead.",
    "why does {p} appear as a payee? i do not know that person",
    "COMPLAINT ABOUT {P}, WHO WAS RUDE",
    "customer {p} wants a call back, {g} took the call",
    "Who is {p}?",
    "Regards, {p}",
)


def recall_by_origin(gate: PresidioGate, *, each: int = 100, seed: int = 11) -> Mapping[str, float]:
    """Return the share of names of which every letter was masked, over ``each`` sentences of every origin."""
    dice = random.Random(seed)  # noqa: S311  # measuring, no secret
    names = names_by_origin(1)
    found = {}
    for origin in ORIGINS:
        masked = mentions = 0
        for number in range(each):
            given, family = names[origin]
            values = {"p": f"{dice.choice(given)} {dice.choice(family)}", "g": dice.choice(given)}
            text, spans = _filled(SENTENCES[number % len(SENTENCES)], {**values, "P": values["p"].upper()})
            verdict = gate.check(RawText(text))
            covered = {at for span in verdict.spans for at in range(span.start, span.end)}
            mentions += len(spans)
            masked += sum(all(at in covered or not text[at].isalnum() for at in range(*span)) for span in spans)
        found[origin] = masked / mentions
    return found


def report(gate: PresidioGate, *, each: int = 100) -> Iterator[str]:
    """Yield a line for each origin, and the gap."""
    recall = recall_by_origin(gate, each=each)
    yield "PERSON recall by origin of the name, of names and sentences kept from training"
    yield from (f"{origin:<20}{share:.3f}" for origin, share in sorted(recall.items(), key=lambda item: -item[1]))
    yield f"gap {100 * (max(recall.values()) - min(recall.values())):.1f} points"


def _filled(sentence: str, values: Mapping[str, str]) -> tuple[str, list[tuple[int, int]]]:
    text, spans, rest = "", [], sentence
    while "{" in rest:
        before, _, rest = rest.partition("{")
        slot, _, rest = rest.partition("}")
        text += before
        spans.append((len(text), len(text) + len(values[slot])))
        text += values[slot]
    return text + rest, spans
