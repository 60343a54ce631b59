"""The SQL tables and nothing else; ``rows`` turns domain objects into rows and back.

A change here needs a migration: ``adplat db check`` and ``tests/storage/test_migrating.py`` compare the two.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import JSON, BigInteger, Float, ForeignKey, Index, MetaData, Text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from adplat.storage.column_types import BigKey, UtcDateTime


class Base(DeclarativeBase):
    """Constraints have told names, so that migrations on both databases can speak of them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        str: Text(),
        int: BigInteger(),
        float: Float(53),
        datetime: UtcDateTime(),
        dict[str, Any]: JSON(),
        list[Any]: JSON(),
    }


class AdvertiserRow(Base):
    __tablename__ = "advertisers"

    advertiser_id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    currency: Mapped[str]
    domain: Mapped[str]


class CampaignRow(Base):
    __tablename__ = "campaigns"

    campaign_id: Mapped[str] = mapped_column(primary_key=True)
    advertiser_id: Mapped[str] = mapped_column(ForeignKey("advertisers.advertiser_id"), index=True)
    name: Mapped[str]
    status: Mapped[str] = mapped_column(index=True)
    budget_currency: Mapped[str]
    daily_budget_micros: Mapped[int | None]
    total_budget_micros: Mapped[int | None]
    flight_start: Mapped[datetime]
    flight_end: Mapped[datetime | None]
    bid_kind: Mapped[str]
    target_micros: Mapped[int]
    target_ratio: Mapped[float]
    targeting: Mapped[dict[str, Any]]
    time_zone: Mapped[str]
    frequency_caps: Mapped[list[Any]]
    attribution_click_s: Mapped[int]
    attribution_view_s: Mapped[int]


class AdRow(Base):
    __tablename__ = "ads"

    ad_id: Mapped[str] = mapped_column(primary_key=True)
    campaign_id: Mapped[str] = mapped_column(ForeignKey("campaigns.campaign_id"), index=True)
    name: Mapped[str]
    landing_url: Mapped[str]


class CreativeRow(Base):
    __tablename__ = "creatives"

    creative_id: Mapped[str] = mapped_column(primary_key=True)
    ad_id: Mapped[str] = mapped_column(ForeignKey("ads.ad_id"), index=True)
    campaign_id: Mapped[str] = mapped_column(ForeignKey("campaigns.campaign_id"), index=True)
    advertiser_id: Mapped[str] = mapped_column(ForeignKey("advertisers.advertiser_id"), index=True)
    status: Mapped[str] = mapped_column(index=True)
    headline: Mapped[str]
    body: Mapped[str]
    cta: Mapped[str]
    language: Mapped[str]
    image_sha256: Mapped[str | None]
    image_path: Mapped[str | None]
    image_width_px: Mapped[int | None]
    image_height_px: Mapped[int | None]
    category: Mapped[str]
    origin: Mapped[str]
    source: Mapped[str]
    content_categories: Mapped[list[Any]]
    attributes: Mapped[list[Any]]
    elements: Mapped[dict[str, Any]]


class BundleRow(Base):
    """One bundle. Whether it is live stands in the history of deployments and nowhere else."""

    __tablename__ = "bundles"

    bundle_id: Mapped[str] = mapped_column(primary_key=True)
    path: Mapped[str]
    schema_digest: Mapped[str]
    created: Mapped[datetime]
    metrics: Mapped[dict[str, Any]]
    rows: Mapped[int]
    later_rows: Mapped[int]
    data_since: Mapped[datetime | None]
    data_until: Mapped[datetime | None]
    fingerprint: Mapped[str]
    config: Mapped[dict[str, Any]]
    parent: Mapped[str]
    registered: Mapped[datetime]
    registered_by: Mapped[str]


class DeploymentRow(Base):
    """From ``at`` on this bundle was the live one; the order is that of the keys."""

    __tablename__ = "deployments"

    deployment_id: Mapped[int] = mapped_column(BigKey, primary_key=True, autoincrement=True)
    bundle_id: Mapped[str] = mapped_column(ForeignKey("bundles.bundle_id"))
    at: Mapped[datetime]
    kind: Mapped[str]
    by: Mapped[str]
    reason: Mapped[str]
    snapshot_id: Mapped[str]
    gates: Mapped[dict[str, Any]]


class _Counted:
    """What is added up of showings; the key of each table comes before it."""

    impressions: Mapped[int] = mapped_column(sort_order=1)
    clicks: Mapped[int] = mapped_column(sort_order=1)
    conversions: Mapped[int] = mapped_column(sort_order=1)
    expected_clicks: Mapped[float] = mapped_column(sort_order=1)
    spend_micros: Mapped[int] = mapped_column(sort_order=1)
    value_micros: Mapped[int] = mapped_column(sort_order=1)


