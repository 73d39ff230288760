"""Debriefs: opened about an incident, filled by people whom nobody can name, published into the corpus.

open -> published -> withdrawn (and back). Who contributed is stored nowhere. To count people without knowing them each
leaves one token, a keyed hash whose key belongs to this debrief alone and is destroyed when it is published; a token
stands beside no entry. What was said is shown from so many contributors on as ``debriefs.yaml`` says.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from frontline.catalog.debriefs import LESSONS, DebriefRules
from frontline.core.actor import PRIVATE, UNSIGNED, Actor, Audience, Role
from frontline.core.errors import Conflict, UsageError, not_found
from frontline.core.ids import new_id
from frontline.core.text import AnonymizedText
from frontline.governance import audit, blame
from frontline.governance.policy import Policy
from frontline.store.base import product_words, sealed_from_json, sealed_to_json
from frontline.store.models.corpus import Document
from frontline.store.models.debriefs import Debrief, DebriefEntry, DebriefVoice
from frontline.store.vault import Vault
from frontline.store.work import Unit

OPEN, PUBLISHED, WITHDRAWN = "open", "published", "withdrawn"
LEADING = (Role.SUPERVISOR, Role.LEADER, Role.ADMIN)
KIND = "debrief"
_VOICE = "voice"
_SHOWS = "`/ops debrief show {}` shows it."


@dataclass(frozen=True)
class Step:
    """One step of a timeline: when ("2026-06-16T04:40:00+00:00" or "06:40") and what."""

    when: str
    words: AnonymizedText


@dataclass(frozen=True)
class Opening:
    """What a debrief is opened with. ``about``: the incident or case, "" for a title alone."""

    title: AnonymizedText
    about: str = ""
    category: str | None = None
    region: str | None = None
    happened_at: dt.datetime | None = None
    timeline: Sequence[Step] = ()


@dataclass(frozen=True)
class Contribution:
    """What one person says under one section; it passed the gate."""

    section: str
    text: AnonymizedText
    factor: str = ""
    clock: str = ""


@dataclass(frozen=True)
class Voices:
    """How many people contributed, and in which roles; never who."""

    people: int = 0
    roles: Mapping[str, int] = field(default_factory=dict)

    @property
    def is_led_only(self) -> bool:
        """Whether only those who lead others have written."""
        return bool(self.roles) and set(self.roles) <= {role.value for role in LEADING}


def open_debrief(unit: Unit, actor: Actor, opening: Opening, *, policy: Policy, debrief_id: str = "") -> Debrief:
    """Open a debrief; one that is open about the same incident is returned instead.

    Raises:
        NotPermitted: the actor may open none.
        UsageError: the title is empty.
    """
    policy.authorize(actor, "debrief.open")
    if not opening.title:
        raise UsageError("Say what happened in one line.", next_step='`/ops debrief open "fiber outage north"`')
    if opening.about and (known := open_about(unit.session, opening.about)) is not None:
        return known
    row = Debrief(
        debrief_id=debrief_id or new_id("dbf"),
        about=opening.about[:80],
        title=opening.title,
        category=opening.category,
        region=opening.region,
        happened_at=opening.happened_at,
        timeline=[[step.when, sealed_to_json(step.words)] for step in opening.timeline],
        opener_key=actor.key,
        opened_at=unit.now,
        state=OPEN,
        participation={},
    )
    unit.session.add(row)
    unit.session.flush()
    audit.record(unit, actor, "debrief.open", resource=f"debrief:{row.debrief_id}")
    return row


def open_about(session: Session, about: str) -> Debrief | None:
    """Return the debrief that is open about an incident or case."""
    return session.scalar(select(Debrief).where(Debrief.about == about, Debrief.state == OPEN))


def contribute(
    unit: Unit, actor: Actor, debrief_id: str, said: Contribution, *, vault: Vault, rules: DebriefRules, policy: Policy
) -> Debrief:
    """Keep what somebody says, without who; count the person once.

    Raises:
        NotPermitted, NotFound: the actor may not contribute, or there is no such debrief.
        UsageError: no such section or factor, or a sentence blames a person.
        Conflict: it was published; what comes later belongs to a new one.
    """
    policy.authorize(actor, "debrief.add")
    row = access_debrief(unit.session, actor, debrief_id, policy=policy)
    if row.state != OPEN:
        raise Conflict(
            "This debrief was published and takes no more contributions.",
            next_step="Nothing was kept. Open a new one about what came to light later.",
        )
    if said.section not in rules.sections:
        raise UsageError("There is no such section.", next_step=f"Sections: {', '.join(rules.sections)}.")
    if said.factor and said.factor not in rules.factors:
        raise UsageError("There is no such factor.", next_step=f"Factors: {', '.join(rules.factors)}.")
    if found := blame.find_blame(said.text.show(), rules.blame):
        raise UsageError(f"“{found[0].words}”: say the condition, not the person.", next_step="What made it likely?")
    # The same words stand once; whoever says them is counted all the same.
    if all((known.section, known.text) != (said.section, said.text) for known in entries_of(unit.session, row)):
        kind = "les" if said.section == LESSONS else "ent"
        unit.session.add(
            DebriefEntry(
                entry_id=new_id(kind),
                debrief_id=row.debrief_id,
                section=said.section,
                text=said.text,
                factor=said.factor,
                clock=said.clock[:20],
            )
        )
    token = vault.fingerprint(unit, subject_of(row), kind=_VOICE, value=actor.key)
    if unit.session.get(DebriefVoice, token) is None:
        unit.session.add(DebriefVoice(token=token, debrief_id=row.debrief_id, role=_role_of(actor)))
    unit.session.flush()
    audit.record(unit, UNSIGNED, "debrief.add", resource=f"debrief:{row.debrief_id}")
    return row


def add_steps(unit: Unit, actor: Actor, debrief_id: str, steps: Sequence[Step], *, policy: Policy) -> Debrief:
    """Add steps to the timeline of an open debrief.

    Raises:
        NotPermitted, NotFound, Conflict: as for ``contribute``.
    """
    policy.authorize(actor, "debrief.open", f"debrief:{debrief_id}")
    row = access_debrief(unit.session, actor, debrief_id, policy=policy)
    if row.state != OPEN:
        raise Conflict(
            "This debrief was published; its timeline stands.",
            next_step="Nothing was kept. Open a new one about what came to light later.",
        )
    known = steps_of(row)
    fresh = [step for step in steps if step not in known]
    row.timeline = [[step.when, sealed_to_json(step.words)] for step in (*known, *fresh)]
    audit.record(unit, actor, "debrief.timeline", resource=f"debrief:{row.debrief_id}", detail={"steps": len(fresh)})
    return row


def access_debrief(session: Session, actor: Actor, debrief_id: str, *, policy: Policy) -> Debrief:
    """Return a debrief by its id, or the newest about an incident.

    Raises:
        NotPermitted: the actor may see none.
        UsageError: no id is given.
        NotFound: there is none.
    """
    policy.authorize(actor, "debrief.read")
    wanted = debrief_id.strip()
    row = session.get(Debrief, wanted.lower())
    if row is None:
        query = select(Debrief).where(Debrief.about == wanted.upper()).order_by(Debrief.opened_at.desc())
        row = session.scalars(query).first() if wanted else None
    if row is None:
        raise not_found("debrief", wanted, next_step="`/ops debrief list` shows them.")
    return row


def list_debriefs(session: Session, actor: Actor, *, policy: Policy, audience: Audience = PRIVATE) -> list[Debrief]:
    """Return the debriefs, those that are open first, then the newest.

    Raises:
        NotPermitted: the actor may see none before this audience.
    """
    policy.authorize(actor, "debrief.read", audience=audience)
    rows = session.scalars(select(Debrief).order_by(Debrief.opened_at.desc(), Debrief.debrief_id)).all()
    return sorted(rows, key=lambda row: row.state != OPEN)


def entries_of(session: Session, row: Debrief) -> list[DebriefEntry]:
    """Return everything that was said, in the order of random ids. Who shows it asks ``may_show`` first."""
    query = select(DebriefEntry).where(DebriefEntry.debrief_id == row.debrief_id)
    return list(session.scalars(query.order_by(DebriefEntry.entry_id)))


def steps_of(row: Debrief) -> list[Step]:
    """Return the timeline in its order."""
    return [Step(str(when), sealed_from_json(words)) for when, words in row.timeline]


def voices_of(session: Session, row: Debrief) -> Voices:
    """Return how many contributed, by role."""
    if row.state != OPEN:
        return Voices(sum(row.participation.values()), dict(row.participation))
    roles = Counter(session.scalars(select(DebriefVoice.role).where(DebriefVoice.debrief_id == row.debrief_id)))
    return Voices(sum(roles.values()), dict(sorted(roles.items())))


def may_show(voices: Voices, rules: DebriefRules) -> bool:
    """Whether so many people contributed that what was said points at nobody."""
    return voices.people >= rules.contributors


def check_publication(session: Session, row: Debrief, *, rules: DebriefRules, is_led_only_fine: bool = False) -> None:
    """Say what is still missing before a debrief may be published.

    Raises:
        Conflict: it is published already.
        UsageError: too few people, no timeline, no lesson, or only those who lead have written.
    """
    if row.state != OPEN:
        raise Conflict(f"This debrief is {row.state} already.", next_step=_SHOWS.format(row.debrief_id))
    voices, entries = voices_of(session, row), entries_of(session, row)
    if not may_show(voices, rules):
        said = {0: "Nobody has", 1: "One person has"}.get(voices.people, f"{voices.people} people have")
        raise UsageError(
            f"{said} contributed, and it takes {rules.contributors} before anything is shown or published.",
            next_step="Ask who was there: `/ops debrief add` opens the form, and nobody sees who wrote.",
        )
    if not row.timeline and not any(entry.clock for entry in entries):
        raise UsageError("There is no timeline yet.", next_step="Add the steps with `/ops debrief timeline`.")
    if not any(entry.section == LESSONS for entry in entries):
        raise UsageError("There is no lesson yet.", next_step="Ask for one: what should be different next time?")
    if voices.is_led_only and not is_led_only_fine:
        raise UsageError(
            "Only people who lead others have written.",
            next_step="Ask those who did the work first, or tick that it is published all the same.",
        )


def publish(
    unit: Unit,
    actor: Actor,
    debrief_id: str,
    *,
    doc_id: str,
    left_out: Collection[str],
    is_led_only_fine: bool,
    vault: Vault,
    rules: DebriefRules,
    policy: Policy,
) -> Debrief:
    """Close a debrief for contributions: what remains of who wrote is a count by role; the tokens and their key go.

    Raises:
        NotPermitted, NotFound, Conflict, UsageError: see ``check_publication``.
    """
    policy.authorize(actor, "debrief.publish", f"debrief:{debrief_id}")
    row = access_debrief(unit.session, actor, debrief_id, policy=policy)
    check_publication(unit.session, row, rules=rules, is_led_only_fine=is_led_only_fine)
    row.participation = dict(voices_of(unit.session, row).roles)
    for entry in entries_of(unit.session, row):
        entry.is_left_out = entry.entry_id in left_out
    unit.session.execute(delete(DebriefVoice).where(DebriefVoice.debrief_id == row.debrief_id))
    vault.erase(unit, subject_of(row))
    row.state, row.published_at, row.published_by, row.doc_id = PUBLISHED, unit.now, actor.key, doc_id
    audit.record(unit, actor, "debrief.publish", resource=f"debrief:{row.debrief_id}")
    return row


def withdraw(unit: Unit, actor: Actor, debrief_id: str, *, back: bool = False, policy: Policy) -> Debrief:
    """Take a published debrief out of what is found; with ``back`` put it there again.

    Raises:
        NotPermitted, NotFound: the actor may not, or there is none.
        Conflict: it is not published (or, for back, not withdrawn).
    """
    policy.authorize(actor, "debrief.publish", f"debrief:{debrief_id}")
    row = access_debrief(unit.session, actor, debrief_id, policy=policy)
    if row.state != (WITHDRAWN if back else PUBLISHED):
        raise Conflict(f"This debrief is {row.state}.", next_step=_SHOWS.format(row.debrief_id))
    row.state = PUBLISHED if back else WITHDRAWN
    document = unit.session.get(Document, row.doc_id or "")
    if document is not None:
        document.state, document.changed_at = ("inside" if back else "withdrawn"), unit.now
    audit.record(unit, actor, f"debrief.{'restore' if back else 'withdraw'}", resource=f"debrief:{row.debrief_id}")
    return row


def access_published(session: Session, actor: Actor, doc_id: str, *, policy: Policy) -> Document:
    """Return the document of a published debrief, also of one that was loaded from elsewhere.

    Raises:
        NotPermitted: the actor may see none.
        NotFound: there is none, or it was withdrawn.
    """
    policy.authorize(actor, "debrief.read")
    row = session.get(Document, doc_id.strip())
    if row is None or row.kind != KIND or row.text is None or row.state not in ("inside", "released"):
        raise not_found("debrief", doc_id, next_step="`/ops debrief list` shows them.")
    return row


def of_document(session: Session, doc_id: str) -> Debrief | None:
    """Return the debrief that became a document; None for one that was loaded from elsewhere."""
    return session.scalar(select(Debrief).where(Debrief.doc_id == doc_id))


def subject_of(row: Debrief) -> str:
    """Return the vault subject whose key makes the tokens of one debrief."""
    return f"debrief:{row.debrief_id}"


def product_step(when: dt.datetime, words: str) -> Step:
    """Return a step that the product itself knows, such as the opening of a case."""
    return Step(when.isoformat(timespec="minutes"), product_words(words))


def _role_of(actor: Actor) -> str:
    return next((role.value for role in Role if role in actor.roles), "other")
