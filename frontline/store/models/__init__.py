"""SQLAlchemy models of the state database, one file per family of nouns."""

from __future__ import annotations

import importlib

# A new file of models is added here, or neither the schema nor the migrations know its tables.
FAMILIES = (
    "work",
    "people",
    "talk",
    "governance",
    "corpus",
    "live",
    "releases",
    "attention",
    "themes",
    "feeds",
    "definitions",
    "dashboards",
    "pins",
    "debriefs",
    "knowledge",
    "quarantine",
    "practice",
    "erasure",
    "scripts",
    "coding",
)


def load() -> None:
    """Import every family, so that ``Base.metadata`` knows all tables."""
    for family in FAMILIES:
        importlib.import_module(f"{__name__}.{family}")
