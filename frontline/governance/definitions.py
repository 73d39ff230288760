"""Versions of definitions: proposed, signed by several people, adopted, taken back. Earlier ones stay to be asked.

proposed -> adopted | withdrawn; adopted -> superseded (a later one was adopted) | undone. ``known`` are versions that
were in force from the files. An adoption that is taken back lets the one before it count again.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from frontline.catalog.definitions import Version, version_of
from frontline.catalog.loader import Catalog
from frontline.catalog.proposals import Proposal
from frontline.catalog.rules import DefinitionRule
from frontline.core.actor import Actor, ActorKind, Role
from frontline.core.errors import Conflict, NotFound, UsageError, not_found
from frontline.core.text import AnonymizedText
from frontline.governance import audit, people
from frontline.governance.policy import Policy, shipped_policy
from frontline.store.models.definitions import MetricSignature, MetricVersion
from frontline.store.work import Store, Unit

OPEN = ("proposed",)
IN_FORCE = "adopted"
EVER_IN_FORCE = ("known", IN_FORCE, "superseded", "undone")


class KnownVersions:
    """Finds versions for the engine (``frontline.metrics.versions.VersionSource``)."""

    def __init__(self, store: Callable[[], Store]) -> None:
        self._store = store

    def find(self, key: str, number: int) -> Version | None:
        """Return the newest version with this number that was ever in force; None where nobody knows it.

        Raises:
            NotFound: it was only proposed. Nobody has agreed to what its figures may show.
        """
        with self._store().read() as session:
            row = _named(session, key, number, EVER_IN_FORCE)
            if row is None and _named(session, key, number) is not None:
                raise NotFound(
                    f"{key}@{number} was proposed and never adopted, so nothing is counted by it.",
                    next_step=f"/ops metric diff {key}@{number} shows what it would change.",
                )
            return None if row is None else as_version(row)


def as_version(row: MetricVersion) -> Version:
    """Return the definition of a row."""
    return Version(row.metric, row.number, row.hash, row.bundle)


def read_adopted(session: Session) -> list[Version]:
    """Return what people adopted, for the catalog in force."""
    rows = session.scalars(select(MetricVersion).where(MetricVersion.state == IN_FORCE).order_by(MetricVersion.id))
    return [as_version(row) for row in rows]


def adoption_mark(session: Session) -> tuple[int, ...]:
    """Return what is another one after every adoption and every one taken back."""
    query = select(MetricVersion.id).where(MetricVersion.state == IN_FORCE).order_by(MetricVersion.id)
    return tuple(session.scalars(query))


def remember_known(unit: Unit, catalog: Catalog) -> int:
    """Write down the versions in force that are not there yet, so that they can be asked for later; return how many."""
    fresh = _unwritten(unit.session, catalog)
    for version in fresh:
        unit.session.add(
            MetricVersion(
                metric=version.key,
                number=version.number,
                hash=version.hash,
                state="known",
                bundle=dict(version.bundle),
                changes=[],
                effect={},
                created_at=unit.now,
            )
        )
    unit.session.flush()
    return len(fresh)


def _unwritten(session: Session, catalog: Catalog) -> list[Version]:
    query = select(MetricVersion.metric, MetricVersion.number, MetricVersion.hash)
    seen = set(session.execute(query).tuples())
    return [
        version_of(catalog, key)
        for key, metric in catalog.metrics.items()
        if (key, metric.version, catalog.definition_hashes[key]) not in seen
    ]


def next_number(session: Session, catalog: Catalog, key: str) -> int:
    """Return the number of the next version of a metric: no number is given twice."""
    known = session.scalar(select(func.max(MetricVersion.number)).where(MetricVersion.metric == key)) or 0
    current = catalog.metrics[key].version if key in catalog.metrics else 0
    return max(known, current) + 1


def list_versions(
    session: Session, actor: Actor, metric: str = "", *, states: Sequence[str] = (), policy: Policy | None = None
) -> list[MetricVersion]:
    """Return versions, the newest first; of one metric, or of all in ``states``.

    Raises:
        NotPermitted: the actor may not see definitions.
    """
    (policy or shipped_policy()).authorize(actor, "metric.read", metric)
    query = select(MetricVersion).order_by(MetricVersion.number.desc(), MetricVersion.id.desc())
    if metric:
        query = query.where(MetricVersion.metric == metric)
    if states:
        query = query.where(MetricVersion.state.in_(states))
    return list(session.scalars(query))


def access_version(session: Session, actor: Actor, name: str, *, policy: Policy | None = None) -> MetricVersion:
    """Return the row of ``recontact_rate@3``; without a number the one that waits to be signed.

    Raises:
        NotPermitted: the actor may not see definitions.
        NotFound: there is none.
        Conflict: without a number, and several wait.
    """
    (policy or shipped_policy()).authorize(actor, "metric.read", name)
    key, _, number = name.strip().lower().partition("@")
    row = _named(session, key, int(number)) if number.isdigit() else _only_open(session, key)
    if row is None:
        raise not_found(
            "metric" if not key else "version" if number else "proposal for",
            name,
            next_step="/ops metric list shows what waits to be signed.",
        )
    return row


def _only_open(session: Session, key: str) -> MetricVersion | None:
    waiting = select(MetricVersion).where(MetricVersion.metric == key, MetricVersion.state.in_(OPEN))
    rows = list(session.scalars(waiting.order_by(MetricVersion.id)))
    if len(rows) > 1:
        names = [f"{key}@{row.number}" for row in rows]
        raise Conflict(f"{len(rows)} proposals for {key} wait.", next_step=f"Say which: {' or '.join(names)}.")
    return rows[0] if rows else None


def propose(
    unit: Unit,
    actor: Actor,
    proposal: Proposal,
    *,
    effect: Mapping[str, Any],
    reason: AnonymizedText | None = None,
    policy: Policy | None = None,
) -> MetricVersion:
    """Keep a proposal together with its effect, as people will see it before they sign.

    Raises:
        NotPermitted: the actor may not propose.
        Conflict: the same is proposed already, or the number was given meanwhile.
    """
    (policy or shipped_policy()).authorize(actor, "metric.define", proposal.version.key)
    version = proposal.version
    same = select(MetricVersion).where(MetricVersion.metric == version.key, MetricVersion.hash == version.hash)
    waiting = unit.session.scalar(same.where(MetricVersion.state.in_(OPEN)))
    if waiting is not None:
        raise Conflict(f"That is proposed already as {version.key}@{waiting.number}.")
    if _named(unit.session, version.key, version.number) is not None:
        raise Conflict("Somebody else proposed a version meanwhile.", next_step="Propose it again.")
    row = MetricVersion(
        metric=version.key,
        number=version.number,
        hash=version.hash,
        state="proposed",
        bundle=dict(version.bundle),
        base_hash=proposal.base.hash if proposal.base else "",
        changes=[[change.what, change.before, change.after] for change in proposal.changes],
        effect=dict(effect),
        reason=reason,
        creator_key=actor.key,
        created_at=unit.now,
    )
    unit.session.add(row)
    unit.session.flush()
    detail = {"hash": version.hash[:12], "changes": [change.what for change in proposal.changes]}
    audit.record(unit, actor, "metric.define", resource=version.name, detail=detail)
    return row


def sign(
    unit: Unit, actor: Actor, name: str, *, rule: DefinitionRule, catalog: Catalog, policy: Policy | None = None
) -> tuple[MetricVersion, str]:
    """Sign a proposal; return its row and what is still missing, "" once it is adopted by this signature.

    Raises:
        NotPermitted: the actor may not sign.
        UsageError: it is a role that signs, not a person, or nobody saw its effect.
        Conflict: it is decided, signed by the same person, or the definition in force is another by now.
    """
    (policy or shipped_policy()).authorize(actor, "metric.adopt", name)
    row = access_version(unit.session, actor, name, policy=policy)
    if row.state != "proposed":
        raise Conflict(f"{row.metric}@{row.number} is {row.state} already.")
    if actor.kind is not ActorKind.HUMAN or actor.key.startswith("role:"):
        raise UsageError("A definition is signed by people.", next_step="Say who signs, with --as HANDLE.")
    if not row.effect:
        raise UsageError("Nobody has seen what it changes.", next_step=f"First: /ops metric diff {name}")
    if _current_hash(unit.session, row.metric, catalog) != row.base_hash:
        raise Conflict(
            f"{row.metric} is not defined any more as it was when this was proposed.",
            next_step="Propose it again; its effect is another one.",
        )
    if any(signature.person_key == actor.key for signature in row.signatures):
        raise Conflict(f"You have signed {row.metric}@{row.number}.", next_step=missing(row, rule, catalog))
    is_owner = actor.has(owner_of(row, catalog))
    row.signatures.append(MetricSignature(person_key=actor.key, is_owner=is_owner, at=unit.now))
    unit.session.flush()
    left = missing(row, rule, catalog)
    audit.record(unit, actor, "metric.adopt", resource=f"{row.metric}@{row.number}", detail={"step": "signed"})
    if not left:
        _adopt(unit, actor, row)
    return row, left


def _current_hash(session: Session, key: str, catalog: Catalog) -> str:
    """Return the definition in force: another process may have adopted one that this catalog does not know yet."""
    row: MetricVersion | None = session.scalar(_of(key, IN_FORCE))
    known = catalog.metrics.get(key)
    if row is not None and (known is None or row.number > known.version):
        return row.hash
    return catalog.definition_hashes.get(key, "")


def owner_of(row: MetricVersion, catalog: Catalog) -> Role:
    """Return the role that has to sign: the owner today, not whom the proposal would make owner."""
    known = catalog.metrics.get(row.metric)
    return known.owner if known is not None else Role(row.bundle["metric"]["owner"])


def missing(row: MetricVersion, rule: DefinitionRule, catalog: Catalog) -> str:
    """Return what still has to be signed, in words; "" when nothing."""
    count = len(row.signatures)
    has_owner = any(signature.is_owner for signature in row.signatures)
    left = max(rule.sign_offs - count, 0)
    if rule.owner_signs and not has_owner:
        others = f" and {left - 1} more" if left > 1 else ""
        owner = owner_of(row, catalog).value
        return f"It needs the signature of {'an' if owner[0] in 'aeiou' else 'a'} {owner}{others}."
    return "" if not left else f"It needs {left} more signature{'' if left == 1 else 's'}."


def undo(unit: Unit, actor: Actor, metric: str, *, policy: Policy | None = None) -> tuple[MetricVersion, str]:
    """Take the adopted version of a metric back; return it and the name of the version that counts again.

    ``metric`` with a number (``fcr_rate@3``) takes back that version alone.

    Raises:
        NotPermitted: the actor may not adopt.
        Conflict: nothing of it was adopted, or another version than the named one is in force.
    """
    (policy or shipped_policy()).authorize(actor, "metric.adopt", metric)
    key, _, number = metric.strip().lower().partition("@")
    row = unit.session.scalar(_of(key, IN_FORCE))
    if row is None:
        if not key:
            raise UsageError("Which metric?", next_step="/ops metric list shows what was adopted.")
        raise Conflict(f"Nothing of {key} was adopted; its definition is that of the files.")
    if number and number != str(row.number):
        raise Conflict(
            f"{key}@{number} is not in force: {key}@{row.number} is.",
            next_step=f"/ops metric undo {key}@{row.number} takes that one back.",
        )
    row.state, row.decided_by, row.decided_at = "undone", actor.key, unit.now
    before = unit.session.scalar(_of(key, "superseded"))
    if before is not None:
        before.state, before.decided_at = IN_FORCE, unit.now
    unit.session.flush()
    audit.record(unit, actor, "metric.undo", resource=f"{key}@{row.number}")
    return row, f"{key}@{before.number}" if before is not None else ""


def withdraw(unit: Unit, actor: Actor, name: str, *, policy: Policy | None = None) -> MetricVersion:
    """Take a proposal back: whoever made it, or somebody who may adopt.

    Raises:
        NotPermitted: it is somebody else's, and the actor may not adopt.
        Conflict: it is decided already.
    """
    judge = policy or shipped_policy()
    row = access_version(unit.session, actor, name, policy=policy)
    if row.creator_key != actor.key:
        judge.authorize(actor, "metric.adopt", name)
    if row.state != "proposed":
        raise Conflict(f"{row.metric}@{row.number} is {row.state} already.")
    row.state, row.decided_by, row.decided_at = "withdrawn", actor.key, unit.now
    unit.session.flush()
    audit.record(unit, actor, "metric.withdraw", resource=f"{row.metric}@{row.number}")
    return row


def signers(session: Session, row: MetricVersion, catalog: Catalog) -> list[str]:
    """Return the keys of the people of the role that owns the metric; admins where there is none."""
    for role in (owner_of(row, catalog), Role.ADMIN):
        found = [person.key for person in people.of_role(session, role)]
        if found:
            return found
    return []


def _adopt(unit: Unit, actor: Actor, row: MetricVersion) -> None:
    for other in unit.session.scalars(_of(row.metric, IN_FORCE)):
        other.state = "superseded"
    row.state, row.decided_by, row.decided_at = IN_FORCE, actor.key, unit.now
    unit.session.flush()
    detail = {"hash": row.hash[:12], "signed": [signature.person_key for signature in row.signatures]}
    audit.record(
        unit, actor, "metric.adopt", resource=f"{row.metric}@{row.number}", detail={"step": "adopted", **detail}
    )


def _of(key: str, state: str) -> Any:
    query = select(MetricVersion).where(MetricVersion.metric == key, MetricVersion.state == state)
    return query.order_by(MetricVersion.decided_at.desc(), MetricVersion.id.desc()).limit(1)


def _named(session: Session, key: str, number: int, states: Sequence[str] = ()) -> MetricVersion | None:
    query = select(MetricVersion).where(MetricVersion.metric == key, MetricVersion.number == number)
    if states:
        query = query.where(MetricVersion.state.in_(states))
    return session.scalar(query.order_by(MetricVersion.id.desc()).limit(1))


# Two requests of one process need not write the same known versions.
_REMEMBERING = threading.Lock()


def remember_in(store: Store, catalog: Catalog) -> None:
    """Write down the versions in force where they are not yet; one look when there is nothing to do."""
    with _REMEMBERING:
        with store.read() as session:
            if not _unwritten(session, catalog):
                return
        with store.unit() as unit:
            remember_known(unit, catalog)
            unit.commit()
