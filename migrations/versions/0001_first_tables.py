"""The first tables: catalogue, bundles, hourly metrics with their stream position, audit.

Revision: 0001
Revises:
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0001"
down_revision: str | None = None
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

BIG_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "advertisers",
        sa.Column("advertiser_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("domain", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("advertiser_id", name="pk_advertisers"),
    )
    op.create_table(
        "campaigns",
        sa.Column("campaign_id", sa.Text(), nullable=False),
        sa.Column("advertiser_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("budget_currency", sa.Text(), nullable=False),
        sa.Column("daily_budget_micros", sa.BigInteger(), nullable=True),
        sa.Column("total_budget_micros", sa.BigInteger(), nullable=True),
        sa.Column("flight_start", MOMENT, nullable=False),
        sa.Column("flight_end", MOMENT, nullable=True),
        sa.Column("bid_kind", sa.Text(), nullable=False),
        sa.Column("target_micros", sa.BigInteger(), nullable=False),
        sa.Column("target_ratio", sa.Float(53), nullable=False),
        sa.Column("targeting", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["advertiser_id"], ["advertisers.advertiser_id"], name="fk_campaigns_advertiser_id_advertisers"
        ),
        sa.PrimaryKeyConstraint("campaign_id", name="pk_campaigns"),
    )
    op.create_index("ix_campaigns_advertiser_id", "campaigns", ["advertiser_id"])
    op.create_index("ix_campaigns_status", "campaigns", ["status"])
    op.create_table(
        "ads",
        sa.Column("ad_id", sa.Text(), nullable=False),
        sa.Column("campaign_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("landing_url", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaigns.campaign_id"], name="fk_ads_campaign_id_campaigns"
        ),
        sa.PrimaryKeyConstraint("ad_id", name="pk_ads"),
    )
    op.create_index("ix_ads_campaign_id", "ads", ["campaign_id"])
    op.create_table(
        "creatives",
        sa.Column("creative_id", sa.Text(), nullable=False),
        sa.Column("ad_id", sa.Text(), nullable=False),
        sa.Column("campaign_id", sa.Text(), nullable=False),
        sa.Column("advertiser_id", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("headline", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("cta", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("image_sha256", sa.Text(), nullable=True),
        sa.Column("image_path", sa.Text(), nullable=True),
        sa.Column("image_width_px", sa.BigInteger(), nullable=True),
        sa.Column("image_height_px", sa.BigInteger(), nullable=True),
        sa.Column("category", sa.Text(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["ad_id"], ["ads.ad_id"], name="fk_creatives_ad_id_ads"),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaigns.campaign_id"], name="fk_creatives_campaign_id_campaigns"
        ),
        sa.ForeignKeyConstraint(
            ["advertiser_id"], ["advertisers.advertiser_id"], name="fk_creatives_advertiser_id_advertisers"
        ),
        sa.PrimaryKeyConstraint("creative_id", name="pk_creatives"),
    )
    op.create_index("ix_creatives_ad_id", "creatives", ["ad_id"])
    op.create_index("ix_creatives_campaign_id", "creatives", ["campaign_id"])
    op.create_index("ix_creatives_status", "creatives", ["status"])
    op.create_table(
        "bundles",
        sa.Column("bundle_id", sa.Text(), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("schema_digest", sa.Text(), nullable=False),
        sa.Column("created", MOMENT, nullable=False),
        sa.Column("metrics", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("bundle_id", name="pk_bundles"),
    )
    op.create_table(
        "deployments",
        sa.Column("deployment_id", BIG_KEY, autoincrement=True, nullable=False),
        sa.Column("bundle_id", sa.Text(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["bundle_id"], ["bundles.bundle_id"], name="fk_deployments_bundle_id_bundles"),
        sa.PrimaryKeyConstraint("deployment_id", name="pk_deployments"),
    )
    op.create_table(
        "hourly_metrics",
        sa.Column("hour", MOMENT, nullable=False),
        sa.Column("advertiser_id", sa.Text(), nullable=False),
        sa.Column("campaign_id", sa.Text(), nullable=False),
        sa.Column("creative_id", sa.Text(), nullable=False),
        sa.Column("placement", sa.Text(), nullable=False),
        sa.Column("impressions", sa.BigInteger(), nullable=False),
        sa.Column("clicks", sa.BigInteger(), nullable=False),
        sa.Column("conversions", sa.BigInteger(), nullable=False),
        sa.Column("expected_clicks", sa.Float(53), nullable=False),
        sa.Column("spend_micros", sa.BigInteger(), nullable=False),
        sa.Column("value_micros", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint(
            "hour", "advertiser_id", "campaign_id", "creative_id", "placement", name="pk_hourly_metrics"
        ),
    )
    op.create_index("ix_hourly_metrics_creative_id", "hourly_metrics", ["creative_id"])
    coverage = op.create_table(
        "stream_coverage",
        sa.Column("reader", sa.Text(), nullable=False),
        sa.Column("milliseconds", sa.BigInteger(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("reader", name="pk_stream_coverage"),
    )
    op.create_table(
        "audit",
        sa.Column("audit_id", BIG_KEY, autoincrement=True, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("audit_id", name="pk_audit"),
    )
    # The position starts at the beginning of the stream; two first workers must find a row to race for.
    op.bulk_insert(coverage, [{"reader": "hourly_metrics", "milliseconds": 0, "sequence": 0}])


def downgrade() -> None:
    for table in (
        "audit",
        "stream_coverage",
        "hourly_metrics",
        "deployments",
        "bundles",
        "creatives",
        "ads",
        "campaigns",
        "advertisers",
    ):
        op.drop_table(table)
