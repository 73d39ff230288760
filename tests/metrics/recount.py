"""Every metric of the demo company once more, in plain Python over the rows that the generator wrote.

Nothing of the catalog's models, measures or SQL is read: what a metric means is written down here a second time, from
its definition in words. Instants are naive UTC.
"""

from __future__ import annotations

import datetime as dt
import statistics
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

Row = Mapping[str, Any]
Rows = dict[str, list[dict[str, Any]]]
Part = Sequence[Row]  # the rows of one group
Figure = tuple[float | None, int]  # value and n

TABLES = ("teams", "agents", "customers", "cases", "interactions", "surveys", "handoffs", "form_events", "costs",
          "qa_audits", "agent_states", "queue_now", "tags_fact")  # fmt: skip
ANSWERED = ("answered", "transferred")
VOICE = ("phone", "chat")  # who waits in a queue
WORKING = ("handling", "acw")


def read_company(folder: Path) -> Rows:
    """Return the rows of every parquet file, instants as naive UTC, the raw customer number as the key."""
    import pyarrow.parquet as pq

    found: Rows = {}
    for name in TABLES:
        rows = pq.read_table(folder / f"{name}.parquet").to_pylist()
        for row in rows:
            for key, value in row.items():
                if isinstance(value, dt.datetime):
                    row[key] = value.astimezone(dt.UTC).replace(tzinfo=None)
            if "customer_id" in row:
                row["customer_key"] = row.pop("customer_id")
        found[name] = rows
    return found


