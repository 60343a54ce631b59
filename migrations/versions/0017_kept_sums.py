"""Metrics of an advertiser in a placement by day, and of a campaign altogether, beside those that are kept already.

Revision: 0017
Revises: 0016
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0017"
down_revision: str | None = "0016"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

SUMS = ("impressions", "clicks", "conversions", "expected_clicks", "spend_micros", "value_micros")


def upgrade() -> None:
    _create("placement_days", "daily_metrics", ("zone", "day", "advertiser_id", "placement"))
    op.create_index(op.f("ix_placement_days_advertiser_id"), "placement_days", ["advertiser_id", "zone", "day"])
    _create("campaign_totals", "campaign_hours", ("advertiser_id", "campaign_id"))
    op.create_index(op.f("ix_campaign_totals_campaign_id"), "campaign_totals", ["campaign_id"])


def downgrade() -> None:
    op.drop_table("campaign_totals")
    op.drop_table("placement_days")


def _create(table: str, source: str, names: Sequence[str]) -> None:
    op.create_table(
        table,
        *(sa.Column(name, sa.Text(), nullable=False) for name in names),
        *(
            sa.Column(name, sa.Float(53) if name == "expected_clicks" else sa.BigInteger(), nullable=False)
            for name in SUMS
        ),
        sa.PrimaryKeyConstraint(*names, name=op.f(f"pk_{table}")),
        sqlite_with_rowid=False,
    )
    keys, sums = ", ".join(names), ", ".join(f"sum({name})" for name in SUMS)
    op.execute(
        f"INSERT INTO {table} ({keys}, {', '.join(SUMS)})"  # noqa: S608 - names of ours alone
        f" SELECT {keys}, {sums} FROM {source} GROUP BY {keys}"
    )
