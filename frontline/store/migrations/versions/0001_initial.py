"""The first schema of the state database."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from frontline.store.base import Json, SealedText, UtcInstant
from frontline.store.models.governance import audit_guards

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make every table, and the triggers that refuse changes of the audit trail."""
    op.create_table(
        "alert",
        sa.Column("alert_id", sa.String(length=40), nullable=False),
        sa.Column("rule", sa.String(length=80), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("dedup_key", sa.String(length=200), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("headline", SealedText(), nullable=False),
        sa.Column("detail", Json(), nullable=False),
        sa.Column("occurrences", sa.Integer(), nullable=False),
        sa.Column("opened_at", UtcInstant(), nullable=False),
        sa.Column("last_seen_at", UtcInstant(), nullable=False),
        sa.Column("snoozed_until", UtcInstant(), nullable=True),
        sa.Column("acknowledged_by", sa.String(length=40), nullable=True),
        sa.Column("closed_at", UtcInstant(), nullable=True),
        sa.PrimaryKeyConstraint("alert_id", name="pk_alert"),
    )
    op.create_index("ix_alert_rule_state", "alert", ["rule", "state"], unique=False)
    op.create_index(
        "uq_alert_live",
        "alert",
        ["dedup_key"],
        unique=True,
        sqlite_where=sa.text("state IN ('open', 'acknowledged')"),
        postgresql_where=sa.text("state IN ('open', 'acknowledged')"),
    )
    op.create_table(
        "audit_entry",
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", sa.String(length=40), nullable=False),
        sa.Column("actor_key", sa.String(length=40), nullable=False),
        sa.Column("action", sa.String(length=80), nullable=False),
        sa.Column("resource", sa.String(length=200), nullable=False),
        sa.Column("outcome", sa.String(length=12), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("previous", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("seq", name="pk_audit_entry"),
    )
    op.create_index("ix_audit_entry_action", "audit_entry", ["action"], unique=False)
    op.create_index("ix_audit_entry_actor_key", "audit_entry", ["actor_key"], unique=False)
    op.create_table(
        "channel_pace",
        sa.Column("channel", sa.String(length=120), nullable=False),
        sa.Column("next_at", UtcInstant(), nullable=False),
        sa.PrimaryKeyConstraint("channel", name="pk_channel_pace"),
    )
    op.create_table(
        "commitment",
        sa.Column("commitment_id", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("title", SealedText(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("owner_key", sa.String(length=40), nullable=False),
        sa.Column("creator_key", sa.String(length=40), nullable=False),
        sa.Column("due", sa.Date(), nullable=False),
        sa.Column("evidence", Json(), nullable=False),
        sa.Column("source_key", sa.String(length=200), nullable=True),
        sa.Column("created_at", UtcInstant(), nullable=False),
        sa.Column("closed_at", UtcInstant(), nullable=True),
        sa.PrimaryKeyConstraint("commitment_id", name="pk_commitment"),
    )
    op.create_index("ix_commitment_due", "commitment", ["due"], unique=False)
    op.create_index("ix_commitment_owner_state", "commitment", ["owner_key", "state"], unique=False)
    op.create_index("ix_commitment_source_key", "commitment", ["source_key"], unique=False)
    op.create_table(
        "corpus_index",
        sa.Column("name", sa.String(length=20), nullable=False),
        sa.Column("folder", sa.String(length=80), nullable=False),
        sa.Column("model_id", sa.String(length=80), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("built_at", UtcInstant(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_corpus_index"),
    )
    op.create_table(
        "document",
        sa.Column("doc_id", sa.String(length=120), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("text", SealedText(), nullable=True),
        sa.Column("category", sa.String(length=120), nullable=True),
        sa.Column("region", sa.String(length=80), nullable=True),
        sa.Column("segment", sa.String(length=80), nullable=True),
        sa.Column("language", sa.String(length=20), nullable=True),
        sa.Column("received_at", sa.String(length=40), nullable=True),
        sa.Column("consent", sa.Boolean(), nullable=False),
        sa.Column("reasons", Json(), nullable=False),
        sa.Column("content_key", sa.String(length=64), nullable=False),
        sa.Column("policy", sa.String(length=40), nullable=False),
        sa.Column("vault_id", sa.String(length=40), nullable=True),
        sa.Column("indexed_in", sa.String(length=80), nullable=True),
        sa.Column("added_at", UtcInstant(), nullable=False),
        sa.Column("changed_at", UtcInstant(), nullable=False),
        sa.PrimaryKeyConstraint("doc_id", name="pk_document"),
    )
    op.create_index("ix_document_changed_at", "document", ["changed_at"], unique=False)
    op.create_index("ix_document_indexed_in", "document", ["indexed_in"], unique=False)
    op.create_index("ix_document_kind_state", "document", ["kind", "state"], unique=False)
    op.create_table(
        "handled_id",
        sa.Column("inbound_id", sa.String(length=200), nullable=False),
        sa.Column("at", UtcInstant(), nullable=False),
        sa.PrimaryKeyConstraint("inbound_id", name="pk_handled_id"),
    )
    op.create_index("ix_handled_id_at", "handled_id", ["at"], unique=False)
    op.create_table(
        "heartbeat",
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("at", UtcInstant(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_heartbeat"),
    )
    op.create_table(
        "inbox",
        sa.Column("seq", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("inbound_id", sa.String(length=200), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("payload", sa.LargeBinary(), nullable=True),
        sa.Column("received_at", UtcInstant(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("owner", sa.String(length=120), nullable=True),
        sa.Column("lease_until", UtcInstant(), nullable=True),
        sa.Column("finished_at", UtcInstant(), nullable=True),
        sa.PrimaryKeyConstraint("seq", name="pk_inbox"),
        sa.UniqueConstraint("inbound_id", name="uq_inbox_inbound_id"),
    )
    op.create_index("ix_inbox_state_seq", "inbox", ["state", "seq"], unique=False)
    op.create_table(
        "job_run",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("routine", sa.String(length=80), nullable=False),
        sa.Column("slot", sa.String(length=40), nullable=False),
        sa.Column("due_at", UtcInstant(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("owner", sa.String(length=120), nullable=True),
        sa.Column("lease_token", sa.String(length=32), nullable=True),
        sa.Column("lease_until", UtcInstant(), nullable=True),
        sa.Column("retry_at", UtcInstant(), nullable=True),
        sa.Column("started_at", UtcInstant(), nullable=True),
        sa.Column("finished_at", UtcInstant(), nullable=True),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.Column("posts", Json(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_job_run"),
        sa.UniqueConstraint("routine", "slot", name="uq_job_run_routine_slot"),
    )
    op.create_index("ix_job_run_routine_due", "job_run", ["routine", "due_at"], unique=False)
    op.create_table(
        "outbox",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("channel", sa.String(length=120), nullable=False),
        sa.Column("payload", Json(), nullable=False),
        sa.Column("audience", Json(), nullable=False),
        sa.Column("action", sa.String(length=80), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("thread_of", sa.String(length=200), nullable=True),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("created_at", UtcInstant(), nullable=False),
        sa.Column("not_before", UtcInstant(), nullable=False),
        sa.Column("owner", sa.String(length=120), nullable=True),
        sa.Column("lease_token", sa.String(length=32), nullable=True),
        sa.Column("lease_until", UtcInstant(), nullable=True),
        sa.Column("first_call_at", UtcInstant(), nullable=True),
        sa.Column("calls", sa.Integer(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("last_error", sa.String(length=300), nullable=False),
        sa.Column("sent_at", UtcInstant(), nullable=True),
        sa.Column("posted_channel", sa.String(length=120), nullable=True),
        sa.Column("posted_ts", sa.String(length=40), nullable=True),
        sa.Column("sweep_at", UtcInstant(), nullable=True),
        sa.Column("sweeps", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_outbox"),
        sa.UniqueConstraint("key", name="uq_outbox_key"),
    )
    op.create_index("ix_outbox_channel", "outbox", ["channel"], unique=False)
    op.create_index("ix_outbox_due", "outbox", ["state", "priority", "id"], unique=False)
    op.create_index("ix_outbox_sweep_at", "outbox", ["sweep_at"], unique=False)
    op.create_table(
        "person",
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("handle", sa.String(length=80), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("team", sa.String(length=80), nullable=True),
        sa.Column("agent_id", sa.String(length=80), nullable=True),
        sa.Column("added_at", UtcInstant(), nullable=False),
        sa.Column("deactivated_at", UtcInstant(), nullable=True),
        sa.PrimaryKeyConstraint("key", name="pk_person"),
        sa.UniqueConstraint("handle", name="uq_person_handle"),
    )
    op.create_table(
        "tag",
        sa.Column("tag_id", sa.String(length=40), nullable=False),
        sa.Column("at", UtcInstant(), nullable=False),
        sa.Column("author_key", sa.String(length=40), nullable=False),
        sa.Column("author_agent_id", sa.String(length=80), nullable=True),
        sa.Column("author_team", sa.String(length=80), nullable=True),
        sa.Column("label", sa.String(length=80), nullable=False),
        sa.Column("case_key", sa.String(length=80), nullable=True),
        sa.Column("text", SealedText(), nullable=False),
        sa.PrimaryKeyConstraint("tag_id", name="pk_tag"),
    )
    op.create_index("ix_tag_at", "tag", ["at"], unique=False)
    op.create_index("ix_tag_author_key", "tag", ["author_key"], unique=False)
    op.create_index("ix_tag_label", "tag", ["label"], unique=False)
    op.create_index(
        "uq_tag_case_label",
        "tag",
        ["case_key", "label"],
        unique=True,
        sqlite_where=sa.text("case_key IS NOT NULL"),
        postgresql_where=sa.text("case_key IS NOT NULL"),
    )
    op.create_table(
        "thread_memory",
        sa.Column("thread_key", sa.String(length=200), nullable=False),
        sa.Column("query", Json(), nullable=False),
        sa.Column("asker_key", sa.String(length=40), nullable=False),
        sa.Column("at", UtcInstant(), nullable=False),
        sa.PrimaryKeyConstraint("thread_key", name="pk_thread_memory"),
    )
    op.create_index("ix_thread_memory_at", "thread_memory", ["at"], unique=False)
    op.create_table(
        "vault_access",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("vault_id", sa.String(length=40), nullable=False),
        sa.Column("actor_key", sa.String(length=40), nullable=False),
        sa.Column("purpose", sa.String(length=200), nullable=False),
        sa.Column("at", UtcInstant(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_vault_access"),
    )
    op.create_index("ix_vault_access_vault_id", "vault_access", ["vault_id"], unique=False)
    op.create_table(
        "vault_key",
        sa.Column("subject", sa.String(length=120), nullable=False),
        sa.Column("wrapped", sa.LargeBinary(), nullable=True),
        sa.Column("created_at", UtcInstant(), nullable=False),
        sa.Column("erased_at", UtcInstant(), nullable=True),
        sa.PrimaryKeyConstraint("subject", name="pk_vault_key"),
    )
    op.create_table(
        "alert_transition",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("alert_id", sa.String(length=40), nullable=False),
        sa.Column("at", UtcInstant(), nullable=False),
        sa.Column("actor_key", sa.String(length=40), nullable=False),
        sa.Column("from_state", sa.String(length=12), nullable=False),
        sa.Column("to_state", sa.String(length=12), nullable=False),
        sa.Column("note", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(["alert_id"], ["alert.alert_id"], name="fk_alert_transition_alert_id"),
        sa.PrimaryKeyConstraint("id", name="pk_alert_transition"),
    )
    op.create_index("ix_alert_transition_alert_id", "alert_transition", ["alert_id"], unique=False)
    op.create_table(
        "binding",
        sa.Column("team_id", sa.String(length=40), nullable=False),
        sa.Column("user_id", sa.String(length=40), nullable=False),
        sa.Column("person_key", sa.String(length=40), nullable=False),
        sa.Column("bound_at", UtcInstant(), nullable=False),
        sa.ForeignKeyConstraint(["person_key"], ["person.key"], name="fk_binding_person_key", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("team_id", "user_id", name="pk_binding"),
    )
    op.create_index("ix_binding_person_key", "binding", ["person_key"], unique=False)
    op.create_table(
        "commitment_event",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("commitment_id", sa.String(length=40), nullable=False),
        sa.Column("at", UtcInstant(), nullable=False),
        sa.Column("actor_key", sa.String(length=40), nullable=False),
        sa.Column("event", sa.String(length=20), nullable=False),
        sa.Column("from_state", sa.String(length=12), nullable=False),
        sa.Column("to_state", sa.String(length=12), nullable=False),
        sa.Column("note", SealedText(), nullable=True),
        sa.Column("detail", Json(), nullable=False),
        sa.ForeignKeyConstraint(
            ["commitment_id"], ["commitment.commitment_id"], name="fk_commitment_event_commitment_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_commitment_event"),
    )
    op.create_index("ix_commitment_event_commitment_id", "commitment_event", ["commitment_id"], unique=False)
    op.create_table(
        "person_role",
        sa.Column("person_key", sa.String(length=40), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.ForeignKeyConstraint(["person_key"], ["person.key"], name="fk_person_role_person_key", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("person_key", "role", name="pk_person_role"),
    )
    op.create_table(
        "vault_item",
        sa.Column("vault_id", sa.String(length=40), nullable=False),
        sa.Column("subject", sa.String(length=120), nullable=False),
        sa.Column("kind", sa.String(length=60), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", UtcInstant(), nullable=False),
        sa.Column("expires_at", UtcInstant(), nullable=True),
        sa.ForeignKeyConstraint(["subject"], ["vault_key.subject"], name="fk_vault_item_subject"),
        sa.PrimaryKeyConstraint("vault_id", name="pk_vault_item"),
    )
    op.create_index("ix_vault_item_expires_at", "vault_item", ["expires_at"], unique=False)
    op.create_index("ix_vault_item_subject", "vault_item", ["subject"], unique=False)
    for statement in audit_guards(op.get_bind().dialect.name):
        op.execute(statement)


def downgrade() -> None:
    """Drop every table."""
    op.drop_index("ix_vault_item_subject", table_name="vault_item")
    op.drop_index("ix_vault_item_expires_at", table_name="vault_item")
    op.drop_table("vault_item")
    op.drop_table("person_role")
    op.drop_index("ix_commitment_event_commitment_id", table_name="commitment_event")
    op.drop_table("commitment_event")
    op.drop_index("ix_binding_person_key", table_name="binding")
    op.drop_table("binding")
    op.drop_index("ix_alert_transition_alert_id", table_name="alert_transition")
    op.drop_table("alert_transition")
    op.drop_table("vault_key")
    op.drop_index("ix_vault_access_vault_id", table_name="vault_access")
    op.drop_table("vault_access")
    op.drop_index("ix_thread_memory_at", table_name="thread_memory")
    op.drop_table("thread_memory")
    op.drop_index(
        "uq_tag_case_label",
        table_name="tag",
        sqlite_where=sa.text("case_key IS NOT NULL"),
        postgresql_where=sa.text("case_key IS NOT NULL"),
    )
    op.drop_index("ix_tag_label", table_name="tag")
    op.drop_index("ix_tag_author_key", table_name="tag")
    op.drop_index("ix_tag_at", table_name="tag")
    op.drop_table("tag")
    op.drop_table("person")
    op.drop_index("ix_outbox_sweep_at", table_name="outbox")
    op.drop_index("ix_outbox_due", table_name="outbox")
    op.drop_index("ix_outbox_channel", table_name="outbox")
    op.drop_table("outbox")
    op.drop_index("ix_job_run_routine_due", table_name="job_run")
    op.drop_table("job_run")
    op.drop_index("ix_inbox_state_seq", table_name="inbox")
    op.drop_table("inbox")
    op.drop_table("heartbeat")
    op.drop_index("ix_handled_id_at", table_name="handled_id")
    op.drop_table("handled_id")
    op.drop_index("ix_document_kind_state", table_name="document")
    op.drop_index("ix_document_indexed_in", table_name="document")
    op.drop_index("ix_document_changed_at", table_name="document")
    op.drop_table("document")
    op.drop_table("corpus_index")
    op.drop_index("ix_commitment_source_key", table_name="commitment")
    op.drop_index("ix_commitment_owner_state", table_name="commitment")
    op.drop_index("ix_commitment_due", table_name="commitment")
    op.drop_table("commitment")
    op.drop_table("channel_pace")
    op.drop_index("ix_audit_entry_actor_key", table_name="audit_entry")
    op.drop_index("ix_audit_entry_action", table_name="audit_entry")
    op.drop_table("audit_entry")
    op.drop_index(
        "uq_alert_live",
        table_name="alert",
        sqlite_where=sa.text("state IN ('open', 'acknowledged')"),
        postgresql_where=sa.text("state IN ('open', 'acknowledged')"),
    )
    op.drop_index("ix_alert_rule_state", table_name="alert")
    op.drop_table("alert")
