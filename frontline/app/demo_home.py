"""The demo company in FRONTLINE_HOME: generated, loaded through the real intake, its texts through the real gate."""

from __future__ import annotations

import datetime as dt
import json
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from frontline.app.demo_debriefs import seed_debriefs
from frontline.app.demo_tags import seed_tags
from frontline.app.knowing import seed_articles
from frontline.app.scripting import seed_scripts
from frontline.app.terminal import show_progress
from frontline.core.actor import ActorKind, Role
from frontline.core.errors import UsageError

if TYPE_CHECKING:
    from frontline.app.wiring import House
    from frontline.store.work import Unit

MARK = "demo.json"
NOW = "2026-06-17T10:40:00"
ZONE = "Europe/Amsterdam"
FUTURE_DAYS = 60  # played along with the company; a clock that goes further has more of it made then
# Loaded in this order, so that a case finds its customer and a contact its case.
TABLES = (
    "teams", "agents", "customers", "cases", "interactions", "surveys", "handoffs", "form_events", "costs", "qa_audits",
    "agent_states", "queue_now", "tags_fact", "incidents",
)  # fmt: skip


@dataclass(frozen=True)
class Wanted:
    """Which company: another seed is another company; without effects nothing is planted."""

    seed: int = 1
    effects: bool = True
    scale: float = 1.0

    def as_json(self) -> dict[str, Any]:
        """Return what the mark file says."""
        return {"seed": self.seed, "effects": self.effects, "scale": self.scale}


def prepare(house: House, wanted: Wanted, *, fresh: bool) -> bool:
    """Load the demo company into the home unless this one is there already; return whether work was done.

    Raises:
        UsageError: the home belongs to a real organisation.
    """
    home = house.home
    mark = home / MARK
    if mark.is_file() and not fresh and json.loads(mark.read_text()) == wanted.as_json():
        return False
    from frontline.app.demo_promises import keep_past_promises

    _clear(home)
    home.mkdir(parents=True, exist_ok=True)
    (home / "clock").write_text(NOW + "\n")
    # Harbor Telecom has an agreement with its works council; without one a supervisor sees no single agent.
    (home / "catalog").mkdir()
    (home / "catalog" / "policies.yaml").write_text("person_level:\n  agreement: WC-2025-07\n  purpose: coaching\n")
    _generate(home, wanted, quiet=house.options.json)
    with house.store.unit() as unit:
        seat_people(unit)
        keep_past_promises(unit)
        unit.commit()
    _load(house)
    mark.write_text(json.dumps(wanted.as_json()))
    return True


def write_incidents(path: Path) -> None:
    """Write the incident log of the company; it is the same whatever the seed."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    from frontline.sandbox.company.texts.debriefs import house_incidents

    pq.write_table(pa.Table.from_pylist(house_incidents()), path)


def write_clock(home: Path, instant: dt.datetime) -> None:
    """Keep where the demo's clock is: the next start and every command go on from there."""
    fresh = home / ".clock.new"
    fresh.write_text(instant.astimezone(ZoneInfo(ZONE)).isoformat(timespec="seconds") + "\n", encoding="ascii")
    fresh.replace(home / "clock")


def documents_left(house: House) -> int:
    """Return how many of the company's first texts are not in the corpus yet; later ones come when those are in."""
    from retrieval.collection import count_documents

    total = sum(1 for _ in _documents(house.home))
    with house.store.read() as session:
        return max(0, total - sum(count_documents(session).values()))


def load_documents(house: House) -> None:
    """Bring what the page does not wait for: tags, scripts, texts, and what rests on texts. Each once.

    A start that was stopped in between goes on where it was.
    """
    from frontline.app.demo_pool import release_examples

    # Here and not in ``prepare``: the gate takes seconds to open.
    company = json.loads((house.home / MARK).read_text())
    seed_tags(house, seed=company["seed"], effects=company["effects"])
    seed_scripts(house)
    if documents_left(house):
        _add_texts(house)
    release_examples(house)
    seed_debriefs(house)
    seed_articles(house)


def _add_texts(house: House) -> None:
    from frontline.app.gating import build_gate, corpus_through
    from frontline.core.actor import SYSTEM

    # Everybody in these texts is invented and on record; with the head five thousand of them would take minutes.
    by_rules = build_gate(house, ner="" if "ner" in house.settings.model_fields_set else "rules")
    corpus = corpus_through(house, lambda: by_rules)
    with show_progress("Anonymizing and indexing texts", quiet=house.options.json) as report:
        for _decision in corpus.add(SYSTEM, list(_documents(house.home)), report=report):
            pass


def seat_people(unit: Unit) -> None:
    """Bind the people of the sandbox to their roles: by (team id, user id), never by what a profile says."""
    from frontline.governance import people
    from frontline.sandbox.slack import cast

    roles = {role.value: role for role in Role}
    for user in cast.PEOPLE:
        if user.persona in roles:
            team = "aurora" if user.persona in ("agent", "supervisor") else None
            # Anna answers as an agent of Aurora, so that she has ratings of her own to look at.
            agent_id = "AG01" if user.persona == "agent" else None
            people.add_person(unit, user.handle, roles=[roles[user.persona]], team=team, agent_id=agent_id)
            people.bind(unit, user.handle, team_id=cast.TEAM_ID, user_id=user.id)
        elif user.persona == "guest":
            people.add_person(unit, user.handle, kind=ActorKind.GUEST)
            people.bind(unit, user.handle, team_id=cast.TEAM_ID, user_id=user.id)


def _clear(home: Path) -> None:
    if not home.exists():
        return
    if not (home / MARK).is_file() and ((home / "facts").exists() or (home / "state.sqlite3").exists()):
        raise UsageError(
            f"{home.name} holds data of a real organisation.",
            next_step="Set FRONTLINE_HOME to another folder for the demo.",
        )
    for path in home.iterdir():
        # The exported text model is the same for every company and takes 10 s to make.
        if path.name == "models":
            continue
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()


def _generate(home: Path, wanted: Wanted, *, quiet: bool) -> None:
    from frontline.sandbox.company.generator import generate

    with show_progress("Making the demo company", quiet=quiet) as report:
        generate(home / "demo", seed=wanted.seed, effects=wanted.effects, scale=wanted.scale, report=report,
                 future_days=FUTURE_DAYS)  # fmt: skip
    shutil.copyfile(home / "demo" / "truth.yaml", home / "truth.yaml")
    write_incidents(home / "demo" / "incidents.parquet")


def _load(house: House) -> None:
    from frontline.store.intake import Options, ingest

    now = dt.datetime.fromisoformat(NOW).astimezone()
    with show_progress("Loading facts", quiet=house.options.json) as report:
        for table in TABLES:
            path = house.home / "demo" / f"{table}.parquet"
            if path.is_file():
                ingest(
                    [path],
                    home=house.home,
                    store=house.store,
                    vault=house.vault,
                    now=house.clock.now() or now,
                    options=Options(table=table, zone=ZONE),
                    report=report,
                    records=house.catalog.records,
                    calendar_zone=ZONE,
                    gap_days=house.catalog.calendar.gap_days,
                )


def _documents(home: Path) -> Iterator[Mapping[str, Any]]:
    path = home / "demo" / "documents.jsonl"
    if path.is_file():
        with path.open(encoding="utf-8") as lines:
            for line in lines:
                yield json.loads(line)
