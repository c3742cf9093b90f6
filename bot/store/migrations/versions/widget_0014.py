"""The widget: threads with replies to read, votes, edits, and who writes there."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"

_ROOTS = """
WITH RECURSIVE rooted (id, root) AS (
    SELECT replies.id, parents.id FROM comments replies JOIN comments parents ON parents.id = replies.parent
    WHERE parents.parent IS NULL
    UNION ALL
    SELECT replies.id, rooted.root FROM comments replies JOIN rooted ON rooted.id = replies.parent
)
UPDATE comments SET root = (SELECT rooted.root FROM rooted WHERE rooted.id = comments.id) WHERE parent IS NOT NULL
"""


def upgrade() -> None:
    """Creates the tables, and finds the root of every reply."""
    site = sa.ForeignKey("sites.name")
    op.create_table(
        "seals",
        sa.Column("site", sa.String, site, primary_key=True),
        sa.Column("secret", sa.String, nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "site_keys",
        sa.Column("site", sa.String, sa.ForeignKey("sites.name"), nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("algorithm", sa.String, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("site", "number", name="site_keys_pkey"),
    )
    op.create_table(
        "profiles",
        sa.Column("site", sa.String, sa.ForeignKey("sites.name"), nullable=False),
        sa.Column("author_id", sa.String, nullable=False),
        sa.Column("avatar", sa.Text),
        sa.Column("role", sa.String),
        sa.PrimaryKeyConstraint("site", "author_id", name="profiles_pkey"),
    )
    op.create_table(
        "votes",
        sa.Column("site", sa.String, nullable=False),
        sa.Column("comment_id", sa.BigInteger, sa.ForeignKey("comments.id"), nullable=False),
        sa.Column("author_id", sa.String, nullable=False),
        sa.PrimaryKeyConstraint("comment_id", "author_id", name="votes_pkey"),
    )
    op.create_index("votes_by_author", "votes", ["site", "author_id", "comment_id"])
    op.create_table(
        "nudges",
        sa.Column("site", sa.String, nullable=False),
        sa.Column("day", sa.Date, nullable=False),
        *(sa.Column(name, sa.Integer, nullable=False) for name in ("shown", "edited", "anyway")),
        sa.PrimaryKeyConstraint("site", "day", name="nudges_pkey"),
    )
    op.add_column("comments", sa.Column("root", sa.BigInteger))
    op.add_column("comments", sa.Column("votes", sa.Integer, nullable=False, server_default="0"))
    op.add_column("comments", sa.Column("edited_at", sa.BigInteger))
    op.execute(_ROOTS)
    op.create_index("comments_by_root", "comments", ["site", "thread", "root", "id"])
    op.create_index("comments_by_votes", "comments", ["site", "thread", "root", "votes", "id"])
