"""What the demo's clock may still bring: the end of a played log, small enough to keep and to look at every minute.

The whole log of a company takes 400 MB and some seconds to cut at an instant. What can still change after the demo's
now is a small part of it: contacts of the last weeks and of the days to come, and cases that are open. That part is
saved when the company is made, and names its contacts as the whole log does. Two instants give the rows that came or
changed between them, the same ones however one gets from one to the other.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np

from frontline.sandbox.company import casework, feedback, floorstates
from frontline.sandbox.company import log as L
from frontline.sandbox.company import model as M
from frontline.sandbox.company.build import build_company
from frontline.sandbox.company.floor import Shift
from frontline.sandbox.company.generator import TABLES, World, play
from frontline.sandbox.company.model import Bools
from frontline.sandbox.company.tables import Columns, Instants, take, to_arrow
from frontline.sandbox.company.texts.documents import later_documents

# Nothing of a contact is reported later than this: the slowest survey, audit or handoff takes less.
BACK_DAYS = 21
_STATIC = ("teams", "agents")
_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


@dataclass(frozen=True)
class Changes:
    """Rows (Arrow, raw as for intake) that came or changed. ``restated``: tables whose rows from that instant on are
    all there; what stood there before and is not among them is gone."""

    tables: Mapping[str, Any]
    restated: Mapping[str, dt.datetime]


class Future:
    """The days after the demo's now. Instants lie between the demo's now and ``end``."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._last: tuple[dt.datetime, dict[str, Columns]] | None = None

    @classmethod
    def load(cls, path: Path) -> Future:
        """Read what ``save`` wrote; the people are made anew from the seed."""
        with np.load(path) as saved:
            said = json.loads(str(saved["said"]))
            contacts = L.Contacts(**{field.name: saved[field.name] for field in fields(L.Contacts)})
            rows, pauses = saved["shifts"].tolist(), saved["breaks"].tolist()
        company = build_company(
            seed=said["seed"],
            effects=said["effects"],
            scale=said["scale"],
            start=dt.date.fromisoformat(said["start"]),
            days=said["days"],
        )
        breaks: list[list[tuple[float, float]]] = [[] for _ in rows]
        for number, start, end in pauses:
            breaks[int(number)].append((start, end))
        shifts: list[list[Shift]] = [[] for _ in range(said["days"])]
        for (day, agent, queue, start, end), rest in zip(rows, breaks, strict=True):
            shifts[int(day)].append(Shift(int(agent), int(queue), start, end, tuple(rest)))
        return cls(World(company, contacts, shifts, since=said["since"]))

    @property
    def end(self) -> dt.datetime:
        """The local midnight after the last day that was played."""
        calendar = self._world.company.calendar
        return dt.datetime.combine(calendar.date(calendar.days), dt.time(), tzinfo=M.ZONE)

    def changes(self, since: dt.datetime, until: dt.datetime) -> Changes:
        """Return what came or changed in (``since``, ``until``]."""
        before, after = self._snapshot(since), self._snapshot(until)
        hour = since.replace(minute=0, second=0, microsecond=0)
        tables = {name: _changed(after[name], before[name]) for name in TABLES if name not in _STATIC}
        tables["agent_states"] = to_arrow(_from(after["agent_states"], "ts_from", hour))
        tables["queue_now"] = to_arrow(after["queue_now"])
        self._last = (until, after)
        return Changes(tables, {"agent_states": hour, "queue_now": _EPOCH})

    def documents(self, since: dt.datetime, until: dt.datetime) -> Iterator[dict[str, Any]]:
        """Yield the texts that came in (``since``, ``until``], in the form of ``corpus add``."""
        view, calendar = self._world.view(until), self._world.company.calendar
        grown = calendar.local_seconds(M.NOW)
        yield from later_documents(view, feedback.answers(view), since=calendar.local_seconds(since), grown=grown)

    def open_cases(self, at: dt.datetime) -> list[dict[str, Any]]:
        """Return the open cases at an instant, as rows of the live state."""
        view = self._world.view(at)
        k, state = view.contacts, casework.case_states(view)
        found = casework.cases(view, state)
        is_open = np.isnan(state.closed)
        last = np.full(len(k), -np.inf)
        member = np.flatnonzero((k.root >= 0) & view.known)
        np.maximum.at(last, k.root[member], k.t[member])
        table = to_arrow(take(found, is_open))
        contacted = to_arrow({"at": _instants(self._world, last[state.root][is_open])})["at"]
        return list(table.append_column("last_contact_at", contacted).to_pylist())

    def queues(self, at: dt.datetime) -> list[dict[str, Any]]:
        """Return the queues at an instant, as rows of the live state."""
        view = self._world.view(at)
        rows = to_arrow(floorstates.queue_now(view, self._world.shifts)).to_pylist()[-2 * len(M.QUEUES) :]
        busy = dict(zip(M.QUEUES, floorstates.busy_now(view, self._world.shifts), strict=True))
        for row in rows:
            share = busy[row["queue"]]
            row["busy"] = (share + 1) // 2 if row["channel"] == "phone" else share // 2
        return list(rows)

    def _snapshot(self, at: dt.datetime) -> dict[str, Columns]:
        if self._last is None or self._last[0] != at:
            return self._world.snapshot(at)
        return self._last[1]


