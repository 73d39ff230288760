"""``/ops routine``: what speaks by the clock, and whether to everybody, to the admins alone, or not at all."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace

from frontline.core.actor import PRIVATE
from frontline.core.errors import UsageError
from frontline.core.reply import Button, Item, Outcome, Paragraph, Part, Quote, Reply
from frontline.governance import outbox, people, routine_settings, shadow
from frontline.store.models.attention import RoutineSetting
from frontline.store.work import Unit
from handlers.desk import Work
from handlers.registry import Arguments


class RoutineArguments(Arguments):
    """The routine that is meant; for a preview also a slot (a local date, or YYYY-MM)."""

    value: str = ""
    slot: str = ""


def list_routines(work: Work, arguments: Arguments) -> Reply:
    """List the routines: when, where to, on or off, live or in shadow."""
    lines, kept = [], outbox.stats(work.session).shadow
    for row in work.desk.routines().describe():
        state = row["state"]
        if row["shadow_until"]:
            day = dt.date.fromisoformat(row["shadow_until"])
            state += f", shadow until {day.day} {day:%b}"
        upcoming = f", next {row['next']}" if row["next"] != "-" else ""
        lines.append(f"• `{row['routine']}` {row['title']}: {state}; {row['schedule']} to {row['channel']}{upcoming}")
    waiting = f" {kept} post{'s' if kept != 1 else ''} kept in shadow." if kept else ""
    return Reply(
        f"{len(lines)} routines.",
        context=f"In shadow a routine speaks to the admins alone.{waiting}",
        parts=[Paragraph("\n".join(lines))],
        outcome=Outcome.ANSWERED,
    )


def go_live(work: Work, arguments: RoutineArguments) -> Reply:
    """Let a routine speak where it belongs from its next run on."""
    definition = work.desk.routines().definition(_named(arguments))
    routine_settings.go_live(work.unit, work.actor, definition.key, policy=work.desk.policy)
    return Reply(
        f"{definition.key} is live from its next run on.",
        context=f"What it kept in shadow stays there. Back: /ops routine shadow {definition.key}",
        exit_code=0,
    )


def put_in_shadow(work: Work, arguments: RoutineArguments) -> Reply:
    """Let a routine speak to the admins alone for its first days once more."""
    definition = work.desk.routines().definition(_named(arguments))
    until = routine_settings.put_in_shadow(work.unit, work.actor, definition, policy=work.desk.policy)
    day = until.astimezone(work.desk.zone)
    return Reply(
        f"{definition.key} speaks to the admins alone until {day.day} {day:%B}.",
        context=f"End it sooner: /ops routine live {definition.key}",
    )


def switch_on(work: Work, arguments: RoutineArguments) -> Reply:
    """Let a routine run by the clock; one that is new here speaks to the admins first."""
    definition = work.desk.routines().definition(_named(arguments))
    known = work.session.get(RoutineSetting, definition.key)
    routine_settings.switch(work.unit, work.actor, definition.key, is_on=True, policy=work.desk.policy)
    is_new = not definition.is_on and (known is None or known.live_at is None)
    if is_new and work.desk.routines().starts_in_shadow(definition):
        until = routine_settings.put_in_shadow(work.unit, work.actor, definition, policy=work.desk.policy)
        day = until.astimezone(work.desk.zone)
        return Reply(f"{definition.key} is on; until {day.day} {day:%B} it speaks to the admins alone.")
    return Reply(f"{definition.key} is on.")


def switch_off(work: Work, arguments: RoutineArguments) -> Reply:
    """Stop a routine."""
    definition = work.desk.routines().definition(_named(arguments))
    routine_settings.switch(work.unit, work.actor, definition.key, is_on=False, policy=work.desk.policy)
    return Reply(f"{definition.key} is off.", context=f"On again: /ops routine on {definition.key}")


def preview(work: Work, arguments: RoutineArguments) -> Reply:
    """Send the admin privately what a routine would post; nothing is kept, nothing else goes out."""
    name = _named(arguments)
    slot, posts = work.desk.routines().rehearse(name, arguments.slot or None)
    if not posts:
        return Reply(f"{name} would post nothing for {slot}.", outcome=Outcome.ANSWERED)
    account = people.slack_account(work.session, work.actor.key)
    shown = [_without_buttons(reply, _place(work, channel)) for channel, reply in posts]
    count = f"{len(shown)} post{'s' if len(shown) != 1 else ''}"
    if account is None:
        parts: list[Part] = []
        for reply in shown:
            parts += [Paragraph(f"*{reply.headline}*"), *reply.parts]
        return Reply(f"{name} would make {count} for {slot}.", parts=parts, outcome=Outcome.ANSWERED)

    def send(unit: Unit) -> None:
        for number, reply in enumerate(shown, start=1):
            key = f"rehearsal/{name}/{slot}/{work.request.inbound_id}/{number}"[-200:]
            outbox.enqueue(unit, key, account[1], reply, audience=PRIVATE, is_prompted=True)

    work.effects.append(send)
    return Reply(
        f"{name} would make {count} for {slot}.",
        context="They come to you as direct messages, without their buttons.",
        outcome=Outcome.ANSWERED,
    )


def release(work: Work, arguments: RoutineArguments) -> Reply:
    """Send a post that was kept in shadow where it belongs, once."""
    row = shadow.release(work.unit, work.actor, arguments.value, policy=work.desk.policy)
    return Reply(f"Posted to {_place(work, row.channel)}.", context="Once, and written down who did it.")


def release_direct(work: Work, arguments: RoutineArguments) -> Reply:
    """Send the direct messages of a slot that were kept in shadow, each once."""
    routine, _, slot = arguments.value.partition(" ")
    count = shadow.release_direct(work.unit, work.actor, routine, slot, policy=work.desk.policy)
    return Reply(f"Sent {count} direct message{'s' if count != 1 else ''}.")


def _named(arguments: RoutineArguments) -> str:
    name = arguments.value.strip().lower()
    if not name:
        raise UsageError("Say which routine.", next_step="/ops routine list shows them.")
    return name


def _place(work: Work, channel: str) -> str:
    person = people.owner_of_account(work.session, channel)
    return f"@{person.handle}" if person is not None else channel


def _without_buttons(reply: Reply, where: str) -> Reply:
    """What a rehearsal made is gone when somebody could press: its buttons would lead nowhere."""
    words: Sequence[Part] = [Paragraph(text) for text in (f"*{reply.headline}*", reply.context) if text.strip("*")]
    parts = [replace(part, buttons=()) if isinstance(part, Item | Quote) else part for part in reply.parts]
    none: Sequence[Button] = ()
    return reply.with_(
        headline=f"Preview: this would go to {where}.",
        context="A rehearsal: nothing was kept.",
        parts=[*words, *parts],
        buttons=none,
        in_channel=False,
    )
