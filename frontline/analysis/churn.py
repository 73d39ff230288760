"""Who may leave, and why: a points score over signs that people understand, and the choice of whom to call.

Measured on real calls (time split): four rules of this kind AUC 0.706, recency alone 0.691, a fitted logistic model
0.764. Without known outcomes there is nothing to fit, so the points of ``rules.yaml`` are the default.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median

from frontline.catalog.rules import ChurnRule, Sign
from frontline.core.ids import keyed_hash

DAYS_A_YEAR = 365
# A drop in contacts counts only when chance alone would give it this rarely.
CHANCE = 0.05
_CODE_LENGTH = 8


@dataclass(frozen=True)
class CustomerSigns:
    """What was known of one active customer at an instant. None = not known, which is never a sign.

    ``unresolved`` cases opened in the window and still open; ``same_topic`` contacts of the window about the topic
    spoken of most (``topic``); ``ces`` on 1-7 and ``nps`` on 0-10, the last answer each; ``recent_contacts`` and
    ``usual_contacts`` in the recent days and in the cadence days before them (None where the feed does not reach that
    far back); ``usage_change`` relative (-0.3 = 30 % less); ``value`` in the catalog's currency.
    """

    customer_key: str
    unresolved: int = 0
    same_topic: int = 0
    topic: str | None = None
    ces: float | None = None
    nps: float | None = None
    recent_contacts: int | None = None
    usual_contacts: int | None = None
    usage_change: float | None = None
    renewal_days: int | None = None
    tenure_days: int | None = None
    segment: str | None = None
    tier: str | None = None
    region: str | None = None
    value: float | None = None
    consent_contact: bool | None = None


@dataclass(frozen=True)
class Reason:
    """A signed contribution to the score, in words of the product."""

    signal: str
    points: int
    words: str

    def __str__(self) -> str:
        sign = "+" if self.points > 0 else "−"
        return f"{self.words} ({sign}{abs(self.points)})"


@dataclass(frozen=True)
class Assessment:
    """One customer judged. ``points`` is the sum of the reasons; ``priority`` = risk weight x worth."""

    customer: CustomerSigns
    reasons: tuple[Reason, ...]
    points: int
    risk: float
    worth: float

    @property
    def priority(self) -> float:
        """By what the list is ranked."""
        return self.risk * self.worth

    @property
    def code(self) -> str:
        """The customer's reference, short enough to read aloud; no name, no number of the outside world."""
        return code_of(self.customer.customer_key)


@dataclass(frozen=True)
class Choice:
    """Who is called today (``listed``), who is left alone to measure the effect (``held_out``), and who fell away.

    ``at_risk`` counts everybody at or above the score; ``over`` those for whom there is no capacity today.
    """

    listed: tuple[Assessment, ...] = ()
    held_out: tuple[Assessment, ...] = ()
    at_risk: int = 0
    opted_out: int = 0
    tired: int = 0
    over: int = 0
    ranked: tuple[Assessment, ...] = field(default=(), repr=False)


def code_of(customer_key: str) -> str:
    """Return the short reference of a keyed customer."""
    return f"C-{customer_key[:_CODE_LENGTH]}"


def is_held_out(key: bytes, customer_key: str, share: float) -> bool:
    """Whether a customer belongs to the hold-out: always the same answer under one key, for ``share`` of customers."""
    return int(keyed_hash(key, "churn_hold_out", customer_key, length=8), 16) < share * 16**8


def assess(customers: Sequence[CustomerSigns], rule: ChurnRule) -> list[Assessment]:
    """Judge customers by the rule; the order of the input is kept.

    Worth is the customer's value relative to the median of the values known, or the rule's weights where none is.
    """
    values = [customer.value for customer in customers if customer.value is not None and customer.value > 0]
    typical = median(values) if values else None
    found = []
    for customer in customers:
        reasons = reasons_of(customer, rule)
        points = sum(reason.points for reason in reasons)
        found.append(Assessment(customer, reasons, points, _risk(points, rule), _worth(customer, rule, typical)))
    return found


def reasons_of(customer: CustomerSigns, rule: ChurnRule) -> tuple[Reason, ...]:
    """Return what speaks for leaving, the strongest first, then what speaks for staying."""
    figures = _figures(customer, rule)
    strongest: dict[str, Sign] = {}
    for sign in rule.signs:
        figure = figures.get(sign.signal)
        if figure is not None and _holds(sign, figure):
            known = strongest.get(sign.signal)
            if known is None or abs(sign.points) > abs(known.points):
                strongest[sign.signal] = sign
    reasons = [Reason(name, sign.points, _words(name, customer, rule)) for name, sign in strongest.items()]
    return tuple(sorted(reasons, key=lambda reason: (-reason.points, reason.signal)))


