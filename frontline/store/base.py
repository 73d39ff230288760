"""Declarative base and column types of the state database."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import DateTime, Dialect, MetaData, Text
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.types import TypeDecorator

from frontline.core.clock import UTC, as_utc
from frontline.core.text import AnonymizedText, Provenance, seal

# Words of the product itself (a routine's headline, a theme's name) never came from a person.
PRODUCT_WORDS = Provenance("product@1")


class Base(DeclarativeBase):
    """Base of every state table. Constraint names are fixed so that migrations can drop them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


class UtcInstant(TypeDecorator[dt.datetime]):
    """An aware instant. Binding a naive datetime raises; reading gives UTC."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: dt.datetime | None, dialect: Dialect) -> dt.datetime | None:
        if value is None:
            return None
        utc = as_utc(value)
        # SQLite has no zones: the text is UTC by convention, and sorts.
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: dt.datetime | None, dialect: Dialect) -> dt.datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class SealedText(TypeDecorator[AnonymizedText]):
    """Customer or colleague words. Binds ``AnonymizedText`` alone: a plain ``str`` is refused at the door."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: AnonymizedText | None, dialect: Dialect) -> str | None:
        if value is None:
            return None
        if not isinstance(value, AnonymizedText):
            raise TypeError(f"a sealed column takes AnonymizedText, not {type(value).__name__}")
        return json.dumps(sealed_to_json(value), ensure_ascii=False, sort_keys=True, separators=(",", ":"))

    def process_result_value(self, value: str | None, dialect: Dialect) -> AnonymizedText | None:
        return None if value is None else sealed_from_json(json.loads(value))


class Json(TypeDecorator[Any]):
    """JSON as canonical text (sorted keys, no spaces). Sealed and raw texts are not JSON and raise."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        return None if value is None else canonical_json(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:
        return None if value is None else json.loads(value)


def canonical_json(value: Any) -> str:
    """Return the one spelling of ``value`` that hashes are taken over.

    Raises:
        TypeError: something in it is not JSON (dates and sealed texts included).
        ValueError: it holds NaN or an infinity.
    """
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)


def sealed_to_json(text: AnonymizedText) -> dict[str, Any]:
    """Return the stored form of a sealed text: {text, policy, counts}."""
    counts = [[label, count] for label, count in text.provenance.counts]
    return {"text": text.show(), "policy": text.provenance.policy, "counts": counts}


def sealed_from_json(stored: Mapping[str, Any]) -> AnonymizedText:
    """Return the sealed text of its stored form. Only what ``sealed_to_json`` wrote may come here."""
    counts = tuple((str(label), int(count)) for label, count in stored.get("counts", ()))
    return seal(str(stored["text"]), Provenance(str(stored["policy"]), counts))


def product_words(text: str | AnonymizedText) -> AnonymizedText:
    """Return words of the product as sealed text; what is sealed already passes unchanged.

    Never for what a person typed: that is ``RawText`` and has to pass the gate.
    """
    return text if isinstance(text, AnonymizedText) else seal(text, PRODUCT_WORDS)
