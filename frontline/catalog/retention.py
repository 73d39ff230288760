"""How long texts are kept: a number of days per class, by the organisation."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from pathlib import Path

from pydantic import Field

from frontline.catalog.yamlfile import Definition, load_model

DEFAULT_FILE = Path(__file__).parent / "defaults" / "retention.yaml"
Days = int | None
_DAYS = Field(default=None, ge=1, le=36_500)


class RetentionRules(Definition):
    """Days per class; None = until somebody deletes them. Documents count from the day they came in."""

    documents: Mapping[str, Days] = {}
    held_texts: Days = _DAYS
    identities: Days = _DAYS
    case_books: Days = _DAYS
    messages: Days = _DAYS
    inbox: Days = _DAYS
    backups: Days = _DAYS

    def of_kind(self, kind: str) -> dt.timedelta | None:
        """Return how long documents of a kind are kept."""
        return kept_for(self.documents.get(kind))


def kept_for(days: Days) -> dt.timedelta | None:
    """Return days as a duration."""
    return None if days is None else dt.timedelta(days=days)


def load_retention(overlay: Path | None = None) -> RetentionRules:
    """Return the shipped rules, with the lines of ``overlay/retention.yaml`` over them.

    Raises:
        CatalogError: every fault, with file and line.
    """
    rules, _ = load_model(DEFAULT_FILE, RetentionRules)
    path = overlay / "retention.yaml" if overlay is not None else None
    if path is None or not path.exists():
        return rules
    own, _ = load_model(path, RetentionRules)
    given = {name: getattr(own, name) for name in own.model_fields_set}
    return rules.model_copy(update={**given, "documents": {**rules.documents, **own.documents}})
