"""``frontline people``: who belongs and in which roles, as ``/ops people`` does it in Slack."""

from __future__ import annotations

from typing import Annotated

import typer

from bot.render_text import render_text
from frontline.app.terminal import complain, say, write_json
from frontline.app.wiring import House
from frontline.core.errors import UsageError

Handle = Annotated[str, typer.Argument(help="The handle, such as maria.")]
Account = Annotated[str, typer.Option("--slack", help="The Slack account: TEAM:USER, or USER of your own workspace.")]


def register(app: typer.Typer) -> None:
    """Add ``people list | add | role | deactivate | restore | link``."""
    family = typer.Typer(help="Who belongs, in which roles.", no_args_is_help=True)
    family.command("list", help="List who uses Frontline.")(list_people)
    family.command("add", help="Add somebody with roles.")(add)
    family.command(
        "role",
        help="Give (+role) and take (-role) roles: frontline people role maria +supervisor -agent",
        context_settings={"ignore_unknown_options": True},
    )(role)
    family.command("deactivate", help="Close somebody's access.")(deactivate)
    family.command("restore", help="Open a closed account again.")(restore)
    family.command("link", help="Say which Slack account is somebody's.")(link)
    app.add_typer(family, name="people")


def list_people(
    context: typer.Context,
    everybody: Annotated[bool, typer.Option("--all", help="Also those who left.")] = False,
) -> int:
    """Print one line per person."""
    from frontline.governance import people
    from handlers.staff import describe

    house = House(options=context.obj)
    house.permit("people.manage")
    with house.store.read() as session:
        rows = people.list_people(session, also_departed=everybody)
    for person in rows:
        if house.options.json:
            write_json(
                {
                    "handle": person.handle,
                    "kind": person.kind,
                    "roles": sorted(row.role for row in person.roles),
                    "team": person.team,
                    "agent_id": person.agent_id,
                    "slack": [f"{row.team_id}:{row.user_id}" for row in person.bindings],
                    "active": person.deactivated_at is None,
                }
            )
        else:
            left = "" if person.deactivated_at is None else " · left"
            say(f"@{person.handle:<20} {describe(person)}{left}")
    return 0 if rows else 4


def add(
    context: typer.Context,
    handle: Handle,
    roles: Annotated[list[str], typer.Argument(help="Roles: agent, supervisor ...")],
    team: Annotated[str, typer.Option(help="The value of the team dimension.")] = "",
    slack: Account = "",
) -> int:
    """Add one person."""
    from frontline.governance import membership
    from handlers.staff import read_roles

    house = House(options=context.obj)
    actor = house.permit("people.manage")
    given = read_roles(roles)
    with house.store.unit() as unit:
        account = read_account(house, slack)
        person = membership.add(unit, actor, handle, roles=given, team=team or None, account=account)
        unit.commit()
    return _done(house, f"@{person.handle} was added as {' and '.join(role.value for role in given)}.")


def role(
    context: typer.Context,
    handle: Handle,
    changes: Annotated[list[str], typer.Argument(help="+role gives, -role takes.")],
) -> int:
    """Give and take roles."""
    return _typed(context, f"people role {handle} {' '.join(changes)}")


def deactivate(context: typer.Context, handle: Handle) -> int:
    """Close somebody's access."""
    return _typed(context, f"people deactivate {handle}")


def restore(context: typer.Context, handle: Handle) -> int:
    """Open a closed account again."""
    return _typed(context, f"people restore {handle}")


def link(
    context: typer.Context,
    handle: Handle,
    account: Annotated[str, typer.Argument(help="TEAM:USER, or USER of your own workspace.")],
    replace: Annotated[bool, typer.Option("--replace", help="Give up the account they had.")] = False,
) -> int:
    """Bind a Slack account."""
    from frontline.governance import membership

    house = House(options=context.obj)
    actor = house.permit("people.manage")
    with house.store.unit() as unit:
        person = membership.link(unit, actor, handle, read_account(house, account), replace=replace)
        unit.commit()
    return _done(house, f"@{person.handle} speaks from {account} now.")


def read_account(house: House, named: str) -> str:
    """Return TEAM:USER; a bare user id belongs to the organisation's own workspace.

    Raises:
        UsageError: it is no Slack account, or the workspace is not known.
    """
    from frontline.governance.roster import read_account as read

    account, fault = read(named, own_team=house.catalog.organisation.slack_team)
    if fault:
        raise UsageError(f"{fault}.", next_step="In Slack: profile, three dots, Copy member ID.")
    return account


def _typed(context: typer.Context, words: str) -> int:
    """Say it through the doorway, as Slack would."""
    house = House(options=context.obj)
    reply = house.ask("ops", words)
    if reply.exit_code or reply.outcome.value in ("denied", "failed", "abstained"):
        complain(f"{reply.headline} {reply.context}".strip())
        return reply.exit_code or 1
    if house.options.json:
        write_json({"ok": True, "text": reply.headline})
    else:
        say(render_text(reply.with_(buttons=())))
    return 0


def _done(house: House, sentence: str) -> int:
    if house.options.json:
        write_json({"ok": True, "text": sentence})
    else:
        say(sentence)
    return 0
