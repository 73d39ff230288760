"""Writes Harbor Telecom: one parquet file per fact table, documents.jsonl and truth.yaml."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from frontline.core.ports import Progress, Report
from frontline.sandbox.company import casework, feedback, floorstates, ledger, portal, registry
from frontline.sandbox.company.build import build_company
from frontline.sandbox.company.model import NOW, START
from frontline.sandbox.company.simulation import Simulation
from frontline.sandbox.company.tables import Columns, take, to_arrow
from frontline.sandbox.company.texts.documents import write_documents
from frontline.sandbox.company.truth import Truth, tell_truth

TABLES = (
    "teams", "agents", "customers", "cases", "interactions", "surveys", "handoffs", "form_events", "costs", "qa_audits",
    "agent_states", "queue_now", "tags_fact",
)  # fmt: skip


@dataclass(frozen=True)
class World:
    """A played company: everything that happens until its last day, of which a snapshot shows a part."""

    simulation: Simulation
    contacts: Any

    def snapshot(self, at: dt.datetime) -> dict[str, Columns]:
        """Return every table as it stood at ``at`` (aware)."""
        company = self.simulation.company
        second = company.calendar.local_seconds(at)
        view = casework.view_at(company, self.contacts, second)
        found = feedback.answers(view)
        tables: dict[str, Columns] = {
            "teams": registry.teams(company),
            "agents": registry.agents(company),
            "customers": registry.customers(company, at=second),
            "cases": casework.cases(view, casework.case_states(view)),
            "interactions": _known(casework.interactions(view), view),
            "surveys": feedback.surveys(view, found),
            "handoffs": feedback.handoffs(view),
            "form_events": portal.form_events(company, at=second),
            "costs": ledger.costs(view).columns,
            "qa_audits": feedback.audits(view),
            "agent_states": floorstates.agent_states(view, self.simulation.shifts),
            "queue_now": floorstates.queue_now(view, self.simulation.shifts),
            "tags_fact": feedback.tags(view),
        }
        return tables


def _known(columns: Columns, view: casework.View) -> Columns:
    return take(columns, view.known)


def play(*, seed: int, effects: bool = True, scale: float = 1.0, start: dt.date = START, future_days: int = 0,
         report: Report | None = None) -> World:  # fmt: skip
    """Play the company from ``start`` to the end of the demo's day (and ``future_days`` more)."""
    days = (NOW.date() - start).days + 1 + future_days
    company = build_company(seed=seed, effects=effects, scale=scale, start=start, days=days)
    simulation = Simulation(company)
    return World(simulation, simulation.run(days, report))


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
    ``truth.yaml``; with ``future_days`` also ``future/<table>.parquet`` with the rows that come or change later.
    The same arguments give the same bytes of data.
    """
    tell = report or _silent
    out_dir.mkdir(parents=True, exist_ok=True)
    world = play(seed=seed, effects=effects, scale=scale, start=start, future_days=future_days, report=tell)
    now = world.snapshot(NOW)
    for number, name in enumerate(TABLES):
        _write(to_arrow(now[name]), out_dir / f"{name}.parquet")
        tell(Progress(number + 1, len(TABLES), f"writing {name}"))
    company = world.simulation.company
    view = casework.view_at(company, world.contacts, company.calendar.local_seconds(NOW))
    count = write_documents(out_dir / "documents.jsonl", view, feedback.answers(view))
    truth = tell_truth(view, ledger.costs(view).ledger, documents=count)
    (out_dir / "truth.yaml").write_text(truth.as_yaml(), encoding="utf-8")
    if future_days:
        _write_future(world, now, out_dir / "future", days=future_days)
    return truth


def _write_future(world: World, now: dict[str, Columns], folder: Path, *, days: int) -> None:
    """Write the rows of the snapshot at the end of the future that are not among the rows of now."""
    folder.mkdir(parents=True, exist_ok=True)
    later = world.snapshot(NOW + dt.timedelta(days=days))
    for name in TABLES:
        if name in ("teams", "agents", "queue_now"):
            continue
        _write(_changed(to_arrow(later[name]), to_arrow(now[name])), folder / f"{name}.parquet")


def _changed(later: Any, now: Any) -> Any:
    import pyarrow as pa

    seen = set(zip(*(column.to_pylist() for column in now.columns), strict=True))
    rows = zip(*(column.to_pylist() for column in later.columns), strict=True)
    return later.filter(pa.array([row not in seen for row in rows]))


def _write(table: Any, path: Path) -> None:
    import pyarrow.parquet as pq

    pq.write_table(table, path, compression="zstd")


def _silent(progress: Progress) -> None:
    """Report to nobody."""
