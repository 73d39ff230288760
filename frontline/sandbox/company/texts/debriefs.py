"""Incident debriefs and help articles of the demo company, from ``debriefs.yaml``."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from frontline.sandbox.company.model import NOW

FILE = Path(__file__).with_name("debriefs.yaml")
ARTICLE_AGE_DAYS = 400


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
