"""Forecasts that were given, and what became of them.

Revision: 0007
Revises: 0006
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0007"
down_revision: str | None = "0006"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

MOMENT = sa.DateTime(timezone=True)
# SQLite numbers rows by itself only in a column declared INTEGER.
NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "kept_forecasts",
        sa.Column("forecast_id", sa.Text(), nullable=False),
        sa.Column("made", MOMENT, nullable=False),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("advertiser_id", sa.Text(), nullable=False),
        sa.Column("campaign_id", sa.Text(), nullable=True),
        sa.Column("flight_start", MOMENT, nullable=False),
        sa.Column("flight_end", MOMENT, nullable=False),
        sa.Column("plan", sa.JSON(), nullable=False),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.Column("bundle_id", sa.Text(), nullable=False),
        sa.Column("correction_id", sa.Text(), nullable=False),
        sa.Column("data_from", MOMENT, nullable=True),
        sa.Column("data_to", MOMENT, nullable=True),
        sa.Column("slices", sa.JSON(), nullable=False),
        sa.Column("scored", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("forecast_id", name=op.f("pk_kept_forecasts")),
    )
    op.create_index(op.f("ix_kept_forecasts_scored_flight_end"), "kept_forecasts", ["scored", "flight_end"])
    op.create_table(
        "forecast_scores",
        sa.Column("score_id", NUMBER, autoincrement=True, nullable=False),
        sa.Column("forecast_id", sa.Text(), nullable=False),
        sa.Column("metric", sa.Text(), nullable=False),
        sa.Column("day", sa.Text(), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("scored", MOMENT, nullable=False),
        sa.Column("actual", sa.Float(53), nullable=False),
        sa.Column("quantiles", sa.JSON(), nullable=False),
        sa.Column("pinball", sa.Float(53), nullable=False),
        sa.Column("inside_80", sa.Boolean(), nullable=False),
        sa.Column("inside_95", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["forecast_id"],
            ["kept_forecasts.forecast_id"],
            name=op.f("fk_forecast_scores_forecast_id_kept_forecasts"),
        ),
        sa.PrimaryKeyConstraint("score_id", name=op.f("pk_forecast_scores")),
    )
    op.create_index(
        op.f("ix_forecast_scores_forecast_id"),
        "forecast_scores",
        ["forecast_id", "metric", "day", "revision"],
        unique=True,
    )


def downgrade() -> None:
    op.drop_table("forecast_scores")
    op.drop_table("kept_forecasts")
