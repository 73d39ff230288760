"""Batches that were pushed: kept before they are acknowledged, answered the same when they come again."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, or_, select, update
from sqlalchemy.orm import Session

from frontline.store.intake.feeds.webhook import Receipt
from frontline.store.models.feeds import PushedBatch
from frontline.store.vault import Vault
from frontline.store.work import Unit

WAITING, LOADED, DONE, REFUSED = "waiting", "loaded", "done", "refused"


@dataclass(frozen=True)
class Answer:
    """What the sender hears. ``body`` holds counts, codes and row numbers, never a value of a row."""

    status: int
    body: Mapping[str, Any]


@dataclass(frozen=True)
class Waiting:
    """Rows that are not in the facts yet. They are raw and must reach nothing but the intake."""

    seq: int
    table: str
    rows: Sequence[Mapping[str, Any]]


def find_answer(session: Session, receipt: Receipt) -> Answer | None:
    """Return what was answered to the same request before, by its idempotency key or its signature."""
    same = or_(PushedBatch.key == _key(receipt), PushedBatch.replay_key == receipt.replay_key)
    known = session.scalars(select(PushedBatch).where(same).order_by(PushedBatch.seq)).first()
    return Answer(known.status, {**known.answer, "repeated": True}) if known is not None else None


def keep(
    unit: Unit,
    vault: Vault,
    receipt: Receipt,
    answer: Answer,
    *,
    waiting: Sequence[Mapping[str, Any]] = (),
    table: str = "",
) -> None:
    """Write a request down with its answer.

    Args:
        waiting: rows that are kept encrypted until they are in the facts.
        table: the fact table of ``waiting``, where it is another than the one that was addressed.
    """
    payload = vault.seal_payload(json.dumps(list(waiting), ensure_ascii=False).encode()) if waiting else None
    unit.session.add(
        PushedBatch(
            key=_key(receipt),
            replay_key=receipt.replay_key,
            table_name=table or receipt.table,
            state=WAITING if waiting else DONE,
            received_at=unit.now,
            payload=payload,
            status=answer.status,
            answer=dict(answer.body),
        )
    )
    unit.session.flush()


def list_waiting(session: Session, vault: Vault, *, limit: int = 500) -> list[Waiting]:
    """Return what is not in the facts yet, oldest first."""
    query = select(PushedBatch).where(PushedBatch.state == WAITING).order_by(PushedBatch.seq).limit(limit)
    return [
        Waiting(row.seq, row.table_name, json.loads(vault.open_payload(row.payload)))
        for row in session.scalars(query)
        if row.payload is not None
    ]


def settle(unit: Unit, seqs: Sequence[int], *, is_loaded: bool) -> None:
    """Say that batches are in the facts (their rows are wiped), or that they are refused for good."""
    changed: dict[str, Any] = {"state": LOADED, "payload": None} if is_loaded else {"state": REFUSED}
    unit.session.execute(update(PushedBatch).where(PushedBatch.seq.in_(seqs)).values(**changed))


def forget_before(unit: Unit, instant: dt.datetime) -> None:
    """Drop what was received before ``instant`` and is not waiting."""
    old = delete(PushedBatch).where(PushedBatch.received_at < instant, PushedBatch.state != WAITING)
    unit.session.execute(old)


def _key(receipt: Receipt) -> str:
    return f"{receipt.table}:{receipt.key}"
