"""The same numbers once more, in plain Python over lists of rows, written without a look at the compiler."""

from __future__ import annotations

import datetime as dt
import statistics
from collections.abc import Callable
from typing import Any

from frontline.core.clock import UTC
from tests.metrics.world import NOW, SPANS, TEAMS, ZONE, Row, World

WEEK = dt.timedelta(days=7)


def utc(day: dt.date) -> dt.datetime:
    """Return the naive UTC instant at which a local day begins."""
    return dt.datetime.combine(day, dt.time(), tzinfo=ZONE).astimezone(UTC).replace(tzinfo=None)


def span_limits() -> list[tuple[dt.datetime, dt.datetime]]:
    """Return the loaded spans in naive UTC; the last ends with the newest contact before now."""
    return [(utc(start), utc(end)) for start, end in SPANS]


class Oracle:
    """Answers from Python rows. ``value(metric, start, end, keep)`` gives (value, n)."""

    def __init__(self, world: World) -> None:
        self.world = world
        self._customers = {row["customer_key"]: row for row in world["customers"]}
        self._cases = {row["case_id"]: row for row in world["cases"]}
        newest = max(row["ts"] for row in world["interactions"])
        limits = span_limits()
        self._spans = [*limits[:-1], (limits[-1][0], min(limits[-1][1], newest))]
        self._history: dict[str, list[Row]] = {}
        for row in world["interactions"]:
            if row["outcome"] in ("answered", "transferred") and row["direction"] != "outbound" and row["customer_key"]:
                self._history.setdefault(row["customer_key"], []).append(row)
        for rows in self._history.values():
            rows.sort(key=lambda row: (row["ts"], row["interaction_id"]))

    def dimension(self, table: str, row: Row, dim: str) -> str:
        """Return the label of ``row`` in ``dim``."""
        case = self._cases.get(row.get("case_id") or "", {})
        if dim == "segment":
            found = self._customers.get(row.get("customer_key") or "", {}).get("segment")
        elif dim == "team":
            found = TEAMS[row["team_id"]][0] if row.get("team_id") else None
        elif dim == "priority":
            found = (row if table == "cases" else case).get("priority")
        elif dim == "topic" and table == "surveys":
            found = case.get("topic")
        else:
            found = row.get(dim)
        return "unknown" if found is None else str(found)

    def rows(self, table: str, time: str, start: dt.datetime, end: dt.datetime) -> list[Row]:
        """Return the rows of ``table`` whose ``time`` lies in [start, end)."""
        return [row for row in self.world[table] if row[time] is not None and start <= row[time] < end]

    def recontact(self, start: dt.datetime, end: dt.datetime, keep: Callable[[Row], bool]) -> tuple[float | None, int]:
        judged = followed = 0
        for rows in self._history.values():
            for at, row in enumerate(rows):
                if not (start <= row["ts"] < end and keep(row) and self._is_mature(row["ts"], WEEK)):
                    continue
                judged += 1
                followed += any(other["ts"] - row["ts"] <= WEEK for other in rows[at + 1 :])
        return (followed / judged if judged else None), judged

    def fcr(self, start: dt.datetime, end: dt.datetime, keep: Callable[[Row], bool]) -> tuple[float | None, int]:
        first = solved = 0
        for rows in self._history.values():
            for at, row in enumerate(rows):
                if not (start <= row["ts"] < end and keep(row) and self._is_mature(row["ts"], WEEK)):
                    continue
                if any(row["ts"] - other["ts"] <= WEEK for other in rows[:at]):
                    continue
                first += 1
                escalated = self._cases.get(row["case_id"] or "", {}).get("escalated_at")
                solved += (
                    not any(other["ts"] - row["ts"] <= WEEK for other in rows[at + 1 :])
                    and row["outcome"] != "transferred"
                    and not (escalated and escalated <= row["ts"] + WEEK)
                )
        return (solved / first if first else None), first

    def service_level(
        self, start: dt.datetime, end: dt.datetime, keep: Callable[[Row], bool]
    ) -> tuple[float | None, int]:
        good = offered = 0
        for row in self.rows("interactions", "ts", start, end):
            if not keep(row) or row["channel"] == "email":
                continue
            was_answered = row["outcome"] in ("answered", "transferred")
            if was_answered or (row["outcome"] == "abandoned" and row["queued"] is not False):
                offered += 1
                good += was_answered and row["wait_s"] is not None and row["wait_s"] <= 20
        return (good / offered if offered else None), offered

    def csat(self, start: dt.datetime, end: dt.datetime, keep: Callable[[Row], bool]) -> tuple[float | None, int]:
        scores = [
            row["score"]
            for row in self.rows("surveys", "ts", start, end)
            if row["type"] == "csat" and row["scale_max"] in (5, None) and row["score"] is not None and keep(row)
        ]
        return (sum(score >= 4 for score in scores) / len(scores) if scores else None), len(scores)

    def nps(self, start: dt.datetime, end: dt.datetime, keep: Callable[[Row], bool]) -> tuple[float | None, int]:
        scores = [row["score"] for row in self.rows("surveys", "ts", start, end) if row["type"] == "nps" and keep(row)]
        net = sum(score >= 9 for score in scores) - sum(score <= 6 for score in scores)
        return (100 * net / len(scores) if scores else None), len(scores)

    def backlog(self, start: dt.datetime, end: dt.datetime, keep: Callable[[Row], bool]) -> tuple[float | None, int]:
        still = [
            row
            for row in self.world["cases"]
            if row["opened_at"] < end and not (row["closed_at"] and row["closed_at"] < end) and keep(row)
        ]
        return len(still), len(still)

    def resolution_time(
        self, start: dt.datetime, end: dt.datetime, keep: Callable[[Row], bool]
    ) -> tuple[float | None, int]:
        seconds = [
            (row["closed_at"] - row["opened_at"]).total_seconds()
            for row in self.rows("cases", "closed_at", start, end)
            if keep(row)
        ]
        return (statistics.median(seconds) if seconds else None), len(seconds)

    def aht(self, start: dt.datetime, end: dt.datetime, keep: Callable[[Row], bool]) -> tuple[float | None, int]:
        seconds = [
            row["handle_s"] for row in self.rows("interactions", "ts", start, end) if row["handle_s"] and keep(row)
        ]
        return (sum(seconds) / len(seconds) if seconds else None), len(seconds)

    def contact_volume(
        self, start: dt.datetime, end: dt.datetime, keep: Callable[[Row], bool]
    ) -> tuple[float | None, int]:
        count = sum(map(keep, self.rows("interactions", "ts", start, end)))
        return count, count

    def churn_rate(self, start: dt.datetime, end: dt.datetime, keep: Callable[[Row], bool]) -> tuple[float | None, int]:
        there = [
            row
            for row in self.world["customers"]
            if (row["signup_at"] is None or row["signup_at"] < start)
            and (row["churned_at"] is None or row["churned_at"] >= start)
            and keep(row)
        ]
        lost = [row for row in there if row["churned_at"] and row["churned_at"] < end]
        return (len(lost) / len(there) if there else None), len(there)

    def containment_rate(
        self, start: dt.datetime, end: dt.datetime, keep: Callable[[Row], bool]
    ) -> tuple[float | None, int]:
        hours = dt.timedelta(hours=72)
        total = contained = 0
        for case in self.rows("cases", "opened_at", start, end):
            if not (case["automated"] and keep(case) and self._is_mature(case["opened_at"], hours, "cases")):
                continue
            total += 1
            human = case["agent_id"] is not None
            for row in self.world["interactions"]:
                human |= row["case_id"] == case["case_id"] and row["agent_id"] is not None
                human |= (
                    row["customer_key"] == case["customer_key"]
                    and row["case_id"] != case["case_id"]
                    and row["direction"] != "outbound"
                    and case["opened_at"] < row["ts"] <= case["opened_at"] + hours
                )
            contained += not human
        return (contained / total if total else None), total

    def measure(self, metric: str, *args: Any) -> tuple[float | None, int]:
        """Return (value, n) of ``metric``."""
        name = {"recontact_rate": "recontact", "fcr_rate": "fcr"}.get(metric, metric)
        found: tuple[float | None, int] = getattr(self, name)(*args)
        return found

    def _is_mature(self, ts: dt.datetime, length: dt.timedelta, table: str = "interactions") -> bool:
        spans = self._spans
        if table == "cases":
            newest = max(row["opened_at"] for row in self.world["cases"])
            spans = [*spans[:-1], (spans[-1][0], newest)]
        limit = NOW.replace(tzinfo=None)
        return any(start <= ts and ts + length <= min(end, limit) for start, end in spans)
