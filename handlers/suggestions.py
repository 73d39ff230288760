"""What to say when a command is not known: the nearest ones, never silence."""

from __future__ import annotations

from rapidfuzz import fuzz, process

from frontline.core.actor import Actor
from frontline.core.reply import Button, Outcome, Reply
from frontline.core.request import Request, RequestKind
from handlers.desk import Desk


def unknown_command(desk: Desk, actor: Actor, request: Request) -> Reply:
    """Suggest the nearest commands that the actor may use, or help."""
    if request.kind is not RequestKind.COMMAND:
        return Reply(
            "That button or form is from an older version.",
            context="Ask again to get a fresh one.",
            outcome=Outcome.FAILED,
        )
    allowed = desk.policy.allowed_actions(actor, request.audience)
    typed = f"/{request.name} {request.text.reveal()}".strip().lower()
    names = {entry.typed: entry for entry in desk.registry.commands() if entry.permission in allowed}
    near = [
        name
        for name, score, _ in process.extract(typed, list(names), scorer=fuzz.token_sort_ratio, limit=3)
        if score >= 40
    ]
    if not near:
        return Reply(
            "I do not know that command.",
            context="Type /ops help to see what you can do.",
            buttons=[Button("Help", "help.show")],
            outcome=Outcome.CLARIFY,
            exit_code=2,
        )
    examples = [example for name in near for example in names[name].examples[:1]]
    context = "Did you mean " + ", ".join(f"`{name}`" for name in near) + "?"
    if examples:
        context += f" For example: {examples[0]}"
    return Reply(
        "I do not know that command.",
        context=context,
        buttons=[Button("Help", "help.show")],
        outcome=Outcome.CLARIFY,
        exit_code=2,
    )