class Recount:
    """Counts again. ``figure(metric, start, end, rows)`` is one cell: its value and the rows behind it."""

    def __init__(self, rows: Rows, *, now: dt.datetime, zone: ZoneInfo) -> None:
        self.rows, self.now, self.zone = rows, now, zone
        self.customers = {row["customer_key"]: row for row in rows["customers"]}
        self.cases = {row["case_id"]: row for row in rows["cases"]}
        self.agents = {row["agent_id"]: row for row in rows["agents"]}
        self.teams = {row["team_id"]: row for row in rows["teams"]}
        self.contacts = {row["interaction_id"]: row for row in rows["interactions"]}
        self.newest = {"interactions": max(row["ts"] for row in rows["interactions"]),
                       "cases": max(row["opened_at"] for row in rows["cases"])}  # fmt: skip
        self.of_case: dict[str, list[Row]] = defaultdict(list)
        self.of_customer: dict[str, list[Row]] = defaultdict(list)
        self.answered: dict[str, list[Row]] = defaultdict(list)
        for row in sorted(rows["interactions"], key=lambda row: (row["ts"], row["interaction_id"])):
            if row["case_id"]:
                self.of_case[row["case_id"]].append(row)
            if row["customer_key"] and row["direction"] != "outbound":
                self.of_customer[row["customer_key"]].append(row)
                if row["outcome"] in ANSWERED:
                    self.answered[row["customer_key"]].append(row)
        self.place = {row["interaction_id"]: at for rows in self.answered.values() for at, row in enumerate(rows)}
        self._money: dict[str, float] | None = None

    # -- what a row is ------------------------------------------------------------------------------------------------

    def label(self, table: str, row: Row, dim: str) -> str:
        """Return the word of ``row`` in ``dim`` in small letters, ``unknown`` where it has none."""
        found = self._word(table, row, dim)
        return "unknown" if found is None else str(found).lower().replace("_", " ")

    def _word(self, table: str, row: Row, dim: str) -> Any:
        case = self.cases.get(row.get("case_id") or "", {}) if table != "cases" else row
        customer = self.customers.get(row.get("customer_key") or "", {}) if table != "customers" else row
        agent = self.agents.get(row.get("agent_id") or "", {})
        if table == "qa_audits":
            contact = self.contacts.get(row["interaction_id"], {})
            if dim == "team":
                return self.teams.get(agent.get("team_id"), {}).get("name")
            if dim == "site":
                return agent.get("site")
            return self._word("interactions", contact, dim) if dim != "agent" else agent.get("handle")
        if dim == "agent":
            return agent.get("handle")
        if dim == "from_team":
            return self.teams.get(row["from_team"], {}).get("name")
        if dim in ("team", "site"):
            key = "name" if dim == "team" else "site"
            own = row.get("to_team") if table == "handoffs" else row.get("team_id")
            if table == "surveys":
                own = agent.get("team_id") or case.get("team_id")
            return self.teams.get(own or agent.get("team_id"), {}).get(key)
        if table == "form_events":
            return "portal"
        if table == "handoffs":
            return case.get(dim)
        if table == "surveys" and dim in ("region", "segment", "tier"):
            return customer.get(dim) or case.get(dim)
        return row.get(dim) or (case.get(dim) if table != "customers" else None) or customer.get(dim)

    def local(self, instant: dt.datetime) -> dt.datetime:
        """Return the wall time."""
        return instant.replace(tzinfo=dt.UTC).astimezone(self.zone)

    # -- one cell -----------------------------------------------------------------------------------------------------

    def figure(self, metric: str, start: dt.datetime, end: dt.datetime, rows: Part) -> Figure:
        """Return value and n of ``metric`` over ``[start, end)``; ``rows`` are those of the group, of all time."""
        if metric in SPECIAL:
            return SPECIAL[metric](self, start, end, rows)
        _, time, scale, above, below = RATIOS[metric]
        num = den = 0.0
        for row in _within(rows, time, start, end):
            if below(row):
                den += 1
                num += above(row)
        return (scale * num / den if den else None), int(den)

    def count(self, time: str, start: dt.datetime, end: dt.datetime, rows: Part) -> Figure:
        found = len(_within(rows, time, start, end))
        return found, found

    def median(self, time: str, until: str, start: dt.datetime, end: dt.datetime, rows: Part) -> Figure:
        found = [row for row in _within(rows, time, start, end) if row[until] is not None]
        seconds = [(row[until] - row["opened_at"]).total_seconds() for row in found]
        return (statistics.median(seconds) if seconds else None), len(seconds)

    def backlog(self, start: dt.datetime, end: dt.datetime, rows: Part) -> Figure:
        found = sum(row["opened_at"] < end and not (row["closed_at"] and row["closed_at"] < end) for row in rows)
        return found, found

    def is_mature(self, table: str, at: dt.datetime, length: dt.timedelta) -> bool:
        return at + length <= min(self.newest[table], self.now)

    def history(self, row: Row) -> tuple[list[Row], list[Row]]:
        """Return the answered contacts of the same customer before and after an answered contact, nearest last."""
        every = self.answered[row["customer_key"]]
        at = self.place[row["interaction_id"]]
        return every[:at], every[at + 1 :]

    def judged(self, start: dt.datetime, end: dt.datetime, rows: Part, length: dt.timedelta) -> list[Row]:
        return [
            row
            for row in _within(rows, "ts", start, end)
            if row["interaction_id"] in self.place and self.is_mature("interactions", row["ts"], length)
        ]

    def recontact(
        self, days: int, start: dt.datetime, end: dt.datetime, rows: Part, *, same_topic: bool = False
    ) -> Figure:
        length, back = dt.timedelta(days=days), 0
        judged = self.judged(start, end, rows, length)
        for row in judged:
            _, later = self.history(row)
            back += any(
                other["ts"] - row["ts"] <= length and (not same_topic or other["topic"] == row["topic"])
                for other in later
            )
        return (back / len(judged) if judged else None), len(judged)

    def first_contact(self, start: dt.datetime, end: dt.datetime, rows: Part, *, same_topic: bool = False) -> Figure:
        length, first, solved = dt.timedelta(days=7), 0, 0
        for row in self.judged(start, end, rows, length):
            before, later = (
                [other for other in found if not same_topic or other["topic"] == row["topic"]]
                for found in self.history(row)
            )
            if any(row["ts"] - other["ts"] <= length for other in before):
                continue
            first += 1
            escalated = self.cases.get(row["case_id"] or "", {}).get("escalated_at")
            solved += (
                row["outcome"] != "transferred"
                and not any(other["ts"] - row["ts"] <= length for other in later)
                and not (escalated and escalated <= row["ts"] + length)
            )
        return (solved / first if first else None), first

    def containment(self, start: dt.datetime, end: dt.datetime, rows: Part) -> Figure:
        length, judged, alone = dt.timedelta(hours=72), 0, 0
        for case in _within(rows, "opened_at", start, end):
            opened = case["opened_at"]
            if not (case["automated"] and self.is_mature("cases", opened, length)):
                continue
            judged += 1
            human = case["agent_id"] or any(row["agent_id"] for row in self.of_case[case["case_id"]])
            around = self.of_customer.get(case["customer_key"] or "", [])
            from_here = around[bisect_left(around, opened, key=lambda row: row["ts"]) :]
            came_back = any(
                opened < row["ts"] <= opened + length and row["case_id"] != case["case_id"] for row in from_here
            )
            alone += not human and not came_back
        return (alone / judged if judged else None), judged

    def churn(self, start: dt.datetime, end: dt.datetime, rows: Part) -> Figure:
        there = [row for row in rows if (row["signup_at"] is None or row["signup_at"] < start)
                 and (row["churned_at"] is None or row["churned_at"] >= start)]  # fmt: skip
        lost = sum(1 for row in there if row["churned_at"] and row["churned_at"] < end)
        return (lost / len(there) if there else None), len(there)

    def forms(self, start: dt.datetime, end: dt.datetime, rows: Part) -> Figure:
        events = _within(rows, "ts", start, end)
        begun = {row["session_id"] for row in events}
        done = {row["session_id"] for row in events if row["event"] == "submit"}
        return (len(done) / len(begun) if begun else None), len(begun)

    def occupancy(self, start: dt.datetime, end: dt.datetime, rows: Part) -> Figure:
        busy = staffed = 0.0
        n = 0
        for row in rows:
            last = min(row["ts_to"] or self.now, end)
            first = max(row["ts_from"], start)
            if row["state"] in (*WORKING, "available") and first < last:
                n += 1
                staffed += (last - first).total_seconds()
                busy += (last - first).total_seconds() if row["state"] in WORKING else 0
        return (busy / staffed if staffed else None), n

    def cost(self, start: dt.datetime, end: dt.datetime, rows: Part) -> Figure:
        money = self._shares()
        found = _within(rows, "ts", start, end)
        priced = [money[row["interaction_id"]] for row in found if row["interaction_id"] in money]
        return (round(sum(priced), 2) if priced else None), len(found)

    def cost_per_case(self, start: dt.datetime, end: dt.datetime, rows: Part, cases_of_group: Part) -> Figure:
        spent, _ = self.cost(start, end, rows)
        cases, _ = self.count("opened_at", start, end, cases_of_group)
        return (round((spent or 0) / cases, 2) if cases else None), int(cases or 0)

    def _shares(self) -> dict[str, float]:
        """Every line of the ledger, spread over the contacts of its month, team and channel by handling seconds."""
        if self._money is not None:
            return self._money
        months: dict[dt.date, list[Row]] = defaultdict(list)
        for row in self.rows["interactions"]:
            months[self.local(row["ts"]).date().replace(day=1)].append(row)
        money: dict[str, float] = defaultdict(float)
        for month, rows in months.items():
            handled = sum(row["handle_s"] or 0 for row in rows)
            cells: dict[tuple[Any, Any], list[tuple[str, float]]] = defaultdict(list)
            for row in rows:
                weight = (row["handle_s"] or 0) if handled else 1.0
                cells[row["team_id"], row["channel"]].append((row["interaction_id"], weight))
            for line in (line for line in self.rows["costs"] if line["period"] == month):
                team, channel = line["team_id"], line["channel"]
                hit = [one for (of_team, of_channel), found in cells.items() for one in found
                       if team in (None, of_team) and channel in (None, of_channel)]  # fmt: skip
                if not sum(weight for _, weight in hit):
                    hit = [one for found in cells.values() for one in found]
                whole = sum(weight for _, weight in hit)
                for key, weight in hit:
                    money[key] += float(line["amount"]) * weight / whole
        self._money = dict(money)
        return self._money

    def reading(
        self, column: str, start: dt.datetime, end: dt.datetime, rows: Part, *, longest: bool = False
    ) -> Figure:
        newest: dict[tuple[str, str], Row] = {}
        for row in rows:
            place = (row["queue"], row["channel"])
            if end - dt.timedelta(minutes=30) < row["ts"] <= end:
                newest[place] = max(newest.get(place, row), row, key=lambda one: one["ts"])
        values = [row[column] for row in newest.values() if row[column] is not None]
        return ((max if longest else sum)(values) if values else None), len(values)


