"""200 planted identifiers through intake and the look before a release: what is left in what others would read."""

from __future__ import annotations

import random
import re
from collections import Counter
from typing import Any

from anonymization.checksums import is_card
from anonymization.gate import PresidioGate
from frontline.catalog.loader import load_catalog
from frontline.governance.examination import examine
from frontline.store.models.corpus import Document
from frontline.store.vault import Vault
from frontline.store.work import Store
from retrieval.intake import Intake
from tests.review.conftest import KEY, STELLA

FIRST = [
    "Anna",
    "Maria",
    "Kasper",
    "Joana",
    "Sven",
    "Lotte",
    "Piotr",
    "Femke",
    "Rui",
    "Agnieszka",
    "Daan",
    "Ines",
    "Marek",
    "Sofie",
    "Tiago",
    "Hanna",
]
LAST = [
    "Jansen",
    "Kowalski",
    "Pereira",
    "Visser",
    "Nowak",
    "Almeida",
    "Bakker",
    "Lewandowski",
    "Smit",
    "Ferreira",
    "Mulder",
    "Kaminski",
]
STREETS = ["Beukenlaan", "Kerkstraat", "Dorpsweg", "Marktplein", "Havenkade"]
STRUCTURED = ("card", "iban", "email", "phone", "id")
TEMPLATES = (
    "Hello, my name is {name}. You charged my card {card} twice and my account {id} still shows it.",
    "Please write to {email} or call my wife {wife} on {phone}, I was cut off again. Kind regards, {name}",
    "The refund should go to {iban}. I live at {address} and nobody came. Best, {name}",
    "I spoke with {agent} about case {id} and he promised a call on {phone}. {name}",
)


def planted(number: int) -> tuple[dict[str, Any], dict[str, str]]:
    """Return a row and the identifiers that are in its text: five a row, names of the linked record among them."""
    dice = random.Random(number)
    name, agent = (f"{dice.choice(FIRST)} {dice.choice(LAST)}" for _ in range(2))
    values = {
        "name": name,
        "agent": agent,
        # Of the household, not of the record: nothing knows the name.
        "wife": dice.choice(FIRST),
        "card": card(dice),
        "iban": iban(dice),
        "email": f"{name.split()[0].lower()}.{number}@postbus.example",
        "phone": f"+31 6 {dice.randrange(10_000_000, 99_999_999)}",
        "id": f"HT-{dice.randrange(10_000_000, 99_999_999)}",
        "address": f"{dice.choice(STREETS)} {dice.randrange(1, 300)}, {dice.randrange(1000, 9999)} AB Utrecht",
    }
    template = TEMPLATES[number % len(TEMPLATES)]
    used = {key: value for key, value in values.items() if f"{{{key}}}" in template}
    known = {"name": name, "account_id": values["id"], "agents": [agent], "address": values["address"]}
    row = {
        "id": f"complaint-{number}", "kind": "complaint", "text": template.format(**values), "language": "english",
        "consent": True, "category": "billing", "known": known,
    }  # fmt: skip
    return row, used


def card(dice: random.Random) -> str:
    digits = "4" + "".join(str(dice.randrange(10)) for _ in range(14))
    last = next(str(check) for check in range(10) if is_card(digits + str(check)))
    return " ".join(re.findall("....", digits + last))


def iban(dice: random.Random) -> str:
    account = f"INGB{dice.randrange(10**9, 10**10)}"
    number = int("".join(str(int(c, 36)) for c in f"{account}NL00"))
    return f"NL{98 - number % 97:02d}{account}"


def leaks(value: str, words: str) -> bool:
    """Whether a part of an identifier that says something is left."""
    parts = [part for part in re.findall(r"[^\W_]{3,}", value) if part.lower() not in ("ab", "postbus", "example")]
    return any(re.search(rf"(?<!\w){re.escape(part)}(?!\w)", words, re.IGNORECASE) for part in parts)


def test_of_200_planted_identifiers_no_structured_one_and_at_most_two_in_a_hundred_are_left(
    store: Store, vault: Vault, gate: PresidioGate
) -> None:
    found = [planted(number) for number in range(60)]
    intake = Intake(store, gate=lambda: gate, vault=lambda: vault, key=lambda: KEY)
    decisions = Counter(result["decision"] for result in intake.take(STELLA, [row for row, _ in found]))
    rules, total, held, left = load_catalog().releases, 0, 0, Counter[str]()
    with store.read() as session:
        for row, used in found:
            document = session.get_one(Document, row["id"])
            shown = examine(session, document, gate=gate, rules=rules).text if document.text is not None else None
            held += shown is None
            words = "" if shown is None else shown.show()
            total += len(used)
            left.update(kind for kind, value in used.items() if leaks(value, words))
    print(f"{total} planted, left: {dict(left)}, held back {held}, {dict(decisions)}")  # noqa: T201  # the figure, with -s
    assert total >= 200
    assert held <= 3
    assert not {kind: count for kind, count in left.items() if kind in STRUCTURED}
    assert sum(left.values()) <= 0.02 * total


def test_the_fidelity_is_measured_while_the_original_is_known(store: Store, vault: Vault, gate: PresidioGate) -> None:
    def encode(texts: list[str]) -> Any:
        import numpy as np

        rows = np.array([[len(text), text.count("[") + 1.0] for text in texts], dtype=np.float32)
        return rows / np.linalg.norm(rows, axis=1, keepdims=True)

    intake = Intake(store, gate=lambda: gate, vault=lambda: vault, key=lambda: KEY, encode=encode)  # type: ignore[arg-type]
    rows = [
        {"id": "a", "kind": "complaint", "text": "It does not work, and I paid 80 euro. Anna Jansen", "consent": True},
        {"id": "b", "kind": "complaint", "text": "It does not work at all.", "consent": True},
        {"id": "c", "kind": "complaint", "text": "It does not work at all for me.", "consent": False},
    ]
    list(intake.take(STELLA, rows))
    with store.read() as session:
        measured = {key: session.get_one(Document, key).fidelity for key in "abc"}
    assert measured["a"] is not None
    assert 0.9 < measured["a"]["cosine"] < 1.0
    assert measured["a"]["negations"] == [1, 1]
    assert measured["a"]["amounts"] == [1, 1]
    assert measured["b"] is not None
    assert measured["b"]["cosine"] == 1.0
    assert measured["c"] is None
