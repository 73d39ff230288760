"""``frontline demo``: the demo company in a local Slack, with the real bot."""

from __future__ import annotations

import datetime as dt
import threading
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated
from zoneinfo import ZoneInfo

import typer
from pydantic import SecretStr

from frontline.app.commands.serve import wait_for_stop
from frontline.app.demo_home import Wanted, load_documents, prepare
from frontline.app.playing import MovableClock, Player, played_to
from frontline.app.terminal import Globals, say, write_json
from frontline.app.wiring import House, read_instant
from frontline.core.clock import ShiftedClock
from frontline.core.errors import Conflict
from frontline.store.text_intakes import TextIntake

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from frontline.app.running import Assembly
    from frontline.sandbox.slack.cast import Hint
    from frontline.sandbox.slack.server import SandboxSlack


READS_TEXTS = ("pain_point_digest",)  # routines that wait for the texts of the first start


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
        load_documents(house)
        if options.json:
            write_json({"home": str(house.settings.home), **wanted.as_json()})
        else:
            say(f"The demo company is in {house.settings.home}; the truth about it in truth.yaml.")
        return 0
    return _run(house, port)


def _run(house: House, port: int) -> int:
    zone = ZoneInfo(house.catalog.calendar.zone)
    stored = read_instant((house.home / "clock").read_text().strip(), zone)
    # Facts that reach further than the clock are those of a jump that was cut off: the clock goes on from there.
    clock = ShiftedClock(max(stored, played_to(house)))
    # The running demo's clock ticks; the stores must see the same one.
    live = House(house.settings, house.options, clock=clock)
    # From the first moment of the page on, who finds no text hears why.
    coming = TextIntake(live.store)
    running = start(live, port=port, clock=clock)
    restore_posts(live, running.assembly)
    say(_welcome(running.sandbox.url))
    reader = threading.Thread(target=_index_rest, args=(live, running.player, coming), name="texts", daemon=True)
    reader.start()
    running.player.start()
    wait_for_stop()
    running.stop()
    return 0


@dataclass(frozen=True)
class Running:
    """The demo while it runs: the local Slack with its page, the bot, and what plays the company on."""

    sandbox: SandboxSlack
    assembly: Assembly
    player: Player

    def stop(self) -> None:
        """Stop in the order in which nothing is lost."""
        self.player.stop()
        self.assembly.stop()
        self.sandbox.stop()


def start(house: House, *, port: int, clock: MovableClock, ticking: bool = True) -> Running:
    """Start the sandbox and the bot in it; ``ticking=False`` leaves the routines to whoever moves the clock."""
    from bot.deps import BotSettings
    from bot.manifest import build_manifest
    from frontline.app.running import Assembly
    from frontline.sandbox.page.clockwork import Clockwork
    from frontline.sandbox.page.site import Page
    from frontline.sandbox.slack.server import SandboxSlack

    sandbox = SandboxSlack(port=port, clock=clock, manifest=build_manifest())
    holder: list[Player] = []
    playing = [""]

    def tell(words: str) -> None:
        if words != playing[0]:
            playing[0] = words
            sandbox.workspace.note("clock")

    def move(instant: dt.datetime) -> None:
        if not holder:
            raise Conflict("The demo is still starting.", next_step="Try again in a moment.")
        try:
            holder[0].jump(instant, lambda progress: tell(progress.note))
        finally:
            tell("")

    clockwork = Clockwork(zone=ZoneInfo(house.catalog.calendar.zone), move=move, playing=lambda: playing[0])
    Page(sandbox, clockwork, hints=build_hints()).mount()
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
        own_process=True,
    )
    player = build_player(house, clock, assembly)
    holder.append(player)
    assembly.start_socket(ticking=ticking)
    return Running(sandbox, assembly, player)


def build_player(house: House, clock: MovableClock, assembly: Assembly) -> Player:
    """Return what plays the company on, with the routines of this bot."""
    runner = assembly.runner

    def slots(after: dt.datetime, until: dt.datetime) -> list[dt.datetime]:
        return list(dict.fromkeys(moment for moment, _name in runner.due_between(after, until)))

    def needs_texts(after: dt.datetime, until: dt.datetime) -> bool:
        return any(name in READS_TEXTS for _moment, name in runner.due_between(after, until))

    return Player(house, clock, tick=assembly.tick_and_settle, slots=slots, needs_texts=needs_texts)


def restore_posts(house: House, assembly: Assembly) -> None:
    """Show again what was posted before: the local Slack forgets its messages when it stops, Frontline does not."""
    from frontline.governance import outbox

    with house.store.read() as session:
        rows = sorted(outbox.list_messages(session, states=("sent",)), key=lambda row: row.id)
        rows = [row for row in rows if _may_show(session, row.key, at=house.clock.now())]
    for row in rows:
        if not row.channel.startswith(("U", "D")) and row.thread_of is None:
            assembly.channels.post(channel=row.channel, payload=row.payload, key=row.key)


def _may_show(session: Session, key: str, *, at: dt.datetime) -> bool:
    """Whether a post of before may be shown again: not with a quote that was withdrawn since."""
    from frontline.core.errors import NotPermitted
    from frontline.governance.quoting import check_quotes

    try:
        check_quotes(session, key, at=at)
    except NotPermitted:
        return False
    return True


def build_hints() -> dict[str, list[Hint]]:
    """Return what each persona may try first: the sentences of the help, which tests run."""
    from frontline.sandbox.slack.cast import Hint
    from handlers.ops import SENTENCES

    return {
        role.value: [Hint(line, where="floor" if line.startswith("/") else "dm") for line in lines]
        for role, lines in SENTENCES.items()
    }


def _index_rest(house: House, player: Player, coming: TextIntake) -> None:
    """Texts may still be on their way into the index while people already ask for numbers."""
    with coming:
        load_documents(house)
    player.texts_ready.set()


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
