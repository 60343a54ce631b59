"""Metrics of an advertiser in a placement by day, beside those of creatives and of campaigns.

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

TABLE = "placement_days"
KEYS = ("zone", "day", "advertiser_id", "placement")
SUMS = ("impressions", "clicks", "conversions", "expected_clicks", "spend_micros", "value_micros")


def upgrade() -> None:
    op.create_table(
        TABLE,
        *(sa.Column(name, sa.Text(), nullable=False) for name in KEYS),
        *(
            sa.Column(name, sa.Float(53) if name == "expected_clicks" else sa.BigInteger(), nullable=False)
            for name in SUMS
        ),
        sa.PrimaryKeyConstraint(*KEYS, name=op.f(f"pk_{TABLE}")),
        sqlite_with_rowid=False,
    )
    keys, sums = ", ".join(KEYS), ", ".join(f"sum({name})" for name in SUMS)
    op.execute(
        f"INSERT INTO {TABLE} ({keys}, {', '.join(SUMS)})"  # noqa: S608 - names of ours alone
        f" SELECT {keys}, {sums} FROM daily_metrics GROUP BY {keys}"
    )
    op.create_index(op.f(f"ix_{TABLE}_advertiser_id"), TABLE, ["advertiser_id", "zone", "day"])


def downgrade() -> None:
    op.drop_table(TABLE)