def _within(rows: Part, time: str, start: dt.datetime, end: dt.datetime) -> list[Row]:
    return [row for row in rows if row[time] is not None and start <= row[time] < end]


def _offered(row: Row) -> bool:
    if row["channel"] not in VOICE:
        return False
    if row["outcome"] in ANSWERED:
        return row["queued"] is not False or row["wait_s"] is not None
    return row["outcome"] == "abandoned" and row["queued"] is not False


def _answered(row: Row) -> bool:
    return row["outcome"] in ANSWERED


def _in_time(row: Row) -> bool:
    return _answered(row) and row["wait_s"] is not None and row["wait_s"] <= 20


def _waited(row: Row) -> bool:
    return row["channel"] in VOICE and _answered(row) and row["wait_s"] is not None


def _reopened(row: Row) -> bool:
    return (row["reopened_count"] or 0) >= 1 or row["reopened_at"] is not None


def _accepted_in_time(row: Row) -> bool:
    return row["accepted_at"] is not None and row["accepted_at"] <= row["ola_due_at"]


def _rated(kind: str, top: float) -> Callable[[Row], bool]:
    return lambda row: row["type"] == kind and row["score"] is not None and row["scale_max"] in (top, None)


def _is(column: str) -> Callable[[Row], bool]:
    return lambda row: row[column] is not None


