"""Puts a company together from a seed."""

from __future__ import annotations

import datetime as dt

import numpy as np

from frontline.sandbox.company.effects import Effects, plan_effects
from frontline.sandbox.company.model import NOW, START, TOPICS, Calendar
from frontline.sandbox.company.people import Customers, make_agents, make_customers
from frontline.sandbox.company.simulation import Company

_PEOPLE, _AGENTS, _EFFECTS, _CHURN = 1, 2, 3, 4


def build_company(*, seed: int, effects: bool, scale: float, start: dt.date = START, days: int) -> Company:
    """Return the people and the plan; ``days`` counts from ``start`` to the last simulated day."""
    calendar = Calendar(days, start)
    to_now = calendar.index(NOW.date())
    customers = make_customers(np.random.default_rng([seed, _PEOPLE]), days=to_now, scale=scale)
    agents = make_agents(np.random.default_rng([seed, _AGENTS]), scale=scale)
    plan = (
        plan_effects(np.random.default_rng([seed, _EFFECTS]), calendar, scale=scale, seed=seed)
        if effects
        else Effects()
    )
    forced, churners = _plant_churners(np.random.default_rng([seed, _CHURN]), customers, plan, now=to_now)
    return Company(seed, scale, calendar, customers, agents, plan, forced, churners)


def _plant_churners(
    rng: np.random.Generator, customers: Customers, plan: Effects, *, now: int
) -> tuple[dict[int, list[tuple[float, int, int]]], frozenset[int]]:
    """Give a few customers three or four contacts about one unsolved matter in their last weeks before leaving."""
    forced: dict[int, list[tuple[float, int, int]]] = {}
    if not plan.churners:
        return forced, frozenset()
    fit = np.flatnonzero(
        (customers.signup_day < now - 120) & (customers.churn_day > now + 60) & customers.consent_contact
    )
    chosen = rng.choice(fit, plan.churners, replace=False)
    topics = [TOPICS.index(name) for name in ("billing", "router", "outage", "pricing", "refunds")]
    for who in chosen:
        customers.churn_day[who] = now + int(rng.integers(2, 45))
        topic = topics[int(rng.integers(len(topics)))]
        for day in now - rng.choice(np.arange(1, 27), int(rng.integers(3, 5)), replace=False):
            forced.setdefault(int(day), []).append((float(rng.uniform(10.2, 15.5)) * 3600, int(who), topic))
    return forced, frozenset(int(who) for who in chosen)
