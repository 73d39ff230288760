"""``frontline anonymize --batch``: rows in, rows out, in order; a bad row is an error row and stops nothing."""

from __future__ import annotations

import json
from collections import Counter, deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError

from anonymization.grammar import PLACEHOLDER
from anonymization.reasons import Reason
from frontline.core.ports import Gate, Known, Verdict
from frontline.core.text import RawText


def _as_list(value: Any) -> Any:
    if value is None:
        return []
    return [value] if isinstance(value, str | int) else value


_LONGEST_LIST = 10_000  # characters; a longer text is more than a list of placeholders

_Many = Annotated[tuple[str, ...], BeforeValidator(_as_list)]


class _KnownRow(BaseModel):
    model_config = ConfigDict(extra="forbid", coerce_numbers_to_str=True)

    name: _Many = ()
    email: _Many = ()
    phone: _Many = ()
    address: _Many = ()
    account_id: _Many = ()
    customer_id: _Many = ()
    agents: _Many = ()

    def to_known(self) -> Known:
        """Return what the gate understands."""
        return Known(
            names=self.name,
            emails=self.email,
            phones=self.phone,
            addresses=self.address,
            ids=(*self.account_id, *self.customer_id),
            agents=self.agents,
        )


class _Row(BaseModel):
    model_config = ConfigDict(extra="ignore")

    id: str | int | None = None
    text: str
    known: _KnownRow | None = None


@dataclass(frozen=True)
class BadLine:
    """A line that is no row at all, as its reader says it."""

    id: str | int | None
    error: str


class Tally:
    """Counts of a batch: every row is released, quarantined for a reason or an error, and nothing else."""

    def __init__(self) -> None:
        self._decisions: Counter[str] = Counter()
        self._reasons: Counter[str] = Counter()

    def count(self, row: Mapping[str, Any]) -> None:
        """Count one row that came out."""
        decision = "error" if "error" in row else str(row["decision"])
        self._decisions[decision] += 1
        if decision == "quarantined":
            # The first reason decides; a text may have several.
            self._reasons[str(row["reasons"][0]).partition(":")[0]] += 1

    def line(self) -> str:
        """Return "7 rows: 4 released, 2 quarantined (gate_failed 1, too_long 1), 1 not usable."."""
        found = self._decisions
        reasons = ", ".join(f"{code} {count}" for code, count in sorted(self._reasons.items()))
        said = [f"{found['released']:,} released", f"{found['quarantined']:,} quarantined"]
        said[1] += f" ({reasons})" if reasons else ""
        total = found.total()
        return f"{total:,} row{'s' if total != 1 else ''}: {', '.join(said)}, {found['error']:,} not usable."


def anonymize_rows(rows: Iterable[object], gate: Gate, policy: str = "index") -> Iterator[dict[str, Any]]:
    """Yield {id, text, spans, decision, reasons} per row, or {id, error} for a bad one.

    A row is a mapping {id, text, known?}, a line of JSON, or a ``BadLine``. An unknown key in ``known`` is an error:
    a misspelt key would leave an identity in the text.
    """
    waiting: deque[_Row | dict[str, Any]] = deque()

    def good() -> Iterator[tuple[RawText, Known | None]]:
        for row in rows:
            parsed = _parse(row)
            waiting.append(parsed)
            if isinstance(parsed, _Row):
                yield RawText(parsed.text), parsed.known.to_known() if parsed.known else None

    # One call for the whole file: a pool of processes is opened once.
    for verdict in gate.check_many(good(), policy=policy):
        while isinstance(row := waiting.popleft(), dict):
            yield row
        yield _render(row.id, verdict)
    yield from (row for row in waiting if isinstance(row, dict))


def _render(row_id: str | int | None, verdict: Verdict) -> dict[str, Any]:
    return {
        "id": row_id,
        "text": verdict.text.show() if verdict.text is not None else None,
        "spans": [{"start": s.start, "end": s.end, "label": s.label, "action": s.action} for s in verdict.spans],
        "decision": "released" if verdict.is_released else "quarantined",
        "reasons": list(verdict.reasons),
    }


def _parse(row: object) -> _Row | dict[str, Any]:
    row_id: Any = None
    if isinstance(row, BadLine):
        return {"id": row.id, "error": row.error}
    if isinstance(row, str | bytes):
        try:
            row = json.loads(row)
        except ValueError:
            return {"id": None, "error": "The line is not JSON."}
    if not isinstance(row, Mapping):
        return {"id": None, "error": "The line is not an object with id and text."}
    row_id = row.get("id")
    row_id = row_id if isinstance(row_id, str | int) else None
    try:
        read = _Row.model_validate(dict(row))
        reason = _refusal(read.text)
        return read if reason is None else _render(read.id, Verdict(None, reasons=(reason.value,)))
    except ValidationError as error:
        # Only the place of the fault: the message of a validator may quote the value.
        places = sorted(
            {".".join(str(step) for step in problem["loc"][:2]) for problem in error.errors(include_input=False)}
        )
        return {"id": row_id, "error": f"The row is not usable: look at {', '.join(places)}."}


def _refusal(text: str) -> Reason | None:
    """Why a text is no text before anybody reads it, None when it is one."""
    if not text.strip():
        return Reason.EMPTY
    rest, count = PLACEHOLDER.subn("", text) if "[" in text and len(text) < _LONGEST_LIST else (text, 0)
    return Reason.ONLY_PLACEHOLDERS if count and not any(map(str.isalnum, rest)) else None
