"""``frontline check`` and ``frontline doctor``: is the configuration right, and is everything reachable?"""

from __future__ import annotations

from typing import Annotated

import typer

from frontline.app.terminal import say, write_json
from frontline.app.wiring import House
from frontline.catalog.loader import Catalog
from frontline.core.errors import FrontlineError


def register(app: typer.Typer) -> None:
    """Add ``check``, ``doctor`` and ``upgrade``."""
    app.command("check", help="Validate configuration and catalog; one line file:line per fault.")(check)
    app.command("doctor", help="Say what is configured, reachable and missing.")(doctor)
    app.command("upgrade", help="Bring the state database to this version.")(upgrade)


def check(context: typer.Context) -> int:
    """Exit 0 when the catalog is right; faults are printed by the caller with exit 2."""
    house = House(options=context.obj)
    catalog = house.catalog
    notes = _notes(catalog)
    if house.options.json:
        write_json({"ok": True, "metrics": len(catalog.metrics), "zone": catalog.calendar.zone, "notes": notes})
        return 0
    say(
        f"The catalog is right: {len(catalog.metrics)} metrics, {len(catalog.dimensions)} dimensions, "
        f"{len(catalog.capabilities)} capabilities, zone {catalog.calendar.zone}."
    )
    for note in notes:
        say(f"Note: {note}")
    return 0


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
    """Print one line per thing; exit 1 when something that is needed is missing."""
    house = House(options=context.obj)
    rows = dict(house.status())
    settings = house.settings
    for name, secret in (
        ("FRONTLINE_SLACK_BOT_TOKEN", settings.slack_bot_token),
        ("FRONTLINE_SLACK_APP_TOKEN", settings.slack_app_token),
        ("FRONTLINE_SLACK_SIGNING_SECRET", settings.slack_signing_secret),
    ):
        rows[name] = "set" if secret.get_secret_value() else "not set"
    failed = False
    if slack and not settings.slack_bot_token.get_secret_value():
        rows["Slack"], failed = "not tried: FRONTLINE_SLACK_BOT_TOKEN is not set", True
    elif slack:
        rows["Slack"], failed = _probe(house)
    if house.options.json:
        write_json(rows)
    else:
        for name, value in rows.items():
            say(f"{name}: {value}")
    return 1 if failed else 0


def _probe(house: House) -> tuple[str, bool]:
    """Call auth.test with the bot token; return what came of it and whether it failed."""
    from bot.app import FrontlineBot
    from bot.deps import BotDeps, BotSettings

    settings = BotSettings(bot_token=house.settings.slack_bot_token, base_url=house.settings.slack_api_url)
    deps = BotDeps(
        dispatch=house.doorway.dispatch,
        validate=lambda _request: {},
        inbox=house.inbox,
        clock=house.clock,
        settings=settings,
    )
    try:
        return f"reached, the bot is {FrontlineBot(deps).identify()}", False
    except FrontlineError as error:
        return str(error), True


def upgrade(context: typer.Context) -> int:
    """Run the migrations that are missing."""
    house = House(options=context.obj)
    house.store.close()
    if house.options.json:
        write_json({"ok": True})
    else:
        say("The state database is up to date.")
    return 0