class HourlyMetricRow(_Counted, Base):
    """One cell. It refers to the catalogue by id without a foreign key: what happened stays true."""

    __tablename__ = "hourly_metrics"
    __table_args__ = (
        Index("ix_hourly_metrics_creative_id", "creative_id"),
        Index("ix_hourly_metrics_campaign_id", "campaign_id", "hour"),
        Index("ix_hourly_metrics_advertiser_id", "advertiser_id", "hour"),
    )

    hour: Mapped[datetime] = mapped_column(primary_key=True)
    advertiser_id: Mapped[str] = mapped_column(primary_key=True)
    campaign_id: Mapped[str] = mapped_column(primary_key=True)
    creative_id: Mapped[str] = mapped_column(primary_key=True)
    placement: Mapped[str] = mapped_column(primary_key=True)


class DailyMetricRow(_Counted, Base):
    """Hourly metrics added up to the days of a time zone, kept in the same transaction as they; ``day`` is ISO."""

    __tablename__ = "daily_metrics"
    __table_args__ = (
        Index("ix_daily_metrics_advertiser_id", "advertiser_id", "zone", "day"),
        Index("ix_daily_metrics_campaign_id", "campaign_id", "zone", "day"),
        {"sqlite_with_rowid": False},
    )

    zone: Mapped[str] = mapped_column(primary_key=True)
    day: Mapped[str] = mapped_column(primary_key=True)
    advertiser_id: Mapped[str] = mapped_column(primary_key=True)
    campaign_id: Mapped[str] = mapped_column(primary_key=True)
    creative_id: Mapped[str] = mapped_column(primary_key=True)
    placement: Mapped[str] = mapped_column(primary_key=True)


class CampaignHourRow(_Counted, Base):
    """Hourly metrics of a campaign, all creatives and placements together; kept in the same transaction as they."""

    __tablename__ = "campaign_hours"
    __table_args__ = (
        Index("ix_campaign_hours_advertiser_id", "advertiser_id", "hour"),
        Index("ix_campaign_hours_campaign_id", "campaign_id", "hour"),
        {"sqlite_with_rowid": False},
    )

    hour: Mapped[datetime] = mapped_column(primary_key=True)
    advertiser_id: Mapped[str] = mapped_column(primary_key=True)
    campaign_id: Mapped[str] = mapped_column(primary_key=True)


class CampaignDayRow(_Counted, Base):
    """Daily metrics of a campaign, likewise."""

    __tablename__ = "campaign_days"
    __table_args__ = (
        Index("ix_campaign_days_advertiser_id", "advertiser_id", "zone", "day"),
        Index("ix_campaign_days_campaign_id", "campaign_id", "zone", "day"),
        {"sqlite_with_rowid": False},
    )

    zone: Mapped[str] = mapped_column(primary_key=True)
    day: Mapped[str] = mapped_column(primary_key=True)
    advertiser_id: Mapped[str] = mapped_column(primary_key=True)
    campaign_id: Mapped[str] = mapped_column(primary_key=True)


class CampaignTotalRow(_Counted, Base):
    """All that ever was counted of a campaign, likewise: how much of its budget is spent is asked at every look."""

    __tablename__ = "campaign_totals"
    __table_args__ = (Index("ix_campaign_totals_campaign_id", "campaign_id"), {"sqlite_with_rowid": False})

    advertiser_id: Mapped[str] = mapped_column(primary_key=True)
    campaign_id: Mapped[str] = mapped_column(primary_key=True)


class PlacementDayRow(_Counted, Base):
    """Daily metrics of an advertiser in a placement, likewise."""

    __tablename__ = "placement_days"
    __table_args__ = (
        Index("ix_placement_days_advertiser_id", "advertiser_id", "zone", "day"),
        {"sqlite_with_rowid": False},
    )

    zone: Mapped[str] = mapped_column(primary_key=True)
    day: Mapped[str] = mapped_column(primary_key=True)
    advertiser_id: Mapped[str] = mapped_column(primary_key=True)
    placement: Mapped[str] = mapped_column(primary_key=True)


class ReportZoneRow(Base):
    """A time zone whose days are kept; UTC always is."""

    __tablename__ = "report_zones"

    zone: Mapped[str] = mapped_column(primary_key=True)


