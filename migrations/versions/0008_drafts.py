"""Drafts of creatives, how they were made, from what, and what their reviews found.

Revision: 0008
Revises: 0007
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0008"
down_revision: str | None = "0007"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

MOMENT = sa.DateTime(timezone=True)
# SQLite numbers rows by itself only in a column declared INTEGER.
NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "drafts",
        sa.Column("number", NUMBER, autoincrement=True, nullable=False),
        sa.Column("draft_id", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("brief_id", sa.Text(), nullable=False),
        sa.Column("advertiser_id", sa.Text(), nullable=False),
        sa.Column("campaign_id", sa.Text(), nullable=False),
        sa.Column("placement_id", sa.Text(), nullable=False),
        sa.Column("made", MOMENT, nullable=False),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.Column("file_sha256", sa.Text(), nullable=False),
        sa.Column("bundle_id", sa.Text(), nullable=False),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.Column("brief", sa.JSON(), nullable=False),
        sa.Column("sidecar_sha256", sa.Text(), nullable=False),
        sa.Column("decided", MOMENT, nullable=True),
        sa.Column("decided_by", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("creative_id", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_drafts")),
    )
    op.create_index(op.f("ix_drafts_draft_id"), "drafts", ["draft_id"], unique=True)
    op.create_index(op.f("ix_drafts_status"), "drafts", ["status"])
    op.create_index(op.f("ix_drafts_campaign_id"), "drafts", ["campaign_id"])
    op.create_table(
        "draft_makings",
        sa.Column("draft_id", sa.Text(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.Column("model", sa.Text(), nullable=False),
        sa.Column("licence", sa.Text(), nullable=False),
        sa.Column("seed", sa.BigInteger(), nullable=False),
        sa.Column("prompt", sa.Text(), nullable=False),
        sa.Column("wholly_generated", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["draft_id"], ["drafts.draft_id"], name=op.f("fk_draft_makings_draft_id_drafts")),
        sa.PrimaryKeyConstraint("draft_id", "position", name=op.f("pk_draft_makings")),
    )
    op.create_index(op.f("ix_draft_makings_model"), "draft_makings", ["model"])
    op.create_table(
        "draft_parents",
        sa.Column("draft_id", sa.Text(), nullable=False),
        sa.Column("parent_id", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["draft_id"], ["drafts.draft_id"], name=op.f("fk_draft_parents_draft_id_drafts")),
        sa.PrimaryKeyConstraint("draft_id", "parent_id", name=op.f("pk_draft_parents")),
    )
    op.create_table(
        "draft_reviews",
        sa.Column("review_id", NUMBER, autoincrement=True, nullable=False),
        sa.Column("draft_id", sa.Text(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("verdict", sa.Text(), nullable=False),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["draft_id"], ["drafts.draft_id"], name=op.f("fk_draft_reviews_draft_id_drafts")),
        sa.PrimaryKeyConstraint("review_id", name=op.f("pk_draft_reviews")),
    )
    op.create_index(op.f("ix_draft_reviews_draft_id"), "draft_reviews", ["draft_id"])


def downgrade() -> None:
    op.drop_table("draft_reviews")
    op.drop_table("draft_parents")
    op.drop_table("draft_makings")
    op.drop_table("drafts")
