"""The way of a routine's posts into the outbox: straight, or in its first days as a preview to the admins.

In shadow the post itself is kept in the outbox under its own key (state "shadow"), so that "Post it now" can send it
once, whoever presses and however often. Without an admin who has a Slack account it is kept all the same.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from frontline.catalog.routines import RoutineDefinition
from frontline.core.actor import PRIVATE, Actor, Audience, AudienceKind
from frontline.core.errors import Conflict, NotFound
from frontline.core.reply import Button, Paragraph, Reply, Tone
from frontline.governance import audit, outbox, people, routine_settings
from frontline.governance.policy import Policy, shipped_policy
from frontline.store.models.work import JobRun, OutboxRow
from frontline.store.work import Unit

MOST_NAMED = 20
# What follows the key of a post in the keys of its previews.
PREVIEW = "/preview/"


@dataclass(frozen=True)
class Outgoing:
    """A post on its way: everything that the outbox wants to know."""

    key: str
    channel: str
    reply: Reply
    priority: int
    audience: Audience
    thread_of: str | None = None


class PostOffice:
    """Takes the posts of routines. ``has_first_days`` False: no routine starts in shadow (the demo company).

    ``own`` gives the organisation's name of a channel.
    """

    def __init__(
        self, zone: ZoneInfo, *, own: Callable[[str], str] = lambda channel: channel, has_first_days: bool = True
    ) -> None:
        self._zone = zone
        self._own = own
        self._has_first_days = has_first_days

    def is_on(self, session: Session, definition: RoutineDefinition) -> bool:
        """Whether a routine runs by the clock."""
        return routine_settings.is_on(session, definition)

    def shadow_until(self, session: Session, definition: RoutineDefinition, now: dt.datetime) -> dt.datetime | None:
        """Until when a routine speaks to the admins alone; None when it is live."""
        return routine_settings.shadow_until(session, definition, now, by_default=self._has_first_days)

    def starts_in_shadow(self, definition: RoutineDefinition) -> bool:
        """Whether a routine that is switched on here speaks to the admins first."""
        return self._has_first_days and definition.shadow_days > 0

    def take(
        self, unit: Unit, definition: RoutineDefinition, slot: str, posts: Sequence[Outgoing]
    ) -> Sequence[Outgoing]:
        """Write the posts of a slot into the outbox; return what goes out now: the posts, or their previews."""
        routine_settings.note_first_use(unit)
        until = self.shadow_until(unit.session, definition, unit.now)
        if until is None:
            for post in posts:
                enqueue(unit, post)
            return posts
        for post in posts:
            enqueue(unit, post, state="shadow")
        previews = self._previews(unit.session, definition, slot, posts, until=until)
        for preview in previews:
            # The admins chose to look first: their previews mind neither quiet hours nor the weekly limit.
            enqueue(unit, preview, is_prompted=True)
        return previews

    def _previews(
        self,
        session: Session,
        definition: RoutineDefinition,
        slot: str,
        posts: Sequence[Outgoing],
        *,
        until: dt.datetime,
    ) -> list[Outgoing]:
        direct = [post for post in posts if post.audience.kind is AudienceKind.PRIVATE]
        said: list[tuple[str, Reply, Outgoing]] = []
        for post in posts:
            if post not in direct or len(direct) == 1:
                where = self._place(session, post.channel)
                said.append((post.key, self._preview(definition, post, where, until=until), post))
        if len(direct) > 1:
            key = f"{definition.key}/{slot}/direct"
            said.append((key, self._gathered(session, definition, slot, direct, until=until), direct[0]))
        return [
            Outgoing(f"{key}{PREVIEW}{admin}", account, reply, post.priority, PRIVATE, _thread(post, admin))
            for admin, account in people.admin_accounts(session).items()
            for key, reply, post in said
        ]

    def _preview(self, definition: RoutineDefinition, post: Outgoing, where: str, *, until: dt.datetime) -> Reply:
        original = post.reply
        words = [Paragraph(text) for text in (f"*{original.headline}*", original.context) if text.strip("*")]
        return original.with_(
            headline=f"Preview: this would go to {where}.",
            context=self._context(definition, until),
            parts=[*words, *original.parts],
            buttons=[
                Button(f"Post it to {where} now", "routine.release", post.key, Tone.PRIMARY),
                _live_button(definition),
                *original.buttons,
            ],
            in_channel=False,
        )

    def _gathered(
        self,
        session: Session,
        definition: RoutineDefinition,
        slot: str,
        posts: Sequence[Outgoing],
        *,
        until: dt.datetime,
    ) -> Reply:
        lines = [f"• {self._place(session, post.channel)}: {post.reply.headline}" for post in posts[:MOST_NAMED]]
        lines += [f"• and {len(posts) - MOST_NAMED} more"] if len(posts) > MOST_NAMED else []
        return Reply(
            f"Preview: {len(posts)} people would get a direct message.",
            context=self._context(definition, until),
            parts=[Paragraph("\n".join(lines))],
            buttons=[
                Button("Send them now", "routine.release_direct", f"{definition.key} {slot}", Tone.PRIMARY),
                _live_button(definition),
            ],
        )

    def _place(self, session: Session, channel: str) -> str:
        """A channel by the organisation's own name, a person by their handle."""
        if channel.startswith("#"):
            return self._own(channel)
        person = people.owner_of_account(session, channel)
        return f"@{person.handle}" if person is not None else channel

    def _context(self, definition: RoutineDefinition, until: dt.datetime) -> str:
        day = until.astimezone(self._zone)
        return f"{definition.title}: only you see it until {day.day} {day:%b}, its first days here."


