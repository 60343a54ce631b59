"""Card
This room:   settings, and the one place where real parts are plugged into flows; a file for each set of parts.
May import:  whatever is below, each part late, inside the function that plugs it: nothing heavy is imported until
             it is asked for.
Must not:    import Ray, FastAPI or services; decide anything.
Called by:   cli, services, and tests that need real parts.
Tests:       tests/cli/, tests/services/
"""

from adplat.bootstrap.admin import opened_admin
from adplat.bootstrap.benchmarks import admin_benchmark_stores, benchmark_stores, run_benchmark
from adplat.bootstrap.bidding import consent_rules, media_url, notice_desk, public_url
from adplat.bootstrap.demo import demo_parts, demo_plan, running_service
from adplat.bootstrap.drafts import do_draft_job, draft_from_file, draft_tools, opened_drafts, signing_chain
from adplat.bootstrap.experiments import opened_experiments
from adplat.bootstrap.forecasts import forecast_desk, opened_forecasts
from adplat.bootstrap.machine import actor, clock, lock_workspace, require_workspace, write_bytes
from adplat.bootstrap.now_serving import bandit_belief, live_bundles, serving_replicas
from adplat.bootstrap.over_ray import encode_catalogue, training_crew
from adplat.bootstrap.people import opened_keys, opened_people
from adplat.bootstrap.redis_stores import (
    decision_writer,
    embedded_valkey,
    open_bid_upkeep,
    open_bids,
    open_conversions,
    open_counts,
    open_forecast_counts,
    open_online,
    open_stream,
    open_worker_counts,
    opened_request_buckets,
    running_redis,
)
from adplat.bootstrap.registry import deploy_bundle, opened_registry, rollout_parts
from adplat.bootstrap.reports import kept_report_zones, opened_reports, report_parts
from adplat.bootstrap.sending import admin_secret, opened_report_sends, send_due_reports, sending_rules
from adplat.bootstrap.setting_sources import profile_settings, read_settings
from adplat.bootstrap.settings import Settings
from adplat.bootstrap.stores import (
    check_database,
    database_url,
    existing_workspace,
    open_audit,
    open_bundles,
    open_catalogue,
    open_database,
    open_jobs,
    open_ledger,
    open_objects,
    opened_audit,
    opened_jobs,
    require_database,
    seen_by,
    upgrade_database,
)
from adplat.bootstrap.workers import listed_worker, opened_workers

__all__ = [
    "Settings",
    "actor",
    "admin_benchmark_stores",
    "admin_secret",
    "bandit_belief",
    "benchmark_stores",
    "check_database",
    "clock",
    "consent_rules",
    "database_url",
    "decision_writer",
    "demo_parts",
    "demo_plan",
    "deploy_bundle",
    "do_draft_job",
    "draft_from_file",
    "draft_tools",
    "embedded_valkey",
    "encode_catalogue",
    "existing_workspace",
    "forecast_desk",
    "kept_report_zones",
    "listed_worker",
    "live_bundles",
    "lock_workspace",
    "media_url",
    "notice_desk",
    "open_audit",
    "open_bid_upkeep",
    "open_bids",
    "open_bundles",
    "open_catalogue",
    "open_conversions",
    "open_counts",
    "open_database",
    "open_forecast_counts",
    "open_jobs",
    "open_ledger",
    "open_objects",
    "open_online",
    "open_stream",
    "open_worker_counts",
    "opened_admin",
    "opened_audit",
    "opened_drafts",
    "opened_experiments",
    "opened_forecasts",
    "opened_jobs",
    "opened_keys",
    "opened_people",
    "opened_registry",
    "opened_report_sends",
    "opened_reports",
    "opened_request_buckets",
    "opened_workers",
    "profile_settings",
    "public_url",
    "read_settings",
    "report_parts",
    "require_database",
    "require_workspace",
    "rollout_parts",
    "run_benchmark",
    "running_redis",
    "running_service",
    "seen_by",
    "send_due_reports",
    "sending_rules",
    "serving_replicas",
    "signing_chain",
    "training_crew",
    "upgrade_database",
    "write_bytes",
]
