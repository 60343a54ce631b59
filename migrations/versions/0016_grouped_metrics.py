"""What PostgreSQL should know of who is shown where: how many different rows a report over them has.

Without it, it multiplies the numbers of advertisers, campaigns, creatives and placements, as if each creative were in
every campaign, and sorts millions of rows where a table of a few thousand sums would do. SQLite does not ask.

Revision: 0016
Revises: 0015
"""

from collections.abc import Sequence

from alembic import op

revision: str = "0016"
down_revision: str | None = "0015"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

TABLES = ("hourly_metrics", "daily_metrics")


def upgrade() -> None:
    if op.get_bind().dialect.name != "postgresql":
        return
    for table in TABLES:
        op.execute(
            f"CREATE STATISTICS st_{table} (ndistinct) ON advertiser_id, campaign_id, creative_id, placement FROM {table}"
        )
        op.execute(f"ANALYZE {table}")


def downgrade() -> None:
    if op.get_bind().dialect.name != "postgresql":
        return
    for table in TABLES:
        op.execute(f"DROP STATISTICS st_{table}")
