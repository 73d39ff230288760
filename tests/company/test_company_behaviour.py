import datetime as dt

import numpy as np
import pytest

from frontline.sandbox.company import casework, feedback, floorstates
from frontline.sandbox.company import log as L
from frontline.sandbox.company import model as M
from frontline.sandbox.company.generator import World, play
from frontline.sandbox.company.truth import recontact_flags


@pytest.fixture(scope="module")
def view(world: World) -> casework.View:
    company = world.company
    return casework.view_at(company, world.contacts, company.calendar.local_seconds(M.NOW))


def share(part: np.ndarray, whole: np.ndarray) -> float:
    return float(part.sum()) / float(whole.sum())


def test_people_come_back_as_often_as_is_plausible(view: casework.View) -> None:
    base, follow = recontact_flags(view, days=7)
    old = base & (view.contacts.t < view.at - 7 * M.DAY_S)
    assert 0.15 < share(follow & old, old) < 0.27


def test_most_issues_are_solved_at_the_first_contact(view: casework.View) -> None:
    k = view.contacts
    base, follow = recontact_flags(view, days=7)
    order = np.lexsort((k.t[base], k.customer[base]))
    rows = np.flatnonzero(base)[order]
    again = np.r_[False, (np.diff(k.customer[rows]) == 0) & (np.diff(k.t[rows]) <= 7 * M.DAY_S)]
    first = np.zeros(len(k), dtype=bool)
    first[rows[~again]] = True
    first &= k.t < view.at - 7 * M.DAY_S
    assert 0.65 < share(first & ~follow & ~view.transferred, first) < 0.80


@pytest.fixture(scope="module")
def spring() -> tuple[World, casework.View]:
    """Seven weeks at full size: queueing does not scale down."""
    world = play(seed=2, effects=False, start=dt.date(2026, 4, 27))
    company = world.company
    return world, casework.view_at(company, world.contacts, company.calendar.local_seconds(M.NOW))


def test_agents_are_busy_but_not_overrun(spring: tuple[World, casework.View]) -> None:
    world, view = spring
    states = floorstates.agent_states(view, world.shifts)
    seconds = (states["ts_to"].micros - states["ts_from"].micros) / 1e6
    busy = np.isin(states["state"], ["handling", "acw"])
    staffed = busy | (states["state"] == "available")
    assert 0.70 < float(seconds[busy].sum() / seconds[staffed].sum()) < 0.85
    assert len(world.company.agents) == 36


def test_an_agent_never_has_two_contacts_at_once(world: World) -> None:
    k = world.contacts
    rows = np.flatnonzero(k.agent >= 0)
    order = rows[np.lexsort((k.start[rows], k.agent[rows]))]
    same = k.agent[order][1:] == k.agent[order][:-1]
    assert (k.start[order][1:][same] >= k.end[order][:-1][same] - 1e-6).all()


def test_more_load_means_more_abandonment(spring: tuple[World, casework.View]) -> None:
    """Half-hours are ordered by contacts per agent present: the fullest third loses more than the emptiest."""
    world, view = spring
    k = view.contacts
    live = (k.kind == L.LIVE) & view.done
    half = 1800.0
    size = int(view.at // half) + 1
    staffed = np.zeros(size)
    for shift in (shift for day in world.shifts for shift in day):
        staffed[int(shift.start // half) : min(size, int(shift.end // half))] += 1
    offered = np.bincount((k.t[live] // half).astype(int), minlength=size)
    lost = np.bincount((k.t[live & (k.outcome == L.ABANDONED)] // half).astype(int), minlength=size)
    slots = np.flatnonzero((staffed > 0) & (offered > 0))
    ordered = slots[np.argsort(offered[slots] / staffed[slots])]
    third = len(ordered) // 3
    calm, full = (lost[part].sum() / offered[part].sum() for part in (ordered[:third], ordered[-third:]))
    assert full > 1.5 * calm
    assert 0.03 < share(live & (k.outcome == L.ABANDONED), live) < 0.14


def test_the_planted_rise_shows_in_its_topic_and_its_days(view: casework.View) -> None:
    k = view.contacts
    rise = view.company.effects.rises[0]
    base, follow = recontact_flags(view, days=7)
    mine = base & np.isin(k.topic, rise.topics)
    during = (k.t >= rise.first * M.DAY_S) & (k.t < rise.last * M.DAY_S)
    before = k.t < rise.first * M.DAY_S
    assert share(follow & mine & during, mine & during) > 1.5 * share(follow & mine & before, mine & before)
    others = base & ~np.isin(k.topic, [topic for rise in view.company.effects.rises for topic in rise.topics])
    ratio = share(follow & others & during, others & during) / share(follow & others & before, others & before)
    assert 0.7 < ratio < 1.4


def test_planted_churners_are_unhappy_and_leave_later(view: casework.View) -> None:
    company = view.company
    churners = np.array(sorted(company.churners))
    found = feedback.answers(view)
    theirs = np.isin(view.contacts.customer[found.contact], churners) & ~np.isnan(found.answered)
    assert theirs.sum() >= len(churners)
    assert found.score[theirs].max() <= 3
    today = int(view.at // M.DAY_S)
    assert (company.customers.churn_day[churners] > today).all()


def test_days_do_not_depend_on_later_days() -> None:
    start = dt.date(2026, 5, 20)
    short = play(seed=5, scale=0.1, start=start)
    longer = play(seed=5, scale=0.1, start=start, future_days=10)
    n = len(short.contacts)
    assert len(longer.contacts) > n
    for column in ("t", "customer", "topic", "channel", "parent"):
        assert np.array_equal(getattr(short.contacts, column), getattr(longer.contacts, column)[:n]), column
    now, again = short.snapshot(M.NOW), longer.snapshot(M.NOW)
    for table in ("interactions", "cases", "surveys", "form_events"):
        for name, column in now[table].items():
            other = again[table][name]
            if hasattr(column, "micros"):
                assert np.array_equal(column.micros, other.micros)
            elif column.dtype == np.float64:
                assert np.array_equal(column, other, equal_nan=True)
            else:
                assert (column == other).all(), (table, name)


def test_another_company_has_its_effects_elsewhere() -> None:
    from frontline.sandbox.company.build import build_company

    plans = [build_company(seed=seed, effects=True, scale=0.05, days=533).effects for seed in range(1, 9)]
    assert len({plan.rises[0].topics for plan in plans}) >= 3
    assert len({plan.rises[0].first for plan in plans}) >= 3
    assert len({plan.friction for plan in plans}) >= 5
    assert all(plan.rises[0].topics != plan.rises[1].topics for plan in plans)
