"""Monthly costs that add up to the ledger to the cent."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np

from frontline.sandbox.company import model as M
from frontline.sandbox.company.casework import View
from frontline.sandbox.company.model import Ints
from frontline.sandbox.company.tables import Columns, Money, words

STREAM = 13
SALARY_A_MONTH = 3_150.0  # loaded, a part-time average
TOOLS = (("phone", 4_800.0), ("chat", 2_600.0), ("email", 1_500.0), ("social", 700.0), ("portal", 3_900.0))
OVERHEAD_SHARE = 0.21
COST_TYPES = ("salary", "channel tools", "facilities", "overhead")


@dataclass(frozen=True)
class Costs:
    """The costs table and the ledger's total per month in cents."""

    columns: Columns
    ledger: dict[str, int]


def costs(view: View) -> Costs:
    """Return the costs of every month that had ended by the instant of the view."""
    company = view.company
    last = company.calendar.date(int(view.at // M.DAY_S))
    rows: list[tuple[dt.date, int, int, int, int]] = []
    ledger: dict[str, int] = {}
    month = company.calendar.start.replace(day=1)
    while _next(month) <= last:
        total = 0
        for kind, team, channel, cents in _month_rows(view, month):
            rows.append((month, kind, team, channel, cents))
            total += cents
        ledger[f"{month:%Y-%m}"] = total
        month = _next(month)
    teams: Ints = np.array([row[2] for row in rows], dtype=np.int64)
    channels: Ints = np.array([row[3] for row in rows], dtype=np.int64)
    return Costs(
        {
            "period": np.array([row[0] for row in rows], dtype=object),
            "cost_type": words(COST_TYPES, np.array([row[1] for row in rows], dtype=np.int64)),
            "amount": Money(np.array([row[4] for row in rows], dtype=np.int64)),
            "currency": words(("EUR",), np.zeros(len(rows), dtype=np.int64)),
            "team_id": words(M.TEAMS, teams),
            "channel": words(M.CHANNELS, channels),
        },
        ledger,
    )


def _month_rows(view: View, month: dt.date) -> list[tuple[int, int, int, int]]:
    company = view.company
    rng = np.random.default_rng([company.seed, STREAM, month.year * 12 + month.month])
    raises = 1.035 if month.year >= 2026 else 1.0
    rows: list[tuple[int, int, int, int]] = []
    for team in range(len(M.TEAMS)):
        people = int((company.agents.team == team).sum())
        salary = SALARY_A_MONTH * (0.72 if M.TEAM_SITE[team] else 1.0) * people * raises
        rows.append((0, team, -1, _cents(salary * rng.normal(1, 0.012))))
        rows.append((2, team, -1, _cents(290.0 * people)))
    for channel, (_, fixed) in enumerate(TOOLS):
        rows.append((1, -1, channel, _cents(fixed * company.scale * rng.normal(1, 0.03))))
    # The overhead takes what is left of a ledger figure, so that the parts add up to it exactly.
    direct = sum(row[3] for row in rows)
    rows.append((3, -1, -1, round(direct * OVERHEAD_SHARE)))
    return rows


def _cents(euros: float) -> int:
    return round(euros * 100)


def _next(month: dt.date) -> dt.date:
    return (month.replace(day=28) + dt.timedelta(days=4)).replace(day=1)