def save(world: World, path: Path, *, effects: bool) -> None:
    """Write the part of a played company that can still change after the demo's now (renamed into place)."""
    company = world.company
    now = company.calendar.index(M.NOW.date())
    since = max(1, now - BACK_DAYS)
    kept = np.flatnonzero(_may_change(world, since))
    place = np.full(len(world.contacts) + 1, -1)  # the last one stands for "none"
    place[kept] = np.arange(len(kept))
    arrays = {field.name: getattr(world.contacts, field.name)[kept] for field in fields(L.Contacts)}
    arrays["root"], arrays["parent"] = place[arrays["root"]], place[arrays["parent"]]
    flat = [(day, shift) for day in range(since, len(world.shifts)) for shift in world.shifts[day]]
    said = {
        "seed": company.seed,
        "effects": effects,
        "scale": company.scale,
        "start": company.calendar.start.isoformat(),
        "days": company.calendar.days,
        "since": since,
    }
    fresh = path.with_suffix(".part.npz")
    np.savez(
        fresh,
        said=np.array(json.dumps(said)),
        shifts=np.array([(day, shift.agent, shift.queue, shift.start, shift.end) for day, shift in flat]),
        breaks=np.array([(number, *pause) for number, (_, shift) in enumerate(flat) for pause in shift.breaks]).reshape(
            -1, 3
        ),
        **arrays,
    )
    fresh.replace(path)


def extend(
    path: Path, *, seed: int, effects: bool, scale: float, until: dt.date, start: dt.date = M.START, more: int = 60
) -> None:
    """Play the same company again, to ``until`` and ``more`` days; what was played before comes out the same."""
    days = (until - M.NOW.date()).days + more
    save(play(seed=seed, effects=effects, scale=scale, start=start, future_days=days), path, effects=effects)


def _may_change(world: World, since: int) -> Bools:
    """Return the contacts of chains that anything happened to since the day ``since``, or that are open at now."""
    k = world.contacts
    chain = np.where(k.root >= 0, k.root, np.arange(len(k)))
    ends = np.where(np.isnan(k.end), np.inf, np.maximum(k.end, k.t))
    last = np.full(len(k), -np.inf)
    np.maximum.at(last, chain, ends)
    state = casework.case_states(world.view(M.NOW))
    last[state.root[np.isnan(state.closed)]] = np.inf
    return np.asarray(last[chain] >= since * M.DAY_S)


def _instants(world: World, local_s: M.Floats) -> Instants:
    return Instants(world.company.calendar.utc_micros(local_s), np.zeros(len(local_s), dtype=bool))


def _from(columns: Columns, time: str, instant: dt.datetime) -> Columns:
    micros = int((instant - _EPOCH).total_seconds() * 1e6)
    return take(columns, columns[time].micros >= micros)


def _changed(after: Columns, before: Columns) -> Any:
    """Return the rows of ``after`` that are not among ``before`` (all columns; nulls are equal)."""
    import duckdb

    later, earlier = to_arrow(after), to_arrow(before)
    if not len(later):
        return later
    with duckdb.connect() as con:
        con.register("later", later)
        con.register("earlier", earlier)
        return con.execute("SELECT * FROM later EXCEPT SELECT * FROM earlier ORDER BY ALL").to_arrow_table()


if __name__ == "__main__":
    import sys

    wanted = json.loads(sys.argv[1])
    extend(
        Path(wanted["path"]),
        seed=wanted["seed"],
        effects=wanted["effects"],
        scale=wanted["scale"],
        until=dt.date.fromisoformat(wanted["until"]),
    )