class ReleasedBreakdownRow(Base):
    """What was told of a campaign's users on one UTC day by one attribute; never changed, and numbered as it was told.

    ``shown`` has the values that were told, each with its sums. What is not in it was told together, as the rest.
    """

    __tablename__ = "released_breakdowns"

    campaign_id: Mapped[str] = mapped_column(primary_key=True)
    day: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    advertiser_id: Mapped[str] = mapped_column(index=True)
    attribute: Mapped[str]
    counted: Mapped[str]
    released: Mapped[datetime]
    fingerprint: Mapped[str]
    shown: Mapped[list[Any]]


class StreamCoverageRow(Base):
    """How far a reader's figures cover the event stream; the migration creates the row, ``add`` only moves it."""

    __tablename__ = "stream_coverage"

    reader: Mapped[str] = mapped_column(primary_key=True)
    milliseconds: Mapped[int]
    sequence: Mapped[int]


class CallerRow(Base):
    """One who may ask the services. No list of advertisers or placements (NULL): all of them."""

    __tablename__ = "callers"

    caller_id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    permissions: Mapped[list[Any]]
    advertisers: Mapped[list[Any] | None] = mapped_column(JSON(none_as_null=True))
    placements: Mapped[list[Any] | None] = mapped_column(JSON(none_as_null=True))


class ApiKeyRow(Base):
    """One key, by its hash alone; a key that is over stays, so that the tables say that keys are demanded."""

    __tablename__ = "api_keys"
    __table_args__ = (Index("ix_api_keys_sha256", "sha256", unique=True),)

    key_id: Mapped[str] = mapped_column(primary_key=True)
    caller_id: Mapped[str] = mapped_column(ForeignKey("callers.caller_id"), index=True)
    sha256: Mapped[str]
    created: Mapped[datetime]
    created_by: Mapped[str]
    expires: Mapped[datetime | None]
    revoked: Mapped[datetime | None]


class ExperimentRow(Base):
    """One creative test. ``setup`` is the document that it was created from and never changes; what happened since
    stands beside it. ``advertiser_id`` is NULL where it is about campaigns of more than one advertiser, or of all."""

    __tablename__ = "experiments"
    __table_args__ = (Index("ix_experiments_state", "state"),)

    experiment_id: Mapped[str] = mapped_column(primary_key=True)
    advertiser_id: Mapped[str | None] = mapped_column(index=True)
    state: Mapped[str]
    setup: Mapped[dict[str, Any]]
    paused_arms: Mapped[list[Any]]
    raises: Mapped[list[Any]]
    winner: Mapped[str | None]
    reason: Mapped[str]
    created: Mapped[datetime]
    created_by: Mapped[str]
    started: Mapped[datetime | None]
    stopped: Mapped[datetime | None]
    decided: Mapped[datetime | None]


class ExperimentResultRow(Base):
    """What one analysis said; never changed. One job leaves one of them, however often it began."""

    __tablename__ = "experiment_results"
    __table_args__ = (
        Index("ix_experiment_results_experiment_id", "experiment_id"),
        Index("ix_experiment_results_job_id", "job_id", unique=True),
    )

    result_id: Mapped[int] = mapped_column(BigKey, primary_key=True, autoincrement=True)
    experiment_id: Mapped[str] = mapped_column(ForeignKey("experiments.experiment_id"))
    job_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("jobs.job_id"))
    at: Mapped[datetime]
    data_since: Mapped[datetime | None]
    data_until: Mapped[datetime | None]
    document: Mapped[dict[str, Any]]


class JobRow(Base):
    """One order and what became of it; the row is the queue entry."""

    __tablename__ = "jobs"
    __table_args__ = (
        Index("ix_jobs_kind_idempotency_key", "kind", "idempotency_key", unique=True),
        Index("ix_jobs_state_run_after", "state", "run_after"),
        Index("ix_jobs_kind_subject", "kind", "subject"),
    )

    job_id: Mapped[int] = mapped_column(BigKey, primary_key=True, autoincrement=True)
    advertiser_id: Mapped[str | None] = mapped_column(index=True)
    kind: Mapped[str]
    subject: Mapped[str]
    payload: Mapped[dict[str, Any]]
    idempotency_key: Mapped[str | None]
    run_after: Mapped[datetime]
    most_attempts: Mapped[int]
    created_at: Mapped[datetime]
    created_by: Mapped[str]
    state: Mapped[str]
    attempts: Mapped[int]
    progress: Mapped[float]
    result: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    error: Mapped[str]
    worker_id: Mapped[str]
    lease_until: Mapped[datetime | None]
    heartbeat_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]


class WorkerRow(Base):
    """One process that takes jobs. No foreign key to its job: that would lock the job at every word of its worker."""

    __tablename__ = "workers"

    worker_id: Mapped[str] = mapped_column(primary_key=True)
    kinds: Mapped[list[Any]]
    version: Mapped[str]
    started: Mapped[datetime]
    seen: Mapped[datetime]
    lease_until: Mapped[datetime]
    job_id: Mapped[int | None]
    job_kind: Mapped[str | None]
    job_since: Mapped[datetime | None]


