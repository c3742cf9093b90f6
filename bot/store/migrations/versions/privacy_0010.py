"""Authors are erased, comments outlive their texts for as long as a site says, and reports are counted by author."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Adds what erasing needs, and lets it, and only it, through the lock of the audit trail."""
    op.add_column("comments", sa.Column("erased_at", sa.BigInteger))
    kept = sa.text("erased_at IS NULL")
    by_time = ["site", "status", "id"]
    op.create_index("comments_kept", "comments", by_time, sqlite_where=kept, postgresql_where=kept)
    op.create_index("reports_by_reporter", "reports", ["site", "reporter", "comment_id"])
    op.create_index("idempotency_by_comment", "idempotency", ["comment_id"])
    op.create_table(
        "erasures",
        sa.Column("site", sa.String, sa.ForeignKey("sites.name"), nullable=False),
        sa.Column("pseudonym", sa.String, nullable=False),
        sa.Column("author_id", sa.String),
        sa.Column("moderator", sa.String, nullable=False),
        sa.Column("comments", sa.Integer, nullable=False),
        sa.Column("began_at", sa.BigInteger, nullable=False),
        sa.Column("ended_at", sa.BigInteger),
        sa.PrimaryKeyConstraint("site", "pseudonym", name="erasures_pkey"),
    )
    op.create_index("erasures_by_author", "erasures", ["site", "author_id"])
    op.create_table(
        "shifts",
        sa.Column("work", sa.String, primary_key=True),
        sa.Column("until", sa.BigInteger, nullable=False),
    )
    _count_reports()
    _let_erasure_through()


def _count_reports() -> None:
    op.add_column("authors", sa.Column("reported", sa.Integer, nullable=False, server_default="0"))
    op.execute(
        "UPDATE authors SET reported = (SELECT count(*) FROM reports JOIN comments ON comments.id = reports.comment_id"
        " WHERE comments.site = authors.site AND comments.author_id = authors.author_id)"
    )


def _let_erasure_through() -> None:
    """A line of the trail may lose its note and its message once its comment is erased; nothing else ever changes."""
    if op.get_bind().dialect.name == "sqlite":
        columns = [column["name"] for column in sa.inspect(op.get_bind()).get_columns("decisions")]
        same = " AND ".join(f'NEW."{name}" IS OLD."{name}"' for name in columns if name not in ("note", "message"))
        op.execute("DROP TRIGGER decisions_no_update")
        op.execute(
            "CREATE TRIGGER decisions_no_update BEFORE UPDATE ON decisions"  # noqa: S608 - names of columns
            f" WHEN NOT (NEW.note IS NULL AND NEW.message IS NULL AND {same} AND EXISTS"
            " (SELECT 1 FROM comments WHERE id = OLD.comment_id AND erased_at IS NOT NULL))"
            " BEGIN SELECT RAISE(ABORT, 'decisions are final'); END"
        )
        return
    op.execute(
        "CREATE OR REPLACE FUNCTION decisions_are_final() RETURNS trigger LANGUAGE plpgsql AS"
        " $$ BEGIN"
        " IF TG_OP = 'UPDATE' THEN"
        " IF NEW.note IS NULL AND NEW.message IS NULL"
        " AND to_jsonb(NEW) - 'note' - 'message' = to_jsonb(OLD) - 'note' - 'message'"
        " AND EXISTS (SELECT 1 FROM comments WHERE id = OLD.comment_id AND erased_at IS NOT NULL)"
        " THEN RETURN NEW; END IF;"
        " END IF;"
        " RAISE EXCEPTION 'decisions are final'; END $$"
    )
