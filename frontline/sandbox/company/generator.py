"""Writes Harbor Telecom: one parquet file per fact table, documents.jsonl and truth.yaml."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from frontline.core.ports import Progress, Report
from frontline.sandbox.company import casework, feedback, floorstates, ledger, portal, registry
from frontline.sandbox.company.build import build_company
from frontline.sandbox.company.floor import Shift
from frontline.sandbox.company.log import Contacts
from frontline.sandbox.company.model import NOW, START
from frontline.sandbox.company.simulation import Company, Simulation
from frontline.sandbox.company.tables import Columns, take, to_arrow
from frontline.sandbox.company.texts.documents import write_documents
from frontline.sandbox.company.truth import Truth, tell_truth

TABLES = (
    "teams", "agents", "customers", "cases", "interactions", "surveys", "handoffs", "form_events", "costs", "qa_audits",
    "agent_states", "queue_now", "tags_fact",
)  # fmt: skip


FUTURE = "future.npz"
# So many days of queue readings before today: the same weekday of last week is among them.
FLOOR_DAYS = 7


@dataclass(frozen=True)
class World:
    """A played company: everything that happens until its last day, of which a snapshot shows a part.

    A world may hold only a stretch of the log: then rows whose day lies before ``since`` (a day index) are left out
    where they are made from the calendar, and are incomplete elsewhere.
    """

    company: Company
    contacts: Contacts
    shifts: Sequence[Sequence[Shift]]
    since: int = 0

    def snapshot(self, at: dt.datetime) -> dict[str, Columns]:
        """Return every table as it stood at ``at`` (aware)."""
        company, since = self.company, self.since
        second = company.calendar.local_seconds(at)
        view = self.view(at)
        found = feedback.answers(view)
        tables: dict[str, Columns] = {
            "teams": registry.teams(company),
            "agents": registry.agents(company),
            "customers": registry.customers(company, at=second, since=since or None),
            "cases": casework.cases(view, casework.case_states(view)),
            "interactions": _known(casework.interactions(view), view),
            "surveys": feedback.surveys(view, found),
            "handoffs": feedback.handoffs(view),
            "form_events": portal.form_events(company, at=second, since=since),
            "costs": ledger.costs(view).columns,
            "qa_audits": feedback.audits(view),
            "agent_states": floorstates.agent_states(view, self.shifts, since=since),
            "queue_now": floorstates.queue_now(view, self.shifts, back=FLOOR_DAYS, since=since),
            "tags_fact": feedback.tags(view),
        }
        return tables

    def view(self, at: dt.datetime) -> casework.View:
        """Return the log cut at ``at`` (aware)."""
        return casework.view_at(self.company, self.contacts, self.company.calendar.local_seconds(at))


def _known(columns: Columns, view: casework.View) -> Columns:
    return take(columns, view.known)


def play(*, seed: int, effects: bool = True, scale: float = 1.0, start: dt.date = START, future_days: int = 0,
         report: Report | None = None) -> World:  # fmt: skip
    """Play the company from ``start`` to the end of the demo's day (and ``future_days`` more)."""
    days = (NOW.date() - start).days + 1 + future_days
    company = build_company(seed=seed, effects=effects, scale=scale, start=start, days=days)
    simulation = Simulation(company)
    return World(company, simulation.run(days, report), simulation.shifts)


def generate(
    out_dir: Path,
    *,
    seed: int = 1,
    effects: bool = True,
    scale: float = 1.0,
    report: Report | None = None,
    start: dt.date = START,
    future_days: int = 0,
) -> Truth:
    """Write the demo company into ``out_dir`` and return what was planted.

    Files: ``<table>.parquet`` for each of ``TABLES`` as they stood at the demo's now, ``documents.jsonl``,
    ``truth.yaml``; with ``future_days`` also ``future.npz``, what the clock may still bring (``future``). The same
    arguments give the same bytes of data, with a future or without.
    """
    tell = report or _silent
    out_dir.mkdir(parents=True, exist_ok=True)
    to_now = (NOW.date() - start).days + 1
    company = build_company(seed=seed, effects=effects, scale=scale, start=start, days=to_now + future_days)
    simulation = Simulation(company)
    world = World(company, simulation.run(to_now, tell), simulation.shifts)
    now = world.snapshot(NOW)
    for number, name in enumerate(TABLES):
        _write(to_arrow(now[name]), out_dir / f"{name}.parquet")
        tell(Progress(number + 1, len(TABLES), f"writing {name}"))
    del now
    view = world.view(NOW)
    count = write_documents(out_dir / "documents.jsonl", view, feedback.answers(view))
    truth = tell_truth(view, ledger.costs(view).ledger, documents=count)
    (out_dir / "truth.yaml").write_text(truth.as_yaml(), encoding="utf-8")
    if future_days:
        from frontline.sandbox.company.future import save

        contacts = simulation.run(to_now + future_days, tell, since=to_now)
        save(World(company, contacts, simulation.shifts), out_dir / FUTURE, effects=effects)
    return truth


def _write(table: Any, path: Path) -> None:
    import pyarrow.parquet as pq

    pq.write_table(table, path, compression="zstd")


def _silent(progress: Progress) -> None:
    """Report to nobody."""
