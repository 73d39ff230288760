"""Pain points: what supervisors and leaders say hurts, gathered for the digest of a month and decided there.

open -> accepted | declined | needs_data. Of several that say the same one remains, with all their submitters; only a
person merges them. A declined one keeps its reason.
"""

from __future__ import annotations

import calendar
import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from frontline.core.actor import PRIVATE, Actor, Audience
from frontline.core.errors import Conflict, NotFound, UsageError
from frontline.core.ids import new_id
from frontline.core.text import AnonymizedText
from frontline.governance import audit
from frontline.governance.policy import Policy
from frontline.store.models.themes import PainPoint
from frontline.store.work import Unit

OPEN, ACCEPTED, DECLINED, NEEDS_DATA = "open", "accepted", "declined", "needs_data"
DECISIONS = (ACCEPTED, DECLINED, NEEDS_DATA)
# Nobody submitted it: a leader decided about a theme of the digest.
FROM_THEME = "system"


@dataclass(frozen=True)
class Submission:
    """What a form says. Texts passed the gate."""

    title: AnonymizedText
    evidence: AnonymizedText | None = None
    ask: AnonymizedText | None = None
    frequency: str = ""
    segment: str = ""
    theme_key: str | None = None
    size: str = ""


@dataclass(frozen=True)
class PainView:
    """A pain point and who submitted it or one that was merged into it (``merged``), the first submitter first."""

    row: PainPoint
    submitters: tuple[str, ...]
    merged: tuple[PainPoint, ...] = ()


def month_of_digest(now: dt.datetime, *, day: int, at: dt.time) -> str:
    """Return the slot ("2026-07") of the next digest at a local instant: what is said now is read there."""
    # As the slot does: the 31st of a shorter month is its last day.
    last = calendar.monthrange(now.year, now.month)[1]
    due = (now.day, now.time()) < (min(day, last), at)
    first = now.date().replace(day=1)
    following = (first + dt.timedelta(days=32)).replace(day=1)
    return f"{first if due else following:%Y-%m}"


def submit(unit: Unit, actor: Actor, given: Submission, *, month: str, policy: Policy) -> PainPoint:
    """Keep a pain point for the digest of ``month``; the same words of the same person again are the same one.

    What is said beside them the second time is added, and where data were asked for the decision is open again.

    Raises:
        NotPermitted: the actor may not submit.
        UsageError: the title is empty.
    """
    policy.authorize(actor, "pain.submit")
    if not given.title:
        raise UsageError("Say what hurts in one line.", next_step="For example: customers must repeat their story.")
    for known in _of_month(unit.session, month):
        if known.submitter_key == actor.key and known.title == given.title:
            return _said_again(unit, actor, known, given)
    row = PainPoint(
        pain_id=new_id("pnt"),
        month=month,
        title=given.title,
        evidence=given.evidence,
        ask=given.ask,
        frequency=given.frequency[:40],
        segment=given.segment[:80],
        theme_key=given.theme_key,
        size=given.size,
        submitter_key=actor.key,
        submitted_at=unit.now,
        state=OPEN,
    )
    unit.session.add(row)
    unit.session.flush()
    audit.record(unit, actor, "pain.submit", resource=f"pain:{row.pain_id}")
    return row


def list_pains(
    session: Session,
    actor: Actor,
    *,
    month: str,
    until: dt.datetime | None = None,
    policy: Policy,
    audience: Audience = PRIVATE,
) -> list[PainView]:
    """Return the pain points of a digest, one line for those that were merged, the most submitted first.

    Raises:
        NotPermitted: the actor may see none before this audience.
    """
    policy.authorize(actor, "pain.list", audience=audience)
    rows = {row.pain_id: row for row in _of_month(session, month) if until is None or row.submitted_at <= until}
    sources: dict[str, list[PainPoint]] = defaultdict(list)
    for row in rows.values():
        sources[_root(rows, row).pain_id].append(row)
    views = [
        PainView(
            row,
            tuple(dict.fromkeys(source.submitter_key for source in sources[row.pain_id])),
            tuple(source for source in sources[row.pain_id] if source is not row),
        )
        for row in rows.values()
        if row.merged_into is None
    ]
    return sorted(views, key=lambda view: (-len(view.submitters), view.row.submitted_at, view.row.pain_id))


def access_pain(session: Session, actor: Actor, pain_id: str, *, policy: Policy) -> PainPoint:
    """Return a pain point, or the one it was merged into.

    Raises:
        NotPermitted: the actor may see none.
        NotFound: there is none with this id.
    """
    policy.authorize(actor, "pain.list")
    row = session.get(PainPoint, pain_id.strip())
    while row is not None and row.merged_into is not None:
        row = session.get(PainPoint, row.merged_into)
    if row is None:
        raise NotFound(f"There is no pain point {pain_id.strip()[:40]}.", next_step="`/ops theme pains` lists them.")
    return row


def merge(unit: Unit, actor: Actor, pain_id: str, *, into: str, policy: Policy) -> PainPoint:
    """Let two pain points that say the same be one line with both sources; return the one that remains.

    One that is decided remains beside one that is not: its decision is that of both.

    Raises:
        NotPermitted, NotFound: the actor may not, or there is none.
        Conflict: they are one already.
    """
    policy.authorize(actor, "pain.submit", f"pain:{pain_id}")
    one = access_pain(unit.session, actor, pain_id, policy=policy)
    other = access_pain(unit.session, actor, into, policy=policy)
    if one.pain_id == other.pain_id:
        raise Conflict("They are one already.", next_step="`/ops theme pains` shows the lines.")
    if one.state in DECISIONS and other.state == OPEN:
        one, other = other, one
    one.merged_into = other.pain_id
    audit.record(unit, actor, "pain.merge", resource=f"pain:{one.pain_id}", detail={"into": other.pain_id})
    return other


