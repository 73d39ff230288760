"""Surveys, handoffs, audits and tags, derived contact by contact from the uniforms drawn with each."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from frontline.sandbox.company import log as L
from frontline.sandbox.company import model as M
from frontline.sandbox.company.casework import View
from frontline.sandbox.company.model import Floats, Ints
from frontline.sandbox.company.tables import Columns, ids, instants, masked, words

SURVEY_SHARE = 0.30
RESPONSE = np.array([0.24, 0.27, 0.20, 0.12, 0.22])
TYPES = ("csat", "ces", "nps")
SCALE = np.array([5, 7, 10])
_CSAT = np.array([-1.65, -1.15, -0.62, 0.22])
_CES = np.array([-1.85, -1.4, -0.95, -0.45, 0.15, 0.85])
_NPS = np.array([-2.3, -2.0, -1.75, -1.55, -1.35, -1.1, -0.78, -0.35, 0.12, 0.75])
AUDIT_SHARE = 0.03
AUDIT_ITEMS = ("greeting", "identification", "diagnosis", "solution", "closing")
TAG_SHARE = 0.022
TAGS = (
    "invoice layout unclear",
    "no callback",
    "self-service fails",
    "promise not noted",
    "long menu",
    "wrong department",
)
OLA_S = 2 * 3600.0


@dataclass(frozen=True)
class Answers:
    """Surveys before they become a table: the contact each is about, and the score (0 when unanswered)."""

    contact: Ints
    kind: Ints
    sent: Floats
    answered: Floats
    score: Ints


def mood(view: View) -> Floats:
    """Return the satisfaction of each contact in standard deviations, without the planted ease shift."""
    from scipy.special import ndtri

    k, company = view.contacts, view.company
    agent = np.maximum(k.agent, 0)
    wait = np.nan_to_num(np.where(k.kind == L.LIVE, k.start - k.t, 0.0))
    latent = ndtri(np.clip(k.u[:, L.U_MOOD], 1e-6, 1 - 1e-6)) + company.agents.charm[agent] + M.TOPIC_MOOD[k.topic]
    latent += 0.24 - 0.16 * np.log1p(wait / 60) - 0.5 * (k.depth > 0) - 0.25 * view.transferred
    planted = company.effects.goodhart
    if planted:
        hit = (company.agents.team[agent] == planted[0]) & (k.t >= planted[1] * M.DAY_S)
        latent += planted[4] * hit
    return np.asarray(latent)


def answers(view: View) -> Answers:
    """Return the surveys sent by the instant of the view."""
    k, company = view.contacts, view.company
    angry = np.isin(k.customer, list(company.churners)) & (k.depth >= 0)
    recent = company.customers.churn_day[k.customer] * M.DAY_S - k.t < 75 * M.DAY_S
    angry &= recent
    sent_at = k.end + (2 + 22 * k.u[:, L.U_RESPOND_DELAY]) * 3600
    chosen = view.human & ((k.u[:, L.U_SURVEY] < SURVEY_SHARE) | angry) & (sent_at <= view.at)
    c = np.flatnonzero(chosen)
    kind = np.searchsorted(np.array([0.5, 0.8]), k.u[c, L.U_TYPE])
    kind = np.where(angry[c], 1, kind)
    replied = (k.u[c, L.U_RESPOND] < RESPONSE[k.channel[c]]) | angry[c]
    when = sent_at[c] - np.log1p(-k.u[c, L.U_THEME]) * 14 * 3600
    latent = mood(view)[c]
    planted = company.effects.effort
    if planted:
        cell = (k.channel[c] == planted[0]) & (k.topic[c] == planted[1]) & (k.t[c] >= planted[2] * M.DAY_S)
        latent = latent + planted[3] * (cell & (kind == 1))
    latent = np.where(angry[c], np.minimum(latent, -1.0) - 0.6, latent)
    score = np.select(
        [kind == 0, kind == 1],
        [1 + np.searchsorted(_CSAT, latent), 1 + np.searchsorted(_CES, latent)],
        default=np.searchsorted(_NPS, latent),
    )
    answered = np.where(replied & (when <= view.at), when, np.nan)
    return Answers(c, kind, sent_at[c], answered, score)


def surveys(view: View, found: Answers) -> Columns:
    """Return the surveys table; ``ts`` and ``score`` are null until the customer answers."""
    k, company = view.contacts, view.company
    c = found.contact
    silent = np.isnan(found.answered)
    return {
        "survey_id": ids("S", k.number[c] + 1, 7),
        "sent_at": instants(company.calendar, found.sent),
        "ts": instants(company.calendar, found.answered),
        "type": words(TYPES, found.kind),
        "score": masked(found.score.astype(float), silent),
        "scale_max": SCALE[found.kind].astype(float),
        "case_id": ids("C", k.number[k.root[c]] + 1, 7, k.root[c] < 0),
        "customer_id": ids("CU-", k.customer[c] + 1, 6, view.anonymous[c]),
        "agent_id": words([company.agents.agent_id(i) for i in range(len(company.agents))], k.agent[c]),
        "channel": words(M.CHANNELS, k.channel[c]),
        "consent_use": k.u[c, L.U_CONSENT] < 0.7,
        "language": words(M.LANGUAGES, company.customers.language[k.customer[c]]),
    }


def handoffs(view: View) -> Columns:
    """Return the handoffs: every transfer with a case, and work passed on after a contact."""
    k, company = view.contacts, view.company
    passed = view.human & (k.root >= 0) & (view.transferred | (k.u[:, L.U_FOLLOW] < 0.05))
    c = np.flatnonzero(passed)
    source = company.agents.team[k.agent[c]]
    target = (source + 1 + (k.u[c, L.U_HANDOFF] * 5).astype(np.int64)) % 6
    ts = k.end[c]
    accepted = ts + np.exp(7.4 + 1.05 * _quantile(k.u[c, L.U_TAG]))
    accepted = np.where(k.u[c, L.U_BOUNCE] < 0.02, np.nan, accepted)
    bounced = np.where((k.u[c, L.U_BOUNCE] >= 0.02) & (k.u[c, L.U_BOUNCE] < 0.08), ts + 1800, np.nan)
    rate = np.full(len(c), 0.19)
    planted = company.effects.repeat_information
    if planted:
        rate[(source == planted[0]) & (target == planted[1]) & (ts >= planted[2] * M.DAY_S)] = planted[3]
    reasons = ("other department", "second line", "authority needed", "language", "wrong queue")
    return {
        "handoff_id": ids("H", k.number[c] + 1, 7),
        "ts": instants(company.calendar, ts),
        "from_team": words(M.TEAMS, source),
        "to_team": words(M.TEAMS, target),
        "case_id": ids("C", k.number[k.root[c]] + 1, 7),
        "accepted_at": instants(company.calendar, np.where(accepted <= view.at, accepted, np.nan)),
        "ola_due_at": instants(company.calendar, ts + OLA_S),
        "bounced_at": instants(company.calendar, np.where(bounced <= view.at, bounced, np.nan)),
        "repeated": k.u[c, L.U_THEME] < rate,
        "reason": words(reasons, (k.u[c, L.U_SUBTOPIC] * len(reasons)).astype(np.int64)),
    }


def audits(view: View) -> Columns:
    """Return the quality audits: five items per audited contact, one row per item with the audit's score."""
    k, company = view.contacts, view.company
    at = k.end + (6 + 100 * k.u[:, L.U_QA] / AUDIT_SHARE * 0.5) * 3600
    c = np.flatnonzero(view.human & (k.u[:, L.U_QA] < AUDIT_SHARE) & (at <= view.at))
    base = 4.05 + 0.35 * mood(view)[c] * 0.5 + 0.3 * company.agents.charm[k.agent[c]]
    items = len(AUDIT_ITEMS)
    jitter = k.u[c][:, [L.U_TAG, L.U_TEXT, L.U_CONSENT, L.U_BOUNCE, L.U_SUBTOPIC]]
    rating = np.clip(np.rint(base[:, None] + 1.9 * (jitter - 0.5)), 1, 5)
    score = np.round(rating.mean(axis=1) * 20, 1)
    row = np.repeat(np.arange(len(c)), items)
    number = np.tile(np.arange(items), len(c))
    auditor = (k.u[c, L.U_REOPEN] * 3).astype(np.int64)
    return {
        "audit_id": np.array(
            [f"Q{n + 1:07d}.{i + 1}" for n, i in zip(k.number[c][row].tolist(), number.tolist(), strict=True)],
            dtype=object,
        ),
        "ts": instants(company.calendar, at[c][row]),
        "interaction_id": ids("I", k.number[c][row] + 1, 7),
        "agent_id": words([company.agents.agent_id(i) for i in range(len(company.agents))], k.agent[c][row]),
        "auditor_id": words(("QA1", "QA2", "QA3"), auditor[row]),
        "item": words(AUDIT_ITEMS, number),
        "rating": rating.reshape(-1),
        "score": score[row],
    }


def tags(view: View) -> Columns:
    """Return the recurring-request tags that agents set."""
    k, company = view.contacts, view.company
    c = np.flatnonzero(view.human & (k.u[:, L.U_TAG] < TAG_SHARE))
    label = (k.u[c, L.U_TEXT] * k.u[c, L.U_TEXT] * len(TAGS)).astype(np.int64)
    return {
        "tag_id": ids("T", k.number[c] + 1, 7),
        "ts": instants(company.calendar, k.end[c]),
        "label": words(TAGS, label),
        "agent_id": words([company.agents.agent_id(i) for i in range(len(company.agents))], k.agent[c]),
        "team_id": words(M.TEAMS, company.agents.team[k.agent[c]]),
        "channel": words(M.CHANNELS, k.channel[c]),
        "topic": words(M.TOPICS, k.topic[c]),
    }


def _quantile(u: Floats) -> Floats:
    from scipy.special import ndtri

    return np.asarray(ndtri(np.clip(u, 1e-6, 1 - 1e-6)))
