"""Plays the company forward, one day after the other, each from its own random stream.

A day reads the state that earlier days left (open repeats, callbacks, unread mail) and never anything later, so the
clock can move on without changing the past.
"""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass

import numpy as np

from frontline.core.ports import Progress, Report
from frontline.sandbox.company import log as L
from frontline.sandbox.company.effects import Effects
from frontline.sandbox.company.floor import Floor, Shift
from frontline.sandbox.company.model import (
    BUSINESS,
    CHANNEL_HANDLE,
    CHANNEL_SHARE,
    CHAT,
    DAY_S,
    EMAIL,
    FIRST_CONTACTS_A_DAY,
    LIVE_HOURS,
    PHONE,
    PORTAL,
    TOPIC_CHANNEL,
    TOPIC_HANDLE,
    TOPIC_QUEUE,
    TOPIC_REPEAT,
    TOPIC_SHARE,
    TOPICS,
    WRITTEN_HOURS,
    Calendar,
    Floats,
    Ints,
)
from frontline.sandbox.company.people import Agents, Customers
from frontline.sandbox.company.rota import plan_shifts

STREAM_DAY = 7
REDIAL_SHARE = 0.45
FOLLOW_SHARE = 0.40
MAX_DEPTH = 6
_HANDLE_SIGMA = 0.45
_PATIENCE = {PHONE: 400.0, CHAT: 300.0}


@dataclass(frozen=True)
class Company:
    """The people and the plan of one seed."""

    seed: int
    scale: float
    calendar: Calendar
    customers: Customers
    agents: Agents
    effects: Effects
    forced: dict[int, list[tuple[float, int, int]]]  # day -> (second of the day, customer, topic) of planted churners
    churners: frozenset[int]