def undo_merge(unit: Unit, actor: Actor, pain_id: str, *, policy: Policy) -> PainPoint:
    """Let a merged pain point stand on its own again.

    Raises:
        NotPermitted, NotFound, Conflict: as for ``merge``.
    """
    policy.authorize(actor, "pain.submit", f"pain:{pain_id}")
    row = unit.session.get(PainPoint, pain_id.strip())
    if row is None or row.merged_into is None:
        raise Conflict("This one is merged into no other.")
    row.merged_into = None
    audit.record(unit, actor, "pain.unmerge", resource=f"pain:{row.pain_id}")
    return row


def decide(
    unit: Unit, actor: Actor, pain_id: str, *, state: str, reason: AnonymizedText | None = None, policy: Policy
) -> PainPoint:
    """Accept, decline (with a reason) or ask for data. A decision may be changed; the last one counts.

    Raises:
        NotPermitted, NotFound: the actor may not decide, or there is none.
        UsageError: no such decision, or a decline without a reason.
    """
    policy.authorize(actor, "pain.decide", f"pain:{pain_id}")
    if state not in DECISIONS:
        raise UsageError(f"{state!r} is no decision.", next_step="Accept, decline or ask for data.")
    if state == DECLINED and not reason:
        raise UsageError("Say why it is declined.", next_step="The reason goes to those who submitted it.")
    row = access_pain(unit.session, actor, pain_id, policy=policy)
    row.state, row.reason, row.decided_by, row.decided_at = state, reason, actor.key, unit.now
    audit.record(unit, actor, "pain.decide", resource=f"pain:{row.pain_id}", detail={"state": state})
    return row


def for_theme(
    unit: Unit, actor: Actor, theme_key: str, label: AnonymizedText, *, month: str, policy: Policy
) -> PainPoint:
    """Return the row on which a decision about a theme of the digest is kept; make it when there is none.

    Raises:
        NotPermitted: the actor may not decide.
    """
    policy.authorize(actor, "pain.decide", f"theme:{theme_key}")
    query = select(PainPoint).where(
        PainPoint.theme_key == theme_key, PainPoint.month == month, PainPoint.submitter_key == FROM_THEME
    )
    row = unit.session.scalar(query)
    if row is None:
        row = PainPoint(
            pain_id=new_id("pnt"),
            month=month,
            title=label,
            theme_key=theme_key,
            submitter_key=FROM_THEME,
            submitted_at=unit.now,
            state=OPEN,
        )
        unit.session.add(row)
        unit.session.flush()
    return row


def submitters_of(session: Session, row: PainPoint) -> list[str]:
    """Return the keys of everybody who submitted it or one merged into it, themes of the digest left out."""
    rows = {other.pain_id: other for other in _of_month(session, row.month)}
    found = [other.submitter_key for other in rows.values() if _root(rows, other).pain_id == row.pain_id]
    return [key for key in dict.fromkeys(found) if key != FROM_THEME]


def ids_of(session: Session, row: PainPoint) -> frozenset[str]:
    """Return the ids of a pain point and of those that were merged into it."""
    rows = {other.pain_id: other for other in _of_month(session, row.month)}
    return frozenset(key for key, other in rows.items() if _root(rows, other).pain_id == row.pain_id)


def about_themes(session: Session, theme_keys: Collection[str], *, until: str) -> list[PainPoint]:
    """Return what was submitted about themes for the digests up to that of a month, decided or not, one row a matter.

    The caller has authorized the decision that it is for.
    """
    query = select(PainPoint).where(
        PainPoint.theme_key.in_(theme_keys), PainPoint.month <= until, PainPoint.submitter_key != FROM_THEME
    )
    found: dict[str, PainPoint] = {}
    for row in session.scalars(query.order_by(PainPoint.submitted_at, PainPoint.pain_id)):
        root = _root({other.pain_id: other for other in _of_month(session, row.month)}, row)
        found[root.pain_id] = root
    return list(found.values())


def _said_again(unit: Unit, actor: Actor, row: PainPoint, given: Submission) -> PainPoint:
    row.evidence, row.ask = given.evidence or row.evidence, given.ask or row.ask
    row.frequency, row.segment = given.frequency[:40] or row.frequency, given.segment[:80] or row.segment
    row.theme_key, row.size = given.theme_key or row.theme_key, given.size or row.size
    root = _root({other.pain_id: other for other in _of_month(unit.session, row.month)}, row)
    if root.state == NEEDS_DATA:
        root.state = OPEN
    unit.session.flush()
    audit.record(unit, actor, "pain.submit", resource=f"pain:{row.pain_id}", detail={"again": True})
    return row


def _of_month(session: Session, month: str) -> Sequence[PainPoint]:
    query = select(PainPoint).where(PainPoint.month == month)
    return list(session.scalars(query.order_by(PainPoint.submitted_at, PainPoint.pain_id)))


def _root(rows: dict[str, PainPoint], row: PainPoint) -> PainPoint:
    while row.merged_into is not None and row.merged_into in rows:
        row = rows[row.merged_into]
    return row
