"""What is said of an article is one row a person: the note of a second one does not replace that of the first."""

from __future__ import annotations

from alembic import op

revision = "debriefs_flags"
down_revision = "debriefs_scripts"
branch_labels = None
depends_on = None

_TABLE, _ONE = "article_verdict", ["case_key", "doc_id", "verdict"]


def upgrade() -> None:
    """Let several people say the same of an article in a case."""
    op.drop_index("uq_article_verdict_case_doc_verdict", _TABLE)
    op.create_index("uq_article_verdict_case_doc_verdict_actor", _TABLE, [*_ONE, "actor_key"], unique=True)


def downgrade() -> None:
    """Let one person say it; one row of each stays."""
    op.execute(
        "DELETE FROM article_verdict WHERE verdict_id NOT IN (SELECT MAX(verdict_id) FROM article_verdict"
        " GROUP BY case_key, doc_id, verdict)"
    )
    op.drop_index("uq_article_verdict_case_doc_verdict_actor", _TABLE)
    op.create_index("uq_article_verdict_case_doc_verdict", _TABLE, _ONE, unique=True)
