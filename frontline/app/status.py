"""How the machine is: facts, index, jobs, outbox, inbox. For ``/ops status`` and ``frontline doctor``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from frontline.app.wiring import House


def collect(house: House) -> dict[str, Any]:
    """Return name -> sentence, in the order of interest. Opens no heavy engine."""
    from frontline.app.clockwork import describe_routines
    from frontline.app.modelling import describe
    from frontline.governance import outbox, quiet
    from frontline.store import text_intakes
    from retrieval.collection import count_documents

    zone = ZoneInfo(house.catalog.calendar.zone)
    now = house.clock.now().astimezone(zone)
    generation = house.generations.current()
    rows: dict[str, Any] = {"clock": f"{now:%Y-%m-%d %H:%M} {zone.key}", "home": house.home.name}
    if generation is None:
        rows["facts"] = "nothing is loaded yet: frontline ingest FILES, or make demo"
    else:
        tables = house.facts.tables()
        filled = ", ".join(f"{name} {count:,}" for name, count in tables.items() if count)
        rows["facts"] = f"generation {generation.id}: {filled}"
    with house.store.read() as session:
        documents = count_documents(session)
        rows["documents"] = ", ".join(f"{state} {count:,}" for state, count in sorted(documents.items())) or "none"
        if (coming := text_intakes.under_way(session, now)) is not None:
            rows["documents"] += f". {coming.in_words()}"
        rows["outbox"] = _in_words(outbox.stats(session))
        if waiting := quiet.held_back(session, now):
            said = {"muted": "muted", "quiet": "quiet hours", "cap": "weekly limit, go next morning"}
            rows["direct messages that wait"] = ", ".join(f"{said[why]} {n}" for why, n in sorted(waiting.items()))
    rows["inbox"] = _in_words(house.inbox.stats())
    if house.model is not None:
        rows["model"] = describe(house.model)
    for routine in describe_routines(house):
        if routine["state"] != "planned":
            shadow = f", shadow until {routine['shadow_until']}" if routine["shadow_until"] else ""
            rows[f"routine {routine['routine']}"] = f"{routine['state']}{shadow}, next {routine['next']}"
    return rows


def _in_words(stats: Any) -> str:
    counts = {name: value for name, value in vars(stats).items() if isinstance(value, int) and value}
    return ", ".join(f"{name} {value:,}" for name, value in counts.items()) or "empty"
