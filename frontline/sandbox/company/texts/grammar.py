"""Fills templates with a customer's own identifiers, and breaks some of the text as people do."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from frontline.sandbox.company import names
from frontline.sandbox.company.people import Customers
from frontline.sandbox.company.texts import phrases

PLANS = ("Fiber 500", "Fiber Plus", "Mobile Unlimited", "Mobile 20 GB", "TV Family", "Cable 250")
MODELS = ("HX-300", "HX-510", "WaveBox 2", "WaveBox 3")
MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
_SLOT = re.compile(r"\{(\w+)\}")


@dataclass
class Writer:
    """Writes texts of one customer to one agent; ``rng`` decides everything."""

    rng: np.random.Generator
    people: Customers
    who: int
    agent: str
    topic: str

    def complaint(self, *, theme: str | None = None) -> str:
        """Return an English complaint of one to six sentences."""
        what = self._pick(phrases.THEME[theme]) if theme else self._pick(phrases.WHAT[self.topic])
        opening = self._pick(phrases.OPENINGS)
        middle = f"{self._pick(phrases.SELF)} {what}" if self.rng.random() < 0.28 else what
        parts = [f"{opening} {middle}.".strip()]
        parts += [self._pick(phrases.LED_TO) for _ in range(int(self.rng.integers(0, 3)))]
        if self.rng.random() < 0.12:  # two matters in one letter
            parts.append(f"Also, {self._pick(phrases.WHAT[self._other_topic()])}.")
        if self.rng.random() < 0.42:
            parts.append(self._pick(phrases.CONTACT))
        parts.append(self._pick(phrases.WANT))
        sign = self._pick(phrases.SIGN)
        text = " ".join(part for part in parts if part)
        return self._roughen(self._fill(f"{text}\n{sign}" if sign else text))

    def foreign(self, language: str) -> str:
        """Return a complaint in Dutch, Portuguese or Polish."""
        words = phrases.OTHER_REST[language]
        parts = [f"{self._pick(phrases.OTHER_WHAT[language][self.topic])}.", self._pick(words["led"])]
        if self.rng.random() < 0.5:
            parts.append(self._pick(words["contact"]))
        text = " ".join(part for part in parts if part)
        return self._fill(f"{text[:1].upper()}{text[1:]}\n{self._pick(words['sign'])}")

    def verbatim(self, mood: str) -> str:
        """Return what is written under a survey; ``mood`` is good, mixed or bad."""
        return self._roughen(self._fill(self._pick(phrases.VERBATIM[mood])))

    def known(self) -> dict[str, object]:
        """Return the identities that the text is known to be about, as the batch format names them."""
        people, who = self.people, self.who
        return {
            "name": people.name(who),
            "email": people.email(who),
            "phone": people.phone(who),
            "address": people.address(who),
            "account_id": people.account(who),
            "customer_id": f"CU-{who + 1:06d}",
            "agents": [self.agent] if self.agent else [],
        }

    def _pick(self, options: tuple[str, ...]) -> str:
        return options[int(self.rng.integers(len(options)))]

    def _other_topic(self) -> str:
        return tuple(phrases.WHAT)[int(self.rng.integers(len(phrases.WHAT)))]

    def _fill(self, text: str) -> str:
        # A slot may hold another template ({what}), so two rounds.
        return _SLOT.sub(self._slot, _SLOT.sub(self._slot, text))

    def _slot(self, match: re.Match[str]) -> str:
        slot = match.group(1)
        drawn = _DRAWN.get(slot)
        return drawn(self) if drawn else self._own(slot)

    def _own(self, slot: str) -> str:
        """Return an identifier of the customer in one of the ways people write it."""
        people, who = self.people, self.who
        first, last = names.FIRST[people.first[who]], names.LAST[people.last[who]]
        if slot.startswith("phone"):
            return self._phone(people.phone(who), is_local=slot == "phone_local")
        if slot.startswith("iban"):
            iban = people.iban(who)
            return iban if slot == "iban" else " ".join(iban[i : i + 4] for i in range(0, len(iban), 4))
        if slot == "card":
            return " ".join(people.card(who)[i : i + 4] for i in range(0, 16, 4))
        own = {
            "name": f"{first} {last}",
            "first": first,
            "last": last,
            "initial": first[0],
            "name_lower": f"{first} {last}".lower(),
            "name_upper": f"{first} {last}".upper(),
            "email": people.email(who),
            "email_upper": people.email(who).upper(),
            "address": people.address(who),
            "account": people.account(who),
            "agent": self.agent or "your colleague",
            "agent_first": (self.agent or "the agent").split(" ")[0],
            "topic_word": phrases.TOPIC_WORD.get(self.topic, self.topic),
        }
        return own[slot]

    def _phone(self, phone: str, *, is_local: bool) -> str:
        plain = self.rng.random() < 0.5
        if is_local:
            return f"06-{phone[4:]}" if plain else f"06 {phone[4:8]} {phone[8:]}"
        return phone if plain else f"{phone[:3]} {phone[3:4]} {phone[4:8]} {phone[8:]}"

    def number(self, low: int, high: int) -> int:
        """Draw an integer in [low, high)."""
        return int(self.rng.integers(low, high))

    def _roughen(self, text: str) -> str:
        """Capitalise a sentence start, or write all small, or drop a letter somewhere."""
        draw = self.rng.random()
        if draw < 0.14:
            return text.lower()
        if draw < 0.16:
            return text.upper()
        if draw < 0.30 and len(text) > 30:
            at = int(self.rng.integers(5, len(text) - 5))
            if text[at].isalpha() and text[at - 1].isalpha() and text[at + 1].isalpha():
                text = text[:at] + text[at + 1 :]
        return text[:1].upper() + text[1:]


def _sim(writer: Writer) -> str:
    number = writer.number(10**6, 10**7)
    return f"8931{number}{number % 9973:04d}"


# What is not the customer's own: order numbers, error codes, versions and plans must survive the anonymization.
_DRAWN: Final[Mapping[str, Callable[[Writer], str]]] = {
    "other_first": lambda w: names.FIRST[w.number(0, len(names.FIRST))],
    "n": lambda w: str(w.number(2, 9)),
    "amount": lambda w: f"€{w.number(5, 190)},{w.number(0, 100):02d}",
    "amount2": lambda w: f"{w.number(20, 90)} euro",
    "month": lambda w: MONTHS[w.number(0, 12)],
    "date": lambda w: f"{w.number(1, 29)} {MONTHS[w.number(0, 12)]}",
    "plan": lambda w: PLANS[w.number(0, len(PLANS))],
    "model": lambda w: MODELS[w.number(0, len(MODELS))],
    "firmware": lambda w: f"v{w.number(2, 6)}.{w.number(0, 10)}.{w.number(0, 20)}",
    "order": lambda w: f"HO-{w.number(10**6, 10**7)}",
    "invoice": lambda w: f"INV-2026-{w.number(0, 10**5):05d}",
    "tracking": lambda w: f"3SHT{w.number(10**6, 10**7)}NL",
    "sim": _sim,
    "error": lambda w: f"E{w.number(100, 1000)}",
    "what": lambda w: phrases.WHAT[w.topic][w.number(0, len(phrases.WHAT[w.topic]))],
}
