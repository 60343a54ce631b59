"""Saved reports, their schedules, and what was sent.

Revision: 0011
Revises: 0013
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0011"
down_revision: str | None = "0013"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "saved_reports",
        sa.Column("report_id", sa.Text(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("advertiser_id", sa.Text(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("is_shared", sa.Boolean(), nullable=False),
        sa.Column("question", sa.JSON(), nullable=False),
        sa.Column("files", sa.JSON(), nullable=False),
        sa.Column("created", MOMENT, nullable=False),
        sa.Column("changed", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["advertiser_id"], ["advertisers.advertiser_id"], name=op.f("fk_saved_reports_advertiser_id_advertisers")
        ),
        sa.PrimaryKeyConstraint("report_id", name=op.f("pk_saved_reports")),
    )
    for name in ("owner", "advertiser_id", "created"):
        op.create_index(op.f(f"ix_saved_reports_{name}"), "saved_reports", [name])
    op.create_table(
        "report_schedules",
        sa.Column("schedule_id", sa.Text(), nullable=False),
        sa.Column("report_id", sa.Text(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("advertiser_id", sa.Text(), nullable=True),
        sa.Column("times", sa.JSON(), nullable=False),
        sa.Column("file", sa.Text(), nullable=False),
        sa.Column("recipients", sa.JSON(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("webhook", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("scope", sa.JSON(), nullable=True),
        sa.Column("secret_number", sa.BigInteger(), nullable=False),
        sa.Column("is_on", sa.Boolean(), nullable=False),
        sa.Column("created", MOMENT, nullable=False),
        sa.Column("next_at", MOMENT, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("told", sa.Text(), nullable=False),
        sa.Column("last_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(
            ["advertiser_id"], ["advertisers.advertiser_id"], name=op.f("fk_report_schedules_advertiser_id_advertisers")
        ),
        sa.ForeignKeyConstraint(
            ["report_id"], ["saved_reports.report_id"], name=op.f("fk_report_schedules_report_id_saved_reports")
        ),
        sa.PrimaryKeyConstraint("schedule_id", name=op.f("pk_report_schedules")),
    )
    for name in ("report_id", "owner", "advertiser_id"):
        op.create_index(op.f(f"ix_report_schedules_{name}"), "report_schedules", [name])
    op.create_index("ix_report_schedules_due", "report_schedules", ["is_on", "next_at"])
    op.create_table(
        "report_sends",
        sa.Column("schedule_id", sa.Text(), nullable=False),
        sa.Column("due", MOMENT, nullable=False),
        sa.Column("target", sa.Text(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("row_count", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["schedule_id"], ["report_schedules.schedule_id"], name=op.f("fk_report_sends_schedule_id_report_schedules")
        ),
        sa.PrimaryKeyConstraint("schedule_id", "due", "target", name=op.f("pk_report_sends")),
    )


def downgrade() -> None:
    for name in ("report_sends", "report_schedules", "saved_reports"):
        op.drop_table(name)
