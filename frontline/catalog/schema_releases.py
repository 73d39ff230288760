"""What is looked at before a person's words are released to others: data, so that an organisation can be stricter."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Literal

from pydantic import Field, field_validator

from frontline.catalog.yamlfile import Definition

Detail = Literal["category", "product", "region", "segment", "week", "month", "quarter", "year", "amount"]


class ReleaseRules(Definition):
    """Rules of releases.

    ``details``: which details may stand beside a quote, most telling first; the first row that at least ``min_group``
    customers of the released pool share is shown. ``sensitive``: class -> words that need a steward's explicit yes;
    ``rare``: beginnings of what a writer says of themselves, marked for the reviewer, but for those of ``not_rare``;
    ``least_fidelity``: below it (cosine with the original) the reviewer is told that the meaning may be gone;
    ``tones``: tone -> words by which ``--tone`` chooses among what was found.
    Words match whole, in any case; a trailing ``*`` takes any ending.
    """

    expiry_days: int = Field(default=180, ge=1, le=1_095)
    undo_hours: int = Field(default=24, ge=1, le=720)
    remind_days: int = Field(default=2, ge=1, le=60)
    min_group: int = Field(default=5, ge=2, le=100)
    kinds: tuple[str, ...] = ("complaint", "verbatim")
    legal_basis: str = Field(default="consent", max_length=40)
    details: tuple[tuple[Detail, ...], ...] = ()
    sensitive: Mapping[str, tuple[str, ...]] = {}
    rare: tuple[str, ...] = ()
    not_rare: tuple[str, ...] = ()
    least_fidelity: float = Field(default=0.6, ge=0, le=1)
    tones: Mapping[str, tuple[str, ...]] = {}

    @property
    def undo_window(self) -> dt.timedelta:
        """``undo_hours`` as a duration."""
        return dt.timedelta(hours=self.undo_hours)

    @property
    def remind_after(self) -> dt.timedelta:
        """``remind_days`` as a duration."""
        return dt.timedelta(days=self.remind_days)

    @field_validator("details")
    @classmethod
    def _ends_with_nothing(cls, details: tuple[tuple[Detail, ...], ...]) -> tuple[tuple[Detail, ...], ...]:
        # Whatever few share, something can be shown: the words alone.
        return details if details and not details[-1] else (*details, ())
