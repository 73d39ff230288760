"""Sessions on the self-service portal's forms, field by field."""

from __future__ import annotations

import numpy as np

from frontline.sandbox.company import model as M
from frontline.sandbox.company.effects import FORM_FIELDS
from frontline.sandbox.company.model import Floats, Ints
from frontline.sandbox.company.simulation import Company
from frontline.sandbox.company.tables import Columns, ids, instants, words

STREAM = 11
SESSIONS_A_DAY = 42.0
HAZARD = 0.03
ERROR_SHARE = 0.06
DEVICES = ("desktop", "mobile", "tablet")
EVENTS = ("view", "focus", "error", "blur", "submit", "abandon")
ERRORS = ("required", "format", "not found")


def form_events(company: Company, *, at: float, since: int = 0) -> Columns:
    """Return view, focus, error, blur, submit and abandon events from day ``since`` up to ``at`` (local seconds)."""
    forms = list(FORM_FIELDS)
    parts: list[Floats] = []
    number = 0
    for day in range(int(at // M.DAY_S) + 1):
        rng = np.random.default_rng([company.seed, STREAM, day])
        count = int(rng.poisson(SESSIONS_A_DAY * company.scale * min(1.1, company.calendar.factor[day] + 0.2)))
        if day < since:
            number += count
            continue
        form = rng.choice(len(forms), count, p=(0.36, 0.26, 0.16, 0.22))
        start = day * M.DAY_S + (7 + 16.5 * rng.beta(1.6, 1.6, count)) * 3600
        device = rng.choice(3, count, p=(0.45, 0.47, 0.08))
        u = rng.random((count, 6, 4))
        rows = _events(company, day, number, form, start, device, u)
        parts.append(rows)
        number += count
    rows = np.concatenate(parts)
    rows = rows[rows[:, 1] <= at]
    fields = [name for form in forms for name in FORM_FIELDS[form]]
    code = rows[:, 2:].astype(np.int64)
    return {
        "session_id": ids("P", rows[:, 0].astype(np.int64) + 1, 7),
        "ts": instants(company.calendar, rows[:, 1]),
        "form": words(forms, code[:, 0]),
        "field": words(fields, code[:, 1]),
        "event": words(EVENTS, code[:, 2]),
        "variant": words(("a",), np.zeros(len(rows), dtype=np.int64)),
        "error_code": words(ERRORS, code[:, 3]),
        "device": words(DEVICES, code[:, 4]),
    }


def _events(company: Company, day: int, number: int, form: Ints, start: Floats, device: Ints, u: Floats) -> Floats:
    """Return rows (session, time, form, field, event, error, device); -1 where a column does not apply."""
    planted = company.effects.friction if company.effects.friction and day >= company.effects.friction[2] else None
    offset = 0
    rows = []
    for code, (name, fields) in enumerate(FORM_FIELDS.items()):
        mine = np.flatnonzero(form == code)
        when, alive = start[mine], np.ones(len(mine), dtype=bool)
        session, kind = number + mine, device[mine]
        rows.append(_rows(session, when, code, -1, 0, -1, kind))
        for place, field in enumerate(fields):
            hazard, errors = HAZARD, ERROR_SHARE
            if planted and planted[:2] == (name, field):
                hazard, errors = planted[3], 0.3
            x = u[mine, place]
            focus = when + 2 + 6 * x[:, 0]
            rows.append(_rows(session[alive], focus[alive], code, offset + place, 1, -1, kind[alive]))
            wrong = alive & (x[:, 1] < errors)
            mistake = (x[:, 1] / errors * 3).astype(np.int64).clip(0, 2)
            rows.append(_rows(session[wrong], focus[wrong] + 5, code, offset + place, 2, mistake[wrong], kind[wrong]))
            leaves = alive & (x[:, 2] < hazard)
            when = focus + 6 + 14 * x[:, 3] + 20 * wrong
            rows.append(_rows(session[leaves], when[leaves], code, offset + place, 5, -1, kind[leaves]))
            alive = alive & ~leaves
            rows.append(_rows(session[alive], when[alive], code, offset + place, 3, -1, kind[alive]))
        rows.append(_rows(session[alive], when[alive] + 4, code, -1, 4, -1, kind[alive]))
        offset += len(fields)
    return np.concatenate(rows)


def _rows(session: Ints, when: Floats, form: int, field: int, event: int, error: Ints | int, device: Ints) -> Floats:
    n = len(session)
    full = np.empty((n, 7))
    full[:, 0], full[:, 1], full[:, 2], full[:, 3] = session, when, form, field
    full[:, 4], full[:, 5], full[:, 6] = event, error, device
    return full
