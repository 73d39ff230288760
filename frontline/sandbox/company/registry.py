"""Customers, teams and agents as tables; identity columns travel beside them and go to the vault at intake."""

from __future__ import annotations

import numpy as np

from frontline.sandbox.company import model as M
from frontline.sandbox.company import names
from frontline.sandbox.company.model import Floats
from frontline.sandbox.company.simulation import Company
from frontline.sandbox.company.tables import Columns, ids, instants, words


def customers(company: Company, *, at: float, since: int | None = None) -> Columns:
    """Return the customers who had signed up by ``at``; churn is visible from its day on.

    With ``since`` only those who sign up or leave on that day or later.
    """
    people, cal = company.customers, company.calendar
    today = int(at // M.DAY_S)
    there = people.signup_day <= today
    if since is not None:
        there &= (people.signup_day >= since) | (people.churn_day >= since)
    who = np.flatnonzero(there)
    n = len(who)
    noon = 12 * 3600.0
    signup: Floats = people.signup_day[who].astype(np.float64) * M.DAY_S + noon
    left: Floats = people.churn_day[who].astype(np.float64) * M.DAY_S + noon
    gone = people.churn_day[who] <= today
    everyone = who.tolist()
    return {
        "customer_id": ids("CU-", who + 1, 6),
        "segment": words(M.SEGMENTS, people.segment[who]),
        "tier": words(M.TIERS, people.tier[who]),
        "region": words(M.REGIONS, people.region[who]),
        "language": words(M.LANGUAGES, people.language[who]),
        "product": words(M.PRODUCTS, people.product[who]),
        "signup_at": instants(cal, signup),
        "status": words(("active", "churned"), gone.astype(np.int64)),
        "churned_at": instants(cal, left, ~gone),
        "country": words(("NL",), np.zeros(n, dtype=np.int64)),
        "consent_contact": people.consent_contact[who],
        "consent_quote": people.consent_quote[who],
        "name": np.array([people.name(i) for i in everyone], dtype=object),
        "email": np.array([people.email(i) for i in everyone], dtype=object),
        "phone": np.array([people.phone(i) for i in everyone], dtype=object),
        "address": np.array([people.address(i) for i in everyone], dtype=object),
        "account_number": np.array([people.account(i) for i in everyone], dtype=object),
    }


def teams(company: Company) -> Columns:
    """Return the six teams."""
    number = np.arange(len(M.TEAMS))
    return {
        "team_id": words(M.TEAMS, number),
        "name": words(M.TEAMS, number),
        "function": words(M.TEAM_FUNCTION, number),
        "site": words(M.SITES, np.array(M.TEAM_SITE)),
        "region": words(M.REGIONS, np.full(len(M.TEAMS), -1)),
    }


def agents(company: Company) -> Columns:
    """Return the agents with their real names as an identity column."""
    staff = company.agents
    n = len(staff)
    hired: Floats = staff.hire_day.astype(np.float64) * M.DAY_S + 9 * 3600.0
    return {
        "agent_id": words([staff.agent_id(i) for i in range(n)], np.arange(n)),
        "team_id": words(M.TEAMS, staff.team),
        "site": words(M.SITES, np.array(M.TEAM_SITE)[staff.team]),
        "role": words(("agent",), np.zeros(n, dtype=np.int64)),
        "hire_at": instants(company.calendar, hired),
        "end_at": instants(company.calendar, np.full(n, np.nan)),
        "handle": np.array([staff.handle(i) for i in range(n)], dtype=object),
        "name": np.array(staff.name, dtype=object),
        "email": np.array([f"{staff.handle(i)}@{names.MAIL_HOSTS[0]}" for i in range(n)], dtype=object),
    }
