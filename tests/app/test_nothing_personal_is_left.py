"""Planted people go through a whole home: no network, nothing of them in logs, errors, audit, posts, index or bytes."""

from __future__ import annotations

import json
import logging
import socket
from pathlib import Path
from typing import Any, NoReturn

import pytest

from frontline.app.main import run
from frontline.app.settings import Settings
from frontline.app.wiring import House
from frontline.store.erasure.scanning import scan_bytes

NOW = ["--now", "2026-06-17T10:40"]
# Nobody's names in any list; each with every way by which a person is told.
NAMES = ("Ottilia Brandsmaker", "Corvin Hazelhoffen", "Jacomina Werkendamse", "Evarist Zuidwending")
PEOPLE = [
    {
        "name": name,
        "email": f"{name.replace(' ', '.')}@post.example".lower(),
        "phone": f"+31 6 55{number}04 4{number}17",
        "account_id": f"HT-77{number}0{number}331",
        "customer_id": f"CU-77{number}{number}10",
        "address": f"{name.split()[1]}laan {number}7, 1011 AB Utrecht",
    }
    for number, name in enumerate(NAMES, start=1)
]
WORDS = [value for person in PEOPLE for value in person.values()]
TEXTS = [
    "My name is {name} and the router {what}. Mail {email} or call {phone}.",
    "{name}, account {account_id}, customer {customer_id}: the router {what}.",
    "I live at {address}. The router {what} and nobody calls {phone}.",
]
FAULTS = ["dies every evening", "was charged twice", "came a week late"]


def planted() -> list[dict[str, Any]]:
    rows = [
        {"id": f"complaint-{place}-{number}", "kind": "complaint", "consent": True, "received_at": "2026-05-1{place}",
         "text": text.format(what=FAULTS[number], **person), "known": person}
        for place, person in enumerate(PEOPLE) for number, text in enumerate(TEXTS)
    ]  # fmt: skip
    held = {"id": "held-1", "kind": "complaint", "text": f"Вчера звонила {PEOPLE[0]['name']}, никто не помог"}
    return [*rows, {**held, "known": PEOPLE[0]}]


def test_planted_people_are_found_nowhere_and_the_network_is_not_asked(
    tmp_path: Path,
    quick_homes: None,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    capsys: pytest.CaptureFixture[str],
) -> None:
    home = tmp_path / "home"
    for name in ("FRONTLINE_CATALOG", "FRONTLINE_STATE_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("FRONTLINE_ADMINS", "ada")
    monkeypatch.setenv("FRONTLINE_HOME", str(home))
    called: list[str] = []

    def refuse(*_: object, **__: object) -> NoReturn:
        called.append("network")
        raise OSError("no network")

    for name in ("create_connection", "getaddrinfo"):
        monkeypatch.setattr(socket, name, refuse)
    monkeypatch.setattr(socket.socket, "connect", refuse)
    caplog.set_level(logging.DEBUG)
    source = tmp_path / "documents.jsonl"
    source.write_text("".join(json.dumps(row) + "\n" for row in planted()))
    customers = tmp_path / "customers.csv"
    fields = ("customer_id", "name", "email", "phone", "address", "account_id")
    lines = [",".join(f'"{person[field]}"' for field in fields) for person in PEOPLE]
    header = ",".join(fields).replace("account_id", "account_number")
    customers.write_text("\n".join([header, *lines]) + "\n")
    assert run(["ingest", str(customers), *NOW]) == 0
    assert run(["corpus", "add", str(source), *NOW]) in (0, 1)
    run(["ask", f"did {PEOPLE[1]['name']} call last month", *NOW])
    asked = capsys.readouterr()
    assert PEOPLE[1]["name"].split()[1] not in asked.out + asked.err
    house = House(Settings(home=home, admins=("ada",)))
    reply = house.ask(
        "tag",
        f"{PEOPLE[2]['name']} asks again for a callback on {PEOPLE[2]['phone']} #callback",
        person="role:supervisor",
    )
    house.store.close()
    assert reply.exit_code == 0
    run(["jobs", "run", "pain_point_digest", "--slot", "2026-06", *NOW])
    run(["corpus", "search", "router dies", "--json", *NOW])
    run(["anonymize", "--batch", str(source)])
    said = capsys.readouterr()
    # What the vault holds is encrypted: the home shows nothing of anybody even before.
    assert scan_bytes(home, WORDS).hits == {}
    for person in PEOPLE:
        assert run(["erase", person["email"], "--json", *NOW]) == 0
        assert json.loads(capsys.readouterr().out.splitlines()[-1])["scan"]["hits"] == {}
    assert run(["erase", "nobody.at.all@post.example", "--yes", *NOW]) == 2
    said_later = capsys.readouterr()
    assert run(["audit", "verify"]) == 0
    capsys.readouterr()
    run(["audit", "show", "--json"])
    audited = capsys.readouterr().out
    assert scan_bytes(home, WORDS).hits == {}
    assert called == []
    logged = "\n".join([*(record.getMessage() for record in caplog.records), caplog.text])
    for word in WORDS:
        for place, text in {
            "logs": logged, "output": said.out, "errors": said.err + said_later.err, "audit": audited,
        }.items():  # fmt: skip
            assert word.lower() not in text.lower(), place
