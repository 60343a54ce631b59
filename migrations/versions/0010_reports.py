"""Days of metrics, and what was told of users by attribute.

Revision: 0010
Revises: 0009
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0010"
down_revision: str | None = "0009"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

SUMS = ("impressions", "clicks", "conversions", "expected_clicks", "spend_micros", "value_micros")
IDS = ("advertiser_id", "campaign_id", "creative_id", "placement")


def upgrade() -> None:
    op.create_table(
        "report_zones",
        sa.Column("zone", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("zone", name=op.f("pk_report_zones")),
    )
    op.create_table(
        "daily_metrics",
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("zone", "day", *IDS)),
        *(
            sa.Column(name, sa.Float(53) if name == "expected_clicks" else sa.BigInteger(), nullable=False)
            for name in SUMS
        ),
        sa.PrimaryKeyConstraint("zone", "day", *IDS, name=op.f("pk_daily_metrics")),
        # The key is the table: a range of days is read in one go.
        sqlite_with_rowid=False,
    )
    op.execute("INSERT INTO report_zones (zone) VALUES ('UTC')")
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    day = "substr(hour, 1, 10)" if is_sqlite else "to_char(hour AT TIME ZONE 'UTC', 'YYYY-MM-DD')"
    ids, sums = ", ".join(IDS), ", ".join(f"sum({name})" for name in SUMS)
    op.execute(
        f"INSERT INTO daily_metrics (zone, day, {ids}, {', '.join(SUMS)})"  # noqa: S608 - names of ours alone
        f" SELECT 'UTC', {day}, {ids}, {sums} FROM hourly_metrics GROUP BY {day}, {ids}"
    )
    op.create_index(op.f("ix_daily_metrics_advertiser_id"), "daily_metrics", ["advertiser_id", "zone", "day"])
    op.create_index(op.f("ix_daily_metrics_campaign_id"), "daily_metrics", ["campaign_id", "zone", "day"])
    op.create_index(op.f("ix_hourly_metrics_campaign_id"), "hourly_metrics", ["campaign_id", "hour"])
    op.create_index(op.f("ix_hourly_metrics_advertiser_id"), "hourly_metrics", ["advertiser_id", "hour"])
    op.create_table(
        "released_breakdowns",
        sa.Column("campaign_id", sa.Text(), nullable=False),
        sa.Column("day", sa.Text(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("advertiser_id", sa.Text(), nullable=False),
        sa.Column("attribute", sa.Text(), nullable=False),
        sa.Column("counted", sa.Text(), nullable=False),
        sa.Column("released", sa.DateTime(timezone=True), nullable=False),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column("shown", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("campaign_id", "day", "number", name=op.f("pk_released_breakdowns")),
    )
    op.create_index(op.f("ix_released_breakdowns_advertiser_id"), "released_breakdowns", ["advertiser_id"])


def downgrade() -> None:
    op.drop_table("released_breakdowns")
    op.drop_index(op.f("ix_hourly_metrics_advertiser_id"), "hourly_metrics")
    op.drop_index(op.f("ix_hourly_metrics_campaign_id"), "hourly_metrics")
    op.drop_table("daily_metrics")
    op.drop_table("report_zones")
