"""Interactions and cases as they stood at an instant."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from frontline.sandbox.company import log as L
from frontline.sandbox.company import model as M
from frontline.sandbox.company.log import Contacts
from frontline.sandbox.company.model import Bools, Floats, Ints
from frontline.sandbox.company.simulation import FOLLOW_SHARE, Company
from frontline.sandbox.company.tables import Columns, ids, instants, masked, words

ANONYMOUS_SHARE = 0.07
TRANSFER_SHARE = 0.06
OUTCOMES = ("answered", "abandoned", "transferred", "callback", "waiting")
RESOLUTIONS = (
    "information given",
    "fixed remotely",
    "credit applied",
    "visit planned",
    "changed in system",
    "no fault found",
)


@dataclass(frozen=True)
class View:
    """The log cut at ``at`` (local seconds): which contacts are on record, and which of them are finished."""

    company: Company
    contacts: Contacts
    at: float
    known: Bools  # on record at all
    done: Bools  # finished, with agent and outcome
    transferred: Bools
    anonymous: Bools

    @property
    def human(self) -> Bools:
        """Finished inbound contacts that a person answered."""
        return np.asarray(self.done & (self.contacts.kind <= L.WRITTEN) & (self.contacts.outcome == L.ANSWERED))


def view_at(company: Company, contacts: Contacts, at: float) -> View:
    """Cut the log at ``at``. A live contact is written down when it ends; a letter when it comes in."""
    k = contacts
    done = (k.outcome != L.PENDING) & (k.end <= at) & (k.t <= at)
    written = (k.kind == L.WRITTEN) & (k.t <= at)
    inbound = (k.kind <= L.WRITTEN) & (k.outcome == L.ANSWERED)
    anonymous = k.u[:, L.U_ANON] < ANONYMOUS_SHARE
    root = np.where(k.root >= 0, k.root, np.arange(len(k)))
    return View(
        company, k, at,
        known=done | written,
        done=done,
        transferred=done & inbound & (k.u[:, L.U_TRANSFER] < TRANSFER_SHARE),
        # A case is identified or not as a whole.
        anonymous=anonymous[root] & ~np.isin(k.customer, list(company.churners)),
    )  # fmt: skip


def interactions(view: View) -> Columns:
    """Return the interactions table (raw: ``customer_id`` instead of the key that intake makes)."""
    k, company = view.contacts, view.company
    people, cal = company.customers, company.calendar
    live = k.kind == L.LIVE
    abandoned = k.outcome == L.ABANDONED
    phone = live & (k.channel == M.PHONE)
    in_vru = abandoned & phone & (k.u[:, L.U_VRU] < 0.12)
    outcome = np.select(
        [~view.done, view.transferred, abandoned, k.kind == L.OUTBOUND], [4, 2, 1, 3], default=0
    )  # fmt: skip
    wait = np.where(abandoned, k.end - k.t, k.start - k.t)
    served = view.done & ~abandoned & (k.kind != L.BOT)
    handle = k.end - k.start
    wrap = handle * (0.08 + 0.10 * k.u[:, L.U_CLOSE]) * np.where(k.kind == L.OUTBOUND, 0.8, 1.0)
    agent = np.where(served, k.agent, -1)
    who = k.customer
    columns: Columns = {
        "interaction_id": ids("I", k.number + 1, 7),
        "ts": instants(cal, k.t),
        "customer_id": ids("CU-", who + 1, 6, view.anonymous),
        "case_id": ids("C", k.number[k.root] + 1, 7, k.root < 0),
        "channel": words(M.CHANNELS, k.channel),
        "direction": words(("inbound", "outbound"), (k.kind == L.OUTBOUND).astype(np.int64)),
        "agent_id": words([company.agents.agent_id(i) for i in range(len(company.agents))], agent),
        "team_id": words(M.TEAMS, np.where(agent >= 0, company.agents.team[agent], -1)),
        "queue": words(M.QUEUES, k.queue),
        "topic": words(M.TOPICS, k.topic),
        "product": words(M.PRODUCTS, people.product[who]),
        "wait_s": np.round(masked(wait, ~(live & view.done) | in_vru), 1),
        "handle_s": np.round(masked(handle, ~served), 1),
        "talk_s": np.round(masked(handle - wrap, ~served), 1),
        "acw_s": np.round(masked(wrap, ~served), 1),
        "vru_s": np.round(masked(np.where(in_vru, wait, 12 + 60 * k.u[:, L.U_VRU]), ~phone), 1),
        "outcome": words(OUTCOMES, outcome),
        "queued": (live & ~in_vru).astype(bool),
        "segment": words(M.SEGMENTS, people.segment[who]),
        "region": words(M.REGIONS, people.region[who]),
        "tier": words(M.TIERS, people.tier[who]),
        "language": words(M.LANGUAGES, people.language[who]),
    }
    return columns


@dataclass(frozen=True)
class CaseState:
    """One entry per case: its opening contact and what had happened by the instant of the view."""

    root: Ints
    closed: Floats  # NaN while open
    reopened: Ints
    reopened_at: Floats
    agent: Ints
    first_response: Floats
    escalated: Floats
    priority: Ints
    due: Floats
    waiting: Bools
    automated: Bools


def case_states(view: View) -> CaseState:
    """Derive the cases from their contacts: the last event decides whether a case is open."""
    k = view.contacts
    member = np.flatnonzero((k.root >= 0) & view.known & (k.outcome != L.ABANDONED))
    member = member[k.t[k.root[member]] <= view.at]
    when = np.where(np.isnan(k.start[member]) | ~view.done[member], k.t[member], k.start[member])
    order = np.lexsort((when, k.root[member]))
    m = member[order]
    root = k.root[m]
    opens = np.r_[True, root[1:] != root[:-1]]
    lasts = np.r_[opens[1:], True]
    case_of = np.cumsum(opens) - 1
    n = int(case_of[-1]) + 1 if len(m) else 0
    u = k.u
    outbound = k.kind[m] == L.OUTBOUND
    stuck = np.isin(k.customer[m], list(view.company.churners)) & (view.at - k.t[m] < 30 * M.DAY_S)
    settles = view.done[m] & (outbound | (k.kind[m] == L.BOT) | (u[m, L.U_FOLLOW] >= FOLLOW_SHARE)) & ~stuck
    lag = np.where(u[m, L.U_CLOSE] < 0.4, 0.0, np.exp(8.6 + 1.3 * (2 * u[m, L.U_HANDOFF] - 1)))
    close = np.where(settles, k.end[m] + np.where(outbound, 0.0, lag), np.inf)
    earlier = np.r_[np.inf, close[:-1]]
    again = ~opens & ~outbound & (earlier <= k.t[m])
    closed = np.where(close[lasts] <= view.at, close[lasts], np.nan)
    served = view.done[m] & (k.agent[m] >= 0)
    first_root = root[opens]
    escalates = served & ~outbound & (u[m, L.U_ESCALATE] < 0.022 + 0.035 * (k.depth[m] > 0))
    priority = np.searchsorted(np.array(M.PRIORITY_CUT), u[first_root, L.U_PRIORITY])
    priority = np.where(np.isin(k.topic[first_root], [2]) & (priority < 2), priority + 1, priority)
    tier = view.company.customers.tier[k.customer[first_root]]
    due = k.t[first_root] + M.SLA_HOURS[priority] * M.SLA_TIER[tier] * 3600
    return CaseState(
        root=first_root,
        closed=closed,
        reopened=np.bincount(case_of[again], minlength=n),
        reopened_at=_extreme(case_of[again], k.t[m][again], n, last=True),
        agent=_first_code(case_of[served], k.agent[m][served], n),
        first_response=_extreme(case_of[view.done[m]], k.start[m][view.done[m]], n, last=False),
        escalated=_extreme(case_of[escalates], k.end[m][escalates], n, last=False),
        priority=priority,
        due=due,
        waiting=np.isnan(closed) & (u[m, L.U_FOLLOW][lasts] < FOLLOW_SHARE) & view.done[m][lasts],
        automated=k.kind[first_root] == L.BOT,
    )


def cases(view: View, state: CaseState) -> Columns:
    """Return the cases table."""
    k, company = view.contacts, view.company
    people, cal = company.customers, company.calendar
    r = state.root
    who = k.customer[r]
    is_open = np.isnan(state.closed)
    sub = [M.SUBTOPICS[topic] for topic in M.TOPICS]
    subtopic = [
        sub[t][int(x * x * len(sub[t]))] for t, x in zip(k.topic[r].tolist(), k.u[r, L.U_SUBTOPIC], strict=True)
    ]
    met = np.where(is_open, False, state.closed <= state.due).astype(object)
    met[is_open & (state.due >= view.at)] = None  # nobody knows yet
    code = np.minimum((k.u[r, L.U_BOUNCE] * len(RESOLUTIONS)).astype(np.int64), len(RESOLUTIONS) - 1)
    return {
        "case_id": ids("C", k.number[r] + 1, 7),
        "opened_at": instants(cal, k.t[r]),
        "customer_id": ids("CU-", who + 1, 6, view.anonymous[r]),
        "topic": words(M.TOPICS, k.topic[r]),
        "subtopic": np.array(subtopic, dtype=object),
        "channel": words(M.CHANNELS, k.channel[r]),
        "priority": words(M.PRIORITIES, state.priority),
        "status": words(("closed", "open", "waiting"), np.where(~is_open, 0, np.where(state.waiting, 2, 1))),
        "closed_at": instants(cal, state.closed),
        "first_response_at": instants(cal, state.first_response),
        "reopened_count": state.reopened,
        "reopened_at": instants(cal, state.reopened_at),
        "agent_id": words([company.agents.agent_id(i) for i in range(len(company.agents))], state.agent),
        "team_id": words(M.TEAMS, np.where(state.agent >= 0, company.agents.team[state.agent], -1)),
        "queue": words(M.QUEUES, k.queue[r]),
        "product": words(M.PRODUCTS, people.product[who]),
        "segment": words(M.SEGMENTS, people.segment[who]),
        "region": words(M.REGIONS, people.region[who]),
        "tier": words(M.TIERS, people.tier[who]),
        "language": words(M.LANGUAGES, people.language[who]),
        "automated": state.automated,
        "escalated_at": instants(cal, state.escalated),
        "resolution_code": words(RESOLUTIONS, code, is_open),
        "sla_due_at": instants(cal, state.due),
        "sla_met": met,
    }


def _extreme(group: Ints, value: Floats, n: int, *, last: bool) -> Floats:
    found = np.full(n, -np.inf if last else np.inf)
    (np.maximum if last else np.minimum).at(found, group, value)
    return np.where(np.isinf(found), np.nan, found)


def _first_code(group: Ints, code: Ints, n: int) -> Ints:
    found = np.full(n, -1, dtype=np.int64)
    found[group[::-1]] = code[::-1]
    return found