def release(unit: Unit, actor: Actor, key: str, *, policy: Policy | None = None) -> OutboxRow:
    """Send a post that was kept in shadow where it belongs, once.

    Raises:
        NotPermitted: the actor keeps no routines.
        NotFound: there is no such post.
        Conflict: it was released before.
    """
    (policy or shipped_policy()).authorize(actor, routine_settings.MANAGE, f"outbox:{key}")
    row = outbox.access_message(unit.session, key)
    if row.state != "shadow":
        raise Conflict("It was posted already.")
    _send(unit, actor, row)
    return row


def release_direct(unit: Unit, actor: Actor, routine: str, slot: str, *, policy: Policy | None = None) -> int:
    """Send the direct messages of a slot that were kept in shadow, each once; return how many.

    Raises:
        NotPermitted: the actor keeps no routines.
        NotFound: the slot never ran.
        Conflict: they were released before.
    """
    (policy or shipped_policy()).authorize(actor, routine_settings.MANAGE, f"job:{routine}:{slot}")
    run = unit.session.scalar(select(JobRun).where(JobRun.routine == routine, JobRun.slot_key == slot))
    if run is None:
        raise NotFound(f"{routine} did not run for {slot}.")
    kept = select(OutboxRow).where(OutboxRow.key.in_(run.posts), OutboxRow.state == "shadow")
    rows = [row for row in unit.session.scalars(kept) if row.audience.get("kind") == AudienceKind.PRIVATE.value]
    if not rows:
        raise Conflict("They were sent already.")
    for row in rows:
        _send(unit, actor, row)
    return len(rows)


def _send(unit: Unit, actor: Actor, row: OutboxRow) -> None:
    row.state, row.not_before = "pending", unit.now
    audit.record(unit, actor, "routine.release", resource=f"outbox:{row.key}", detail={"channel": row.channel})


def enqueue(unit: Unit, post: Outgoing, *, state: str = "pending", is_prompted: bool = False) -> bool:
    """Write a post into the outbox as it is; return whether it was new there."""
    return outbox.enqueue(
        unit,
        post.key,
        post.channel,
        post.reply,
        priority=post.priority,
        thread_of=post.thread_of,
        audience=post.audience,
        state=state,
        is_prompted=is_prompted,
    )


def _thread(post: Outgoing, admin: str) -> str | None:
    return f"{post.thread_of}{PREVIEW}{admin}" if post.thread_of else None


def _live_button(definition: RoutineDefinition) -> Button:
    return Button(
        "Go live with this routine",
        "routine.live",
        definition.key,
        confirm="From its next run on, its posts go where they belong.",
    )
