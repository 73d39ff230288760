"""``frontline init``: the organisation's own roster, roles, channels, calendar and first feed."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from frontline.app.terminal import say, show_progress, write_json
from frontline.app.wiring import House
from frontline.core.errors import UsageError

if TYPE_CHECKING:
    from frontline.app.loading import Loaded
    from frontline.app.setup.plan import SetupPlan
    from frontline.app.setup.wanted import Wanted

LADDER = 5


def register(app: typer.Typer) -> None:
    """Add ``init``."""
    app.command("init", help="Set up your organisation: roster, channels, calendar, first feed.")(init)


def init(
    context: typer.Context,
    from_file: Annotated[Path | None, typer.Option("--from", help="A YAML file; see --example.")] = None,
    check: Annotated[bool, typer.Option("--check", help="Say what would change; write nothing.")] = False,
    prune: Annotated[bool, typer.Option("--prune", help="Deactivate people who are not in the roster.")] = False,
    example: Annotated[bool, typer.Option("--example", help="Print an example file.")] = False,
) -> int:
    """Ask or read, judge everything, write it in one go, say what is set and what comes next."""
    from frontline.app.setup.plan import carry_out, make_plan
    from frontline.app.setup.wanted import EXAMPLE, read_wanted

    if example:
        sys.stdout.write(EXAMPLE)
        return 0
    house = House(options=context.obj)
    if from_file is None and not (sys.stdin.isatty() and not house.options.json):
        raise UsageError(
            "Here is no terminal to ask in.",
            next_step="Write a file (frontline init --example prints one) and say: frontline init --from FILE",
        )
    actor = house.permit("people.manage")
    wanted = read_wanted(from_file) if from_file is not None else _ask(house)
    plan = make_plan(house, wanted, prune=prune)
    if not house.options.json:
        for line in plan.lines() or ["Everything is as it was."]:
            say(line)
    if check:
        return _close(house, plan, loaded=None, note="Checked; nothing was written.")
    if from_file is None and not plan.is_empty and not typer.confirm("Write this?", default=True):
        say("Nothing was written.")
        return 4
    carry_out(house, actor, plan)
    return _close(house, plan, loaded=_load(house, wanted))


def _ask(house: House) -> Wanted:
    from frontline.app.setup.interview import interview

    say("Enter keeps what stands in brackets. Nothing is written before the end.")

    def ask(words: str, current: str) -> str:
        return str(typer.prompt(words, default=current, show_default=bool(current)))

    return interview(house, ask=ask, tell=say, folder=Path.cwd())


def _load(house: House, wanted: Wanted) -> Loaded | None:
    from frontline.app import loading
    from frontline.app.setup.plan import feed_path

    feed = wanted.answers.feed
    if feed is None:
        return None
    with show_progress("Loading the first feed", quiet=house.options.json) as report:
        return loading.load(
            house,
            [feed_path(wanted)],
            preset=feed.preset or None,
            table=feed.table or None,
            mapping=feed.map,
            zone=feed.zone or None,
            report=report,
        )


def _close(house: House, plan: SetupPlan, *, loaded: Loaded | None, note: str = "") -> int:
    """Say what is set, what is missing and what to type next; the exit code of it all."""
    from frontline.app.loading import describe_unlock
    from frontline.app.setup.state import collect_checks, what_next

    checks = collect_checks(house)
    locked = [row for row in describe_unlock(house) if not row["is_unlocked"]] if loaded else []
    nothing = plan.is_empty and (loaded is None or loaded.exit_code == 4)
    code = 4 if nothing else 1 if loaded is not None and loaded.exit_code == 1 else 0
    if house.options.json:
        write_json(
            {
                "changed": plan.lines(),
                "written": not note and not plan.is_empty,
                "loaded": loaded.as_json() if loaded else None,
                "checks": [vars(check) for check in checks],
                "next": what_next(checks),
            }
        )
        return code
    for line in loaded.lines() if loaded else []:
        say(line)
    for row in locked[:LADDER]:
        say(f"  add {row['needs']:<32} to get {row['unlocks']}")
    say(note or "")
    for check in checks:
        say(check.line())
    say(f"\nNext: {what_next(checks)}")
    return code
