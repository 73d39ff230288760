"""``frontline audit``: the chain of who did what when."""

from __future__ import annotations

from typing import Annotated

import typer

from frontline.app.terminal import say, write_json
from frontline.app.wiring import House


def register(app: typer.Typer) -> None:
    """Add ``audit verify`` and ``audit show``."""
    family = typer.Typer(help="The audit trail.", no_args_is_help=True)
    family.command("verify", help="Walk the hash chain and name the first bad row.")(verify)
    family.command("show", help="Show the latest entries.")(show)
    app.add_typer(family, name="audit")


def verify(context: typer.Context) -> int:
    """Exit 0 when nothing was touched, 1 when something was."""
    from frontline.governance import audit

    house = House(options=context.obj)
    house.permit("audit.verify")
    with house.store.read() as session:
        problems = audit.verify(session, audit.read_anchors(house.home / "anchors"))
    if house.options.json:
        write_json(
            {"ok": not problems, "problems": [{"seq": p.seq, "kind": p.kind, "message": p.message} for p in problems]}
        )
    elif problems:
        for problem in problems:
            say(f"entry {problem.seq}: {problem.kind}: {problem.message}")
    else:
        say("The audit chain holds: nothing was edited, removed or inserted.")
    return 1 if problems else 0


def show(
    context: typer.Context,
    limit: Annotated[int, typer.Option(help="How many entries.", min=1, max=10_000)] = 20,
    actor: Annotated[str, typer.Option(help="Only this person's key.")] = "",
    action: Annotated[str, typer.Option(help="Only this action.")] = "",
) -> int:
    """Print entries, newest first."""
    from frontline.governance import audit

    house = House(options=context.obj)
    house.permit("audit.show")
    with house.store.read() as session:
        rows = audit.entries(session, limit=limit, actor_key=actor, action=action)
    for row in rows:
        if house.options.json:
            write_json(
                {"seq": row.seq, "at": row.at, "actor": row.actor_key, "action": row.action, "resource": row.resource}
                | {"outcome": row.outcome, "detail": row.detail, "hash": row.hash}
            )
        else:
            say(f"{row.seq:>6}  {row.at[:19]}  {row.outcome:<7}  {row.actor_key:<16}  {row.action}  {row.resource}")
    return 0 if rows else 4
