"""Campaigns know their time zone, caps and attribution windows; creatives what a seller may block.

The further fields of targeting need no column: they stand in the JSON that is already there.

Revision: 0003
Revises: 0002
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0003"
down_revision: str | None = "0002"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

# What a row that is already there gets; a new row always tells its own.
EMPTY_LIST = sa.text("'[]'")
CAMPAIGNS = (
    ("time_zone", sa.Text(), sa.text("'UTC'")),
    ("frequency_caps", sa.JSON(), EMPTY_LIST),
    ("attribution_click_s", sa.BigInteger(), sa.text("604800")),
    ("attribution_view_s", sa.BigInteger(), sa.text("0")),
)
CREATIVES = (
    ("content_categories", sa.JSON(), EMPTY_LIST),
    ("attributes", sa.JSON(), EMPTY_LIST),
)
# What the version before can read of a targeting; it refuses any other field.
TARGETING_BEFORE = {"countries", "devices", "languages", "segments", "placements"}


def upgrade() -> None:
    for table, columns in (("campaigns", CAMPAIGNS), ("creatives", CREATIVES)):
        for name, kind, filled in columns:
            op.add_column(table, sa.Column(name, kind, nullable=False, server_default=filled))


def downgrade() -> None:
    for table, columns in (("creatives", CREATIVES), ("campaigns", CAMPAIGNS)):
        for name, _, _ in reversed(columns):
            op.drop_column(table, name)
    campaigns = sa.table("campaigns", sa.column("campaign_id", sa.Text()), sa.column("targeting", sa.JSON()))
    connection = op.get_bind()
    for campaign_id, targeting in connection.execute(sa.select(campaigns.c.campaign_id, campaigns.c.targeting)).all():
        kept = {field: values for field, values in targeting.items() if field in TARGETING_BEFORE}
        if kept != targeting:
            connection.execute(
                sa.update(campaigns).where(campaigns.c.campaign_id == campaign_id).values(targeting=kept)
            )
