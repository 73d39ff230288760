"""The live state: what is open and waiting now, taken from whoever reports it (webhook, SQL pull, the demo's feed).

A report is an upsert: the same report twice changes nothing, an older one than is known changes nothing, a closed case
leaves. Only the columns named here are kept, and of them only values that look like words of a dimension.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from frontline.core.clock import UTC, as_utc
from frontline.core.errors import NotFound
from frontline.core.ids import keyed_hash
from frontline.store.models.live import LiveCase, LiveQueue
from frontline.store.subjects import suppressed_among
from frontline.store.work import Store, Unit

CASES, QUEUES = "live_case", "live_queue"
LIVE_TABLES: Final = (CASES, QUEUES)
CLOSED: Final = frozenset({"closed", "resolved", "solved", "done", "cancelled", "canceled", "merged"})
KEEP_LEFT = dt.timedelta(days=1)
_INSTANTS = ("opened_at", "first_response_at", "last_contact_at", "sla_due_at")
_WORDS = ("status", "priority", "tier", "segment", "region", "topic", "channel", "queue", "team")
_ALSO = {"team": "team_id", "waiting": "contacts_waiting", "available": "agents_available", "busy": "agents_busy"}
# A dimension's value is a word or two. A telephone number, an address or a sentence is none, and is not kept.
_WORD = re.compile(r"[^\W\d_][\w &/.'+-]{0,59}")
_DIGITS = re.compile(r"\d{5}")
_CASE_ID = re.compile(r"[\w.:/#-]{1,80}")


@dataclass(frozen=True)
class Taken:
    """What one report changed. ``refused``: (row, counted from 1; reason)."""

    kept: int = 0
    left: int = 0
    unchanged: int = 0
    refused: tuple[tuple[int, str], ...] = ()


@dataclass(frozen=True)
class Reading:
    """One queue at ``as_of``, in the columns of the fact table ``queue_now``; waits in seconds."""

    as_of: dt.datetime
    queue: str
    channel: str
    waiting: int
    longest_wait_s: float | None
    available: int | None


def take(
    unit: Unit,
    table: str,
    rows: Sequence[Mapping[str, Any]],
    as_of: dt.datetime | None = None,
    *,
    key: bytes,
    zone: ZoneInfo | None = None,
    is_whole: bool = False,
) -> Taken:
    """Take a report about ``live_case`` or ``live_queue`` into the live state.

    Args:
        rows: raw rows (JSON values). ``live_case``: ``case_id`` and any of ``opened_at``, ``status``, ``priority``,
            ``tier``, ``segment``, ``region``, ``topic``, ``channel``, ``queue``, ``team`` (or ``team_id``),
            ``first_response_at``, ``last_contact_at``, ``sla_due_at``, ``closed_at``, ``customer_id``; a closing time
            or a closed status makes the case leave. ``live_queue``: ``queue``, ``waiting`` and any of ``channel``,
            ``longest_wait_s``, ``longest_since``, ``available``, ``busy``. Other columns are passed over.
        as_of: when the report was true (aware); a row's own ``as_of`` or ``ts`` wins; default the unit's now.
        key: the organisation's key; the customer is kept as its keyed hash, as in the facts.
        zone: of instants without an offset (default UTC).
        is_whole: the rows are all there are: what they do not name leaves.

    Raises:
        NotFound: no such live table.
    """
    if table not in LIVE_TABLES:
        raise NotFound(f"There is no live table {table!r}.", next_step=f"There are: {', '.join(LIVE_TABLES)}.")
    told = as_utc(as_of) if as_of is not None else unit.now
    reader = _Reader(key, zone or ZoneInfo("UTC"), told, latest=unit.now + dt.timedelta(days=1))
    return (_take_cases if table == CASES else _take_queues)(unit, rows, reader, is_whole)


def list_readings(session: Session) -> list[Reading]:
    """Return the newest report of every queue; counts of contacts and agents, nobody's rows."""
    found = session.scalars(select(LiveQueue).order_by(LiveQueue.queue, LiveQueue.channel))
    return [Reading(row.as_of, row.queue, row.channel, row.waiting, row.longest_wait_s, row.available) for row in found]


