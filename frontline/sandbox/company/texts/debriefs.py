"""Incident debriefs and help articles of the demo company, from ``debriefs.yaml``."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from frontline.sandbox.company.model import NOW

FILE = Path(__file__).with_name("debriefs.yaml")
ARTICLE_AGE_DAYS = 400
LAST_INCIDENT = 42


def house_documents() -> Iterator[dict[str, Any]]:
    """Yield the debriefs and articles in the form of ``corpus add``; nobody personal is in them."""
    import yaml

    content = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    for number, row in enumerate(content["debriefs"], start=1):
        text = (
            f"# {row['title']}\n\n## Conditions\n{row['conditions']}\n\n"
            f"## What was done\n{row['done']}\n\n## Lessons\n{row['lessons']}"
        )
        yield _document(f"debrief-{number:02d}", "debrief", text, row, row["days_before"])
    for number, row in enumerate(content["articles"], start=1):
        text = f"# {row['title']}\n\n{row['body']}"
        yield _document(f"article-{number:02d}", "article", text, row, ARTICLE_AGE_DAYS)


def house_articles() -> list[dict[str, Any]]:
    """Return what each article is for: {id, version, products, audience, segments, valid_until}."""
    import yaml

    content = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    rows = []
    for number, row in enumerate(content["articles"], start=1):
        days = row.get("valid_until_days")
        until = None if days is None else (NOW.date() + dt.timedelta(days=days)).isoformat()
        facts = {name: row.get(name, []) for name in ("products", "audience", "segments")}
        version = row.get("version", "1")
        rows.append({"id": f"article-{number:02d}", "version": version, "valid_until": until, **facts})
    return rows


def house_incidents() -> list[dict[str, Any]]:
    """Return the incident log: one row for each debrief, and the latest, which nobody has debriefed yet."""
    import yaml

    content = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    told = sorted(enumerate(content["debriefs"], start=1), key=lambda pair: -pair[1]["days_before"])
    rows = [_incident(row, f"debrief-{number:02d}") for number, row in told]
    rows += [_incident(row, None) for row in content["incidents"]]
    for number, row in enumerate(rows, start=LAST_INCIDENT - len(rows) + 1):
        row["incident_id"] = f"INC-{number}"
    return rows


def _incident(row: dict[str, Any], debrief: str | None) -> dict[str, Any]:
    began = (NOW - dt.timedelta(days=row["days_before"])).astimezone(dt.UTC).replace(hour=4, minute=40)
    return {
        "incident_id": "",
        "opened_at": began + dt.timedelta(minutes=25),
        "title": row["title"],
        "severity": row.get("severity", "high"),
        "category": row["category"],
        "service": row.get("service"),
        "started_at": began,
        "resolved_at": began + dt.timedelta(hours=row.get("hours", 6)),
        "customers_affected": row.get("customers"),
        "region": row.get("region"),
        "debrief_id": debrief,
    }


def _document(key: str, kind: str, text: str, row: dict[str, Any], days_before: int) -> dict[str, Any]:
    received = (NOW - dt.timedelta(days=days_before)).astimezone(dt.UTC)
    return {
        "id": key,
        "kind": kind,
        "text": text,
        "category": row["category"],
        "region": row.get("region"),
        "segment": None,
        "received_at": received.isoformat(timespec="seconds"),
        "consent": True,
        "language": "english",
        "known": {},
    }