class KeptForecastRow(Base):
    """One forecast as it was given. It names the catalogue by id without a foreign key: what was told stays told."""

    __tablename__ = "kept_forecasts"
    __table_args__ = (Index("ix_kept_forecasts_scored_flight_end", "scored", "flight_end"),)

    forecast_id: Mapped[str] = mapped_column(primary_key=True)
    made: Mapped[datetime]
    made_by: Mapped[str]
    name: Mapped[str]
    advertiser_id: Mapped[str] = mapped_column(index=True)
    campaign_id: Mapped[str | None]
    flight_start: Mapped[datetime]
    flight_end: Mapped[datetime]
    plan: Mapped[dict[str, Any]]
    document: Mapped[dict[str, Any]]
    bundle_id: Mapped[str]
    correction_id: Mapped[str]
    data_from: Mapped[datetime | None]
    data_to: Mapped[datetime | None]
    slices: Mapped[dict[str, Any]]
    scored: Mapped[datetime | None]


class ForecastScoreRow(Base):
    """One score; never changed. ``day`` is an ISO date, empty for the whole flight."""

    __tablename__ = "forecast_scores"
    __table_args__ = (Index("ix_forecast_scores_forecast_id", "forecast_id", "metric", "day", "revision", unique=True),)

    score_id: Mapped[int] = mapped_column(BigKey, primary_key=True, autoincrement=True)
    forecast_id: Mapped[str] = mapped_column(ForeignKey("kept_forecasts.forecast_id"))
    metric: Mapped[str]
    day: Mapped[str]
    revision: Mapped[int]
    scored: Mapped[datetime]
    actual: Mapped[float]
    quantiles: Mapped[list[Any]]
    pinball: Mapped[float]
    inside_80: Mapped[bool]
    inside_95: Mapped[bool]
    reason: Mapped[str]


class DraftRow(Base):
    """One draft of a creative: ``document`` as it was made, which never changes, and its place in its life.

    It names the catalogue by id without a foreign key: what was drafted stays told. Rows are numbered as they come, so
    that a list can go on after one of them.
    """

    __tablename__ = "drafts"
    __table_args__ = (
        Index("ix_drafts_draft_id", "draft_id", unique=True),
        Index("ix_drafts_status", "status"),
        Index("ix_drafts_campaign_id", "campaign_id"),
    )

    number: Mapped[int] = mapped_column(BigKey, primary_key=True, autoincrement=True)
    draft_id: Mapped[str]
    status: Mapped[str]
    brief_id: Mapped[str]
    advertiser_id: Mapped[str] = mapped_column(index=True)
    campaign_id: Mapped[str]
    placement_id: Mapped[str]
    made: Mapped[datetime]
    made_by: Mapped[str]
    file_sha256: Mapped[str]
    bundle_id: Mapped[str]
    document: Mapped[dict[str, Any]]
    brief: Mapped[dict[str, Any]]
    sidecar_sha256: Mapped[str]
    decided: Mapped[datetime | None]
    decided_by: Mapped[str]
    reason: Mapped[str]
    creative_id: Mapped[str]


class DraftMakingRow(Base):
    """How one part of a draft came to be; stands in its document too, and here to be found by model."""

    __tablename__ = "draft_makings"
    __table_args__ = (Index("ix_draft_makings_model", "model"),)

    draft_id: Mapped[str] = mapped_column(ForeignKey("drafts.draft_id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    made_by: Mapped[str]
    model: Mapped[str]
    licence: Mapped[str]
    seed: Mapped[int]
    prompt: Mapped[str]
    wholly_generated: Mapped[bool]


class DraftParentRow(Base):
    """A draft or creative that a draft was made from."""

    __tablename__ = "draft_parents"

    draft_id: Mapped[str] = mapped_column(ForeignKey("drafts.draft_id"), primary_key=True)
    parent_id: Mapped[str] = mapped_column(primary_key=True)


class DraftReviewRow(Base):
    """What one review found; never changed. The latest counts."""

    __tablename__ = "draft_reviews"
    __table_args__ = (Index("ix_draft_reviews_draft_id", "draft_id"),)

    review_id: Mapped[int] = mapped_column(BigKey, primary_key=True, autoincrement=True)
    draft_id: Mapped[str] = mapped_column(ForeignKey("drafts.draft_id"))
    at: Mapped[datetime]
    verdict: Mapped[str]
    document: Mapped[dict[str, Any]]
