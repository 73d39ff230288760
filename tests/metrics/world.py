"""A small company in DuckDB, in the shape that intake leaves behind, with the rows kept in Python for the oracle."""

from __future__ import annotations

import contextlib
import datetime as dt
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import duckdb
import pyarrow as pa
from sqlalchemy import Connection, text

from frontline.catalog.records import SQL_TYPES, load_records
from frontline.core.actor import PRIVATE, Actor, ActorKind, Audience, Role
from frontline.core.clock import UTC
from frontline.store.engines import facts_engine

ZONE = ZoneInfo("Europe/Amsterdam")
NOW = dt.datetime(2026, 6, 17, 8, 40, tzinfo=UTC)  # 10:40 in Amsterdam
SPANS = [(dt.date(2026, 1, 5), dt.date(2026, 3, 1)), (dt.date(2026, 3, 11), dt.date(2026, 6, 18))]
TEAMS = {"t1": ("Aurora", "Utrecht"), "t2": ("Breeze", "Porto"), "t3": ("Coral", "Gdansk")}
AGENTS = {f"a{n}": f"t{n % 3 + 1}" for n in range(1, 10)}
TOPICS = ["billing", "refunds", "router", "roaming"]
CHANNELS = ["phone", "chat", "email"]
SEGMENTS = ["consumer", "smb", "enterprise"]

Row = dict[str, Any]
World = dict[str, list[Row]]


class SmallFacts:
    """The facts of one DuckDB file, as the engine wants them."""

    def __init__(self, path: Path, generation: str = "7") -> None:
        self.generation = generation
        self._engine = facts_engine(path)

    @contextlib.contextmanager
    def connect(self) -> Iterator[Connection]:
        with self._engine.connect() as connection:
            yield connection

    def watermark(self, table: str) -> dt.datetime | None:
        with self.connect() as connection:
            query = text("SELECT max_ts FROM watermarks WHERE table_name = :name")
            found = connection.execute(query, {"name": table}).scalar()
        return None if found is None else found.replace(tzinfo=UTC)


class OpenDoor:
    """A permission table that lets everybody of the organisation pass; what the engine refuses, it refuses itself."""

    def authorize(self, actor: Actor, action: str, resource: str = "", audience: Audience = PRIVATE) -> None:
        return None


def person(role: Role, *, handle: str = "sam", team: str | None = None, agent_id: str | None = None) -> Actor:
    """Return one of the cast."""
    return Actor(f"per_{handle}", handle, ActorKind.HUMAN, frozenset({role}), team, agent_id)


def write_facts(path: Path, world: World, *, spans: dict[str, list[tuple[dt.date, dt.date]]] | None = None) -> Path:
    """Write ``world`` with load spans and watermarks; tables without rows exist and are empty."""
    records = load_records()
    connection = duckdb.connect(str(path))
    for name, table in records.tables.items():
        columns = ", ".join(f'"{key}" {SQL_TYPES[column.type]}' for key, column in table.stored.items())
        connection.execute(f'CREATE TABLE "{name}" ({columns})')
        if rows := world.get(name):
            loaded = pa.Table.from_pylist([{key: row.get(key) for key in table.stored} for row in rows])
            connection.register("loaded", loaded)
            connection.execute(f'INSERT INTO "{name}" SELECT * FROM loaded')
            connection.unregister("loaded")
    connection.execute("CREATE TABLE load_spans (table_name VARCHAR, span_start DATE, span_end DATE)")
    connection.execute("CREATE TABLE watermarks (table_name VARCHAR, max_ts TIMESTAMP)")
    connection.execute("CREATE TABLE loads (load_id VARCHAR, table_name VARCHAR, loaded_at TIMESTAMP)")
    for name, table in records.tables.items():
        if not world.get(name):
            continue
        for start, end in (spans or {}).get(name, SPANS if table.time else []):
            connection.execute("INSERT INTO load_spans VALUES (?, ?, ?)", [name, start, end])
        connection.execute("INSERT INTO loads VALUES ('l1', ?, ?)", [name, NOW.replace(tzinfo=None)])
        times = [row[table.time] for row in world[name] if table.time and row.get(table.time)]
        if times:
            newest = max(times)
            newest = newest if isinstance(newest, dt.datetime) else dt.datetime.combine(newest, dt.time())
            connection.execute("INSERT INTO watermarks VALUES (?, ?)", [name, newest])
    connection.close()
    return path


