"""``/ops``: help and status."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from frontline.core.actor import Role
from frontline.core.reply import Button, Outcome, Paragraph, Reply
from handlers.desk import Work
from handlers.registry import Arguments, Entry, NoArguments

if TYPE_CHECKING:
    from handlers.panels import Panel

# Sentences, not verbs: what each role would say first. Each is run by a test through the sandbox.
SENTENCES: dict[Role, Sequence[str]] = {
    Role.AGENT: (
        "/tag 8123 customer cannot change the billing email #billing-email-change",
        "/own",
        "how many cases came in today?",
    ),
    Role.SUPERVISOR: (
        "how's service level?",
        "fcr by channel last month",
        "why did recontact go up in May?",
        "top 3 topics by recontact rate last month",
        "csat trend by week last quarter",
    ),
    Role.ANALYST: (
        "how's the floor?",
        "abandonment by hour today",
        "aht by queue last week",
        "how many contacts today?",
    ),
    Role.LEADER: ("recontact rate by month this year", "what is csat by segment last quarter?", "/ops alert list"),
    Role.TRAINER: (
        '/ops example find "charged twice" -n 5',
        "show me complaints about late engineers",
        "/ops example list",
    ),
    Role.STEWARD: ("/ops status", '/ops example find "wrong address"', "/ops example list requested"),
    Role.ADMIN: ("/ops status", "/ops alert list"),
}


class HelpArguments(Arguments):
    """What help is wanted on."""

    topic: str = ""


def show_help(work: Work, arguments: HelpArguments) -> Reply:
    """List only what this person may do, each with an example."""
    allowed = work.desk.policy.allowed_actions(work.actor, work.audience)
    entries = [entry for entry in work.desk.registry.commands() if entry.permission in allowed and entry.summary]
    wanted = arguments.topic.strip().lower().lstrip("/")
    if wanted:
        entries = [
            entry for entry in entries if wanted in entry.typed.lower() or wanted in entry.summary.lower()
        ] or entries
    said = [sentence for role in Role if work.actor.has(role) for sentence in SENTENCES.get(role, ())]
    parts = []
    if said and not wanted:
        parts.append(Paragraph("*Say it in your own words*\n" + "\n".join(f"• `{line}`" for line in said[:8])))
    parts.append(Paragraph("*Commands*\n" + "\n".join(_line(entry) for entry in entries)))
    return Reply(
        "This is what you can do here.",
        context="It all works as a command, in a direct message and by mention. Answers are private by default.",
        parts=parts,
        outcome=Outcome.ANSWERED,
        answer={"intent": "help"},
    )


def show_status(work: Work, arguments: Arguments) -> Reply:
    """Say how the machine is: data, jobs, outbox, index."""
    facts = work.desk.status()
    lines = [f"• {name}: {value}" for name, value in facts.items()]
    return Reply(
        "Frontline is up.", parts=[Paragraph("\n".join(lines) or "Nothing to report.")], outcome=Outcome.ANSWERED
    )


def show_home(work: Work, arguments: Arguments) -> Reply:
    """The App Home: the person's own promises, the panels of their roles, and what to try."""
    from handlers import panels

    return show_home_of(work, panels.PANELS)


def show_home_of(work: Work, shown: Sequence[Panel]) -> Reply:
    """The App Home with these panels."""
    from handlers import own, panels

    mine = own.list_mine(work, NoArguments())
    help_reply = show_help(work, HelpArguments())
    return Reply(
        f"Good to see you, {work.actor.handle}.",
        context=mine.headline,
        parts=[*mine.parts[:10], *panels.show_panels(work, shown), *help_reply.parts],
        buttons=[Button("Help", "help.show")],
        outcome=Outcome.ANSWERED,
    )


def refresh_home(work: Work, arguments: Arguments) -> Reply:
    """The App Home again, in place of the older one."""
    return show_home(work, arguments).with_(replaces=True)


def _line(entry: Entry) -> str:
    example = f" e.g. `{entry.examples[0]}`" if entry.examples else ""
    return f"• `{entry.typed}` {entry.summary}{example}"
