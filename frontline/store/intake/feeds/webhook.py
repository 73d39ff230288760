"""``POST /in/<table>``: rows signed by the sender. A pure function judges them; whoever mounts it owns HTTP.

Headers: ``X-Frontline-Timestamp`` (epoch seconds), ``X-Frontline-Signature`` (``v1=`` and the hex HMAC-SHA256 of
``v1:<timestamp>:<body>`` under the shared secret) and ``Idempotency-Key``. The body is a JSON object, a list of them,
``{"rows": [...]}``, or one object a line.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import json
import math
import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from frontline.core.errors import UserError
from frontline.store.inbox import is_handled, mark_handled
from frontline.store.intake.report import LoadReport
from frontline.store.work import Store

MAX_BODY = 1_000_000  # bytes
MAX_ROWS = 5_000
WINDOW = dt.timedelta(minutes=5)
_KEY = re.compile(r"[A-Za-z0-9._:-]{1,120}")


class Rejected(UserError):
    """The request is not taken. ``status`` is the HTTP status; the message tells a stranger nothing."""

    code = "rejected"

    def __init__(self, message: str, *, status: int, next_step: str = "") -> None:
        super().__init__(message, next_step=next_step)
        self.status = status


@dataclass(frozen=True)
class Receipt:
    """A request that is genuine and whole. The rows are raw and must reach nothing but the intake."""

    table: str
    key: str  # the sender's idempotency key, else the hash of the body
    replay_key: str  # of the signature: a captured request under another key is still the same request
    rows: tuple[Mapping[str, Any], ...]

    def write(self, folder: Path) -> Path:
        """Write the rows as JSONL for the intake."""
        path = folder / f"{self.table}.jsonl"
        path.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in self.rows) + "\n", encoding="utf-8")
        return path


def sign(body: bytes, timestamp: int, secret: bytes) -> str:
    """Return the value of ``X-Frontline-Signature``."""
    return "v1=" + hmac.new(secret, b"v1:%d:%s" % (timestamp, body), hashlib.sha256).hexdigest()


def accept(
    table: str, body: bytes, headers: Mapping[str, str], secret: bytes, now: dt.datetime, *, tables: Collection[str]
) -> Receipt:
    """Judge one request, in bounded time and memory.

    Args:
        tables: the tables that may be fed.

    Raises:
        Rejected: too large (413), unsigned, wrongly signed or out of time (401), an unknown table (404), or a body that
            is no rows (400). The signature is judged before anything of the body is read.
    """
    if len(body) > MAX_BODY:
        raise Rejected(
            f"The body is larger than {MAX_BODY:,} bytes.", status=413, next_step="Send fewer rows at a time."
        )
    said = {name.lower(): value for name, value in headers.items()}
    signature = _verify(body, said, secret, now)
    if table not in tables:
        raise Rejected("There is no such table.", status=404, next_step=f"Tables: {', '.join(sorted(tables))}.")
    key = said.get("idempotency-key", "").strip()
    if key and not _KEY.fullmatch(key):
        raise Rejected("The idempotency key is not 1 to 120 letters, digits and . _ : -", status=400)
    replay_key = hashlib.sha256(signature.encode()).hexdigest()
    return Receipt(table, key or hashlib.sha256(body).hexdigest(), replay_key, _rows(body))


def receive(receipt: Receipt, store: Store, load: Callable[[Receipt], LoadReport]) -> LoadReport | None:
    """Load what was received unless it was before; None then.

    The keys are written down after the load: a crash in between loads the rows again, which changes nothing.

    Raises:
        UsageError: the rows are refused; the sender may correct them and send them under the same key.
    """
    keys = (f"in:{receipt.table}:{receipt.key}", f"in:signature:{receipt.replay_key}")
    with store.read() as session:
        if any(is_handled(session, key) for key in keys):
            return None
    report = load(receipt)
    with store.unit() as unit:
        for key in keys:
            mark_handled(unit, key)
        unit.commit()
    return report


def _verify(body: bytes, headers: Mapping[str, str], secret: bytes, now: dt.datetime) -> str:
    # One sentence for every cause: it must not tell a forger how far he came.
    refusal = Rejected("The request is not signed as it should be.", status=401, next_step="See docs/intake.md.")
    stamp, signature = headers.get("x-frontline-timestamp", ""), headers.get("x-frontline-signature", "")
    if not secret or not re.fullmatch(r"\d{1,12}", stamp, re.ASCII):
        raise refusal
    if not hmac.compare_digest(sign(body, int(stamp), secret).encode(), signature.encode("utf-8", "replace")):
        raise refusal
    if abs(now.timestamp() - int(stamp)) > WINDOW.total_seconds():
        raise refusal
    return signature


def _rows(body: bytes) -> tuple[Mapping[str, Any], ...]:
    fault = Rejected("The body is not JSON rows.", status=400, next_step='Send {"rows": [{...}]}.')
    try:
        text = body.decode("utf-8")
        try:
            document = _parsed(text)
        except json.JSONDecodeError:
            document = [_parsed(line) for line in text.splitlines() if line.strip()]
    except (ValueError, RecursionError) as error:
        raise fault from error
    if isinstance(document, dict) and set(document) == {"rows"}:
        document = document["rows"]
    rows = document if isinstance(document, list) else [document]
    if not rows or len(rows) > MAX_ROWS:
        raise Rejected(f"A request holds 1 to {MAX_ROWS:,} rows.", status=400)
    if not all(isinstance(row, dict) and row and all(_is_cell(value) for value in row.values()) for row in rows):
        raise fault
    return tuple(rows)


def _parsed(text: str) -> Any:
    def refuse(word: str) -> Any:
        raise ValueError(word)  # NaN and Infinity are no JSON

    return json.loads(text, parse_constant=refuse)


def _is_cell(value: Any) -> bool:
    return value is None or isinstance(value, str | bool | int) or (isinstance(value, float) and math.isfinite(value))
