"""The audit trail: a SHA-256 chain over canonical JSON, written in the same transaction as what it records.

Each entry's hash covers the hash before it, so an edit, a deletion, an insertion or a new order breaks the chain at
the first bad row. Cutting the end off, or rewriting everything, keeps the chain whole: those are caught by anchors,
copies of the head kept outside the database.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

from sqlalchemy import inspect, select, text
from sqlalchemy.orm import Session

from frontline.core.actor import Actor
from frontline.core.clock import as_utc
from frontline.core.errors import EngineError
from frontline.store.base import canonical_json
from frontline.store.models.governance import AuditEntry
from frontline.store.work import Unit

GENESIS = "0" * 64
AuditOutcome = Literal["allowed", "denied", "done", "failed"]
_CHAIN_LOCK = 0x46524F4E  # PostgreSQL advisory lock: one appender at a time


@dataclass(frozen=True)
class Anchor:
    """The head of the chain at an instant, as kept outside the database."""

    seq: int
    hash: str
    at: str


@dataclass(frozen=True)
class Problem:
    """What is wrong with the trail. ``seq`` names the first bad row of this kind; 0 means the trail as a whole."""

    seq: int
    kind: Literal["edited", "missing", "broken link", "truncated", "rewritten", "unguarded"]
    message: str


def record(
    unit: Unit,
    actor: Actor,
    action: str,
    *,
    resource: str = "",
    outcome: AuditOutcome = "done",
    detail: Mapping[str, Any] | None = None,
) -> AuditEntry:
    """Append an entry in ``unit``. ``detail`` is JSON without personal values: hash those with the vault first.

    Raises:
        TypeError: ``detail`` holds something that is not JSON (a sealed text, a date).
    """
    head = _head(unit.session)
    entry = AuditEntry(
        seq=(head.seq if head else 0) + 1,
        at=unit.now.isoformat(),
        actor_key=actor.key,
        action=action,
        resource=resource[:200],
        outcome=outcome,
        detail=canonical_json(dict(detail or {})),
        previous=head.hash if head else GENESIS,
    )
    entry.hash = _hash_of(entry)
    unit.session.add(entry)
    unit.session.flush()
    return entry


def record_access(unit: Unit, actor: Actor, *, vault_id: str, kind: str, purpose: str) -> None:
    """Write down who opened what in the vault, and why; the composition root gives this to ``Vault``."""
    record(unit, actor, "vault.open", resource=f"{kind}:{vault_id}", detail={"purpose": purpose})


def entries(
    session: Session, *, limit: int = 50, actor_key: str = "", action: str = "", resource: str = ""
) -> list[AuditEntry]:
    """Return the latest entries, newest first. The caller has authorized ``audit.show``."""
    query = select(AuditEntry).order_by(AuditEntry.seq.desc()).limit(limit)
    if actor_key:
        query = query.where(AuditEntry.actor_key == actor_key)
    if action:
        query = query.where(AuditEntry.action == action)
    if resource:
        query = query.where(AuditEntry.resource == resource)
    return list(session.scalars(query))


def verify(session: Session, anchors: Iterable[Anchor] = ()) -> list[Problem]:
    """Walk the chain and compare the anchors; an empty list means that nothing was touched.

    The first problem names the first bad row.
    """
    kept = list(anchors)
    hashes = {item.seq: "" for item in kept}
    last, broken = _walk(session, hashes)
    problems = [*_unguarded(session), *([broken] if broken else [])]
    problems.extend(_compare(kept, hashes, last=last, is_whole=broken is None))
    return sorted(problems, key=lambda problem: (problem.seq == 0, problem.seq))


def anchor(session: Session, folder: Path, now: dt.datetime) -> Anchor | None:
    """Write the head into a new read-only file of ``folder`` and return it (None while the trail is empty).

    Raises:
        EngineError: the folder cannot be written.
    """
    head = _head(session)
    if head is None:
        return None
    taken = Anchor(head.seq, head.hash, as_utc(now).isoformat())
    name = f"{as_utc(now):%Y%m%dT%H%M%S}-{head.seq:09d}.json"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handle = os.open(folder / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o400)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(canonical_json(asdict(taken)) + "\n")
            file.flush()
            os.fsync(file.fileno())
    except FileExistsError:
        return taken  # the same head in the same second
    except OSError as error:
        raise EngineError(f"The audit anchor cannot be written: {error.strerror}.", permanent=False) from error
    return taken


def read_anchors(folder: Path) -> list[Anchor]:
    """Return every anchor of ``folder``, oldest first.

    Raises:
        EngineError: a file is no anchor; somebody changed it.
    """
    found = []
    for path in sorted(folder.glob("*.json")) if folder.is_dir() else []:
        try:
            stored = json.loads(path.read_text(encoding="utf-8"))
            found.append(Anchor(int(stored["seq"]), str(stored["hash"]), str(stored["at"])))
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise EngineError(f"The audit anchor {path.name} is damaged.", permanent=True) from error
    return found


def _head(session: Session) -> AuditEntry | None:
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _CHAIN_LOCK})
    return session.scalar(select(AuditEntry).order_by(AuditEntry.seq.desc()).limit(1))


def _hash_of(entry: AuditEntry) -> str:
    body = {
        "seq": entry.seq,
        "at": entry.at,
        "actor": entry.actor_key,
        "action": entry.action,
        "resource": entry.resource,
        "outcome": entry.outcome,
        "detail": entry.detail,
        "previous": entry.previous,
    }
    return hashlib.sha256(canonical_json(body).encode()).hexdigest()


def _walk(session: Session, hashes: dict[int, str]) -> tuple[int, Problem | None]:
    """Fill in those ``hashes`` that are asked for; return the last sound row and the first bad one."""
    expected, previous = 1, GENESIS
    for entry in session.scalars(select(AuditEntry).order_by(AuditEntry.seq).execution_options(yield_per=1000)):
        if entry.seq != expected:
            missing = expected if entry.seq > expected else entry.seq
            found = f"entry {expected} is missing: the next one is {entry.seq}"
            return expected - 1, Problem(missing, "missing", found)
        if _hash_of(entry) != entry.hash:
            changed = f"entry {entry.seq} does not match its hash: it was changed"
            return expected - 1, Problem(entry.seq, "edited", changed)
        if entry.previous != previous:
            broken = f"entry {entry.seq} does not follow entry {entry.seq - 1}"
            return expected - 1, Problem(entry.seq, "broken link", broken)
        previous = entry.hash
        if entry.seq in hashes:
            hashes[entry.seq] = entry.hash
        expected += 1
        session.expunge(entry)
    return expected - 1, None


def _compare(anchors: Sequence[Anchor], hashes: Mapping[int, str], *, last: int, is_whole: bool) -> Sequence[Problem]:
    # Behind a break nothing is known about the end.
    truncated = [item for item in anchors if item.seq > last and is_whole]
    rewritten = [item for item in anchors if item.seq <= last and hashes[item.seq] != item.hash]
    problems = []
    if rewritten:
        first = min(rewritten, key=lambda item: item.seq)
        words = f"entry {first.seq} is not the one anchored at {first.at}: the trail was rewritten"
        problems.append(Problem(first.seq, "rewritten", words))
    if truncated:
        first = min(truncated, key=lambda item: item.seq)
        words = f"the trail ends at {last}, but entry {first.seq} was anchored at {first.at}"
        problems.append(Problem(last + 1, "truncated", words))
    return problems


def _unguarded(session: Session) -> Iterator[Problem]:
    connection = session.connection()
    if connection.dialect.name != "sqlite" or not inspect(connection).has_table("audit_entry"):
        return
    found = connection.execute(
        text("SELECT count(*) FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'audit_entry'")
    ).scalar_one()
    if found < 2:
        yield Problem(0, "unguarded", "the triggers that refuse changes are gone: somebody removed them")
