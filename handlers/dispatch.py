"""The one doorway. Everything that is asked of Frontline, by a person or by the clock, comes through ``dispatch``.

Steps: the inbound id is new; the actor is resolved and authorized (default deny); the arguments are parsed and their
free text passes the gate, outside any lock; the handler runs; its rows, the audit entry and the mark that this inbound
id is handled are written in one commit; a Slack-free reply is returned.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from frontline.core.actor import UNSIGNED, Actor, ActorKind
from frontline.core.errors import (
    Conflict,
    EngineError,
    FrontlineError,
    NotFound,
    NotPermitted,
    PrivacyError,
    TooFewPeople,
    UsageError,
    UserError,
)
from frontline.core.ids import new_id
from frontline.core.periods import cutting, local_date
from frontline.core.reply import Button, Outcome, Reply
from frontline.core.request import Request, RequestKind
from frontline.core.text import RawText
from frontline.core.traces import trace_of
from frontline.governance import audit, people
from frontline.governance.audit import AuditOutcome
from frontline.store.inbox import is_handled, mark_handled
from frontline.store.work import Unit
from handlers import strangers
from handlers.arguments import parse_arguments
from handlers.desk import Desk, Work
from handlers.registry import Entry
from handlers.suggestions import unknown_command

log = logging.getLogger(__name__)

OUTCOMES: Mapping[Outcome, AuditOutcome] = {Outcome.DENIED: "denied", Outcome.FAILED: "failed"}
# With a slash always; without one only where no question begins like that ("tag volume by week" is one).
COMMAND = re.compile(
    r"^\s*(?P<slash>/)?(?P<name>ops|(?(slash)ask|(?!))|(?(slash)own|own(?=\s*$|\s+(?:add|done|list)\b))|"
    r"(?(slash)tag|tag(?=\s+(?:case\s+)?#?\d)))\b\s*(?P<rest>.*)$",
    re.IGNORECASE | re.DOTALL,
)
NOBODY = Actor(key="nobody", handle="nobody", kind=ActorKind.UNKNOWN)


@dataclass
class Trail:
    """How far a request came, for the audit entry of a refusal. ``signer`` is who stands there."""

    actor: Actor = NOBODY
    signer: Actor = NOBODY
    permission: str = ""
    path: str = ""


class Doorway:
    """Answers requests. Stateless but for the desk; safe to call from many threads."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def dispatch(self, request: Request) -> Reply:
        """Answer ``request``. Never raises: a mistake of the person is a sentence, a bug is an error id."""
        trail = Trail()
        try:
            with cutting(self._desk.catalog.calendar.units):
                return self._answer(request, trail)
        except NotPermitted as refusal:
            self._audit_refusal(trail, refusal)
            return strangers.answer(self._desk, request, trail.actor) or _sorry(refusal)
        except UserError as error:
            self._audit_end(trail, error.code)
            return _sorry(error)
        except PrivacyError as error:
            self._audit_end(trail, "held back")
            return _held_back(error)
        except EngineError as error:
            return self._engine_down(error)
        except FrontlineError as error:
            return Reply(str(error), outcome=Outcome.FAILED, exit_code=1)
        except Exception as error:  # noqa: BLE001  # the doorway answers with an error id
            return self._bug(error)

    def _answer(self, request: Request, trail: Trail) -> Reply:
        desk = self._desk
        with desk.store.read() as session:
            actor = trail.actor = trail.signer = people.resolve(session, request.who)
            if is_handled(session, request.inbound_id):
                return Reply("This was already done.", outcome=Outcome.DONE, exit_code=4)
        entry, words = self._find(request)
        trail.permission = entry.permission if entry else "help.read"
        trail.path = " ".join(entry.path) if entry else "unknown command"
        desk.policy.authorize(actor, trail.permission, audience=request.audience)
        if entry is None:
            return unknown_command(desk, actor, request)
        if entry.unsigned:
            trail.signer = UNSIGNED
            _check_leaves_no_name(request, entry)
        raw = dict(request.values)
        if request.value:
            raw.setdefault("value", RawText(request.value))
        if entry.read is not None:
            raw |= entry.read(words, local_date(desk.store.clock.now(), desk.zone))
        arguments = parse_arguments(entry.arguments, raw, gate=desk.gate)
        if entry.prepare is not None:
            arguments = entry.prepare(desk, arguments)
        if entry.writes:
            return self._write(request, actor, entry, arguments)
        return self._read(request, actor, entry, arguments)

    def _find(self, request: Request) -> tuple[Entry | None, RawText]:
        registry = self._desk.registry
        if request.kind is RequestKind.COMMAND:
            entry, rest = registry.command(request.name, request.text.reveal())
            return entry, RawText(rest)
        if request.kind is RequestKind.MESSAGE:
            return self._find_in_message(request.text)
        name = "home" if request.kind is RequestKind.HOME else request.name
        return registry.named(request.kind, name), request.text

    def _audit_end(self, trail: Trail, why: str) -> None:
        """Write down that a request ended without an effect; its words are nowhere."""
        with self._desk.store.unit() as unit:
            audit.record(
                unit,
                trail.signer,
                trail.permission or "unknown",
                resource=trail.path,
                outcome="failed",
                detail={"why": why},
            )
            unit.commit()

    def _find_in_message(self, text: RawText) -> tuple[Entry | None, RawText]:
        """A message is a question, unless it is a command typed where Slack has none (threads, mentions)."""
        registry = self._desk.registry
        if found := COMMAND.match(text.reveal()):
            entry, rest = registry.command(found["name"].lower(), found["rest"])
            if entry is not None or found["slash"]:
                return entry, RawText(rest)
        return registry.command("ask", "")[0], text

    def _audit_refusal(self, trail: Trail, refusal: NotPermitted) -> None:
        with self._desk.store.unit() as unit:
            detail = {"policy": refusal.policy_id}
            audit.record(unit, trail.signer, trail.permission, resource=trail.path, outcome="denied", detail=detail)
            unit.commit()

    def _write(self, request: Request, actor: Actor, entry: Entry, arguments: Any) -> Reply:
        desk = self._desk
        with desk.store.unit() as unit:
            if not mark_handled(unit, request.inbound_id):
                raise Conflict("This was already done.")
            work = Work(desk, request, actor, request.audience, unit.now, unit.session, unit)
            reply = entry.run(work, arguments)
            self._record(unit, work, entry, reply)
            unit.commit()
        return reply

    def _read(self, request: Request, actor: Actor, entry: Entry, arguments: Any) -> Reply:
        desk = self._desk
        with desk.store.read() as session:
            work = Work(desk, request, actor, request.audience, desk.store.clock.now(), session)
            reply = entry.run(work, arguments)
        with desk.store.unit() as unit:
            if not mark_handled(unit, request.inbound_id):
                raise Conflict("This was already done.")
            for effect in work.effects:
                effect(unit)
            self._record(unit, work, entry, reply)
            unit.commit()
        return reply

    def _record(self, unit: Unit, work: Work, entry: Entry, reply: Reply) -> None:
        outcome = OUTCOMES.get(reply.outcome, "done")
        detail: Mapping[str, Any] = {"outcome": reply.outcome.value, **work.audit}
        signer = UNSIGNED if entry.unsigned else work.actor
        audit.record(unit, signer, entry.permission, resource=" ".join(entry.path), outcome=outcome, detail=detail)
        if entry.unsigned:
            # What came in named its author: wiped from the inbox by this commit, and here from the log behind it.
            unit.after_commit(self._desk.store.checkpoint)

    def _engine_down(self, error: EngineError) -> Reply:
        log.warning("engine error: %s", error)
        return Reply(str(error), context=error.next_step, outcome=Outcome.FAILED, exit_code=1)

    def _bug(self, error: Exception) -> Reply:
        error_id = new_id("err")
        log.error("unexpected error %s: %s", error_id, trace_of(error))
        return Reply(
            f"Something broke on my side (error {error_id}).",
            context="Nothing was changed. Tell the admin this id; the log has the rest.",
            outcome=Outcome.FAILED,
            exit_code=1,
        )