class Simulation:
    """Runs days of a ``Company`` and keeps the contact log."""

    def __init__(self, company: Company) -> None:
        self.company = company
        self.log = L.ContactLog()
        self.shifts: list[list[Shift]] = []
        agents = company.agents
        self._skill = agents.skill.tolist()
        self._team = agents.team.tolist()
        self._speed = agents.speed.tolist()
        self._day = 0
        self._u: list[list[float]] = []
        self._base = 0
        self._later: dict[int, list[tuple[float, int, int]]] = defaultdict(list)  # day -> (time, parent, kind)
        self._repeat: list[float] = []
        self._drawn: Floats = np.zeros((0, L.COLUMNS))
        self._floor = Floor(self.log, self._speed, self._served, self._abandoned)
        share = np.tile(CHANNEL_SHARE, (len(TOPICS), 1))
        for topic, channel in TOPIC_CHANNEL.items():
            share[TOPICS.index(topic), channel] += 0.25
        self._channel_cdf = np.cumsum(share / share.sum(axis=1, keepdims=True), axis=1)
        self._topic_cdf = np.cumsum(TOPIC_SHARE, axis=1)

    def run(self, days: int, report: Report | None = None, *, since: int = 0) -> L.Contacts:
        """Play days [since, days) after those played before, and return the log."""
        for day in range(since, days):
            self._play(day)
            if report and day % 50 == 49:
                report(Progress(day + 1, days, "playing the days of Harbor Telecom"))
        return self.log.frozen()

    def _play(self, day: int) -> None:
        company = self.company
        rng = np.random.default_rng([company.seed, STREAM_DAY, day])
        self._day, self._base = day, len(self.log)
        self._repeat = self._repeat_chances(rng, day)
        mean = FIRST_CONTACTS_A_DAY * company.scale * company.calendar.factor[day]
        count = int(rng.poisson(mean * rng.gamma(250.0, 1 / 250.0)))
        forced = company.forced.get(day, [])
        gone = company.customers.churn_day
        due = [row for row in sorted(self._later.pop(day, [])) if gone[self.log.customer[row[1]]] > day]
        rows = count + len(forced) + len(due) + 60 + int(mean * 0.9)
        extra = self._outage_rows(rng, day, mean)
        drawn = rng.random((rows + len(extra), L.COLUMNS))
        self._drawn, self._u = drawn, drawn.tolist()
        customer, topic = self._who_and_what(rng, day, count)
        if len(extra):
            customer = np.concatenate([customer, extra])
            topic = np.concatenate([topic, np.full(len(extra), TOPICS.index("outage"))])
        arrivals = self._first_contacts(rng, day, customer, topic)
        self._open_speed(day)
        for second, who, what in forced:
            arrivals.append(self._append(second + day * DAY_S, who, what, PHONE, -1, L.LIVE, 0))
        for time, parent, kind in due:
            arrivals.append(self._child(parent, time, kind))
        shifts = plan_shifts(rng, company.calendar, company.agents, day=day, scale=company.scale)
        self.shifts.append(shifts)
        self._floor.run(arrivals, shifts)
        self.log.uniforms.append(drawn[: len(self.log) - self._base])

    # -- who calls about what -------------------------------------------------------------------------------------
    def _repeat_chances(self, rng: np.random.Generator, day: int) -> list[float]:
        chance = TOPIC_REPEAT * float(np.exp(rng.normal(0, 0.05)))
        for rise in self.company.effects.rises:
            if rise.first <= day < rise.last:
                for topic in rise.topics:
                    chance[topic] += rise.lift
        return [float(x) for x in chance]

    def _who_and_what(self, rng: np.random.Generator, day: int, count: int) -> tuple[Ints, Ints]:
        people = self.company.customers
        weight = people.activity * ((people.signup_day <= day) & (people.churn_day > day))
        weight = np.where(people.churn_day - day < 30, weight * 2.2, weight)
        cdf = np.cumsum(weight)
        customer = np.searchsorted(cdf, rng.random(count) * cdf[-1], side="right")
        pick = self._topic_cdf[people.product[customer]]
        topic = (rng.random(count)[:, None] > pick).sum(axis=1)
        summer = self.company.calendar.date(day).month in (6, 7, 8)
        swap = (topic == TOPICS.index("mobile data")) & (rng.random(count) < (0.2 if summer else 0.0))
        return customer, np.minimum(np.where(swap, TOPICS.index("roaming"), topic), len(TOPICS) - 1)

    def _outage_rows(self, rng: np.random.Generator, day: int, mean: float) -> Ints:
        planted = self.company.effects.outage
        if not planted or planted[2] != day:
            return np.zeros(0, dtype=np.int64)
        region, product, _, factor = planted
        people = self.company.customers
        hit = np.flatnonzero(
            (people.region == region) & (people.product == product)
            & (people.signup_day <= day) & (people.churn_day > day)
        )  # fmt: skip
        size = min(len(hit), int(mean * 0.10 * factor))
        return np.asarray(rng.choice(hit, size, replace=False), dtype=np.int64)

    def _first_contacts(self, rng: np.random.Generator, day: int, customer: Ints, topic: Ints) -> list[int]:
        u = self._drawn[: len(customer)]
        people = self.company.customers
        channel = (u[:, L.U_SWITCH, None] > self._channel_cdf[topic]).sum(axis=1)
        bot = ((channel == PORTAL) | (channel == CHAT)) & (u[:, L.U_BOT] < 0.42) & (people.segment[customer] < 2)
        kind = np.where(bot, L.BOT, np.where(channel <= CHAT, L.LIVE, L.WRITTEN))
        queue = np.where(people.segment[customer] > 0, BUSINESS, TOPIC_QUEUE[topic])
        # Part of the small businesses come through the general lines.
        queue = np.where((people.segment[customer] == 1) & (u[:, L.U_CONTAIN] < 0.35), TOPIC_QUEUE[topic], queue)
        opening, closing = self.company.calendar.hours[day]
        live = _draw_hours(rng, LIVE_HOURS, len(topic), opening, closing)
        written = _draw_hours(rng, WRITTEN_HOURS, len(topic), 6.0, 24.0)
        time = np.where(kind == L.LIVE, live, written) * 3600 + day * DAY_S
        handle = TOPIC_HANDLE[topic] * CHANNEL_HANDLE[channel]
        log, n = self.log, len(topic)
        first = len(log)
        log.t += time.tolist()
        log.customer += customer.tolist()
        log.topic += topic.tolist()
        log.channel += channel.tolist()
        log.queue += queue.tolist()
        log.kind += kind.tolist()
        log.parent += [-1] * n
        log.root += [-1] * n
        log.depth += [0] * n
        log.handle += _spread(handle, u[:, L.U_HANDLE]).tolist()
        mean_patience = np.where(channel == PHONE, _PATIENCE[PHONE], _PATIENCE[CHAT])
        log.patience += (-np.log1p(-u[:, L.U_PATIENCE]) * mean_patience).tolist()
        self._blank_results(n)
        arrivals = []
        for contact in range(first, first + n):
            if log.kind[contact] == L.BOT:
                arrivals += self._bot(contact)
            else:
                arrivals.append(contact)
        return arrivals

    # -- what a contact leads to ----------------------------------------------------------------------------------
    def _bot(self, contact: int) -> list[int]:
        """Serve a contact without a human; two in three stay contained."""
        log, u = self.log, self._u[contact - self._base]
        log.start[contact], log.end[contact] = log.t[contact], log.t[contact] + 60 + 240 * u[L.U_HANDLE]
        log.outcome[contact], log.root[contact] = L.ANSWERED, contact
        if u[L.U_REPEAT] < 0.22:
            delay = -math.log1p(-u[L.U_DELAY]) * 0.6 * DAY_S
            return self._schedule(contact, log.end[contact] + delay, L.LIVE)
        return []

    def _served(self, contact: int, agent: int, end: float) -> list[int]:
        log, company = self.log, self.company
        u = self._u[contact - self._base] if contact >= self._base else self._carried(contact)
        kind = log.kind[contact]
        if kind == L.OUTBOUND:
            return []
        if log.root[contact] < 0 and u[L.U_CASE] < 0.62:
            log.root[contact] = contact
        born: list[int] = []
        team = self._team[agent]
        chance = self._repeat[log.topic[contact]] * self._skill[agent]
        if log.depth[contact] >= 1:
            chance *= 1.15
        late = 0.0
        planted = company.effects.goodhart
        if planted and planted[0] == team and self._day >= planted[1]:
            chance *= planted[3]
            late = 0.05
        who = log.customer[contact]
        churner = who in company.churners and company.customers.churn_day[who] - self._day < 60
        if churner:
            chance = 0.3  # more would show as a rise of the company's own recontact rate
        if log.depth[contact] < MAX_DEPTH and u[L.U_REPEAT] < chance:
            # Most come back soon: a third the same day or the next, nearly all within a week.
            mean = 0.5 if u[L.U_DELAY] < 0.45 else 3.0
            again = (u[L.U_DELAY] / 0.45) % 1.0 if mean < 1 else (u[L.U_DELAY] - 0.45) / 0.55
            born += self._schedule(contact, end + 1200 - math.log1p(-min(again, 0.999)) * mean * DAY_S, L.LIVE)
        elif u[L.U_REOPEN] < late + 0.012:
            self._schedule(contact, end + (8 + 6 * u[L.U_DELAY]) * DAY_S, L.LIVE)
        if log.root[contact] >= 0 and u[L.U_FOLLOW] < FOLLOW_SHARE and not churner:
            hours = math.exp(2.9 + 1.1 * _normal(u[L.U_FOLLOW_DELAY]))
            born += self._schedule(contact, end + hours * 3600, L.OUTBOUND)
        return born

    def _abandoned(self, contact: int, now: float) -> list[int]:
        u = self._u[contact - self._base]
        if u[L.U_REDIAL] >= REDIAL_SHARE or self.log.depth[contact] >= MAX_DEPTH:
            return []
        return self._schedule(contact, now + 240 - math.log1p(-u[L.U_REDIAL_DELAY]) * 2400, L.LIVE)

    def _schedule(self, parent: int, time: float, kind: int) -> list[int]:
        """Place a later contact of the same issue; returns it when it comes today."""
        time = self._in_hours(time, kind)
        day = int(time // DAY_S)
        if day <= self._day and len(self.log) - self._base < len(self._u):
            return [self._child(parent, time, kind)]
        self._later[max(day, self._day + 1)].append((max(time, (self._day + 1) * DAY_S + 8 * 3600), parent, kind))
        return []

    def _in_hours(self, time: float, kind: int) -> float:
        calendar = self.company.calendar
        day = int(time // DAY_S)
        hour = (time - day * DAY_S) / 3600
        opening, closing = calendar.hours[min(day, len(calendar.hours) - 1)]
        if kind == L.OUTBOUND:  # callbacks are made on working days
            while calendar.weekday[min(day, len(calendar.weekday) - 1)] >= 5:
                day, hour = day + 1, 8.0 + hour % 4
            opening, closing = 8.5, 18.0
        if hour >= closing - 0.2:
            day, hour = day + 1, 0.0
            opening, closing = calendar.hours[min(day, len(calendar.hours) - 1)]
        if hour < opening:
            # The night's callers come spread over the first hours; the fraction of the second is the spread.
            hour = opening + (time * 7919 % 1.0) * (8.5 if kind == L.OUTBOUND else 4.0)
        return day * DAY_S + hour * 3600

    def _child(self, parent: int, time: float, kind: int) -> int:
        log = self.log
        u = self._u[len(log) - self._base]
        who = log.customer[parent]
        channel = log.channel[parent]
        if kind == L.OUTBOUND:
            channel = PHONE if u[L.U_SWITCH] < 0.6 else EMAIL
        elif log.outcome[parent] != L.ABANDONED and u[L.U_SWITCH] < 0.30:
            channel = PHONE
        if kind == L.LIVE and channel > CHAT:
            kind = L.WRITTEN
        return self._append(time, who, log.topic[parent], channel, parent, kind, log.depth[parent] + 1)

    def _append(self, time: float, who: int, topic: int, channel: int, parent: int, kind: int, depth: int) -> int:
        log = self.log
        contact = len(log)
        u = self._u[contact - self._base]
        log.t.append(time)
        log.customer.append(who)
        log.topic.append(topic)
        log.channel.append(channel)
        segment = int(self.company.customers.segment[who])
        log.queue.append(log.queue[parent] if parent >= 0 else BUSINESS if segment > 0 else int(TOPIC_QUEUE[topic]))
        log.kind.append(kind)
        log.parent.append(parent)
        log.root.append(log.root[parent] if parent >= 0 else -1)
        log.depth.append(depth)
        mean = float(TOPIC_HANDLE[topic] * CHANNEL_HANDLE[channel]) * (0.5 if kind == L.OUTBOUND else 0.9)
        log.handle.append(mean * math.exp(_HANDLE_SIGMA * _normal(u[L.U_HANDLE]) - _HANDLE_SIGMA**2 / 2))
        log.patience.append(-math.log1p(-u[L.U_PATIENCE]) * _PATIENCE.get(channel, 300.0))
        self._blank_results(1)
        return contact

    def _blank_results(self, n: int) -> None:
        log = self.log
        log.start += [math.nan] * n
        log.end += [math.nan] * n
        log.agent += [-1] * n
        log.outcome += [L.PENDING] * n
        log.queued += [False] * n

    def _carried(self, contact: int) -> list[float]:
        """Return the uniforms of a contact that an earlier day drew."""
        back = self._base
        for block in reversed(self.log.uniforms):
            back -= len(block)
            if contact >= back:
                return [float(x) for x in block[contact - back]]
        raise LookupError(f"contact {contact} has no uniforms")

    def _open_speed(self, day: int) -> None:
        planted = self.company.effects.goodhart
        if planted and day == planted[1]:
            for agent, team in enumerate(self._team):
                if team == planted[0]:
                    self._speed[agent] *= planted[2]


def _draw_hours(rng: np.random.Generator, profile: Floats, n: int, opening: float, closing: float) -> Floats:
    """Return ``n`` local hours with the density of ``profile`` inside [opening, closing)."""
    grid = np.arange(24)
    weight = profile * ((grid >= math.floor(opening)) & (grid < closing))
    cdf = np.cumsum(weight) / weight.sum()
    return np.clip(np.searchsorted(cdf, rng.random(n)) + rng.random(n), opening, closing - 0.001)


def _spread(mean: Floats, uniform: Floats) -> Floats:
    from scipy.special import ndtri

    return np.asarray(mean * np.exp(_HANDLE_SIGMA * ndtri(np.clip(uniform, 1e-6, 1 - 1e-6)) - _HANDLE_SIGMA**2 / 2))


def _normal(uniform: float) -> float:
    """Return an approximate standard normal quantile (Tukey lambda 0.14: error below 0.01 inside 3 sd)."""
    p = min(max(uniform, 1e-5), 1 - 1e-5)
    return float(4.91 * (p**0.14 - (1 - p) ** 0.14))
