"""Sites, keys, policies, threads, authors, comments with their reasons, decisions, counts and text search."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None

_ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")
_JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    """Creates everything."""
    _sites()
    _comments()
    _queue()
    _search()
    _final_decisions()


def _sites() -> None:
    op.create_table(
        "sites",
        sa.Column("name", sa.String, primary_key=True),
        sa.Column("created_at", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "keys",
        sa.Column("id", _ID, primary_key=True, autoincrement=False),
        sa.Column("site", sa.String, sa.ForeignKey("sites.name"), nullable=False),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("scope", sa.String, nullable=False),
        sa.Column("token_hash", sa.LargeBinary, nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("revoked_at", sa.BigInteger),
        sa.UniqueConstraint("token_hash", name="keys_token_hash"),
    )
    op.create_index("keys_site", "keys", ["site", "id"])
    op.create_table(
        "policies",
        sa.Column("site", sa.String, sa.ForeignKey("sites.name"), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("document", _JSON, nullable=False),
        sa.Column("note", sa.Text),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("site", "version", name="policies_pkey"),
    )
    op.create_table(
        "threads",
        sa.Column("site", sa.String, sa.ForeignKey("sites.name"), nullable=False),
        sa.Column("thread", sa.String, nullable=False),
        sa.Column("closed", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("site", "thread", name="threads_pkey"),
    )
    op.create_table(
        "authors",
        sa.Column("site", sa.String, sa.ForeignKey("sites.name"), nullable=False),
        sa.Column("author_id", sa.String, nullable=False),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("standing", sa.String, nullable=False),
        sa.Column("approved", sa.Integer, nullable=False),
        sa.Column("held", sa.Integer, nullable=False),
        sa.Column("rejected", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("site", "author_id", name="authors_pkey"),
        postgresql_with={"fillfactor": 70},
    )


def _comments() -> None:
    op.create_table(
        "comments",
        sa.Column("id", _ID, primary_key=True, autoincrement=False),
        sa.Column("site", sa.String, sa.ForeignKey("sites.name"), nullable=False),
        sa.Column("thread", sa.String, nullable=False),
        sa.Column("parent", sa.BigInteger),
        sa.Column("author_id", sa.String, nullable=False),
        sa.Column("author_name", sa.String, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("text_hash", sa.LargeBinary, nullable=False),
        sa.Column("permalink", sa.Text),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("status", sa.String, nullable=False),
        sa.Column("decision", sa.String, nullable=False),
        sa.Column("severity", sa.Float(53), nullable=False),
        sa.Column("analysis", _JSON),
        sa.Column("evidence", _JSON, nullable=False),
        sa.Column("model", sa.String),
        sa.Column("policy", sa.Integer, nullable=False),
    )
    op.create_index("comments_by_time", "comments", ["site", "status", "id"])
    op.create_index("comments_by_severity", "comments", ["site", "status", "severity", "id"])
    op.create_index("comments_by_thread", "comments", ["site", "thread", "status", "id"])
    op.create_index("comments_by_author", "comments", ["site", "author_id", "status", "id", "text_hash"])
    op.create_table(
        "decisions",
        sa.Column("site", sa.String, nullable=False),
        sa.Column("comment_id", sa.BigInteger, sa.ForeignKey("comments.id"), nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("decision", sa.String, nullable=False),
        sa.Column("source", sa.String, nullable=False),
        sa.Column("moderator", sa.String),
        sa.Column("reason", sa.String),
        sa.Column("note", sa.Text),
        sa.Column("before", sa.String),
        sa.Column("after", sa.String, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("comment_id", "number", name="decisions_pkey"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "idempotency",
        sa.Column("site", sa.String, nullable=False),
        sa.Column("key", sa.String, nullable=False),
        sa.Column("request_hash", sa.LargeBinary, nullable=False),
        sa.Column("comment_id", sa.BigInteger, nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("site", "key", name="idempotency_pkey"),
        sqlite_with_rowid=False,
    )
    op.create_index("idempotency_by_age", "idempotency", ["created_at"])


def _queue() -> None:
    op.create_table(
        "comment_reasons",
        sa.Column("site", sa.String, nullable=False),
        sa.Column("status", sa.String, nullable=False),
        sa.Column("reason", sa.String, nullable=False),
        sa.Column("comment_id", sa.BigInteger, nullable=False),
        sa.Column("severity", sa.Float(53), nullable=False),
        sa.PrimaryKeyConstraint("site", "status", "reason", "comment_id", name="comment_reasons_pkey"),
        sqlite_with_rowid=False,
    )
    by_severity = ["site", "status", "reason", "severity", "comment_id"]
    op.create_index("comment_reasons_by_severity", "comment_reasons", by_severity)
    op.create_table(
        "queue_counts",
        sa.Column("site", sa.String, nullable=False),
        sa.Column("status", sa.String, nullable=False),
        sa.Column("reason", sa.String, nullable=False),
        sa.Column("shard", sa.Integer, nullable=False),
        sa.Column("count", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("site", "status", "reason", "shard", name="queue_counts_pkey"),
        sqlite_with_rowid=False,
        postgresql_with={"fillfactor": 30},
    )


def _search() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute(
            "CREATE VIRTUAL TABLE comment_words USING fts5"
            """(words, content = '', detail = none, tokenize = "ascii tokenchars '_-'")"""
        )
        return
    op.create_table(
        "comment_words",
        sa.Column("comment_id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("site", sa.String, nullable=False),
        sa.Column("status", sa.String, nullable=False),
        sa.Column("words", postgresql.TSVECTOR, nullable=False),
    )
    op.create_index("comment_words_by_time", "comment_words", ["site", "status", "comment_id"])
    op.execute(
        # A short list of pending words keeps both sides even: cheap to add to, cheap to search.
        "CREATE INDEX comment_words_by_word ON comment_words USING gin (words) WITH (gin_pending_list_limit = 256)"
    )


def _final_decisions() -> None:
    """The audit trail only grows, whatever a program error or a hand at the console tries."""
    if op.get_bind().dialect.name == "sqlite":
        for change in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER decisions_no_{change.lower()} BEFORE {change} ON decisions"
                " BEGIN SELECT RAISE(ABORT, 'decisions are final'); END"
            )
        return
    op.execute(
        "CREATE FUNCTION decisions_are_final() RETURNS trigger LANGUAGE plpgsql AS"
        " $$ BEGIN RAISE EXCEPTION 'decisions are final'; END $$"
    )
    op.execute(
        "CREATE TRIGGER decisions_no_change BEFORE UPDATE OR DELETE ON decisions"
        " FOR EACH ROW EXECUTE FUNCTION decisions_are_final()"
    )