def _check_leaves_no_name(request: Request, entry: Entry) -> None:
    """Refuse a message where nobody may be named: its id, which is kept, holds the channel of who wrote.

    Raises:
        UsageError: it came as a message; a command and a form have ids that lead to nobody.
    """
    if request.kind is RequestKind.MESSAGE:
        raise UsageError(
            "A message stands under your name, so nothing of it was kept.",
            next_step=f"Type `{entry.typed}` as a command with its slash; without words it opens the form.",
        )


def _sorry(error: UserError) -> Reply:
    outcome = Outcome.FAILED
    if isinstance(error, NotPermitted):
        outcome = Outcome.DENIED
    elif isinstance(error, NotFound | TooFewPeople):
        # Nothing is broken: there is no such thing, or no figure that may be shown.
        outcome = Outcome.ABSTAINED
    context = error.next_step
    if isinstance(error, NotPermitted) and error.needs and not context:
        context = f"It needs the role {' or '.join(error.needs)}."
    buttons = tuple(Button(choice[:75], "ask.again", choice) for choice in error.choices[:4])
    return Reply(error.message, context=context, buttons=buttons, outcome=outcome, exit_code=error.exit_code)


def _held_back(error: PrivacyError) -> Reply:
    return Reply(
        str(error),
        context="Nothing was stored. Say it without personal details, or ask a steward.",
        outcome=Outcome.FAILED,
        exit_code=1,
    )