def make_world(seed: int = 7, *, customers: int = 150, contacts: int = 3000) -> World:
    """Return the rows of a small company, naive UTC instants throughout."""
    dice = random.Random(seed)
    people = [_customer(dice, n) for n in range(customers)]
    cases = [_case(dice, n, people) for n in range(contacts // 4)]
    interactions = sorted((_contact(dice, n, people, cases) for n in range(contacts)), key=lambda row: row["ts"])
    return {
        "customers": people,
        "teams": [{"team_id": key, "name": name, "site": site} for key, (name, site) in TEAMS.items()],
        "agents": [{"agent_id": key, "team_id": team, "handle": f"h{key}"} for key, team in AGENTS.items()],
        "cases": cases,
        "interactions": interactions,
        "surveys": [_survey(dice, n, cases) for n in range(contacts // 4)],
        "handoffs": [_handoff(dice, n, cases) for n in range(300)],
        "form_events": [_form_event(dice, n) for n in range(900)],
        "costs": _costs(dice),
        "qa_audits": [_audit(dice, n, interactions) for n in range(200)],
        "agent_states": _states(dice),
        "queue_now": _readings(),
        "tags_fact": [_tag(dice, n) for n in range(120)],
    }


def instant(dice: random.Random) -> dt.datetime:
    """Return a naive UTC instant on a loaded day, not after now."""
    while True:
        found = dt.datetime(2026, 1, 5) + dt.timedelta(seconds=dice.randrange(164 * 86400))
        local = found.replace(tzinfo=UTC).astimezone(ZONE)
        if any(start <= local.date() < end for start, end in SPANS) and found < NOW.replace(tzinfo=None):
            return found


def _customer(dice: random.Random, n: int) -> Row:
    signup = dt.datetime(2025, 1, 1) + dt.timedelta(days=dice.randrange(500))
    lost = signup + dt.timedelta(days=dice.randrange(30, 700)) if dice.random() < 0.5 else None
    return {
        "customer_key": f"c{n}",
        "segment": dice.choices(SEGMENTS, [70, 25, 5])[0],
        "tier": dice.choice(["gold", "silver"]),
        "region": dice.choice(["north", "south"]),
        "signup_at": signup if dice.random() < 0.9 else None,
        "churned_at": lost if lost and lost < NOW.replace(tzinfo=None) else None,
    }


def _case(dice: random.Random, n: int, people: list[Row]) -> Row:
    opened = instant(dice)
    closed = opened + dt.timedelta(hours=dice.expovariate(1 / 60)) if dice.random() < 0.85 else None
    closed = closed if closed and closed < NOW.replace(tzinfo=None) else None
    agent = dice.choice([*AGENTS, None])
    automated = dice.random() < 0.4
    return {
        "case_id": f"k{n}",
        "opened_at": opened,
        "customer_key": dice.choice(people)["customer_key"],
        "topic": dice.choice(TOPICS),
        "channel": dice.choice(CHANNELS),
        "priority": dice.choice(["low", "high"]),
        "closed_at": closed,
        "first_response_at": opened + dt.timedelta(minutes=dice.randrange(400)) if dice.random() < 0.8 else None,
        "reopened_count": dice.choice([0, 0, 0, 1]) if closed else 0,
        "agent_id": None if automated and dice.random() < 0.7 else agent,
        "team_id": AGENTS[agent] if agent else None,
        "queue": dice.choice(["care", "tech"]),
        "automated": automated,
        "escalated_at": opened + dt.timedelta(hours=dice.randrange(400)) if dice.random() < 0.15 else None,
        "sla_met": dice.choice([True, True, False, None]) if closed else None,
    }


def _contact(dice: random.Random, n: int, people: list[Row], cases: list[Row]) -> Row:
    outcome = dice.choices(["answered", "transferred", "abandoned"], [75, 8, 17])[0]
    agent = dice.choice(list(AGENTS)) if outcome != "abandoned" else None
    case = dice.choice(cases) if dice.random() < 0.3 else None
    key = case["customer_key"] if case else dice.choice(people)["customer_key"]
    return {
        "interaction_id": f"i{n:06d}",
        "ts": instant(dice),
        "customer_key": key if dice.random() < 0.8 else None,
        "case_id": case["case_id"] if case else None,
        "channel": dice.choice(CHANNELS),
        "direction": dice.choices(["inbound", "outbound", None], [85, 8, 7])[0],
        "agent_id": agent,
        "team_id": AGENTS[agent] if agent else None,
        "queue": dice.choice(["care", "tech"]),
        "topic": dice.choice(TOPICS),
        "wait_s": float(dice.randrange(0, 90)) if dice.random() < 0.95 else None,
        "handle_s": float(dice.randrange(60, 900)) if agent else None,
        "acw_s": float(dice.randrange(0, 90)) if agent else None,
        "outcome": outcome,
        "resolved": None if outcome == "abandoned" else n % 9 > 0,
        "queued": None if outcome != "abandoned" else dice.random() < 0.8,
    }


def _survey(dice: random.Random, n: int, cases: list[Row]) -> Row:
    kind, case = dice.choice(["csat", "ces", "nps"]), dice.choice(cases)
    top = {"csat": 5, "ces": 7, "nps": 10}[kind]
    sent = instant(dice)
    answered = sent + dt.timedelta(hours=dice.randrange(48)) if dice.random() < 0.7 else None
    answered = answered if answered and answered < NOW.replace(tzinfo=None) else None
    return {
        "survey_id": f"s{n}",
        "sent_at": sent,
        "ts": answered,
        "type": kind,
        "score": float(dice.randint(0 if kind == "nps" else 1, top)) if answered else None,
        "scale_max": float(top) if dice.random() < 0.9 else (10.0 if kind == "csat" else None),
        "case_id": case["case_id"],
        "customer_key": case["customer_key"],
        "agent_id": dice.choice(list(AGENTS)),
        "channel": dice.choice(CHANNELS),
    }


def _handoff(dice: random.Random, n: int, cases: list[Row]) -> Row:
    at = instant(dice)
    return {
        "handoff_id": f"f{n}",
        "ts": at,
        "from_team": "t1",
        "to_team": dice.choice(list(TEAMS)),
        "case_id": dice.choice(cases)["case_id"],
        "accepted_at": at + dt.timedelta(hours=dice.randrange(8)) if dice.random() < 0.9 else None,
        "ola_due_at": at + dt.timedelta(hours=4) if dice.random() < 0.9 else None,
        "repeated": dice.choice([True, False, False, None]),
    }


def _form_event(dice: random.Random, n: int) -> Row:
    event = dice.choice(["view", "change", "submit"])
    return {"session_id": f"x{n // 3}", "ts": instant(dice), "form": "refund", "field": "iban", "event": event}


def _costs(dice: random.Random) -> list[Row]:
    rows = []
    for month in range(1, 6):
        for team, channel in (("t1", None), ("t2", "phone"), (None, "email"), (None, None), ("t9", None)):
            amount = round(dice.uniform(1000, 9000), 2)
            keys = {"team_id": team, "channel": channel}
            rows.append(
                {"period": dt.date(2026, month, 1), "cost_type": "pay", "amount": amount, "currency": "EUR", **keys}
            )
    return rows


def _audit(dice: random.Random, n: int, interactions: list[Row]) -> Row:
    contact = dice.choice([row for row in interactions if row["agent_id"]])
    return {
        "audit_id": f"q{n}",
        "ts": contact["ts"],
        "interaction_id": contact["interaction_id"],
        "agent_id": contact["agent_id"],
        "score": float(dice.randrange(50, 100)),
    }


def _states(dice: random.Random) -> list[Row]:
    rows = []
    for agent, team in AGENTS.items():
        at = dt.datetime(2026, 6, 1)
        while at < NOW.replace(tzinfo=None):
            until = at + dt.timedelta(minutes=dice.randrange(5, 300))
            state = dice.choice(["available", "handling", "acw", "break", "offline"])
            rows.append({"agent_id": agent, "team_id": team, "ts_from": at, "ts_to": until, "state": state})
            at = until
        rows[-1]["ts_to"] = None
    return rows


def _readings() -> list[Row]:
    newest = NOW.replace(tzinfo=None) - dt.timedelta(minutes=2)
    readings = [("care", "phone", 4, 50.0, 3), ("care", "chat", 2, 20.0, 1), ("tech", "phone", 1, 70.0, 2)]
    return [
        {
            "ts": at,
            "queue": queue,
            "channel": channel,
            "waiting": waiting + age,
            "longest_wait_s": wait + age,
            "available": free,
        }
        for age, at in enumerate((newest, newest - dt.timedelta(minutes=5), newest - dt.timedelta(hours=5)))
        for queue, channel, waiting, wait, free in readings
    ]


def _tag(dice: random.Random, n: int) -> Row:
    return {
        "tag_id": f"g{n}",
        "ts": instant(dice),
        "label": "late bill",
        "agent_id": "a1",
        "team_id": "t1",
        "channel": "phone",
    }
