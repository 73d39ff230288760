"""``frontline serve``: the bot against the real Slack."""

from __future__ import annotations

import json
import signal
import sys
import threading
from typing import Annotated

import typer

from frontline.app.terminal import say
from frontline.app.wiring import House
from frontline.core.errors import UsageError


def register(app: typer.Typer) -> None:
    """Add ``serve``."""
    app.command("serve", help="Run the bot: Socket Mode, or --http for signed requests.")(serve)


def serve(
    context: typer.Context,
    http: Annotated[bool, typer.Option("--http", help="Listen for signed requests instead of Socket Mode.")] = False,
    port: Annotated[int | None, typer.Option(help="Port of --http.", min=1, max=65535)] = None,
    manifest: Annotated[bool, typer.Option("--manifest", help="Print the Slack app's manifest and exit.")] = False,
    public_url: Annotated[str | None, typer.Option(help="With --manifest: where Slack reaches --http.")] = None,
) -> int:
    """Run until stopped."""
    if manifest:
        from bot.manifest import build_manifest

        sys.stdout.write(json.dumps(build_manifest(public_url=public_url), indent=2) + "\n")
        return 0
    from bot.deps import BotSettings
    from frontline.app.running import Assembly
    from frontline.governance.routine_settings import note_first_use

    house = House(options=context.obj)
    settings = house.settings
    if not settings.slack_bot_token.get_secret_value():
        raise UsageError(
            "FRONTLINE_SLACK_BOT_TOKEN is not set.",
            next_step="Put the xoxb- token of your app there, or try make demo.",
        )
    if http and not settings.slack_signing_secret.get_secret_value():
        raise UsageError("FRONTLINE_SLACK_SIGNING_SECRET is not set.", next_step="Copy it from your app's settings.")
    with house.store.unit() as unit:
        note_first_use(unit)
        unit.commit()
    assembly = Assembly(
        house,
        BotSettings(
            bot_token=settings.slack_bot_token,
            app_token=settings.slack_app_token,
            signing_secret=settings.slack_signing_secret,
            base_url=settings.slack_api_url,
            workers=settings.workers,
        ),
        own_process=True,
    )
    if http:
        assembly.start_http(settings.http_host, port or settings.http_port)
        say(f"Listening on http://{settings.http_host}:{port or settings.http_port}/slack/events. Stop with Ctrl-C.")
    else:
        assembly.start_socket()
        say("Connected to Slack. Stop with Ctrl-C.")
    wait_for_stop()
    assembly.stop()
    return 0


def wait_for_stop() -> None:
    """Block until SIGINT or SIGTERM."""
    stopped = threading.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, lambda *_: stopped.set())
    while not stopped.wait(1):
        pass
