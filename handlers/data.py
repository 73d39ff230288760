"""``/ops data``: what was refused and why, what a further column would pay, and the way back to an earlier load."""

from __future__ import annotations

from pydantic import Field

from frontline.core.errors import Conflict
from frontline.core.reply import Button, Item, Outcome, Paragraph, Reply, Tone
from frontline.store.intake.history import PastLoad, list_loads
from frontline.store.intake.ladder import present_columns, unlock
from handlers.desk import Work
from handlers.registry import Arguments

SHOWN = 10
_GENERATION = r"^\d{1,9}$"


class GenerationArguments(Arguments):
    """A generation of the facts: the one that is live, or the one to return to."""

    value: str = Field(pattern=_GENERATION)


def show_errors(work: Work, arguments: Arguments) -> Reply:
    """Say per load how many rows are in quarantine, by code, with the first rows; never a value of a row."""
    loads = list_loads(work.desk.facts(), limit=SHOWN, only_quarantined=True)
    if not loads:
        return Reply(
            "No rows are in quarantine.",
            context="Every row of the loads that are live was kept. Rows stay in quarantine for 90 days.",
            outcome=Outcome.ANSWERED,
            exit_code=4,
        )
    total = sum(load.quarantined for load in loads)
    return Reply(
        f"{total:,} rows are in quarantine.",
        context="`frontline data errors --export FILE` writes them with reasons, to correct and load again.",
        parts=[Item(f"{load.file} ({load.table})", detail=_said(work, load)) for load in loads],
        outcome=Outcome.ANSWERED,
    )


def show_unlock(work: Work, arguments: Arguments) -> Reply:
    """Say which further column or table would pay."""
    records = work.desk.catalog.records
    rungs = unlock(present_columns(work.desk.facts(), records), records)
    missing = [rung for rung in rungs if not rung.is_unlocked]
    have = len(rungs) - len(missing)
    if not missing:
        return Reply("All columns are there: nothing is left to unlock.", outcome=Outcome.ANSWERED)
    lines = [f"• add `{rung.needs}` to unlock {rung.unlocks}" for rung in missing[: 2 * SHOWN]]
    more = f"\n… and {len(missing) - 2 * SHOWN} more: `frontline data unlock`" if len(missing) > 2 * SHOWN else ""
    return Reply(
        f"{len(missing)} more columns or tables would unlock something; {have} are there.",
        parts=[Paragraph("\n".join(lines) + more)],
        outcome=Outcome.ANSWERED,
    )


def show_generations(work: Work, arguments: Arguments) -> Reply:
    """List the kept generations with the loads of the live one, and the way back."""
    generations = work.desk.generations()
    live, kept = generations.current(), generations.list()
    if live is None:
        return Reply(
            "Nothing has been loaded yet.", context="`frontline ingest FILE` loads the first file.", exit_code=4
        )
    earlier = [row for row in kept if row.number < live.number]
    lines = [
        f"• {row.id}{' (live)' if row.id == live.id else ''}: {row.path.stat().st_size / 1e6:,.1f} MB" for row in kept
    ]
    loads = [f"• {_named(work, load)}: {load.read:,} rows" for load in list_loads(work.desk.facts(), limit=5)]
    may = "data.rollback" in work.desk.policy.allowed_actions(work.actor, work.audience)
    return Reply(
        f"Generation {live.id} of the facts is live.",
        parts=[Paragraph("\n".join(lines)), Paragraph("*Last loads*\n" + "\n".join(loads))],
        buttons=[_back_button(live.id, earlier[0].id)] if earlier and may else [],
        outcome=Outcome.ANSWERED,
    )


def ask_rollback(work: Work, arguments: Arguments) -> Reply:
    """Say what going back would do, with the button that does it."""
    generations = work.desk.generations()
    live = generations.current()
    earlier = [row for row in generations.list() if live is not None and row.number < live.number]
    if live is None or not earlier:
        return Reply("There is no earlier generation to go back to.", outcome=Outcome.ANSWERED, exit_code=4)
    loads = list_loads(work.desk.facts(), limit=1)
    last = f" The last load was {_named(work, loads[0])}." if loads else ""
    return Reply(
        f"Go back from generation {live.id} to {earlier[0].id}?",
        context=f"Every answer is then computed without the last load.{last}",
        buttons=[_back_button(live.id, earlier[0].id)],
        outcome=Outcome.CLARIFY,
    )


def rollback(work: Work, arguments: GenerationArguments) -> Reply:
    """Go back one generation, if the live one is still the one that the button was made for."""
    generations = work.desk.generations()
    live = generations.current()
    if live is None or live.id != arguments.value:
        raise Conflict(
            "Another generation is live by now; nothing was changed.", next_step="See `/ops data generations`."
        )
    back = generations.rollback()
    work.audit["from"], work.audit["to"] = live.id, back.id
    return Reply(
        f"Back on generation {back.id}.",
        context="Answers are computed from it from now on. The next load goes on from here.",
        buttons=[Button("Undo", "data.return", live.id)],
        replaces=True,
    )


def go_forward(work: Work, arguments: GenerationArguments) -> Reply:
    """Take a rollback back, while the later generation is still kept."""
    back = work.desk.generations().return_to(arguments.value)
    work.audit["to"] = back.id
    return Reply(f"Generation {back.id} is live again.", replaces=True)


def _back_button(live: str, earlier: str) -> Button:
    confirm = f"Every answer will be computed without the last load (generation {earlier} instead of {live})."
    return Button(f"Back to {earlier}", "data.rollback", live, tone=Tone.DANGER, confirm=confirm)


def _said(work: Work, load: PastLoad) -> str:
    reasons = "; ".join(found.sentence() for found in load.rejects)
    return f"{load.quarantined:,} of {load.read:,} on {_day(work, load)}: {reasons}"


def _named(work: Work, load: PastLoad) -> str:
    return f"{load.file} ({load.table}), {_day(work, load)}"


def _day(work: Work, load: PastLoad) -> str:
    return f"{load.loaded_at.astimezone(work.desk.zone):%d %b %Y %H:%M}"
