"""``frontline demo``: the demo company in a local Slack, with the real bot."""

from __future__ import annotations

import datetime as dt
import threading
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated
from zoneinfo import ZoneInfo

import typer
from pydantic import SecretStr

from frontline.app.commands.serve import wait_for_stop
from frontline.app.demo_home import Wanted, documents_left, load_documents, prepare
from frontline.app.demo_pool import release_examples
from frontline.app.terminal import Globals, say, write_json
from frontline.app.wiring import House, read_instant
from frontline.core.clock import ShiftedClock

if TYPE_CHECKING:
    from frontline.app.running import Assembly
    from frontline.sandbox.slack.cast import Hint
    from frontline.sandbox.slack.server import SandboxSlack


class Effects(StrEnum):
    """What the generator plants."""

    PLANTED = "planted"
    NONE = "none"


def register(app: typer.Typer) -> None:
    """Add ``demo``."""
    app.command("demo", help="Load the demo company and open a local Slack with the real bot.")(demo)


def demo(
    context: typer.Context,
    port: Annotated[int, typer.Option(help="Port of the page.", min=0, max=65535)] = 8765,
    fresh: Annotated[bool, typer.Option("--fresh", help="Throw the old demo away.")] = False,
    prepare_only: Annotated[bool, typer.Option("--prepare", help="Only load the company, then exit.")] = False,
    seed: Annotated[int, typer.Option(help="Another seed is another company.", min=0)] = 1,
    effects: Annotated[Effects, typer.Option(help="planted or none.")] = Effects.PLANTED,
    scale: Annotated[float, typer.Option(help="Multiplies people, cases and contacts.", min=0.01, max=100)] = 1.0,
) -> int:
    """Prepare, start, and say what to try first."""
    options: Globals = context.obj
    house = House(options=options)
    wanted = Wanted(seed=seed, effects=effects is Effects.PLANTED, scale=scale)
    if not prepare_only:
        _refuse_taken(port)
    prepare(house, wanted, fresh=fresh)
    if prepare_only:
        if documents_left(house):
            load_documents(house)
        else:
            release_examples(house)
        if options.json:
            write_json({"home": str(house.settings.home), **wanted.as_json()})
        else:
            say(f"The demo company is in {house.settings.home}; the truth about it in truth.yaml.")
        return 0
    return _run(house, port)


def _run(house: House, port: int) -> int:
    zone = ZoneInfo(house.catalog.calendar.zone)
    clock = ShiftedClock(read_instant((house.home / "clock").read_text().strip(), zone))
    # The running demo's clock ticks; the stores must see the same one.
    live = House(house.settings, house.options, clock=clock)
    sandbox, assembly = start(live, port=port, clock=clock)
    restore_posts(live, assembly)
    say(_welcome(sandbox.url))
    reader = threading.Thread(target=_index_rest, args=(live,), name="texts", daemon=True)
    reader.start()
    wait_for_stop()
    assembly.stop()
    sandbox.stop()
    return 0


def start(house: House, *, port: int, clock: ShiftedClock) -> tuple[SandboxSlack, Assembly]:
    """Start the sandbox and the bot in it; return both, running."""
    from bot.deps import BotSettings
    from bot.manifest import build_manifest
    from frontline.app.running import Assembly
    from frontline.sandbox.page.clockwork import Clockwork
    from frontline.sandbox.page.site import Page
    from frontline.sandbox.slack.server import SandboxSlack

    sandbox = SandboxSlack(port=port, clock=clock, manifest=build_manifest())
    holder: list[Assembly] = []

    def move(instant: dt.datetime) -> None:
        clock.move_to(instant)
        for assembly in holder:
            assembly.tick()

    Page(sandbox, Clockwork(zone=ZoneInfo(house.catalog.calendar.zone), move=move), hints=build_hints()).mount()
    sandbox.start()
    assembly = Assembly(
        house,
        BotSettings(
            bot_token=SecretStr(sandbox.bot_token),
            app_token=SecretStr(sandbox.app_token),
            signing_secret=SecretStr(sandbox.signing_secret),
            base_url=sandbox.base_url,
            workers=house.settings.workers,
        ),
    )
    holder.append(assembly)
    assembly.start_socket()
    return sandbox, assembly


def restore_posts(house: House, assembly: Assembly) -> None:
    """Show again what was posted before: the local Slack forgets its messages when it stops, Frontline does not."""
    from frontline.governance import outbox

    with house.store.read() as session:
        rows = sorted(outbox.list_messages(session, states=("sent",)), key=lambda row: row.id)
    for row in rows:
        if not row.channel.startswith(("U", "D")) and row.thread_of is None:
            assembly.channels.post(channel=row.channel, payload=row.payload, key=row.key)


def build_hints() -> dict[str, list[Hint]]:
    """Return what each persona may try first: the sentences of the help, which tests run."""
    from frontline.sandbox.slack.cast import Hint
    from handlers.ops import SENTENCES

    return {
        role.value: [Hint(line, where="floor" if line.startswith("/") else "dm") for line in lines]
        for role, lines in SENTENCES.items()
    }


def _index_rest(house: House) -> None:
    """Texts may still be on their way into the index while people already ask for numbers."""
    if documents_left(house):
        load_documents(house)
    else:
        # Stopped between the last text and the release of the pool.
        release_examples(house)


def _refuse_taken(port: int) -> None:
    import socket

    from frontline.core.errors import UsageError

    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            raise UsageError(
                f"Port {port} is in use.", next_step=f"Stop what runs there, or say PORT={port + 1} make demo."
            ) from None


def _welcome(url: str) -> str:
    return f"""
Frontline is up: open {url}

  Act as a supervisor and type    how's service level?
                                  fcr by channel last month
  Act as an agent and type        /tag 8123 cannot change the billing email
  Act as a trainer and type       /ops example find "charged twice" -n 5
  As a leader look at #floor for this morning's posts.

Stop with Ctrl-C. The next start is quick; --fresh makes a new company.
"""
