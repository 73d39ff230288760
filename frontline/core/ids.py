"""Identifiers: random ones for new things, keyed hashes for customers, stable ones for messages."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import uuid
import zlib
from pathlib import Path

# Namespace of Slack client_msg_id: the same outbox key always gives the same id, so a server that
# honours it drops the second copy of a message.
MESSAGE_NAMESPACE = uuid.UUID("6b8f2a0e-6d0d-4f0c-9d55-3f1f5b1f7c11")

# Crockford's base32 without I, L, O and U: ids are read aloud and typed from a screen.
_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"


def new_id(prefix: str) -> str:
    """Return a fresh id such as ``cmt_4k7q0z2m9x`` (50 random bits)."""
    return f"{prefix}_" + "".join(secrets.choice(_ALPHABET) for _ in range(10))


def message_uuid(key: str) -> str:
    """Return the deterministic client_msg_id of an outbox key."""
    return str(uuid.uuid5(MESSAGE_NAMESPACE, key))


def keyed_hash(key: bytes, kind: str, value: str, *, length: int = 32) -> str:
    """Return HMAC-SHA256(key, kind|value) in hex, cut to ``length`` characters.

    A plain hash of a phone number is reversed by trying all phone numbers; a keyed one is not.
    """
    digest = hmac.new(key, f"{kind}|{value}".encode(), hashlib.sha256).hexdigest()
    return digest[:length]


def content_hash(*parts: str) -> str:
    """Return a SHA-256 hex digest over ``parts`` with unambiguous separators."""
    digest = hashlib.sha256()
    for part in parts:
        raw = part.encode()
        digest.update(str(len(raw)).encode() + b":" + raw)
    return digest.hexdigest()


def file_checksum(path: Path) -> int:
    """Return the CRC-32 of a file, read in pieces: against damage, not against people.

    Raises:
        OSError: the file is not there or cannot be read.
    """
    checksum = 0
    with path.open("rb") as source:
        while piece := source.read(1 << 20):
            checksum = zlib.crc32(piece, checksum)
    return checksum
