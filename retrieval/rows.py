"""What a row of the corpus must look like: {id, kind, text} with what is known of it and of its people."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Mapping
from typing import Any

from frontline.core.ports import Known

KINDS = ("complaint", "debrief", "tag", "pain_point", "verbatim", "article")
DETAILS = ("category", "product", "region", "segment", "language", "received_at", "agent_id")
LONGEST_ID = 120


def fault_of(row: Mapping[str, Any]) -> str:
    """Return why a row cannot be taken, "" where it can."""
    identity, kind, text = row.get("id"), row.get("kind"), row.get("text")
    if not isinstance(identity, str | int) or not str(identity).strip() or len(str(identity)) > LONGEST_ID:
        return f"the id is missing or longer than {LONGEST_ID} characters"
    if kind not in KINDS:
        return f"the kind is none of {', '.join(KINDS)}"
    if not isinstance(text, str) or not any(map(_is_seen, text)):
        return "the text is empty"
    for name in DETAILS:
        if isinstance(row.get(name), list | tuple | Mapping):
            return f"its {name} is {'an object' if isinstance(row[name], Mapping) else 'a list'}, and must be one value"
    if any("\ud800" <= letter <= "\udfff" for letter in json.dumps(dict(row), ensure_ascii=False, default=str)):
        return "it holds half of a character (a lone surrogate)"
    return ""


def read_known(given: Any) -> Known | None:
    """Return the known identities of a row: {name, email, phone, address, account_id, customer_id, agents}."""
    if not isinstance(given, Mapping):
        return None

    def listed(name: str) -> tuple[str, ...]:
        value = given.get(name)
        values = value if isinstance(value, list | tuple) else [value]
        return tuple(str(item) for item in values if item not in (None, ""))

    return Known(
        names=listed("name"),
        emails=listed("email"),
        phones=listed("phone"),
        addresses=listed("address"),
        ids=listed("account_id") + listed("customer_id"),
        agents=listed("agents"),
    )


def _is_seen(letter: str) -> bool:
    """Whether a character leaves a mark: blanks, controls and marks of no width do not."""
    category = unicodedata.category(letter)
    return category[0] not in "ZC" or category == "Co"
