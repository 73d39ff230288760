"""``Reply`` <-> JSON for the outbox. Sealed text stays typed: it is sealed again when it is read back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass
from enum import StrEnum
from typing import Any

from frontline.core.forms import Field, Form
from frontline.core.reply import (
    Button,
    Chart,
    Column,
    Item,
    Outcome,
    Paragraph,
    Quote,
    Reply,
    Table,
    Tone,
)
from frontline.core.text import AnonymizedText
from frontline.store.base import sealed_from_json, sealed_to_json

_TYPE = "$type"
_SEALED = "$sealed"
_TYPES: dict[str, type[Any]] = {
    kind.__name__: kind for kind in (Reply, Paragraph, Quote, Item, Table, Column, Chart, Button, Form, Field)
}
_ENUMS: dict[str, type[StrEnum]] = {"outcome": Outcome, "tone": Tone}
_PLAIN = "answer"  # JSON already: kept as it is


def reply_to_json(reply: Reply) -> dict[str, Any]:
    """Return the JSON form of a reply.

    Raises:
        TypeError: something in it has no JSON form (raw text, a date).
    """
    encoded = _encode(reply)
    assert isinstance(encoded, dict)
    return encoded


def reply_from_json(stored: Mapping[str, Any]) -> Reply:
    """Return the reply of its JSON form. Only what ``reply_to_json`` wrote may come here.

    Raises:
        ValueError: it is no reply.
    """
    decoded = _decode(stored)
    if not isinstance(decoded, Reply):
        raise ValueError("the stored payload is no reply")
    return decoded


def _encode(value: Any) -> Any:
    if isinstance(value, AnonymizedText):
        return {_SEALED: sealed_to_json(value)}
    if isinstance(value, StrEnum):
        return value.value
    if value is None or isinstance(value, str | int | float | bool):
        return value
    if is_dataclass(value) and type(value).__name__ in _TYPES:
        body = {field.name: _encode(getattr(value, field.name)) for field in fields(value)}
        return {_TYPE: type(value).__name__, **body}
    if isinstance(value, Mapping):
        return {str(key): _encode(item) for key, item in value.items()}
    if isinstance(value, Sequence):
        return [_encode(item) for item in value]
    raise TypeError(f"a {type(value).__name__} has no place in a reply")


def _decode(value: Any) -> Any:
    if isinstance(value, list):
        return tuple(_decode(item) for item in value)
    if not isinstance(value, Mapping):
        return value
    if _SEALED in value:
        return sealed_from_json(value[_SEALED])
    if _TYPE not in value:
        return {key: _decode(item) for key, item in value.items()}
    kind = _TYPES.get(str(value[_TYPE]))
    if kind is None:
        raise ValueError(f"unknown part {value[_TYPE]!r}")
    # A newer version may have stored a field that this one does not know: it is passed over, not fatal.
    known = {field.name for field in fields(kind)}
    return kind(**{name: _decode_field(name, item) for name, item in value.items() if name in known})


def _decode_field(name: str, value: Any) -> Any:
    if name == _PLAIN:
        return value
    if name in _ENUMS:
        return _ENUMS[name](value)
    return _decode(value)
