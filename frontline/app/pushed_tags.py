"""``POST /in/tags``: a help-desk macro leaves a tag for an agent who has no Slack; the gate reads the words first."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from frontline.app.speaking import gap_voice
from frontline.core.actor import SYSTEM, Actor, ActorKind
from frontline.core.clock import as_utc
from frontline.core.errors import NotPermitted, UsageError
from frontline.core.request import PersonRef
from frontline.core.text import AnonymizedText, RawText
from frontline.governance import people, tags
from frontline.store.inbox import is_handled, mark_handled
from frontline.store.intake.feeds import pushed
from frontline.store.intake.feeds.pushed import Answer
from frontline.store.intake.feeds.webhook import Receipt
from handlers.arguments import IMPERSONAL
from handlers.tags import LONGEST, label_from
from handlers.words import CASE

if TYPE_CHECKING:
    from frontline.app.wiring import House
    from frontline.store.work import Unit

TAGS = "tags"
_AGENT = re.compile(r"[\w.-]{1,40}")


class _Held(Exception):
    """A row that becomes no tag. The reason holds no word of the row."""

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(reason)
        self.code = code


@dataclass(frozen=True)
class _Read:
    """One row after the gate."""

    text: AnonymizedText
    label: str | None
    case: str | None
    source: Mapping[str, Any]


def keep_tags(house: House, receipt: Receipt) -> Answer:
    """Make tags of the rows, in one commit with the answer; each is also a row of ``tags_fact`` for the figures.

    A row holds ``text`` or ``label`` (best both), and may hold ``case_id``, ``agent`` (a handle), ``tag_id`` (of the
    sender: the same one is one tag), ``ts``, ``channel``, ``topic``.
    """
    faults: list[dict[str, Any]] = []
    facts: list[dict[str, Any]] = []
    read: list[tuple[int, _Read]] = []
    for at, row in enumerate(receipt.rows, start=1):
        try:
            read.append((at, _read(house, row)))
        except _Held as held:
            faults.append({"row": at, "code": held.code, "reason": str(held)})
    with house.store.unit() as unit:
        for at, item in read:
            try:
                facts += _add(house, unit, item)
            except (UsageError, NotPermitted) as refusal:
                faults.append({"row": at, "code": "V01", "reason": refusal.message})
        body = {"table": TAGS, "accepted": len(receipt.rows) - len(faults), "quarantined": faults}
        if not body["accepted"]:
            return Answer(
                422, {**body, "error": "No row became a tag.", "next": "Correct the rows and send them again."}
            )
        answer = Answer(202, {**body, "key": receipt.key, "loaded": "at once"})
        pushed.keep(unit, house.vault, receipt, answer, waiting=facts, table="tags_fact")
        unit.commit()
    return answer


def _read(house: House, row: Mapping[str, Any]) -> _Read:
    label, words = _said(row, "label"), _said(row, "text", "note", "description")
    if not label and not words:
        raise _Held("V01", "key missing: text or label")
    if len(words) > LONGEST:
        raise _Held("V06", f"the text is longer than {LONGEST} characters")
    case = _said(row, "case_id", "case", "ticket_id")
    if case and not re.fullmatch(CASE, case, re.IGNORECASE):
        raise _Held("V07", "this is no case number: case_id")
    if label:
        _check_label(house, label)
    verdict = house.gate.check(RawText(words or label))
    if verdict.text is None:
        raise _Held("V12", "the text was held back: " + ("; ".join(verdict.reasons) or "it could not be checked"))
    return _Read(verdict.text, label or label_from(verdict.text) or None, case or None, row)


def _check_label(house: House, label: str) -> None:
    # "jan-jansen" is a name with a dash; names are written with capitals.
    spoken = re.sub(r"[-_]+", " ", label).title()
    verdict = house.gate.check(RawText(spoken), language="en")
    personal = [span for span in verdict.spans if span.label not in IMPERSONAL]
    if verdict.text is None or personal or re.search(r"\d{6}", label):
        raise _Held("V12", "the label may not hold a name or a number of a person")


def _add(house: House, unit: Unit, item: _Read) -> list[dict[str, Any]]:
    """Keep one tag; return its row of the facts, nothing when the sender's own id came before."""
    own = _said(item.source, "tag_id")
    if own and is_handled(unit.session, f"in:tag:{own}"[:200]):
        return []
    actor, author = _author(unit, item.source)
    tag = tags.add_tag(
        unit,
        actor,
        item.text,
        label=item.label,
        case_key=item.case,
        policy=house.policy,
        author=author,
        at=_instant(item.source, unit.now),
        rule=house.catalog.rules.tags,
        speak=gap_voice(house),
    )
    if own:
        mark_handled(unit, f"in:tag:{own}"[:200])
    row: dict[str, Any] = {"tag_id": tag.tag_id, "ts": tag.at.isoformat(), "label": tag.label.replace("-", " ")}
    more = {"agent_id": tag.author_agent_id, "team_id": tag.author_team}
    more |= {name: _said(item.source, name) for name in ("channel", "topic")}
    return [row | {name: value for name, value in more.items() if value}]


def _author(unit: Unit, row: Mapping[str, Any]) -> tuple[Actor, tags.DeskAuthor | None]:
    """Who tags: the person of that handle, else the help desk for an agent by their id in the agent feed."""
    named, team = _said(row, "agent", "agent_id", "author"), _said(row, "team", "team_id") or None
    if not _AGENT.fullmatch(named):
        return SYSTEM, None  # a name or an address of somebody is not kept
    found = people.resolve(unit.session, PersonRef(handle=named))
    if found.kind is ActorKind.HUMAN and found.agent_id is None:
        return found, None
    agent_id = found.agent_id if found.kind is ActorKind.HUMAN and found.agent_id else named
    return SYSTEM, tags.DeskAuthor(agent_id=agent_id, team=team or found.team)


def _instant(row: Mapping[str, Any], now: dt.datetime) -> dt.datetime:
    try:
        said = dt.datetime.fromisoformat(_said(row, "ts"))
    except ValueError:
        return now
    return min(as_utc(said), now) if said.tzinfo else now


def _said(row: Mapping[str, Any], *names: str) -> str:
    return next((str(row[name]).strip() for name in names if row.get(name) not in (None, "")), "")
