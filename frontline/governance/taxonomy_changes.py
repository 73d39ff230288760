"""Merges and splits of the taxonomy: proposed from what two coders mix up, decided by a steward, undone with a click.

An accepted change makes a new version; the versions before stay and can be asked for, so that old figures come out as
they did. open -> accepted -> undone; open -> declined (the same is proposed again only after the next window).
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from frontline.analysis.agreement import Confusion, find_confusions, find_wide
from frontline.catalog.taxonomy import Revision, Taxonomy
from frontline.core.actor import Actor
from frontline.core.errors import Conflict, NotFound, UsageError
from frontline.core.ids import new_id
from frontline.governance import audit
from frontline.governance.policy import Policy
from frontline.store.models.coding import TaxonomyChange
from frontline.store.work import Unit

MERGE, SPLIT = "merge", "split"
OPEN, ACCEPTED, DECLINED, UNDONE = "open", "accepted", "declined", "undone"


def propose(
    unit: Unit, pairs: Sequence[tuple[str, str]], taxonomy: Taxonomy, *, since: dt.datetime
) -> list[TaxonomyChange]:
    """Write down the merges and splits that the answers speak for and nobody has decided since then; return the new.

    The caller is a routine.
    """
    known = {
        (row.kind, *sorted((row.first, row.second)))
        for row in unit.session.scalars(select(TaxonomyChange))
        if row.state == OPEN or (row.decided_at or row.proposed_at) >= since
    }
    found = [_merge(pair, pairs) for pair in find_confusions(pairs) if _is_beside(taxonomy, pair)]
    found += [
        TaxonomyChange(kind=SPLIT, first=wide.code, second="", times=wide.n - wide.both, n=wide.n)
        for wide in find_wide(pairs)
        if wide.code != taxonomy.other
    ]
    new = [row for row in found if (row.kind, *sorted((row.first, row.second))) not in known]
    for row in new:
        row.change_id, row.state, row.parts, row.proposed_at = new_id("txc"), OPEN, {}, unit.now
        unit.session.add(row)
    unit.session.flush()
    return new


def read_revisions(session: Session) -> list[Revision]:
    """Return what was accepted, also what was undone later: its version can still be asked for."""
    query = select(TaxonomyChange).where(TaxonomyChange.version.is_not(None)).order_by(TaxonomyChange.version)
    return [
        Revision(
            first=row.first,
            second=row.second,
            parts={str(code): str(title) for code, title in row.parts.items()},
            version=row.version or 0,
            on=(row.decided_at or row.proposed_at).date(),
            undone=row.undone_version,
        )
        for row in session.scalars(query)
    ]


def list_open(session: Session, actor: Actor, *, policy: Policy) -> list[TaxonomyChange]:
    """Return what waits for a decision; nothing for somebody who may not decide."""
    if not policy.is_allowed(actor, "category.decide"):
        return []
    return list(
        session.scalars(select(TaxonomyChange).where(TaxonomyChange.state == OPEN).order_by(TaxonomyChange.proposed_at))
    )


def access_change(session: Session, actor: Actor, change_id: str, *, policy: Policy) -> TaxonomyChange:
    """Return a proposal.

    Raises:
        NotPermitted: the actor may not decide.
        NotFound: there is none.
    """
    policy.authorize(actor, "category.decide")
    row = session.get(TaxonomyChange, change_id.strip())
    if row is None:
        raise NotFound("There is no such proposal.", next_step="`/ops metric show taxonomy` lists those that are open.")
    return row


def accept(
    unit: Unit, actor: Actor, change_id: str, *, taxonomy: Taxonomy, policy: Policy, titles: Sequence[str] = ()
) -> TaxonomyChange:
    """Accept a proposal as the next version of the taxonomy. ``titles``: of the two parts of a split.

    Raises:
        NotPermitted, NotFound: as ``access_change``.
        Conflict: it is decided, its codes are not in force any more, or ``taxonomy`` is not the newest.
        UsageError: a title is missing or taken.
    """
    row = access_change(unit.session, actor, change_id, policy=policy)
    _refuse_unless(row, OPEN)
    if not {row.first, row.second or row.first} <= set(taxonomy.in_force()):
        raise Conflict("One of the codes is not in force any more.", next_step="Decline the proposal.")
    version = _next_version(unit.session, taxonomy)
    parts = _parts(row, taxonomy, titles) if row.kind == SPLIT else {}
    revision = Revision(row.first, version, unit.now.date(), row.second, parts)
    try:
        taxonomy.revised([revision])
    except ValueError:
        raise UsageError("A title is in use already.", next_step="Choose titles that no code has.") from None
    row.parts, row.version, row.state = dict(parts), version, ACCEPTED
    return _decided(unit, actor, row)


def decline(unit: Unit, actor: Actor, change_id: str, *, policy: Policy) -> TaxonomyChange:
    """Leave the taxonomy as it is.

    Raises:
        NotPermitted, NotFound, Conflict: as ``accept``.
    """
    row = access_change(unit.session, actor, change_id, policy=policy)
    _refuse_unless(row, OPEN)
    row.state = DECLINED
    return _decided(unit, actor, row)


def undo(unit: Unit, actor: Actor, change_id: str, *, taxonomy: Taxonomy, policy: Policy) -> TaxonomyChange:
    """Take an accepted change back, as a version of its own: what was reported in between stays reproducible.

    Raises:
        NotPermitted, NotFound: as ``access_change``.
        Conflict: it is not in force, a later change rests on its codes, or ``taxonomy`` is not the newest.
    """
    row = access_change(unit.session, actor, change_id, policy=policy)
    _refuse_unless(row, ACCEPTED)
    later = unit.session.scalars(select(TaxonomyChange).where(TaxonomyChange.state == ACCEPTED))
    if any({other.first, other.second} & {*row.parts} for other in later):
        raise Conflict("A later change rests on its codes.", next_step="Undo that one first.")
    row.state, row.undone_version = UNDONE, _next_version(unit.session, taxonomy)
    return _decided(unit, actor, row, keeps_date=True)


def _decided(unit: Unit, actor: Actor, row: TaxonomyChange, *, keeps_date: bool = False) -> TaxonomyChange:
    row.decided_by = actor.key
    # The date from which a code is retired does not move when the change is undone.
    row.decided_at = row.decided_at if keeps_date and row.decided_at else unit.now
    unit.session.flush()
    detail = {"kind": row.kind, "state": row.state, "codes": [row.first, row.second, *row.parts]}
    audit.record(unit, actor, "category.decide", resource=f"taxonomy_change:{row.change_id}", detail=detail)
    return row


def _next_version(session: Session, taxonomy: Taxonomy) -> int:
    """Return the version after the one at hand, which must be the newest: another process may have decided."""
    newest = max((max(each.version, each.undone or 0) for each in read_revisions(session)), default=0)
    if newest > taxonomy.version:
        raise Conflict(
            "The taxonomy was changed meanwhile.", next_step="Look again in a minute: /ops metric show taxonomy"
        )
    return taxonomy.version + 1


def _refuse_unless(row: TaxonomyChange, state: str) -> None:
    if row.state != state:
        raise Conflict(
            f"This proposal is {row.state} already.", next_step="/ops metric show taxonomy shows what holds."
        )


def _merge(pair: Confusion, pairs: Sequence[tuple[str, str]]) -> TaxonomyChange:
    given = [code for both in pairs for code in both]
    kept, gone = sorted((pair.first, pair.second), key=lambda code: (-given.count(code), code))
    return TaxonomyChange(kind=MERGE, first=kept, second=gone, times=pair.times, n=pair.n)


def _is_beside(taxonomy: Taxonomy, pair: Confusion) -> bool:
    """A code and one below it are no two categories: who gave the upper one said less, not another thing."""
    codes = {pair.first, pair.second}
    tops = {taxonomy.top(code) for code in codes}
    return taxonomy.other not in codes and not (len(tops) == 1 and tops & codes)


def _parts(row: TaxonomyChange, taxonomy: Taxonomy, titles: Sequence[str]) -> dict[str, str]:
    said = list(dict.fromkeys(title.strip() for title in titles if title.strip()))
    if len(said) != 2:
        raise UsageError("A split has two parts with two titles.", next_step="Say both.")
    top, parts = taxonomy.top(row.first), dict[str, str]()
    for title in said:
        letters = re.sub(r"[^A-Z]", "", title.upper())[:3].ljust(3, "X")
        numbered = [f"{top}-{letters}", *(f"{top}-{letters}{number}" for number in range(2, 100))]
        parts[next(code for code in numbered if code not in taxonomy.codes and code not in parts)] = title
    return parts
