"""What is true of the generated company: the planted effects with place, date and size, and key figures."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from frontline.sandbox.company import log as L
from frontline.sandbox.company import model as M
from frontline.sandbox.company.casework import View
from frontline.sandbox.company.effects import describe
from frontline.sandbox.company.model import Bools, Ints


@dataclass(frozen=True)
class Truth:
    """The content of truth.yaml."""

    seed: int
    scale: float
    now: str
    effects: list[dict[str, Any]]
    figures: dict[str, Any]
    ledger: dict[str, str] = field(default_factory=dict)

    def as_yaml(self) -> str:
        """Return the document."""
        import yaml

        body = {
            "company": "Harbor Telecom",
            "seed": self.seed,
            "scale": self.scale,
            "now": self.now,
            "effects": self.effects,
            "figures": self.figures,
            "ledger_eur": self.ledger,
        }
        return yaml.safe_dump(body, sort_keys=False, allow_unicode=True, width=120)


def tell_truth(view: View, ledger_cents: dict[str, int], *, documents: int) -> Truth:
    """Return the planned effects with the sizes that came out, and figures to check a load against."""
    company = view.company
    rows = describe(company.effects, company.calendar)
    flags = recontact_flags(view, days=7)
    for rise, row in zip(company.effects.rises, rows, strict=False):
        row.update(_rise_sizes(view, flags, rise.topics, rise.first, rise.last))
    if company.effects.churners:
        now_day = int(view.at // M.DAY_S)
        rows.append(
            {
                "id": "churners", "kind": "churn", "metric": "churn_rate", "among": company.effects.candidates,
                "from": company.calendar.date(now_day), "until": company.calendar.date(now_day + 45),
                "customer_ids": [f"CU-{who + 1:06d}" for who in sorted(company.churners)],
            }
        )  # fmt: skip
    base, follow = flags
    figures = {
        "interactions": int(view.known.sum()),
        "documents": documents,
        "recontact_rate_7d": _share(follow[base & _mature(view, 7)]),
        "identified_answered_contacts": int(base.sum()),
    }
    ledger = {month: f"{cents // 100}.{cents % 100:02d}" for month, cents in ledger_cents.items()}
    from frontline.sandbox.company.model import NOW

    return Truth(company.seed, company.scale, NOW.isoformat(), rows, figures, ledger)


def recontact_flags(view: View, *, days: int) -> tuple[Bools, Bools]:
    """Return (is an answered inbound contact of an identified customer, is followed by another within ``days``)."""
    k = view.contacts
    base = view.done & (k.kind != L.OUTBOUND) & (k.outcome == L.ANSWERED) & ~view.anonymous
    rows: Ints = np.flatnonzero(base)
    order = rows[np.lexsort((k.t[rows], k.customer[rows]))]
    same = np.r_[k.customer[order][1:] == k.customer[order][:-1], False]
    gap = np.r_[np.diff(k.t[order]), np.inf]
    follow = np.zeros(len(k), dtype=bool)
    follow[order] = same & (gap <= days * M.DAY_S)
    return base, follow


def _rise_sizes(
    view: View, flags: tuple[Bools, Bools], topics: tuple[int, ...], first: int, last: int
) -> dict[str, object]:
    k = view.contacts
    base, follow = flags
    until = min(last * M.DAY_S, view.at - 7 * M.DAY_S)
    window = 7
    if until < (first + 5) * M.DAY_S:  # too fresh for a week: measured on what follows within a day
        base, follow = recontact_flags(view, days=1)
        until, window = view.at - M.DAY_S, 1
    before = base & (k.t >= (first - 60) * M.DAY_S) & (k.t < first * M.DAY_S)
    after = base & (k.t >= first * M.DAY_S) & (k.t < until)
    mine = np.isin(k.topic, topics)
    return {
        "measured_within_days": window,
        "rate_before": _share(follow[before]),
        "rate_during": _share(follow[after]),
        "topic_rate_before": _share(follow[before & mine]),
        "topic_rate_during": _share(follow[after & mine]),
        "topic_share_of_contacts": _share(mine[before]),
        "contacts_during": int(after.sum()),
    }


def _mature(view: View, days: int) -> Bools:
    return np.asarray(view.contacts.t < view.at - days * M.DAY_S)


def _share(flags: Bools) -> float | None:
    return round(float(flags.mean()), 4) if len(flags) else None