class LiveReadings:
    """The queues of the state database, for the metric engine."""

    def __init__(self, store: Callable[[], Store]) -> None:
        self._store = store

    def __call__(self) -> Sequence[Reading]:
        with self._store().read() as session:
            return list_readings(session)


def _take_cases(unit: Unit, rows: Sequence[Mapping[str, Any]], reader: _Reader, is_whole: bool) -> Taken:
    session = unit.session
    refused: list[tuple[int, str]] = []
    wanted: dict[str, tuple[dict[str, Any], bool]] = {}
    for number, row in enumerate(rows, start=1):
        case_id = str(row.get("case_id") or "").strip()
        if not _CASE_ID.fullmatch(case_id):
            refused.append((number, "case_id is missing or is none"))
            continue
        try:
            told = reader.case(row)
        except ValueError as fault:
            refused.append((number, str(fault)))
            continue
        before = wanted.get(case_id)
        if before is None or before[0]["as_of"] <= told[0]["as_of"]:
            wanted[case_id] = told
    customers = {values["customer_key"] for values, _ in wanted.values() if values["customer_key"]}
    erased = suppressed_among(session, customers)
    for values, _ in wanted.values():
        if values["customer_key"] in erased:
            values["customer_key"] = None
    known = {row.case_id: row for row in session.scalars(select(LiveCase))} if is_whole else _known(session, wanted)
    kept = left = unchanged = 0
    for case_id, (values, is_closed) in wanted.items():
        case = known.get(case_id)
        if case is not None and (case.as_of > values["as_of"] or _is_same(case, values, is_closed)):
            unchanged += 1
            case.as_of = max(case.as_of, values["as_of"])
        elif is_closed:
            left += 1 if case is not None and case.left_at is None else 0
            _leave(session, case, case_id, values["as_of"])
        else:
            kept += 1
            if case is None:
                case = LiveCase(case_id=case_id)
                session.add(case)
            for name, value in values.items():
                setattr(case, name, value)
            case.left_at = None
    if is_whole:
        for case in known.values():
            if case.case_id not in wanted and case.left_at is None and case.as_of <= reader.as_of:
                left += 1
                _leave(session, case, case.case_id, reader.as_of)
    session.execute(delete(LiveCase).where(LiveCase.left_at < unit.now - KEEP_LEFT))
    session.flush()
    return Taken(kept, left, unchanged, tuple(refused))


def _known(session: Session, wanted: Mapping[str, object]) -> dict[str, LiveCase]:
    ids = list(wanted)
    found: dict[str, LiveCase] = {}
    for at in range(0, len(ids), 500):
        rows = session.scalars(select(LiveCase).where(LiveCase.case_id.in_(ids[at : at + 500])))
        found |= {row.case_id: row for row in rows}
    return found


def _is_same(case: LiveCase, values: Mapping[str, Any], is_closed: bool) -> bool:
    if is_closed or case.left_at is not None:
        return is_closed and case.left_at is not None
    return all(getattr(case, name) == value for name, value in values.items() if name != "as_of")


def _leave(session: Session, case: LiveCase | None, case_id: str, at: dt.datetime) -> None:
    if case is None:
        case = LiveCase(case_id=case_id)
        session.add(case)
    case.as_of = case.left_at = at


def _take_queues(unit: Unit, rows: Sequence[Mapping[str, Any]], reader: _Reader, is_whole: bool) -> Taken:
    session = unit.session
    refused: list[tuple[int, str]] = []
    known = {(row.queue, row.channel): row for row in session.scalars(select(LiveQueue))}
    named: set[tuple[str, str]] = set()
    kept = left = unchanged = 0
    for number, row in enumerate(rows, start=1):
        try:
            place, values = reader.queue(row)
        except ValueError as fault:
            refused.append((number, str(fault)))
            continue
        named.add(place)
        queue = known.get(place)
        if queue is None:
            queue = known[place] = LiveQueue(queue=place[0], channel=place[1], as_of=values["as_of"])
            session.add(queue)
        elif queue.as_of >= values["as_of"]:
            unchanged += 1
            continue
        kept += 1
        for name, value in values.items():
            setattr(queue, name, value)
    for place, queue in known.items():
        if is_whole and place not in named and queue.as_of <= reader.as_of:
            left += 1
            session.delete(queue)
    session.flush()
    return Taken(kept, left, unchanged, tuple(refused))


