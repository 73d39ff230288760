"""The course of one incident or case as the facts have it: instants and words of the catalog, nobody's name."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from frontline.core.actor import PRIVATE, Actor, Audience
from frontline.core.clock import UTC
from frontline.core.text import RawText
from frontline.governance.policy import Policy
from frontline.store.facts import Facts

_ID = re.compile(r"([a-z]*)[-_ #]?0*(\d{1,12})", re.IGNORECASE)
# How many digits the numbers of cases and incidents have, filled up with zeros.
_WIDTHS = range(1, 10)
_INCIDENT = (
    ("started_at", "It began"),
    ("opened_at", "The incident was opened"),
    ("resolved_at", "The incident was resolved"),
)
_CASE = (
    ("opened_at", "The case was opened"),
    ("first_response_at", "First response"),
    ("escalated_at", "Escalated"),
    ("closed_at", "Closed"),
    ("reopened_at", "Reopened"),
)


@dataclass(frozen=True)
class Course:
    """``steps``: (aware instant, words of the product), oldest first. ``title``: as an incident log has it, raw."""

    key: str
    kind: str
    title: RawText
    steps: Sequence[tuple[dt.datetime, str]]
    category: str | None = None
    region: str | None = None
    product: str | None = None
    segment: str | None = None

    @property
    def started_at(self) -> dt.datetime | None:
        """When it began."""
        return self.steps[0][0] if self.steps else None


def access_course(
    facts: Facts, actor: Actor, key: str, *, policy: Policy, action: str, audience: Audience = PRIVATE
) -> Course | None:
    """Return the course of an incident or a case; None when the facts know neither (or nothing is loaded).

    Raises:
        NotPermitted: the actor may not do ``action``, for which the course is wanted.
    """
    policy.authorize(actor, action, audience=audience)
    if not facts.generation:
        return None
    spelled = _spellings(key)
    for table, column, read in (("incidents", "incident_id", _incident), ("cases", "case_id", _case)):
        query = sa.select(sa.text("*")).select_from(sa.table(table)).where(sa.column(column).in_(spelled)).limit(1)
        with facts.connect() as connection:
            row = connection.execute(query).mappings().first()
        if row is not None:
            return read(dict(row))
    return None


def _incident(row: Mapping[str, Any]) -> Course:
    steps = _steps(row, _INCIDENT)
    if row["customers_affected"] and steps:
        steps[0] = (steps[0][0], f"{steps[0][1]}; {int(row['customers_affected']):,} customers affected")
    return Course(
        str(row["incident_id"]),
        "incident",
        RawText(str(row["title"])),
        steps,
        category=row["category"],
        region=row["region"],
        product=row["service"],
    )


def _case(row: Mapping[str, Any]) -> Course:
    parts = (row["topic"], row["product"], row["region"])
    about = ", ".join(str(part) for part in parts if part)
    return Course(
        str(row["case_id"]),
        "case",
        RawText(f"Case {row['case_id']}: {about}" if about else f"Case {row['case_id']}"),
        _steps(row, _CASE),
        category=row["topic"],
        region=row["region"],
        product=row["product"],
        segment=row["segment"],
    )


def _steps(row: Mapping[str, Any], known: Sequence[tuple[str, str]]) -> list[tuple[dt.datetime, str]]:
    found = [(row[column].replace(tzinfo=UTC), words) for column, words in known if row[column] is not None]
    # Two at the same instant stay in the order in which such things happen.
    return sorted(found, key=lambda step: step[0])


def _spellings(key: str) -> list[str]:
    """Return the ways in which a number is written: "inc-42" is INC-42, INC42 and INC0000042."""
    said = key.strip().upper()
    found = _ID.fullmatch(said)
    if found is None:
        return [said, key.strip()]
    letters, digits = found[1], found[2]
    prefixes = (letters,) if letters else ("", "C", "INC", "CASE")
    numbers = {digits.zfill(width) for width in _WIDTHS}
    return sorted({said, key.strip(), *(f"{p}{dash}{n}" for p in prefixes for dash in ("", "-") for n in numbers)})
