import datetime as dt
import stat
from pathlib import Path

import pytest
from sqlalchemy import select, text

from frontline.core.actor import Actor, Role
from frontline.core.clock import FrozenClock
from frontline.core.errors import EngineError, NotFound, PrivacyError
from frontline.store.models.people import VaultAccess
from frontline.store.vault import Vault, VaultEntry, load_or_create_key
from frontline.store.work import Store, Unit

STEFAN = Actor("per_stefan", "stefan", roles=frozenset({Role.STEWARD}))
NAME = b"Anna de Vries, 06-12345678"


def put(store: Store, vault: Vault, subject: str = "cus_1", expires_at: dt.datetime | None = None) -> str:
    with store.unit() as unit:
        vault_id = vault.put(unit, VaultEntry(subject, "identity", NAME, expires_at))
        unit.commit()
        return vault_id


def get(store: Store, vault: Vault, vault_id: str) -> bytes:
    with store.unit() as unit:
        content = vault.get(unit, STEFAN, vault_id, purpose="quarantine review")
        unit.commit()
        return content


def test_what_is_put_away_comes_back_and_is_nowhere_in_the_bytes(store: Store, vault: Vault, tmp_path: Path) -> None:
    vault_id = put(store, vault)
    assert get(store, vault, vault_id) == NAME
    store.checkpoint()
    for path in tmp_path.rglob("*"):
        assert path.is_dir() or b"Vries" not in path.read_bytes()


def test_every_opening_is_recorded_in_the_same_unit(store: Store, tmp_path: Path, clock: FrozenClock) -> None:
    told: list[tuple[str, str, str]] = []

    def on_access(unit: Unit, actor: Actor, *, vault_id: str, kind: str, purpose: str) -> None:
        told.append((actor.key, kind, purpose))

    vault = Vault(store, load_or_create_key(tmp_path / "keys" / "vault.key"), on_access=on_access)
    vault_id = put(store, vault)
    get(store, vault, vault_id)
    assert told == [("per_stefan", "identity", "quarantine review")]
    with store.read() as session:
        [access] = session.scalars(select(VaultAccess)).all()
        assert (access.vault_id, access.actor_key, access.at) == (vault_id, "per_stefan", clock.now())


def test_the_audit_trail_takes_the_openings(store: Store, tmp_path: Path) -> None:
    from frontline.governance import audit

    vault = Vault(store, load_or_create_key(tmp_path / "keys" / "vault.key"), on_access=audit.record_access)
    get(store, vault, put(store, vault))
    with store.read() as session:
        [entry] = audit.entries(session)
        assert (entry.action, entry.actor_key) == ("vault.open", "per_stefan")
        assert entry.resource.startswith("identity:vlt_")


def test_an_expired_item_does_not_open_and_is_purged(store: Store, vault: Vault, clock: FrozenClock) -> None:
    vault_id = put(store, vault, expires_at=clock.now() + dt.timedelta(days=30))
    assert get(store, vault, vault_id) == NAME
    clock.advance(dt.timedelta(days=30))
    with pytest.raises(NotFound):
        get(store, vault, vault_id)
    with store.unit() as unit:
        assert vault.purge_expired(unit) == 1
        unit.commit()


def test_erasing_destroys_the_subjects_key_and_no_other(store: Store, vault: Vault, tmp_path: Path) -> None:
    gone, kept = put(store, vault, "cus_1"), put(store, vault, "cus_2")
    with store.read() as session:
        wrapped = session.execute(text("SELECT wrapped FROM vault_key WHERE subject = 'cus_1'")).scalar_one()
    with store.unit() as unit:
        assert vault.erase(unit, "cus_1") == 1
        unit.commit()
    with pytest.raises(NotFound):
        get(store, vault, gone)
    assert get(store, vault, kept) == NAME
    assert all(wrapped not in path.read_bytes() for path in tmp_path.glob("state.sqlite3*"))


def test_nothing_more_is_kept_about_the_erased(store: Store, vault: Vault) -> None:
    with store.unit() as unit:
        vault.erase(unit, "cus_1")
        unit.commit()
    with store.unit() as unit:
        with pytest.raises(PrivacyError, match="erased"):
            vault.put(unit, VaultEntry("cus_1", "identity", NAME))
        entries = [VaultEntry(subject, "identity", NAME) for subject in ("cus_1", "cus_2", "cus_2")]
        ids = vault.put_many(unit, entries)
        with pytest.raises(PrivacyError):
            vault.fingerprint(unit, "cus_1", kind="email", value="a@b.example")
        unit.commit()
    assert ids[0] is None
    assert all(ids[1:])


def test_an_item_moved_to_another_subject_does_not_open(store: Store, vault: Vault) -> None:
    first, second = put(store, vault, "cus_1"), put(store, vault, "cus_2")
    with store.unit() as unit:
        unit.session.execute(
            text(
                "UPDATE vault_item SET sealed = (SELECT sealed FROM vault_item WHERE vault_id = :a) WHERE vault_id = :b"
            ),
            {"a": first, "b": second},
        )
        unit.commit()
    with pytest.raises(PrivacyError, match="altered"):
        get(store, vault, second)


def test_another_master_key_opens_nothing(store: Store, vault: Vault, tmp_path: Path) -> None:
    vault_id = put(store, vault)
    payload = vault.seal_payload(b"raw words")
    assert vault.open_payload(payload) == b"raw words"
    stranger = Vault(store, load_or_create_key(tmp_path / "other.key"))
    with pytest.raises(PrivacyError):
        get(store, stranger, vault_id)
    with pytest.raises(PrivacyError):
        stranger.open_payload(payload)


def test_a_fingerprint_is_stable_per_subject_and_differs_between_subjects(store: Store, vault: Vault) -> None:
    with store.unit() as unit:
        first = vault.fingerprint(unit, "cus_1", kind="email", value="a@b.example")
        assert vault.fingerprint(unit, "cus_1", kind="email", value="a@b.example") == first
        assert vault.fingerprint(unit, "cus_2", kind="email", value="a@b.example") != first
        assert vault.fingerprint(unit, "cus_1", kind="phone", value="a@b.example") != first


def test_a_key_file_is_made_once_and_only_for_its_owner(tmp_path: Path) -> None:
    path = tmp_path / "keys" / "vault.key"
    key = load_or_create_key(path)
    assert load_or_create_key(path) == key
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [file.name for file in path.parent.iterdir()] == ["vault.key"]


def test_a_damaged_key_file_is_said(tmp_path: Path, store: Store) -> None:
    path = tmp_path / "vault.key"
    path.write_bytes(b"short")
    with pytest.raises(EngineError, match="restore it from a backup"):
        load_or_create_key(path)
    with pytest.raises(EngineError):
        Vault(store, b"short")
