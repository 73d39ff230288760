"""The register of labels: which one stands for which, and which process answers it.

A tag keeps the label that its author gave. Merging A into B makes A an alias: from then on every count, list and gap
takes A's uses for B's, and taking the merge back changes nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from anonymization.lexicon import fold
from frontline.core.actor import Actor
from frontline.core.errors import Conflict, NotFound, UsageError
from frontline.core.text import AnonymizedText
from frontline.governance import audit
from frontline.governance.policy import Policy, shipped_policy
from frontline.store.models.talk import Tag, TagLabel
from frontline.store.work import Unit

_LABEL = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_URL = re.compile(r"https?://[^\s<>|\"]{3,480}")


def normal_label(label: str) -> str:
    """Return the one spelling of a label: ``#Billing e-mail`` is ``billing-e-mail``, ``#żądanie`` is ``zadanie``.

    Raises:
        UsageError: nothing is left of it.
    """
    words = re.sub(r"[^a-z0-9]+", "-", fold(label.strip())).strip("-")[:80].strip("-")
    if not _LABEL.fullmatch(words):
        raise UsageError(
            "A label needs a letter or a digit.", next_step="Try `/tag 8123 cannot change mail #billing-mail`."
        )
    return words


def read_aliases(session: Session) -> Mapping[str, str]:
    """Return label -> what it was merged into, for the merged ones only."""
    rows = select(TagLabel.label, TagLabel.alias_of).where(TagLabel.alias_of.is_not(None))
    return {label: str(into) for label, into in session.execute(rows).tuples()}


def canonical(label: str, aliases: Mapping[str, str]) -> str:
    """Return the label that ``label`` counts for, through any number of merges."""
    # A merge never closes a circle; a damaged register must not hang the desk all the same.
    for _ in range(len(aliases) + 1):
        if label not in aliases:
            break
        label = aliases[label]
    return label


def family(label: str, aliases: Mapping[str, str]) -> frozenset[str]:
    """Return a label with everything that counts for it."""
    return frozenset({label, *(other for other in aliases if canonical(other, aliases) == label)})


def known_labels(session: Session) -> tuple[str, ...]:
    """Return every label in use that was not merged away, sorted."""
    aliases = read_aliases(session)
    used = session.scalars(select(Tag.label).where(Tag.label != "").distinct())
    return tuple(sorted({canonical(label, aliases) for label in used}))


def is_known(session: Session, label: str) -> bool:
    """Whether somebody uses this label, or it was merged into another."""
    if session.scalar(select(Tag.tag_id).where(Tag.label == label).limit(1)) is not None:
        return True
    row = session.get(TagLabel, label)
    return row is not None and (row.alias_of is not None or has_process(row))


def has_process(row: TagLabel) -> bool:
    """Whether a process answers the label."""
    return row.process is not None or row.process_url is not None


def answering(session: Session, label: str, *, aliases: Mapping[str, str] | None = None) -> TagLabel | None:
    """Return the row whose process answers a label: its own, else that of a label that counts for it; None for none.

    ``aliases``: what ``read_aliases`` gave, for those who ask about many labels.
    """
    known = read_aliases(session) if aliases is None else aliases
    members = [label, *sorted(family(label, known) - {label})]
    rows = (session.get(TagLabel, member) for member in members)
    return next((row for row in rows if row is not None and has_process(row)), None)


def access_label(session: Session, actor: Actor, label: str, *, policy: Policy | None = None) -> TagLabel:
    """Return the row of the label that ``label`` counts for; a fresh one, not stored, when nothing is noted yet.

    Raises:
        NotPermitted: the actor may see no tags.
        NotFound: nobody uses such a label.
    """
    (policy or shipped_policy()).authorize(actor, "tag.list", f"label:{label}")
    name = _existing(session, label)
    aliases = read_aliases(session)
    name = canonical(name, aliases)
    row = session.get(TagLabel, name)
    return row or TagLabel(label=name, creator_key="", proposed_count=0)


def list_aliases(session: Session, label: str) -> tuple[str, ...]:
    """Return what counts for a label beside itself, sorted. Labels name nobody."""
    return tuple(sorted(family(label, read_aliases(session)) - {label}))


def list_proposals(session: Session, label: str) -> list[TagLabel]:
    """Return labels that people gave up for ``label``, the most often first. Labels name nobody."""
    query = select(TagLabel).where(TagLabel.proposed_into == label, TagLabel.alias_of.is_(None))
    return list(session.scalars(query.order_by(TagLabel.proposed_count.desc(), TagLabel.label)))


def register(unit: Unit, actor: Actor, label: str) -> TagLabel:
    """Return the row of a label, written at its first use."""
    row = unit.session.get(TagLabel, label)
    if row is None:
        row = TagLabel(label=label, created_at=unit.now, creator_key=actor.key, proposed_count=0)
        unit.session.add(row)
        unit.session.flush()
    return row


def merge(unit: Unit, actor: Actor, label: str, into: str, *, policy: Policy | None = None) -> TagLabel:
    """Make ``label`` an alias of ``into`` and return its row.

    Raises:
        NotPermitted: the actor may not merge.
        NotFound: nobody uses one of them.
        Conflict: it is merged already, or the two are one.
    """
    (policy or shipped_policy()).authorize(actor, "tag.merge", f"label:{label}")
    name, target = _existing(unit.session, label), _existing(unit.session, into)
    aliases = read_aliases(unit.session)
    if name in aliases:
        raise Conflict(f"#{name} counts for #{aliases[name]} already.", next_step=f"First: /ops tag unmerge {name}")
    target = canonical(target, aliases)
    if target == name:
        raise Conflict(f"#{name} and that label are one already.", next_step="/ops tag show says what counts for it.")
    row = register(unit, actor, name)
    row.alias_of, row.merged_at, row.merged_by = target, unit.now, actor.key
    unit.session.flush()
    audit.record(unit, actor, "tag.merge", resource=f"label:{name}", detail={"into": target})
    return row


def unmerge(unit: Unit, actor: Actor, label: str, *, policy: Policy | None = None) -> TagLabel:
    """Let an alias stand for itself again and return its row.

    Raises:
        NotPermitted: the actor may not merge.
        Conflict: it is merged into nothing.
    """
    (policy or shipped_policy()).authorize(actor, "tag.merge", f"label:{label}")
    name = normal_label(label)
    row = unit.session.get(TagLabel, name)
    if row is None or row.alias_of is None:
        raise Conflict(f"#{name} is merged into nothing.", next_step="/ops tag list shows the labels.")
    before, row.alias_of, row.merged_at, row.merged_by = row.alias_of, None, None, None
    unit.session.flush()
    audit.record(unit, actor, "tag.unmerge", resource=f"label:{name}", detail={"from": before})
    return row


def link(
    unit: Unit,
    actor: Actor,
    label: str,
    *,
    process: AnonymizedText | None = None,
    url: str = "",
    policy: Policy | None = None,
) -> TagLabel:
    """Say which process answers a label; its gap is closed.

    Raises:
        NotPermitted: the actor may not link.
        NotFound: nobody uses such a label.
        UsageError: neither words nor a web address were given.
    """
    row = _settled(unit, actor, label, policy)
    if process is None and not _URL.fullmatch(url):
        raise UsageError("Say which process it is.", next_step="In words, or as an address that begins with https://.")
    row.process, row.process_url = process, url or None
    row.linked_at, row.linked_by = unit.now, actor.key
    row.gap_opened_at = row.gap_seen_at = None
    unit.session.flush()
    audit.record(unit, actor, "tag.link", resource=f"label:{row.label}", detail={"has_url": bool(url)})
    return row


def unlink(unit: Unit, actor: Actor, label: str, *, policy: Policy | None = None) -> TagLabel:
    """Take the process of a label back: it may be a gap again.

    Raises:
        NotPermitted, NotFound: as for ``link``.
        Conflict: it has none.
    """
    row = _settled(unit, actor, label, policy)
    if answering(unit.session, row.label) is None:
        raise Conflict(f"#{row.label} has no process.", next_step=f"/ops tag link {row.label} the process, in words")
    while (found := answering(unit.session, row.label)) is not None:
        found.process = found.process_url = found.linked_at = found.linked_by = None
        unit.session.flush()
        audit.record(unit, actor, "tag.unlink", resource=f"label:{found.label}")
    return row


def _settled(unit: Unit, actor: Actor, label: str, policy: Policy | None) -> TagLabel:
    (policy or shipped_policy()).authorize(actor, "tag.link", f"label:{label}")
    name = canonical(_existing(unit.session, label), read_aliases(unit.session))
    return register(unit, actor, name)


def _existing(session: Session, label: str) -> str:
    from rapidfuzz import process

    name = normal_label(label)
    if is_known(session, name):
        return name
    near = [found for found, score, _ in process.extract(name, known_labels(session), limit=3) if score >= 60]
    said = "Did you mean " + ", ".join(f"#{other}" for other in near) + "?" if near else "/ops tag list shows them."
    raise NotFound("There is no such label.", next_step=said)
