"""``frontline check`` and ``frontline doctor``: is the configuration right, and is everything reachable?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from frontline.app.terminal import complain, say, write_json
from frontline.app.wiring import House
from frontline.catalog.loader import Catalog
from frontline.core.errors import FrontlineError

if TYPE_CHECKING:
    from frontline.app.setup.state import Check


def register(app: typer.Typer) -> None:
    """Add ``check`` and ``doctor``."""
    app.command("check", help="Validate configuration and catalog; one line file:line per fault.")(check)
    app.command("doctor", help="Say what is configured, reachable and missing.")(doctor)


def check(
    context: typer.Context,
    questions: Annotated[bool, typer.Option("--questions", help="Ask every verified question again.")] = False,
) -> int:
    """Exit 0 when the catalog is right; faults are printed by the caller with exit 2, changed questions with 1."""
    from anonymization.policy import own_policies

    house = House(options=context.obj)
    if questions:
        return _check_questions(house)
    catalog = house.read_files()
    policies = len(own_policies(house.catalog_folder))
    notes = _notes(catalog)
    if house.options.json:
        write_json(
            {
                "ok": True,
                "metrics": len(catalog.metrics),
                "policies": policies,
                "zone": catalog.calendar.zone,
                "notes": notes,
            }
        )
        return 0
    say(
        f"The catalog is right: {len(catalog.metrics)} metrics, {len(catalog.dimensions)} dimensions, "
        f"{len(catalog.capabilities)} capabilities, {policies} anonymization policies, zone {catalog.calendar.zone}."
    )
    for note in notes:
        say(f"Note: {note}")
    return 0


def _check_questions(house: House) -> int:
    """Say which verified questions are read otherwise, counted otherwise, or not answered any more."""
    from bot.render_text import render_text

    reply = house.ask("ops", "question check")
    if reply.outcome.value in ("denied", "failed"):
        complain(f"{reply.headline} {reply.context}".strip())
    elif house.options.json:
        write_json({"ok": not reply.exit_code, "text": reply.headline, **(reply.answer or {})})
    else:
        say(render_text(reply))
    return reply.exit_code


def _notes(catalog: Catalog) -> list[str]:
    """Return what is valid and yet does less than one may think."""
    from frontline.catalog.workdays import knows_country

    country = catalog.calendar.country
    if not country:
        return ["calendar.yaml names no country: only weekends count as days of rest."]
    if not knows_country(country):
        return [f"the public holidays of {country} are not known: only weekends count as days of rest (calendar.yaml)."]
    return []


def doctor(
    context: typer.Context,
    slack: Annotated[bool, typer.Option("--slack", help="Also call Slack with the configured tokens.")] = False,
) -> int:
    """Print one line per thing with the next step; exit 1 when something that is needed is missing."""
    from frontline.app.setup.state import Check, collect_checks

    house = House(options=context.obj)
    house.ensure_admins()
    checks = collect_checks(house)
    if slack and not house.settings.slack_bot_token.get_secret_value():
        said = "not tried: FRONTLINE_SLACK_BOT_TOKEN is not set"
        checks.append(Check("Slack", "missing", said, "set it and ask again"))
    elif slack:
        checks += _probe(house)
    status = dict(house.status())
    is_ready = all(check.state != "missing" for check in checks)
    if house.options.json:
        write_json({"ok": is_ready, "checks": [vars(check) for check in checks], **status})
    else:
        for check in checks:
            say(check.line())
        say("")
        for name, value in status.items():
            say(f"{name}: {value}")
    return 0 if is_ready else 1


def _probe(house: House) -> list[Check]:
    """Call Slack with the bot token: who are we, and is every channel there with us in it?"""
    from bot.app import FrontlineBot
    from bot.channels import missing_channels
    from bot.deps import BotDeps, BotSettings
    from frontline.app.setup.state import Check

    settings = BotSettings(bot_token=house.settings.slack_bot_token, base_url=house.settings.slack_api_url)
    deps = BotDeps(
        dispatch=house.doorway.dispatch,
        validate=lambda _request: {},
        inbox=house.inbox,
        clock=house.clock,
        settings=settings,
    )
    bot = FrontlineBot(deps)
    wanted = {own: name for name, own in house.catalog.channels.channels.items()}
    try:
        rows = [Check("Slack", "ok", f"reached, the bot is {bot.identify()}")]
        absent = missing_channels(bot.client, list(wanted))
    except FrontlineError as error:
        return [Check("Slack", "missing", str(error), "check the token and the network")]
    for own, why in absent.items():
        step = f"invite the bot to {own}, or map #{wanted[own]} to another channel with frontline init"
        rows.append(Check(f"channel {own}", "later", why, step))
    if not absent:
        rows.append(Check("channels in Slack", "ok", "all are there and the bot is a member"))
    return rows
