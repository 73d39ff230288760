"""Scripts in versions: draft -> published -> past; or draft -> dropped. Nobody publishes their own draft."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import ValidationError
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from frontline.catalog.scripts import Override, Script, ScriptRules
from frontline.core.actor import SYSTEM, Actor
from frontline.core.errors import Conflict, NotFound, UsageError, not_found
from frontline.core.ids import new_id
from frontline.governance import audit
from frontline.governance.policy import Policy
from frontline.governance.script_texts import find_faults, variants_of
from frontline.governance.variants import check_budget
from frontline.store.models.scripts import ScriptVersion
from frontline.store.work import Unit

DRAFT, PUBLISHED, PAST, DROPPED = "draft", "published", "past", "dropped"


def read_script(body: Mapping[str, Any]) -> Script:
    """Return the script of a body.

    Raises:
        UsageError: what is wrong with it first, in a sentence.
    """
    try:
        return Script.model_validate(body)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(step) for step in first["loc"])
        said = str(first["msg"]).removeprefix("Value error, ")
        raise UsageError(f"The script cannot be read: {where}: {said}.".replace(": :", ":")) from None


def put_draft(unit: Unit, actor: Actor, script: Script, *, policy: Policy) -> ScriptVersion:
    """Keep a draft of a topic's script; an earlier draft is replaced, what is published stands.

    Raises:
        NotPermitted: the actor may not edit.
    """
    return _put_draft(unit, actor, script, policy=policy, is_whole=True)


def _put_draft(unit: Unit, actor: Actor, script: Script, *, policy: Policy, is_whole: bool) -> ScriptVersion:
    policy.authorize(actor, "script.edit")
    row = _one(unit.session, script.topic, DRAFT)
    if row is None:
        last = unit.session.scalar(select(func.max(ScriptVersion.number)).where(ScriptVersion.topic == script.topic))
        row = ScriptVersion(version_id=new_id("scr"), topic=script.topic, number=(last or 0) + 1, state=DRAFT)
        unit.session.add(row)
    row.body, row.author_key, row.at = script.model_dump(mode="json"), actor.key, unit.now
    before = [] if is_whole else row.edited_by or []
    row.edited_by = [*(key for key in before if key != actor.key), actor.key]
    unit.session.flush()
    audit.record(unit, actor, "script.edit", resource=f"script:{script.topic}", detail={"number": row.number})
    return row


def override(
    unit: Unit, actor: Actor, topic: str, change: Override, *, policy: Policy, takes_back: bool = False
) -> ScriptVersion:
    """Add an override to the draft of a topic (made from what is published); one for the same place is replaced.

    Raises:
        NotPermitted, NotFound: the actor may not edit, or there is no such script.
        UsageError: there is no such block.
    """
    row = _one(unit.session, topic, DRAFT) or access_script(unit.session, actor, topic, policy=policy)
    script = read_script(row.body)
    others = [each for each in script.overrides if (each.block, each.when) != (change.block, change.when)]
    body = script.model_dump(mode="json")
    fresh = others if takes_back else [*others, change]
    body["overrides"] = [each.model_dump(mode="json") for each in fresh]
    return _put_draft(unit, actor, read_script(body), policy=policy, is_whole=False)


def publish(
    unit: Unit, actor: Actor, topic: str, *, rules: ScriptRules, today: dt.date, policy: Policy
) -> ScriptVersion:
    """Publish the draft of a topic; what was published before becomes past.

    Raises:
        NotPermitted, NotFound: the actor may not, or there is no draft.
        UsageError: none of its authors may approve it; a fault (a compliance block, a banned phrase); over budget.
    """
    policy.authorize(actor, "script.publish", f"script:{topic}")
    row = _one(unit.session, topic, DRAFT)
    if row is None:
        raise NotFound("There is no draft of that script.", next_step="`/ops kb edit TOPIC` makes one.")
    if actor.key in (row.author_key, *row.edited_by) and actor.key != SYSTEM.key:
        raise UsageError(
            "Some of this draft is yours: somebody else has to approve it.",
            next_step=f"They say `/ops kb publish {topic}`.",
        )
    script = read_script(row.body)
    if faults := find_faults(script, rules, today=today):
        raise UsageError(faults[0], next_step=f"Nothing was published. {' '.join(faults[1:3])}".strip())
    before = _one(unit.session, topic, PUBLISHED)
    known = len(variants_of(read_script(before.body))) if before is not None else 0
    added = len(variants_of(script)) - known
    if added > 0:
        check_budget(unit.session, topic, added=added, rules=rules, now=unit.now)
    if before is not None:
        before.state = PAST
    unit.session.flush()
    row.state, row.approver_key, row.published_at = PUBLISHED, actor.key, unit.now
    audit.record(unit, actor, "script.publish", resource=f"script:{topic}", detail={"number": row.number})
    return row


def drop_draft(unit: Unit, actor: Actor, topic: str, *, policy: Policy) -> ScriptVersion:
    """Give the draft of a topic up; it can be taken back.

    Raises:
        NotPermitted, NotFound: the actor may not edit, or there is no draft.
    """
    policy.authorize(actor, "script.edit", f"script:{topic}")
    row = access_script(unit.session, actor, topic, policy=policy, state=DRAFT)
    row.state = DROPPED
    audit.record(unit, actor, "script.drop", resource=f"script:{row.topic}", detail={"number": row.number})
    return row


def take_draft_back(unit: Unit, actor: Actor, version_id: str, *, policy: Policy) -> ScriptVersion:
    """Let a dropped draft be the draft of its topic again.

    Raises:
        NotPermitted: the actor may not edit.
        Conflict: there is another draft by now, or it was not dropped.
    """
    policy.authorize(actor, "script.edit")
    row = unit.session.get(ScriptVersion, version_id.strip())
    if row is None or row.state != DROPPED or _one(unit.session, row.topic, DRAFT) is not None:
        raise Conflict(
            "It cannot be taken back: there is another draft by now.", next_step="`/ops kb script` lists what there is."
        )
    row.state = DRAFT
    audit.record(unit, actor, "script.redraft", resource=f"script:{row.topic}", detail={"number": row.number})
    return row


def step_back(unit: Unit, actor: Actor, topic: str, *, policy: Policy) -> ScriptVersion | None:
    """Take the published version back to a draft and let the one before it hold again; return that, None for none.

    Raises:
        NotPermitted, NotFound: the actor may not, or nothing is published.
        Conflict: there is a newer draft, which would be lost.
    """
    policy.authorize(actor, "script.publish", f"script:{topic}")
    row = _one(unit.session, topic, PUBLISHED)
    if row is None:
        raise NotFound("Nothing of that topic is published.", next_step="`/ops kb script` lists what there is.")
    if _one(unit.session, topic, DRAFT) is not None:
        raise Conflict("There is a newer draft, which would be lost.", next_step="Publish it, or edit it back.")
    query = select(ScriptVersion).where(ScriptVersion.topic == topic, ScriptVersion.state == PAST)
    before = unit.session.scalars(query.order_by(ScriptVersion.number.desc())).first()
    row.state, row.approver_key, row.published_at = DRAFT, None, None
    if before is not None:
        before.state = PUBLISHED
    unit.session.flush()
    audit.record(unit, actor, "script.unpublish", resource=f"script:{topic}", detail={"number": row.number})
    return before


def access_script(
    session: Session, actor: Actor, topic: str, *, policy: Policy, state: str = PUBLISHED
) -> ScriptVersion:
    """Return the published (or the draft) version of a topic's script.

    Raises:
        NotPermitted: the actor may read none.
        NotFound: there is none; names the topics that there are.
    """
    policy.authorize(actor, "script.read")
    wanted = topic.strip().lower()
    row = _one(session, wanted, state)
    if row is None:
        known = topics(session, state)
        close = [name for name in known if wanted and (name.startswith(wanted) or wanted.startswith(name))]
        row = _one(session, close[0], state) if len(close) == 1 else None
    if row is None:
        what = "draft" if state == DRAFT else "script"
        is_published = state == DRAFT and _one(session, wanted, PUBLISHED) is not None
        step = f"`/ops kb edit {wanted}` makes one." if is_published else _what_there_is(session, known, what)
        raise not_found(what, wanted, there_is_no=f"There is no {what} of", next_step=step)
    return row


def list_scripts(session: Session, actor: Actor, *, policy: Policy) -> list[ScriptVersion]:
    """Return the published scripts and the drafts, by topic.

    Raises:
        NotPermitted: the actor may read none.
    """
    policy.authorize(actor, "script.read")
    query = select(ScriptVersion).where(ScriptVersion.state.in_((PUBLISHED, DRAFT)))
    return list(session.scalars(query.order_by(ScriptVersion.topic, ScriptVersion.number)))


def _what_there_is(session: Session, known: Sequence[str], what: str) -> str:
    if known:
        return f"{what.capitalize()}s: {', '.join(known)}."
    if others := topics(session, PUBLISHED):
        return f"Scripts: {', '.join(others)}."
    return "There is none yet: `frontline kb scripts FILE.yaml` loads drafts."


def topics(session: Session, state: str) -> Sequence[str]:
    """Return the topics that have a script in a state."""
    query = select(ScriptVersion.topic).where(ScriptVersion.state == state)
    return list(session.scalars(query.distinct().order_by(ScriptVersion.topic)))


def _one(session: Session, topic: str, state: str) -> ScriptVersion | None:
    query = select(ScriptVersion).where(ScriptVersion.topic == topic, ScriptVersion.state == state)
    return session.scalars(query.order_by(ScriptVersion.number.desc())).first()