def choose(
    assessed: Sequence[Assessment],
    rule: ChurnRule,
    *,
    is_held_out: Callable[[str], bool],
    is_tired: Callable[[str], bool] = lambda _customer_key: False,
) -> Choice:
    """Choose at most ``rule.capacity`` customers to call, by risk x worth.

    Who has not agreed to be contacted never appears, nor who was called upon within the fatigue days, nor anybody
    without a sign for leaving. The hold-out is drawn from the same ranks as the list, so that the two compare.
    """
    at_risk = [item for item in assessed if item.points >= rule.min_points and any(r.points > 0 for r in item.reasons)]
    willing = [item for item in at_risk if item.customer.consent_contact is True]
    fresh = [item for item in willing if not is_tired(item.customer.customer_key)]
    ranked = sorted(fresh, key=lambda item: (-item.priority, item.customer.customer_key))
    listed: list[Assessment] = []
    held_out: list[Assessment] = []
    for item in ranked:
        if len(listed) == rule.capacity:
            break
        (held_out if is_held_out(item.customer.customer_key) else listed).append(item)
    return Choice(
        listed=tuple(listed),
        held_out=tuple(held_out),
        at_risk=len(at_risk),
        opted_out=len(at_risk) - len(willing),
        tired=len(willing) - len(fresh),
        over=len(ranked) - len(listed) - len(held_out),
        ranked=tuple(ranked),
    )


def cadence_drop(customer: CustomerSigns, rule: ChurnRule) -> float | None:
    """Return by how much the customer is in touch less than they used to be, 0-1; None without a cadence.

    A customer who is not yet known for both windows, or was hardly ever in touch, has none. The drop must also be more
    than chance: given all contacts, the recent ones are binomial with the recent window's share of the time.
    """
    recent, usual = customer.recent_contacts, customer.usual_contacts
    span = rule.recent_days + rule.cadence_days
    is_new = customer.tenure_days is None or customer.tenure_days < span
    if recent is None or usual is None or is_new or usual < rule.min_usual:
        return None
    expected = usual * rule.recent_days / rule.cadence_days
    drop = 1 - recent / expected
    if drop <= 0 or _at_most(recent, recent + usual, rule.recent_days / span) > CHANCE:
        return None
    return drop


def _figures(customer: CustomerSigns, rule: ChurnRule) -> Mapping[str, float | None]:
    change = customer.usage_change
    ahead = customer.renewal_days
    return {
        "unresolved": customer.unresolved,
        "same_topic": customer.same_topic,
        "ces": customer.ces,
        "nps": customer.nps,
        "cadence_drop": cadence_drop(customer, rule),
        "usage_drop": None if change is None or _is_new(customer, rule) else -change,
        # A renewal that has passed is no reason any more.
        "renewal_days": ahead if ahead is not None and ahead >= 0 else None,
        "tenure_days": customer.tenure_days,
    }


def _is_new(customer: CustomerSigns, rule: ChurnRule) -> bool:
    return customer.tenure_days is None or customer.tenure_days < rule.recent_days


def _holds(sign: Sign, figure: float) -> bool:
    return figure >= sign.at_least if sign.at_least is not None else figure <= (sign.at_most or 0.0)


def _words(signal: str, customer: CustomerSigns, rule: ChurnRule) -> str:
    match signal:
        case "unresolved":
            some = "1 case" if customer.unresolved == 1 else f"{customer.unresolved} cases"
            return f"{some} of the last {rule.window_days} days still open"
        case "same_topic":
            topic = f" about {customer.topic}" if customer.topic else " about one topic"
            return f"{customer.same_topic} contacts{topic} in {rule.window_days} days"
        case "ces":
            return f"last ease answer {customer.ces or 0:.0f} of 7"
        case "nps":
            nps = customer.nps or 0
            kind = "promoter" if nps >= 9 else "detractor" if nps <= 6 else "passive"
            return f"{kind}: {nps:.0f} of 10"
        case "cadence_drop":
            return f"in touch {cadence_drop(customer, rule) or 0:.0%} less than usual"
        case "usage_drop":
            return f"uses it {-(customer.usage_change or 0):.0%} less"
        case "renewal_days":
            return f"contract ends in {customer.renewal_days} days"
        case _:
            years = (customer.tenure_days or 0) // DAYS_A_YEAR
            return f"customer for {years} year{'s' if years != 1 else ''}"


def _risk(points: int, rule: ChurnRule) -> float:
    """Return a weight in 0-1 for ranking. No probability: nothing has calibrated it."""
    return 1 / (1 + math.exp(-(points - rule.middle) / rule.spread))


def _worth(customer: CustomerSigns, rule: ChurnRule, typical: float | None) -> float:
    if typical is not None:
        return 1.0 if customer.value is None else max(customer.value, 0.0) / typical
    tier, segment = rule.worth.tier, rule.worth.segment
    return tier.get(customer.tier or "", 1.0) * segment.get(customer.segment or "", 1.0)


def _at_most(events: int, trials: int, share: float) -> float:
    """Return the binomial chance of at most ``events`` of ``trials``."""
    return sum(math.comb(trials, k) * share**k * (1 - share) ** (trials - k) for k in range(events + 1))
