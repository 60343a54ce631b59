"""Metrics of campaigns by hour and by day, beside those of creatives; and an audit trail that is found by who and what.

Revision: 0013
Revises: 0010
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0013"
down_revision: str | None = "0010"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

SUMS = ("impressions", "clicks", "conversions", "expected_clicks", "spend_micros", "value_micros")
IDS = ("advertiser_id", "campaign_id")
FOUND_BY = ("actor", "action", "kind")


def upgrade() -> None:
    hour = sa.Column("hour", sa.DateTime(timezone=True), nullable=False)
    _create("campaign_hours", "hourly_metrics", [hour])
    _create("campaign_days", "daily_metrics", [sa.Column(name, sa.Text(), nullable=False) for name in ("zone", "day")])
    for name in FOUND_BY:
        # The number last: newest first without sorting.
        op.create_index(op.f(f"ix_audit_{name}"), "audit", [name, "audit_id"])


def downgrade() -> None:
    for name in FOUND_BY:
        op.drop_index(op.f(f"ix_audit_{name}"), "audit")
    op.drop_table("campaign_days")
    op.drop_table("campaign_hours")


def _create(table: str, source: str, when: list[sa.Column[object]]) -> None:
    names = [column.name for column in when]
    op.create_table(
        table,
        *when,
        *(sa.Column(name, sa.Text(), nullable=False) for name in IDS),
        *(
            sa.Column(name, sa.Float(53) if name == "expected_clicks" else sa.BigInteger(), nullable=False)
            for name in SUMS
        ),
        sa.PrimaryKeyConstraint(*names, *IDS, name=op.f(f"pk_{table}")),
        sqlite_with_rowid=False,
    )
    keys, sums = ", ".join([*names, *IDS]), ", ".join(f"sum({name})" for name in SUMS)
    op.execute(
        f"INSERT INTO {table} ({keys}, {', '.join(SUMS)})"  # noqa: S608 - names of ours alone
        f" SELECT {keys}, {sums} FROM {source} GROUP BY {keys}"
    )
    for name in IDS:
        op.create_index(op.f(f"ix_{table}_{name}"), table, [name, *names])
