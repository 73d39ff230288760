"""A feed is declared once, so that nobody maps columns twice: ``feed.yaml`` in a folder, ``feeds.yaml`` for queries."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import Field, field_validator

from frontline.catalog.records import check_zone
from frontline.catalog.yamlfile import Definition, load_model
from frontline.store.intake.ingest import Options


class FeedRules(Definition):
    """What ``frontline ingest`` takes as options. ``map`` is ``{field: column}``, as after ``--map``."""

    table: str = ""
    preset: str = ""
    zone: str = ""
    map: Mapping[str, str] = {}

    @field_validator("zone")
    @classmethod
    def _known_zone(cls, zone: str) -> str:
        if zone:
            check_zone(zone)
        return zone

    @field_validator("map", mode="before")
    @classmethod
    def _as_words(cls, pairs: Any) -> Any:
        # YAML 1.1 reads a bare yes, no or 5 as something else than a word.
        return {str(key): str(value) for key, value in pairs.items()} if isinstance(pairs, dict) else pairs

    def options(self, *, marks: Mapping[str, str] | None = None) -> Options:
        """Return the options of a load under these rules."""
        return Options(
            preset=self.preset or None,
            table=self.table or None,
            mapping=dict(self.map) or None,
            zone=self.zone or None,
            marks=marks,
        )


class SqlFeed(FeedRules):
    """A query against somebody's database.

    ``url_from`` names the environment variable that holds the SQLAlchemy URL: no password stands in a file. The query
    has ``:since`` in it; ``watermark`` is the column whose highest value the next pull begins at.
    """

    url_from: str
    query: str
    watermark: str
    start: str | int = "1970-01-01T00:00:00"
    overlap_s: int = Field(
        default=300, ge=0
    )  # rows that were committed late are fetched again; keys make that harmless


class FeedsFile(Definition):
    """catalog/feeds.yaml. ``push`` says per table how pushed rows are read (zone, map)."""

    feeds: Mapping[str, SqlFeed] = {}
    push: Mapping[str, FeedRules] = {}


def load_rules(folder: Path) -> FeedRules:
    """Return the rules of a drop folder; without a ``feed.yaml`` the folder's name may be a table or a preset.

    Raises:
        CatalogError: the file has faults, each with its line.
    """
    path = folder / "feed.yaml"
    return load_model(path, FeedRules)[0] if path.is_file() else FeedRules()


def load_feeds(catalog: Path) -> Mapping[str, SqlFeed]:
    """Return the declared queries of an organisation, none without ``feeds.yaml``.

    Raises:
        CatalogError: the file has faults, each with its line.
    """
    path = catalog / "feeds.yaml"
    return load_model(path, FeedsFile)[0].feeds if path.is_file() else {}


def load_pushes(catalog: Path) -> Mapping[str, FeedRules]:
    """Return how pushed rows are read, by table; none without ``feeds.yaml``.

    Raises:
        CatalogError: the file has faults, each with its line.
    """
    path = catalog / "feeds.yaml"
    return load_model(path, FeedsFile)[0].push if path.is_file() else {}
