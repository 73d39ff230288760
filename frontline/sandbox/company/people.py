"""Who the company serves and who works there, with the identities that intake moves to the vault."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

import numpy as np

from frontline.sandbox.company import names
from frontline.sandbox.company.model import (
    AGENTS_PER_TEAM,
    CUSTOMERS,
    LANGUAGE_SHARE,
    LANGUAGES,
    PRODUCT_SHARE,
    PRODUCTS,
    REGION_SHARE,
    REGIONS,
    SEGMENT_SHARE,
    SEGMENTS,
    TEAM_QUEUE,
    TEAMS,
    TIER_SHARE,
    Bools,
    Floats,
    Ints,
)

NEVER = 10**6  # a day index after the end of every horizon
MONTHLY_CHURN = 0.0105


@dataclass(frozen=True)
class Customers:
    """One entry per customer; codes index the value tuples of ``model``; days count from the company's start."""

    segment: Ints
    tier: Ints
    region: Ints
    language: Ints
    product: Ints
    signup_day: Ints
    churn_day: Ints
    activity: Floats
    consent_contact: Bools
    consent_quote: Bools
    first: Ints
    last: Ints
    house: Ints
    street: Ints
    digits: Ints  # random digits for phone, IBAN and card

    def __len__(self) -> int:
        return len(self.segment)

    def name(self, i: int) -> str:
        """Return the full name."""
        return f"{names.FIRST[self.first[i]]} {names.LAST[self.last[i]]}"

    def email(self, i: int) -> str:
        """Return an address at a reserved example domain."""
        return f"{slug(names.FIRST[self.first[i]])}.{slug(names.LAST[self.last[i]])}{i % 97}@{names.MAIL_HOSTS[i % 5]}"

    def phone(self, i: int) -> str:
        """Return a Dutch mobile number."""
        return f"+316{int(self.digits[i]) % 90_000_000 + 10_000_000}"

    def address(self, i: int) -> str:
        """Return street, house number, postal code and city."""
        cities = names.CITIES[REGIONS[self.region[i]]]
        digits = int(self.digits[i])
        letters = chr(65 + digits % 26) + chr(65 + digits // 26 % 26)
        code = f"{1000 + digits % 9000} {letters}"
        return f"{names.STREETS[self.street[i]]} {self.house[i]}, {code} {cities[digits % len(cities)]}"

    def account(self, i: int) -> str:
        """Return the account number."""
        return f"HT-{20_000_000 + (i * 7919 + 104_729) % 70_000_000:08d}"

    def iban(self, i: int) -> str:
        """Return a Dutch-looking IBAN of an invented bank with a right mod-97 checksum."""
        body = f"{int(self.digits[i]) % 10**10:010d}"
        numeric = "".join(str(ord(c) - 55) if c.isalpha() else c for c in f"HBNK{body}NL00")
        return f"NL{98 - int(numeric) % 97:02d}HBNK{body}"

    def card(self, i: int) -> str:
        """Return a 16-digit card number that passes Luhn."""
        body = f"4{int(self.digits[i]) * 31 % 10**14:014d}"
        total = sum(d if n % 2 else (2 * d - 9 if d > 4 else 2 * d) for n, d in enumerate(map(int, body)))
        return f"{body}{-total % 10}"


@dataclass(frozen=True)
class Agents:
    """One entry per agent."""

    name: tuple[str, ...]
    team: Ints
    queue: Ints
    speed: Floats  # handle time factor
    skill: Floats  # repeat-contact factor, lower is better
    charm: Floats  # shift of satisfaction
    hire_day: Ints

    def __len__(self) -> int:
        return len(self.team)

    def agent_id(self, i: int) -> str:
        """Return the public id."""
        return f"AG{i + 1:02d}"

    def handle(self, i: int) -> str:
        """Return the handle people type."""
        first, last = self.name[i].split(" ", 1)
        return f"{slug(first)}.{slug(last)}"


def slug(word: str) -> str:
    """Return ``word`` in ASCII lower case without blanks and marks."""
    plain = unicodedata.normalize("NFKD", word).encode("ascii", "ignore").decode().lower()
    return "".join(c for c in plain if c.isalnum())


def make_customers(rng: np.random.Generator, *, days: int, scale: float) -> Customers:
    """Draw the customers; about a fifth joined after the first day, and churn follows a constant hazard."""
    n = max(200, round(CUSTOMERS * scale))
    segment = rng.choice(len(SEGMENTS), n, p=SEGMENT_SHARE)
    product = np.zeros(n, dtype=np.int64)
    for code in range(len(SEGMENTS)):
        mask = segment == code
        product[mask] = rng.choice(len(PRODUCTS), int(mask.sum()), p=PRODUCT_SHARE[code])
    tier = rng.choice(4, n, p=TIER_SHARE)
    tier = np.where(segment == 2, np.maximum(tier, 1), tier)
    joined_later = rng.random(n) < 0.2 * days / 532
    signup = np.where(joined_later, rng.integers(0, max(2, days), n), -rng.integers(30, 3000, n))
    churn = np.maximum(signup, 0) + np.ceil(rng.exponential(30.4 / MONTHLY_CHURN, n)).astype(np.int64)
    # Contracts run a year at least: the early loss of new customers moves behind it.
    churn = np.where(churn - signup < 60, churn + 60, churn)
    return Customers(
        segment=segment,
        tier=tier,
        region=rng.choice(len(REGIONS), n, p=REGION_SHARE),
        language=rng.choice(len(LANGUAGES), n, p=LANGUAGE_SHARE),
        product=product,
        signup_day=signup,
        churn_day=np.minimum(churn, NEVER),
        activity=rng.gamma(3.0, 1 / 3.0, n) * np.array([1.0, 1.25, 1.7])[segment],
        consent_contact=rng.random(n) < 0.86,
        consent_quote=rng.random(n) < 0.62,
        first=rng.integers(0, len(names.FIRST), n),
        last=rng.integers(0, len(names.LAST), n),
        house=rng.integers(1, 240, n),
        street=rng.integers(0, len(names.STREETS), n),
        digits=rng.integers(10**8, 10**12, n),
    )


def make_agents(rng: np.random.Generator, *, scale: float) -> Agents:
    """Draw the agents, team by team."""
    per_team = max(2, round(AGENTS_PER_TEAM * scale))
    n = per_team * len(TEAMS)
    team = np.repeat(np.arange(len(TEAMS)), per_team)
    roster: list[str] = []
    for code in range(len(TEAMS)):
        known = names.AGENTS[code * AGENTS_PER_TEAM : (code + 1) * AGENTS_PER_TEAM][:per_team]
        extra = [
            f"{names.FIRST[int(rng.integers(len(names.FIRST)))]} {names.LAST[int(rng.integers(len(names.LAST)))]}"
            for _ in range(per_team - len(known))
        ]
        roster += [*known, *extra]
    return Agents(
        name=tuple(roster),
        team=team,
        queue=np.array(TEAM_QUEUE)[team],
        speed=np.clip(rng.normal(1.0, 0.09, n), 0.8, 1.25),
        skill=np.clip(rng.normal(1.0, 0.10, n), 0.75, 1.3),
        charm=rng.normal(0.0, 0.13, n),
        hire_day=-rng.integers(60, 2400, n),
    )
