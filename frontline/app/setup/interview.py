"""The same answers asked one by one: each with what is set already, each checked before the next."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from frontline.app.setup.plan import make_plan
from frontline.app.setup.wanted import Wanted, as_wanted
from frontline.core.errors import CatalogError
from frontline.governance import membership

if TYPE_CHECKING:
    from frontline.app.wiring import House

# Shows a question with what is set, returns what was typed ("" = keep).
Ask = Callable[[str, str], str]
Tell = Callable[[str], None]


@dataclass(frozen=True)
class Question:
    """One question. ``read`` turns words into a part of the answers; ValueError says what is wrong with them."""

    words: str
    current: str
    read: Callable[[str], Mapping[str, Any]]


def interview(house: House, *, ask: Ask, tell: Tell, folder: Path) -> Wanted:
    """Ask everything; what is kept is not part of the answers, so that nothing of it is written again."""
    given: dict[str, Any] = {}
    for question in _questions(house):
        while True:
            words = ask(question.words, question.current).strip()
            if not words or words == question.current:
                break
            try:
                fresh = _joined(given, question.read(words))
                make_plan(house, as_wanted(fresh, folder=folder))
            except (CatalogError, ValueError) as error:
                faults = error.faults if isinstance(error, CatalogError) else ()
                for line in [fault.message for fault in faults] or [str(error)]:
                    tell(f"  {line}")
                continue
            given = fresh
            break
    return as_wanted(given, folder=folder)


def _questions(house: House) -> list[Question]:
    catalog = house.catalog
    calendar, organisation = catalog.calendar, catalog.organisation
    hours = calendar.business_hours
    with house.store.read() as session:
        admins = ", ".join(person.handle for person in membership.list_admins(session))
    return [
        Question("Name of the organisation", organisation.name, _one("organisation")),
        Question("Time zone (IANA)", calendar.zone, _calendar("zone")),
        Question("Country of public holidays (two letters)", calendar.country, _calendar("country", str.upper)),
        Question("Currency (three letters)", calendar.currency, _calendar("currency", str.upper)),
        Question("Business hours", f"{hours.opens:%H:%M}-{hours.closes:%H:%M}", _hours),
        Question("Slack workspace id (T..., empty: later)", organisation.slack_team, _one("slack_team")),
        Question("Roster: path of a CSV or JSONL file (empty: later)", "", _one("roster")),
        Question("Admins (handles)", admins, _one("admins")),
        *(
            Question(f"Your channel for #{name}", target, _channel(name))
            for name, target in catalog.channels.channels.items()
        ),
        Question("First file of numbers (empty: later)", "", lambda words: {"feed": {"path": words}}),
    ]


def _one(name: str) -> Callable[[str], Mapping[str, Any]]:
    return lambda words: {name: words}


def _calendar(name: str, shape: Callable[[str], str] = str) -> Callable[[str], Mapping[str, Any]]:
    return lambda words: {"calendar": {name: shape(words)}}


def _channel(name: str) -> Callable[[str], Mapping[str, Any]]:
    return lambda words: {"channels": {name: words if words[:1] in "#CG" else f"#{words}"}}


def _hours(words: str) -> Mapping[str, Any]:
    opens, dash, closes = words.replace("–", "-").partition("-")
    if not dash:
        raise ValueError("Write it as 09:00-17:30.")
    return {"calendar": {"business_hours": {"opens": opens.strip(), "closes": closes.strip()}}}


def _joined(held: Mapping[str, Any], fresh: Mapping[str, Any]) -> dict[str, Any]:
    both = dict(held)
    for key, value in fresh.items():
        inner = both.get(key)
        both[key] = {**inner, **value} if isinstance(inner, dict) and isinstance(value, Mapping) else value
    return both
