"""Names of the organisation's people: they live in the vault alone, and the gate masks them in every text.

The state knows handles. A name is an entry of the vault under ``person:KEY``, erased with its subject.
"""

from __future__ import annotations

import json
from collections.abc import Mapping

from frontline.core.actor import SYSTEM
from frontline.governance import people
from frontline.store.intake.safekeeping import IDENTITY, agent_subject
from frontline.store.vault import Vault, VaultEntry
from frontline.store.work import Store, Unit

KIND = "person-name"
AGENTS = agent_subject("")
PURPOSE = "mask the names of our own people"


def subject_of(key: str) -> str:
    """Return the vault subject of a person."""
    return f"person:{key}"


def keep_names(unit: Unit, vault: Vault, names: Mapping[str, str]) -> int:
    """Put names (handle -> name) away, each replacing the one before; return how many changed."""
    if not names:
        return 0
    held = vault.open_kind(unit, SYSTEM, KIND, purpose=PURPOSE)
    changed = 0
    for handle, name in sorted(names.items()):
        subject = subject_of(people.person_of(unit.session, handle).key)
        if held.get(subject) == name.encode():
            continue
        vault.drop(unit, subject, kind=KIND)
        [vault_id] = vault.put_many(unit, [VaultEntry(subject, KIND, name.encode())])
        changed += vault_id is not None
    return changed


def read_names(store: Store, vault: Vault) -> tuple[str, ...]:
    """Return the names of our own people, sorted: those of the roster, and those of the agents of the facts.

    Each kind is one opening, written down once. Never call it inside a unit: it opens one.
    """
    with store.unit() as unit:
        held = vault.open_kind(unit, SYSTEM, KIND, purpose=PURPOSE)
        agents = vault.open_kind(unit, SYSTEM, IDENTITY, purpose=PURPOSE, subjects=AGENTS)
        if held or agents:
            unit.commit()
    found = {name.decode() for name in held.values()}
    for content in agents.values():
        known = json.loads(content)
        whole = known.get("name") or " ".join(filter(None, (known.get("first_name"), known.get("last_name"))))
        found |= {whole} if whole else set()
    return tuple(sorted(found))


def stamp(store: Store, vault: Vault) -> tuple[object, ...]:
    """Return what changes when a name comes, changes or goes; opens nothing."""
    with store.read() as session:
        return vault.stamp(session, KIND) + vault.stamp(session, IDENTITY, subjects=AGENTS)
