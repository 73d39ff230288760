"""Texts past their time: the words go, the row and the counts stay, the same file brings nothing back."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from frontline.catalog.retention import RetentionRules, load_retention
from frontline.catalog.routines import load_routines
from frontline.core.clock import UTC, FrozenClock
from frontline.core.errors import CatalogError
from frontline.core.ports import TextEncoder
from frontline.core.reply import Reply
from frontline.core.text import QuestionText
from frontline.governance import outbox
from frontline.governance.retention import forget_identities
from frontline.store.erasure.scanning import scan_bytes
from frontline.store.models.corpus import Document
from frontline.store.models.governance import AuditEntry
from frontline.store.models.people import VaultItem
from frontline.store.models.work import OutboxRow
from frontline.store.vault import Vault, VaultEntry
from frontline.store.work import Store
from jobs.retention import DataRetention
from jobs.runner import JobRunner, RunnerSettings
from retrieval.corpus import Corpus
from tests.retrieval.conftest import STEWARD, open_corpus

NOW = dt.datetime(2026, 6, 17, 8, 40, tzinfo=UTC)
ROWS = [
    {"id": "old", "kind": "complaint", "text": "charged twice for the zanzibar router", "received_at": "2024-01-10"},
    {"id": "loaded late", "kind": "complaint", "text": "the invoice is not mine", "received_at": "2021-01-10"},
    {"id": "new", "kind": "complaint", "text": "the engineer came a week late", "received_at": "2026-05-10"},
    {"id": "held", "kind": "complaint", "text": "HOLD zanzibar", "received_at": "2026-01-10",
     "known": {"name": "Zoë Wrzos"}},
    {"id": "guide", "kind": "article", "text": "how to restart a router", "received_at": "2019-01-10"},
]  # fmt: skip


def runner(home: Path, store: Store, corpus: Corpus, rules: RetentionRules) -> JobRunner:
    [definition] = [row for row in load_routines().routines if row.key == "data_retention"]
    vault = Vault(store, b"v" * 32)
    routine = DataRetention(definition, rules, vault=lambda: vault, rebuild=lambda: corpus.rebuild, home=home)
    return JobRunner(store, [routine], RunnerSettings(zone=ZoneInfo("Europe/Amsterdam")))


def test_what_is_past_its_time_goes_and_what_is_not_stays(home: Path, encoder: TextEncoder) -> None:
    clock = FrozenClock(NOW - dt.timedelta(days=800))
    store = Store.open(home / "state.sqlite3", clock)
    store.create_schema()
    corpus = open_corpus(home, store, encoder)
    list(corpus.add(STEWARD, ROWS[:1]))
    clock.move_to(NOW - dt.timedelta(days=100))
    list(corpus.add(STEWARD, ROWS[1:]))
    with store.unit() as unit:
        for key, state in (("gone", "sent"), ("waits", "pending")):
            outbox.enqueue(unit, key, "#floor", Reply("zanzibar again"))
            unit.session.query(OutboxRow).filter_by(key=key).one().state = state
        unit.commit()
    clock.move_to(NOW)
    running = runner(home, store, corpus, load_retention().model_copy(update={"messages": 60}))
    preview = running.rehearse("data_retention", None)
    assert "1 complaint, 1 held-back texts, 1 messages" in preview.posts[0].reply.headline
    with store.read() as session:
        # The text, and what was known beside it; a preview keeps nothing of what it did.
        assert session.query(VaultItem).count() == 2
    done = running.run_slot("data_retention", None)
    assert done.state == "done"
    found = {hit.id for hit in corpus.search(STEWARD, QuestionText("zanzibar router twice"))}
    assert found == {"guide", "new", "loaded late"}
    with store.read() as session:
        states = {row.doc_id: row.state for row in session.query(Document)}
        assert states == {
            "old": "expired",
            "loaded late": "inside",
            "new": "inside",
            "held": "expired",
            "guide": "inside",
        }
        assert session.query(VaultItem).count() == 0
        assert {row.key: bool(row.payload) for row in session.query(OutboxRow)}["gone"] is False
        audited = [row.detail for row in session.query(AuditEntry).filter_by(action="data.retention")]
        assert audited == ['{"complaint":1,"held-back texts":1,"messages":1}']
        session.query(OutboxRow).filter_by(key="waits").one()
    assert {row["id"]: row["decision"] for row in corpus.add(STEWARD, ROWS)}["old"] == "skipped"
    store.compact()
    assert set(scan_bytes(home, ["charged twice for the zanzibar"]).hits) == set()
    store.close()


def test_who_a_customer_was_goes_when_nothing_happened_with_them_for_its_time(store: Store) -> None:
    vault = Vault(store, b"v" * 32)
    customers = ("a" * 32, "b" * 32, "agent:AG01")
    with store.unit() as unit:
        vault.put_many(unit, [VaultEntry(subject, "identity", b"{}") for subject in (*customers, "c" * 32)])
        for item in unit.session.query(VaultItem).filter(VaultItem.subject != "c" * 32):
            item.created_at = NOW - dt.timedelta(days=1200)
        asked: list[dt.datetime] = []

        def active_since(at: dt.datetime) -> set[str]:
            asked.append(at)
            return {"b" * 32}

        limit = NOW - dt.timedelta(days=load_retention().identities or 0)
        assert forget_identities(unit, vault, limit, active_since) == 1
        assert asked == [limit]
        kept = {subject for (subject,) in unit.session.query(VaultItem.subject)}
        assert kept == {"b" * 32, "c" * 32, "agent:AG01"}
        assert forget_identities(unit, vault, limit, active_since) == 0


def test_an_organisation_keeps_what_it_names_for_its_own_time(tmp_path: Path) -> None:
    (tmp_path / "retention.yaml").write_text("documents: {complaint: 30, article: 90}\nmessages: null\n")
    rules = load_retention(tmp_path)
    assert (rules.of_kind("complaint"), rules.of_kind("verbatim")) == (dt.timedelta(days=30), dt.timedelta(days=730))
    assert (rules.messages, rules.inbox) == (None, 30)
    (tmp_path / "retention.yaml").write_text("messages: 0\n")
    with pytest.raises(CatalogError, match=r"retention.yaml:1"):
        load_retention(tmp_path)