# metric: (table, time, scale, numerator of a row, whether the row counts)
RATIOS: dict[str, tuple[str, str, float, Callable[[Row], float], Callable[[Row], bool]]] = {
    "reopen_rate": ("cases", "closed_at", 1, _reopened, _is("closed_at")),
    "escalation_rate": ("cases", "opened_at", 1, _is("escalated_at"), _is("case_id")),
    "sla_attainment": ("cases", "closed_at", 1, lambda row: row["sla_met"], _is("sla_met")),
    "transfer_rate": ("interactions", "ts", 1, lambda row: row["outcome"] == "transferred", _answered),
    "abandonment_rate": ("interactions", "ts", 1, lambda row: row["outcome"] == "abandoned", _offered),
    "service_level": ("interactions", "ts", 1, _in_time, _offered),
    "service_level_without_short_abandons": ("interactions", "ts", 1, _in_time,
        lambda row: _offered(row) and (_answered(row) or row["wait_s"] is None or row["wait_s"] > 20)),
    "service_level_of_answered": ("interactions", "ts", 1, _in_time, lambda row: _offered(row) and _answered(row)),
    "asa": ("interactions", "ts", 1, lambda row: row["wait_s"], _waited),
    "aht": ("interactions", "ts", 1, lambda row: row["handle_s"],
        lambda row: _answered(row) and row["handle_s"] is not None),
    "acw": ("interactions", "ts", 1, lambda row: row["acw_s"], lambda row: _answered(row) and row["acw_s"] is not None),
    "response_rate": ("surveys", "sent_at", 1, _is("ts"), _is("sent_at")),
    "csat": ("surveys", "ts", 1, lambda row: row["score"] >= 4, _rated("csat", 5)),
    "ces": ("surveys", "ts", 1, lambda row: row["score"] >= 5, _rated("ces", 7)),
    "nps": ("surveys", "ts", 100, lambda row: (row["score"] >= 9) - (row["score"] <= 6), _rated("nps", 10)),
    "qa_score": ("qa_audits", "ts", 1, lambda row: row["score"], _is("score")),
    "handoff_sla": ("handoffs", "ts", 1, _accepted_in_time, _is("ola_due_at")),
    "repeat_information_rate": ("handoffs", "ts", 1, lambda row: row["repeated"], _is("repeated")),
}  # fmt: skip

SPECIAL: dict[str, Callable[[Recount, dt.datetime, dt.datetime, Part], Figure]] = {
    "case_volume": lambda me, *args: me.count("opened_at", *args),
    "contact_volume": lambda me, *args: me.count("ts", *args),
    "tag_volume": lambda me, *args: me.count("ts", *args),
    "backlog": lambda me, *args: me.backlog(*args),
    "first_response_time": lambda me, *args: me.median("opened_at", "first_response_at", *args),
    "resolution_time": lambda me, *args: me.median("closed_at", "closed_at", *args),
    "recontact_rate": lambda me, *args: me.recontact(7, *args),
    "recontact_rate_1d": lambda me, *args: me.recontact(1, *args),
    "recontact_rate_3d": lambda me, *args: me.recontact(3, *args),
    "recontact_rate_14d": lambda me, *args: me.recontact(14, *args),
    "recontact_rate_30d": lambda me, *args: me.recontact(30, *args),
    "recontact_rate_same_topic": lambda me, *args: me.recontact(7, *args, same_topic=True),
    "fcr_rate": lambda me, *args: me.first_contact(*args),
    "fcr_rate_same_topic": lambda me, *args: me.first_contact(*args, same_topic=True),
    "containment_rate": lambda me, *args: me.containment(*args),
    "churn_rate": lambda me, *args: me.churn(*args),
    "form_completion_rate": lambda me, *args: me.forms(*args),
    "occupancy": lambda me, *args: me.occupancy(*args),
    "total_cost": lambda me, *args: me.cost(*args),
    "contacts_waiting": lambda me, *args: me.reading("waiting", *args),
    "longest_wait": lambda me, *args: me.reading("longest_wait_s", *args, longest=True),
    "agents_available": lambda me, *args: me.reading("available", *args),
}

# Which rows a breakdown or a filter looks at.
TABLE_OF = {metric: entry[0] for metric, entry in RATIOS.items()} | {
    "case_volume": "cases", "contact_volume": "interactions", "tag_volume": "tags_fact", "backlog": "cases",
    "first_response_time": "cases", "resolution_time": "cases", "containment_rate": "cases", "churn_rate": "customers",
    "form_completion_rate": "form_events", "occupancy": "agent_states", "total_cost": "interactions",
    "contacts_waiting": "queue_now", "longest_wait": "queue_now", "agents_available": "queue_now",
    "cost_per_case": "interactions",
    **{metric: "interactions" for metric in SPECIAL if metric.startswith(("recontact", "fcr"))},
}  # fmt: skip
