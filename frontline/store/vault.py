"""The vault: the only home of identities, raw texts and rejected rows.

Every subject has its own AES-256-GCM key, wrapped by the master key in FRONTLINE_HOME. Erasing a subject destroys
that key, so that copies in old backups are unreadable too. A subject is a keyed hash or an id, never an identity.
"""

from __future__ import annotations

import datetime as dt
import os
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from frontline.core.actor import Actor
from frontline.core.errors import EngineError, NotFound, PrivacyError
from frontline.core.ids import keyed_hash, new_id
from frontline.store.models.people import VaultAccess, VaultItem, VaultKey
from frontline.store.work import Store, Unit

_NONCE = 12  # bytes, the size NIST SP 800-38D recommends for GCM


@dataclass(frozen=True)
class VaultEntry:
    """Something to put away: whose, what kind, the bytes, and when it must be gone."""

    subject: str
    kind: str
    content: bytes
    expires_at: dt.datetime | None = None


class AccessRecorder(Protocol):
    """Is told of every opening; the composition root passes one that writes to the audit chain."""

    def __call__(self, unit: Unit, actor: Actor, *, vault_id: str, kind: str, purpose: str) -> None: ...


class Vault:
    """Puts away and hands out under audit. ``key``: 32 bytes (see ``load_or_create_key``)."""

    def __init__(self, store: Store, key: bytes, *, on_access: AccessRecorder | None = None) -> None:
        if len(key) != 32:
            raise EngineError("The vault key must be 32 bytes: restore keys/vault.key.", permanent=True)
        self._store = store
        self._wrapping = AESGCM(_derive(key, b"frontline vault wrapping"))
        self._payloads = AESGCM(_derive(key, b"frontline inbox payload"))
        self._on_access = on_access

    def put(self, unit: Unit, entry: VaultEntry) -> str:
        """Put one entry away and return its vault id.

        Raises:
            PrivacyError: the subject has been erased.
        """
        [vault_id] = self.put_many(unit, [entry])
        if vault_id is None:
            raise PrivacyError("this subject has been erased; nothing more is kept about them")
        return vault_id

    def put_many(self, unit: Unit, entries: Sequence[VaultEntry]) -> list[str | None]:
        """Put entries away in one go; an erased subject's place holds None and nothing is kept."""
        keys = self._subject_keys(unit, {entry.subject for entry in entries})
        ids: list[str | None] = []
        for entry in entries:
            cipher = keys[entry.subject]
            if cipher is None:
                ids.append(None)
                continue
            vault_id = new_id("vlt") + secrets.token_hex(4)
            sealed = _encrypt(cipher, entry.content, _binding(vault_id, entry.subject, entry.kind))
            unit.session.add(
                VaultItem(
                    vault_id=vault_id,
                    subject=entry.subject,
                    kind=entry.kind,
                    sealed=sealed,
                    created_at=unit.now,
                    expires_at=entry.expires_at,
                )
            )
            ids.append(vault_id)
        unit.session.flush()
        return ids

    def get(self, unit: Unit, actor: Actor, vault_id: str, *, purpose: str) -> bytes:
        """Open one item for ``actor``. The access is written in the same unit; the caller has authorized it.

        Raises:
            NotFound: no such item, or it has expired, or its subject was erased.
            PrivacyError: the bytes were altered.
        """
        item = unit.session.get(VaultItem, vault_id)
        key = unit.session.get(VaultKey, item.subject) if item is not None else None
        is_expired = item is not None and item.expires_at is not None and item.expires_at <= unit.now
        if item is None or key is None or key.wrapped is None or is_expired:
            raise NotFound("That is not in the vault any more.", next_step="It may have expired or been erased.")
        cipher = AESGCM(_decrypt(self._wrapping, key.wrapped, item.subject.encode()))
        content = _decrypt(cipher, item.sealed, _binding(vault_id, item.subject, item.kind))
        unit.session.add(VaultAccess(vault_id=vault_id, actor_key=actor.key, purpose=purpose[:200], at=unit.now))
        if self._on_access is not None:
            self._on_access(unit, actor, vault_id=vault_id, kind=item.kind, purpose=purpose)
        return content

    def open_kind(self, unit: Unit, actor: Actor, kind: str, *, purpose: str, subjects: str = "") -> dict[str, bytes]:
        """Open everything of one kind, subject -> content, as one access; expired and erased ones are not there.

        ``subjects`` is what the subjects begin with, "" for all.

        Raises:
            PrivacyError: the bytes were altered.
        """
        query = select(VaultItem, VaultKey).join(VaultKey, VaultKey.subject == VaultItem.subject)
        found: dict[str, bytes] = {}
        for item, key in unit.session.execute(
            query.where(VaultItem.kind == kind, VaultItem.subject.startswith(subjects, autoescape=True))
        ).tuples():
            if key.wrapped is not None and (item.expires_at is None or item.expires_at > unit.now):
                cipher = AESGCM(_decrypt(self._wrapping, key.wrapped, item.subject.encode()))
                found[item.subject] = _decrypt(cipher, item.sealed, _binding(item.vault_id, item.subject, kind))
        if found:
            unit.session.add(
                VaultAccess(vault_id=f"all {kind}"[:40], actor_key=actor.key, purpose=purpose, at=unit.now)
            )
            if self._on_access is not None:
                self._on_access(unit, actor, vault_id=f"all ({len(found)})", kind=kind, purpose=purpose)
        return found

    def rewrite(
        self, unit: Unit, actor: Actor, kind: str, change: Callable[[str, bytes], bytes | None], *, purpose: str
    ) -> int:
        """Seal items of one kind anew where ``change(subject, content)`` gives other bytes (None: the item goes).

        Returns how many changed. The whole pass is one access, audited as such; the caller has authorized it.

        Raises:
            PrivacyError: the bytes of an item were altered.
        """
        query = select(VaultItem, VaultKey).join(VaultKey, VaultKey.subject == VaultItem.subject)
        changed = seen = 0
        for item, key in unit.session.execute(query.where(VaultItem.kind == kind)).tuples():
            if key.wrapped is None:
                continue
            seen += 1
            cipher = AESGCM(_decrypt(self._wrapping, key.wrapped, item.subject.encode()))
            bound = _binding(item.vault_id, item.subject, kind)
            content = _decrypt(cipher, item.sealed, bound)
            fresh = change(item.subject, content)
            if fresh == content:
                continue
            changed += 1
            if fresh is None:
                unit.session.delete(item)
            else:
                item.sealed = _encrypt(cipher, fresh, bound)
        if seen:
            unit.session.add(
                VaultAccess(vault_id=f"all {kind}"[:40], actor_key=actor.key, purpose=purpose, at=unit.now)
            )
            if self._on_access is not None:
                self._on_access(unit, actor, vault_id=f"all ({seen})", kind=kind, purpose=purpose)
        unit.session.flush()
        return changed

    def stamp(self, session: Session, kind: str, *, subjects: str = "") -> tuple[int, dt.datetime | None]:
        """Return how many items of a kind there are and when the last came: another stamp, another content."""
        query = select(func.count(), func.max(VaultItem.created_at)).where(
            VaultItem.kind == kind, VaultItem.subject.startswith(subjects, autoescape=True)
        )
        count, latest = session.execute(query).one()
        return int(count), latest

    def drop(self, unit: Unit, subject: str, *, kind: str) -> None:
        """Delete what is kept of a subject under one kind; the subject's key stays."""
        unit.session.execute(delete(VaultItem).where(VaultItem.subject == subject, VaultItem.kind == kind))

    def erase(self, unit: Unit, subject: str) -> int:
        """Destroy the subject's key and items; return how many items went. A tombstone stays, also for strangers.

        After the commit the write-ahead log is cut, so that the bytes leave the disk.
        """
        gone = unit.session.execute(delete(VaultItem).where(VaultItem.subject == subject))
        key = unit.session.get(VaultKey, subject)
        if key is None:
            unit.session.add(VaultKey(subject=subject, wrapped=None, created_at=unit.now, erased_at=unit.now))
        else:
            key.wrapped, key.erased_at = None, key.erased_at or unit.now
        unit.after_commit(self._store.checkpoint)
        return int(getattr(gone, "rowcount", 0))

    def purge_expired(self, unit: Unit) -> int:
        """Delete what has expired; return how many."""
        gone = unit.session.execute(delete(VaultItem).where(VaultItem.expires_at <= unit.now))
        return int(getattr(gone, "rowcount", 0))

    def fingerprint(self, unit: Unit, subject: str, *, kind: str, value: str) -> str:
        """Return a hash of a personal value under the subject's key, for audit details: erasure makes it meaningless.

        Raises:
            PrivacyError: the subject has been erased.
        """
        self._subject_keys(unit, {subject})
        row = unit.session.get(VaultKey, subject)
        if row is None or row.wrapped is None:
            raise PrivacyError("this subject has been erased; nothing more is kept about them")
        return keyed_hash(_decrypt(self._wrapping, row.wrapped, subject.encode()), kind, value)

    def seal_payload(self, content: bytes) -> bytes:
        """Encrypt an inbox payload: raw words at rest until they are processed."""
        return _encrypt(self._payloads, content, b"inbox")

    def open_payload(self, sealed: bytes) -> bytes:
        """Decrypt an inbox payload.

        Raises:
            PrivacyError: the bytes were altered, or the key is another one.
        """
        return _decrypt(self._payloads, sealed, b"inbox")

    def _subject_keys(self, unit: Unit, subjects: set[str]) -> dict[str, AESGCM | None]:
        keys: dict[str, AESGCM | None] = {}
        wanted = sorted(subjects)
        for start in range(0, len(wanted), 500):  # SQLite takes at most 32,766 parameters in a statement
            part = wanted[start : start + 500]
            for row in unit.session.scalars(select(VaultKey).where(VaultKey.subject.in_(part))):
                raw = None if row.wrapped is None else _decrypt(self._wrapping, row.wrapped, row.subject.encode())
                keys[row.subject] = None if raw is None else AESGCM(raw)
        for subject in wanted:
            if subject not in keys:
                raw = AESGCM.generate_key(bit_length=256)
                wrapped = _encrypt(self._wrapping, raw, subject.encode())
                unit.session.add(VaultKey(subject=subject, wrapped=wrapped, created_at=unit.now))
                keys[subject] = AESGCM(raw)
        unit.session.flush()
        return keys