@dataclass(frozen=True)
class _Reader:
    """Turns raw cells into values. Raises ValueError with a reason."""

    key: bytes
    zone: ZoneInfo
    as_of: dt.datetime
    latest: dt.datetime  # later than this is no instant of now

    def case(self, row: Mapping[str, Any]) -> tuple[dict[str, Any], bool]:
        values: dict[str, Any] = {name: self._instant(row, name) for name in _INSTANTS}
        values |= {name: self._word(row, name) for name in _WORDS}
        values["customer_key"] = self._customer(row)
        values["as_of"] = self._as_of(row)
        is_closed = self._instant(row, "closed_at") is not None or values["status"] in CLOSED
        return values, is_closed

    def queue(self, row: Mapping[str, Any]) -> tuple[tuple[str, str], dict[str, Any]]:
        name = self._word(row, "queue")
        if name is None:
            raise ValueError("queue is missing or is no word")
        at = self._as_of(row)
        waiting = self._count(row, "waiting")
        if waiting is None:
            raise ValueError("waiting is missing")
        since, wait = self._instant(row, "longest_since"), self._number(row, "longest_wait_s")
        if since is None and wait is not None and waiting:
            since = at - dt.timedelta(seconds=wait)
        if wait is None and since is not None:
            wait = max(0.0, (at - since).total_seconds())
        values = {
            "waiting": waiting,
            "longest_since": since if waiting else None,
            "longest_wait_s": wait if waiting else 0.0,
            "available": self._count(row, "available"),
            "busy": self._count(row, "busy"),
            "as_of": at,
        }
        return (name, self._word(row, "channel") or ""), values

    def _as_of(self, row: Mapping[str, Any]) -> dt.datetime:
        return self._instant(row, "as_of") or self._instant(row, "ts") or self.as_of

    def _instant(self, row: Mapping[str, Any], name: str) -> dt.datetime | None:
        value = _cell(row, name)
        if value is None:
            return None
        if isinstance(value, str):
            try:
                value = dt.datetime.fromisoformat(value)
            except ValueError:
                raise ValueError(f"{name} is no ISO instant") from None
        if not isinstance(value, dt.datetime):
            raise ValueError(f"{name} is no ISO instant")
        instant = (value if value.tzinfo else value.replace(tzinfo=self.zone)).astimezone(UTC)
        if instant > self.latest and name != "sla_due_at":
            raise ValueError(f"{name} lies in the future")
        return instant

    def _word(self, row: Mapping[str, Any], name: str) -> str | None:
        value = _cell(row, name)
        if not isinstance(value, str):
            return None
        word = " ".join(value.replace("_", " ").split()).lower()
        return word if _WORD.fullmatch(word) and not _DIGITS.search(word) else None

    def _number(self, row: Mapping[str, Any], name: str) -> float | None:
        value = _cell(row, name)
        if value is None:
            return None
        try:
            number = float(value)
        except (TypeError, ValueError):
            raise ValueError(f"{name} is no number") from None
        if not 0 <= number <= 1e9:
            raise ValueError(f"{name} is out of bounds")
        return number

    def _count(self, row: Mapping[str, Any], name: str) -> int | None:
        number = self._number(row, name)
        if number is not None and number != int(number):
            raise ValueError(f"{name} is no whole number")
        return None if number is None else int(number)

    def _customer(self, row: Mapping[str, Any]) -> str | None:
        value = str(_cell(row, "customer_id") or "").strip()
        nobody = not value.strip("0") or value.lower() in ("test", "unknown", "anonymous", "guest")
        return None if nobody else keyed_hash(self.key, "customer", value)


def _cell(row: Mapping[str, Any], name: str) -> Any:
    value = row.get(name)
    if value is None and name in _ALSO:
        value = row.get(_ALSO[name])
    return None if isinstance(value, str) and value.strip().lower() in ("", "null", "none", "n/a", "-") else value
