"""What is forgotten after a time: what a message said (that it went is kept), and who a customer was."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection

from sqlalchemy import func, select

from frontline.store.intake.safekeeping import IDENTITY
from frontline.store.models.people import VaultItem
from frontline.store.models.work import OutboxRow
from frontline.store.vault import Vault
from frontline.store.work import Unit

_AGENT = "agent:"
_OVER = ("sent", "dead", "withheld")


def forget_messages(unit: Unit, before: dt.datetime) -> int:
    """Empty messages that went, or were given up, before an instant; return how many."""
    since = func.coalesce(OutboxRow.sent_at, OutboxRow.created_at)
    rows = unit.session.scalars(select(OutboxRow).where(OutboxRow.state.in_(_OVER), since < before)).all()
    full = [row for row in rows if row.payload]
    for row in full:
        row.payload = {}
    unit.session.flush()
    return len(full)


def forget_identities(
    unit: Unit, vault: Vault, before: dt.datetime, active_since: Callable[[dt.datetime], Collection[str]]
) -> int:
    """Take identities of customers out of the vault who were loaded last, and did anything last, before an instant.

    ``active_since``: instant -> keys of the customers with whom anything happened since. Their rows in the facts stay:
    they are counts. Returns how many went.
    """
    query = select(VaultItem.subject).where(VaultItem.kind == IDENTITY, VaultItem.created_at < before)
    subjects = {subject for subject in unit.session.scalars(query) if not subject.startswith(_AGENT)}
    gone = sorted(subjects.difference(active_since(before))) if subjects else []
    for subject in gone:
        vault.drop(unit, subject, kind=IDENTITY)
    unit.session.flush()
    return len(gone)