def load_or_create_key(path: Path) -> bytes:
    """Return the 32 bytes of a key file; make it (mode 0600) when it is missing.

    Raises:
        EngineError: the file is not 32 bytes, or cannot be read or made.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        # Written aside and linked: two processes starting at once both end with the one complete key.
        fresh = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
        if not path.exists():
            handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(handle, "wb") as file:
                file.write(secrets.token_bytes(32))
                file.flush()
                os.fsync(file.fileno())
            try:
                os.link(fresh, path)
            except FileExistsError:
                pass
            finally:
                fresh.unlink()
        key = path.read_bytes()
    except OSError as error:
        raise EngineError(f"The key file {path.name} cannot be used: {error.strerror}.", permanent=True) from error
    if len(key) != 32:
        raise EngineError(f"The key file {path.name} is damaged: restore it from a backup.", permanent=True)
    return key


def _derive(key: bytes, purpose: bytes) -> bytes:
    return HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=purpose).derive(key)


def _binding(vault_id: str, subject: str, kind: str) -> bytes:
    # Bound as associated data: an item cannot be moved under another id or subject.
    return f"{vault_id}|{subject}|{kind}".encode()


def _encrypt(cipher: AESGCM, content: bytes, bound: bytes) -> bytes:
    nonce = os.urandom(_NONCE)
    return nonce + cipher.encrypt(nonce, content, bound)


def _decrypt(cipher: AESGCM, sealed: bytes, bound: bytes) -> bytes:
    try:
        return cipher.decrypt(sealed[:_NONCE], sealed[_NONCE:], bound)
    except InvalidTag as error:
        raise PrivacyError("a vault entry does not open: it was altered, or the key is another one") from error
