"""Settings, and the one place where real parts are plugged into flows.

Every value has a default that needs nothing but this package: SQLite, an embedded Valkey and folders
under the workspace. ``ADPLAT_…`` variables name servers instead. Nothing heavy is imported until it is asked for.
"""

from __future__ import annotations

import getpass
import os
import secrets
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import asdict, replace
from functools import lru_cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from pydantic import AliasChoices, Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from adplat.domain import (
    AlertLimits,
    AuditTrail,
    Brief,
    BundleRegistry,
    CatalogueStore,
    Clock,
    ConfigRejected,
    Counts,
    Job,
    JobQueue,
    MissingInput,
    ObjectStore,
    Progress,
    SystemClock,
    plainly,
)

if TYPE_CHECKING:
    from adplat.artwork import SigningChain
    from adplat.ctr import NetworkFit
    from adplat.domain import ArmStatistics, LiveBundles, ServiceCounts, ServingReplica, Viewer
    from adplat.flows.admin_parts import AdminParts, SeenParts
    from adplat.flows.bench_admin_market import AdminStores, MarketStores
    from adplat.flows.bench_run import BidStores
    from adplat.flows.bid_notices import NoticeDesk
    from adplat.flows.draft_attempt import DraftTools
    from adplat.flows.draft_creatives import MadeDraft
    from adplat.flows.draft_parts import DraftParts
    from adplat.flows.draft_round import DraftPlan
    from adplat.flows.experiment_parts import ExperimentParts
    from adplat.flows.forecast_desk import ForecastDesk
    from adplat.flows.forecast_parts import ForecastParts
    from adplat.flows.manage_keys import KeyParts
    from adplat.flows.registry_parts import RegistryParts
    from adplat.flows.report_parts import ReportParts
    from adplat.flows.roll_out import RolloutParts
    from adplat.flows.run_demo import DemoParts, DemoPlan
    from adplat.flows.send_parts import SendParts
    from adplat.flows.sending_rules import SendingRules
    from adplat.flows.sign_in import PeopleParts
    from adplat.privacy import ConsentRules
    from adplat.snapshots import CatalogueSnapshot, PolicySettings
    from adplat.storage import (
        Database,
        DatabaseCheck,
        DecisionWriter,
        EmbeddedValkey,
        RedisBidState,
        RedisBidUpkeep,
        RedisConversionState,
        RedisOnlineState,
        RedisServiceCounts,
        RedisStreamState,
        RedisWorkerCounts,
        SqlMetricsLedger,
        WorkspaceLock,
    )

COUNTED_WITHIN_S = 60.0


class Settings(BaseSettings):
    """What can be set from outside; each field is ``ADPLAT_<NAME>`` in the environment."""

    model_config = SettingsConfigDict(env_prefix="ADPLAT_", frozen=True, extra="ignore", populate_by_name=True)

    workspace: Path = Field(default=Path(".adplat"), description="folder of all state")
    database_url: str = Field(default="", description="PostgreSQL by URL; empty: SQLite in the workspace")
    redis_url: str = Field(default="", description="Redis or Valkey by URL; empty: an embedded Valkey")
    objects_url: str = Field(default="", description="object store by URL; empty: a folder in the workspace")
    ray_address: str = Field(
        default="",
        validation_alias=AliasChoices("ADPLAT_RAY_ADDRESS", "RAY_ADDRESS"),
        description="Ray cluster that gives --workers; empty: a Ray on this machine for as long as the command runs",
    )
    http_host: str = Field(default="127.0.0.1")
    http_port: int = Field(default=8470, ge=1, le=65535)
    grpc_port: int = Field(default=8471, ge=1, le=65535, description="gRPC, on the host of HTTP")
    replicas: int = Field(default=1, ge=1)
    replica_cpus: float = Field(default=0.0, ge=0.0, description="of Ray's CPUs that one replica takes; 0: whatever is")
    ongoing_requests: int = Field(default=64, ge=1, description="what Ray lets into one replica at once")
    queued_requests: int = Field(default=512, ge=1, description="what waits in Ray for a replica; the rest is refused")
    serve_ray_address: str = Field(
        default="", description="Ray cluster that holds the replicas; empty: a Ray of our own on this machine"
    )
    ingress: Literal["haproxy", "ray"] = Field(
        default="haproxy", description="what stands before the replicas: HAProxy, or Ray Serve's own Python proxy"
    )
    requests_at_once: int = Field(
        default=20, ge=1, description="what HAProxy gives one replica at once, by HTTP and by gRPC; the rest waits"
    )
    wait_at_door_ms: int = Field(
        default=4, ge=1, description="how long a request waits in HAProxy for its turn before it is turned away"
    )
    public_url: str = Field(default="", description="how sellers and browsers reach the service; empty: host and port")
    media_url: str = Field(default="", description="where pictures lie by content hash; empty: our own /media")
    notice_secrets: str = Field(
        default="", description="keys of notice addresses, by comma, the first signs; empty: one made in the workspace"
    )
    tcf_vendor_id: int | None = Field(default=None, ge=1, description="our number in the Global Vendor List")
    unknown_gdpr_is: Literal["applies", "does_not_apply"] = Field(
        default="does_not_apply", description="what a seller means who does not say whether the GDPR applies"
    )
    namespace: str = Field(
        default="adplat", description="prefix of every Redis key, so that deployments may share a server"
    )
    actor: str = Field(default="", description="who acts, for the registry and the audit trail; empty: the login name")
    alert_pace_share: float = Field(
        default=0.15, gt=0, description="spend that differs from an even one by more than this share is an alert"
    )
    alert_settled_days: float = Field(
        default=1.0, ge=0, description="days of a flight before which nothing is said of its pace"
    )
    alert_silent_hours: float = Field(
        default=6.0, gt=0, le=24, description="hours without a showing of a live campaign that are an alert"
    )
    alert_lately_days: int = Field(
        default=7, ge=1, le=90, description="days of PCOC, and of forecasts that were missed, that alerts look at"
    )
    alert_pcoc_share: float = Field(
        default=0.2, gt=0, description="PCOC, or one over it, whose 99 % interval is above 1 by more than this"
    )
    shading_every_minutes: int = Field(
        default=10, ge=0, description="how often the worker learns first-price bids from ended auctions; 0: never"
    )
    shading_window_days: int = Field(default=7, ge=1, description="of auctions that teach prices")
    keys: Literal["when_any", "always", "never"] = Field(
        default="when_any", description="whether callers need an API key: from the first one made on, always, or never"
    )
    attribution_days: int = Field(default=7, ge=1, description="how long an event may refer to its decision")
    attribution_grace_s: float = Field(
        default=60.0, ge=0, le=86_400, description="how long a conversion waits for clicks and showings told after it"
    )

    log_level: Literal["debug", "info", "warning", "error"] = Field(
        default="info", description="from which level on the service's log is written"
    )
    log_file: str = Field(
        default="", description="the service's log, - for stderr; empty: logs/adplat.jsonl in the workspace"
    )
    otlp_endpoint: str = Field(default="", description="where spans go by OTLP over HTTP; empty: nothing is traced")
    trace_share: float = Field(
        default=0.01, ge=0.0, le=1.0, description="share of requests traced among those whose caller does not say"
    )
    analysis_every_minutes: float = Field(
        default=60.0, gt=0, description="how often the worker analyses each running experiment"
    )
    forecast_score_every_minutes: float = Field(
        default=60.0, ge=0, description="how often the worker scores kept forecasts that are ripe; 0: never"
    )
    forecast_learn: bool = Field(
        default=True, description="whether the worker learns from scored forecasts what corrects those to come"
    )
    forecast_port: int = Field(default=8100, ge=1, le=65535, description="HTTP of 'adplat serve forecasting'")
    forecast_grpc_port: int = Field(default=8101, ge=1, le=65535, description="its gRPC, on the host of HTTP")
    forecast_replicas: int = Field(default=1, ge=1)
    forecast_data: str = Field(
        default="", description="folder with the lake and catalogue that plans are forecast from; empty: the workspace"
    )
    forecast_bundle: str = Field(
        default="deployed", description="model of forecasts: the deployed one, if any; none; or a bundle's folder"
    )
    forecast_correction: str = Field(
        default="", description="what past campaigns taught: empty, what was learned here, if anything; none; or a file"
    )
    forecast_deadline_s: float = Field(
        default=30.0, gt=0, description="how long a forecast may take that somebody waits for"
    )
    forecast_threads: int = Field(default=2, ge=1, description="forecasts that one replica makes at once")
    forecast_refresh_minutes: float = Field(
        default=60.0,
        ge=0,
        description="how often a replica looks whether the lake is a day ahead; 0: never",
    )
    original_share: float = Field(
        default=0.1,
        ge=0.0,
        lt=1.0,
        description="share of the people that sees a campaign's own creatives alone once generated ones run; 0: none",
    )
    seal_chain: str = Field(
        default="", description="PEM file that drafts are sealed with: key and certificates; empty: a chain of our own"
    )
    seal_timestamp_url: str = Field(default="", description="RFC 3161 authority that dates seals; empty: none")
    admin_port: int = Field(default=8480, ge=1, le=65535, description="HTTP of 'adplat admin'")
    admin_url: str = Field(
        default="",
        description="how browsers reach the admin where a proxy with TLS stands before it; empty: by port",
    )
    smtp_host: str = Field(default="", description="mail server that scheduled reports are handed to; empty: none")
    smtp_port: int = Field(default=587, ge=1, le=65535)
    smtp_security: Literal["starttls", "ssl", "none"] = Field(
        default="starttls", description="TLS of the mail server; none only for one on this machine"
    )
    smtp_user: str = Field(default="", description="who signs in at the mail server; empty: nobody does")
    smtp_password: str = Field(default="", repr=False, description="best as a file of ADPLAT_SECRETS_FOLDER")
    smtp_from: str = Field(default="", description="address that mail is from; empty: adplat@ and the server's name")
    smtp_ca: str = Field(default="", description="PEM file of whom to trust besides, by mail and webhooks; empty: none")
    smtp_domains: str = Field(
        default="", description="where mail may go, by comma, such as tea.example; empty: anywhere"
    )
    webhook_local: bool = Field(
        default=False, description="whether webhooks may go to this machine, without TLS too; for trials"
    )
    judging_data: str = Field(
        default="",
        description="folder or file with later rows, on which the admin judges bundles; empty: the workspace",
    )
    admin_requests_per_minute: int = Field(
        default=600, ge=0, description="of one person, or one key, in the admin; 0: as many as one likes"
    )
    admin_unknown_per_minute: int = Field(
        default=120, ge=0, description="of one address from which nobody is signed in; 0: as many as one likes"
    )
    admin_heavy_per_minute: int = Field(
        default=120,
        ge=0,
        description="of one person: reports, uploads, forecasts, passwords, each; 0: as many as one likes",
    )
    oidc_issuer: str = Field(
        default="", description="identity provider by which people may sign in to the admin; empty: by password alone"
    )
    oidc_client_id: str = Field(default="", description="how that provider calls this admin")
    oidc_client_secret: str = Field(
        default="", repr=False, description="what it gave with that; best as a file of ADPLAT_SECRETS_FOLDER"
    )
    oidc_claim: str = Field(
        default="email", description="claim that names the person: email (verified), preferred_username, sub, …"
    )
    oidc_groups_claim: str = Field(
        default="", description="claim with the names of groups; empty: only people who exist come in"
    )
    oidc_groups: dict[str, str] = Field(
        default_factory=dict,
        description='what groups are here, the strongest first, as JSON: {"ads": "admin", "tea": "advertiser:a1,a7"}',
    )
    oidc_scopes: str = Field(default="openid email profile", description="what the provider is asked for")
    oidc_name: str = Field(default="", description="what people call that provider; empty: its host")
    generation_port: int = Field(default=8110, ge=1, le=65535, description="HTTP of 'adplat serve generation'")
    generation_replicas: int = Field(default=1, ge=1)
    generation_threads: int = Field(default=2, ge=1, description="reviews that one replica makes at once")
    generation_deadline_s: float = Field(
        default=30.0, gt=0, description="how long a review may take that somebody waits for"
    )
    generation_models: bool = Field(
        default=False, description="whether callers may name models of painters and copywriters by id"
    )
    experiment_holdout: float = Field(
        default=0.0, ge=0.0, le=1.0, description="share of all units that no experiment touches"
    )
    layer_holdouts: dict[str, float] = Field(
        default_factory=dict, description="the same for single layers, as JSON by their names"
    )
    job_lease_s: float = Field(
        default=30.0, ge=0.3, description="how long a job waits for a word of its worker before another one takes it"
    )
    replay_share: float = Field(
        default=0.001, ge=0.0, le=1.0, description="share of decisions logged with what they were scored with"
    )
    request_sample: float = Field(
        default=0.1, ge=0.0, le=1.0, description="share of users whose opportunities are logged for forecasts; 0: none"
    )

    secrets_folder: str = Field(
        default="", description="folder with a file for each secret setting, by its name: adplat_redis_url, …"
    )

    @property
    def lake_folder(self) -> Path:
        """The event lake."""
        return self.workspace / "lake"

    @property
    def cache_folder(self) -> Path:
        """Encoder vectors by content hash; may be deleted at any time."""
        return self.workspace / "cache"

    @property
    def learned_correction(self) -> Path:
        """What scored forecasts taught, taken by forecasts to come; absent before the first."""
        return self.workspace / "forecast" / "correction.json"

    @property
    def alert_limits(self) -> AlertLimits:
        """From where on something is an alert on the pages of people."""
        return AlertLimits(
            pace_share=self.alert_pace_share,
            settled_days=self.alert_settled_days,
            silent_h=self.alert_silent_hours,
            lately_days=self.alert_lately_days,
            pcoc_share=self.alert_pcoc_share,
        )

    @property
    def correction_of_forecasts(self) -> Path | None:
        """What forecasts are corrected by, whether it is there or not; ``None``: they are told as they are."""
        if self.forecast_correction == "none":
            return None
        return Path(self.forecast_correction) if self.forecast_correction else self.learned_correction


def read_settings(**overrides: object) -> Settings:
    """Settings from the command line, else the environment, else ``ADPLAT_SECRETS_FOLDER``.

    Raises ConfigRejected on a bad value, and where that folder is none.
    """
    given = {name: value for name, value in overrides.items() if value is not None}
    folder = os.environ.get("ADPLAT_SECRETS_FOLDER", "")
    if folder and not Path(folder).is_dir():
        raise ConfigRejected(
            "the folder of secrets is not there", where=folder, hint="mount it, or unset ADPLAT_SECRETS_FOLDER"
        )
    if folder:
        given["_secrets_dir"] = folder
    try:
        return Settings(**given)  # type: ignore[arg-type]  # values are checked by the model itself
    except ValidationError as reason:
        first = reason.errors()[0]
        name = str(first["loc"][0]) if first["loc"] else "setting"
        raise ConfigRejected(
            f"{name}: {plainly(first['msg'])}", where=f"ADPLAT_{name.upper()}", hint="mend the variable or the option"
        ) from None


def profile_settings(name: str) -> dict[str, object]:
    """What ``configs/serve/NAME.yaml`` sets and no variable does. Raises ConfigRejected for an unknown name or key."""
    from adplat.data import configs_folder, read_yaml

    folder = configs_folder() / "serve"
    known = sorted(path.stem for path in folder.glob("*.yaml"))
    if name not in known:
        raise ConfigRejected(f"no profile {name!r}", where="--profile", hint=f"profiles are {', '.join(known)}")
    told = read_yaml(folder / f"{name}.yaml")
    unknown = sorted(set(told) - set(Settings.model_fields))
    if unknown:
        raise ConfigRejected(
            f"unknown setting {unknown[0]!r}",
            where=str(folder / f"{name}.yaml"),
            hint="name one of ADPLAT_…, in lower case",
        )
    set_outside = {key.lower() for key in os.environ}
    return {key: value for key, value in told.items() if f"adplat_{key}" not in set_outside}


def clock() -> Clock:
    """The machine's clock."""
    return SystemClock()


def database_url(settings: Settings) -> str:
    """The database that these settings name."""
    if settings.database_url:
        return settings.database_url
    return f"sqlite:///{(settings.workspace / 'adplat.db').resolve()}"


def require_workspace(settings: Settings) -> None:
    """Make the workspace where it is absent. Raises ConfigRejected where it cannot be a folder."""
    try:
        settings.workspace.mkdir(parents=True, exist_ok=True)
    except OSError as reason:
        raise ConfigRejected(
            f"the workspace cannot be a folder: {reason.strerror}",
            where=str(settings.workspace),
            hint="give another folder with --workspace or ADPLAT_WORKSPACE",
        ) from None


def open_database(settings: Settings) -> Database:
    """The database, at the newest migration when it is our own SQLite file. Raises StoreUnreachable."""
    from adplat import storage

    url = database_url(settings)
    if not settings.database_url:
        require_workspace(settings)
        storage.upgrade_database(url)
    return storage.open_database(url)


def open_catalogue(database: Database) -> CatalogueStore:
    """Advertisers, campaigns, ads and creatives."""
    from adplat.storage import SqlCatalogue

    return SqlCatalogue(database)


def open_ledger(database: Database) -> SqlMetricsLedger:
    """Hourly metrics."""
    from adplat.storage import SqlMetricsLedger

    return SqlMetricsLedger(database)


def open_bundles(database: Database) -> BundleRegistry:
    """Registered and deployed bundles."""
    from adplat.storage import SqlBundleRegistry

    return SqlBundleRegistry(database)


def open_jobs(database: Database) -> JobQueue:
    """What is to be done later, by the worker."""
    from adplat.storage import SqlJobs

    return SqlJobs(database)


def open_audit(database: Database) -> AuditTrail:
    """Who did what."""
    from adplat.storage import SqlAuditTrail

    return SqlAuditTrail(database)


def open_objects(settings: Settings) -> ObjectStore:
    """Creative pictures and other bytes by content."""
    from adplat import storage

    return storage.open_objects(settings.objects_url or str(settings.workspace / "objects"))


def lock_workspace(settings: Settings, purpose: str) -> WorkspaceLock:
    """What only one process may hold, by purpose (``serve``, ``worker``). Raises WorkspaceBusy when entered twice."""
    from adplat.storage import WorkspaceLock

    require_workspace(settings)
    return WorkspaceLock(settings.workspace / f"{purpose}.lock")


def embedded_valkey(settings: Settings) -> EmbeddedValkey:
    """The embedded server of this workspace, not yet started."""
    from adplat.storage import EmbeddedValkey

    return EmbeddedValkey(settings.workspace / "valkey")


def open_online(settings: Settings, url: str) -> RedisOnlineState:
    """The hot path's Redis side."""
    from adplat import storage

    return storage.open_online_state(url, namespace=settings.namespace, attribution_days=settings.attribution_days)


def public_url(settings: Settings) -> str:
    """Where sellers and browsers reach the service."""
    return settings.public_url.rstrip("/") or f"http://{settings.http_host}:{settings.http_port}"


def media_url(settings: Settings) -> str:
    """Below which a picture lies by its content hash."""
    return settings.media_url.rstrip("/") or f"{public_url(settings)}/media"


def notice_desk(settings: Settings) -> NoticeDesk:
    """Signs and reads the addresses of notices. Raises ConfigRejected for a key that is too short."""
    from adplat.flows.bid_notices import NoticeDesk
    from adplat.storage import kept_secret

    told = tuple(secret.strip().encode() for secret in settings.notice_secrets.split(",") if secret.strip())
    return NoticeDesk(public_url(settings), told or (kept_secret(settings.workspace / "notice.key"),))


def consent_rules(settings: Settings) -> ConsentRules:
    """How privacy signals are read."""
    from adplat.privacy import ConsentRules

    return ConsentRules(vendor_id=settings.tcf_vendor_id, unknown_gdpr_is=settings.unknown_gdpr_is)


def open_bids(settings: Settings, url: str) -> RedisBidState:
    """The bidders' Redis side."""
    from adplat import storage

    return storage.open_bid_state(url, namespace=settings.namespace, attribution_days=settings.attribution_days)


def decision_writer(bids: RedisBidState, counts: Counts | None = None, series: str = "") -> DecisionWriter:
    """Writes closed requests behind the answers, for as long as its block runs; counts them below ``series``."""
    from adplat.storage import DecisionWriter

    return DecisionWriter(bids, counts=counts, series=series)


def open_counts(settings: Settings, url: str) -> RedisServiceCounts:
    """Where the replicas add up what they counted."""
    from adplat.storage import RedisServiceCounts

    return RedisServiceCounts(url, namespace=settings.namespace)


def open_worker_counts(settings: Settings, url: str) -> RedisWorkerCounts:
    """The same for the worker."""
    from adplat.storage import RedisWorkerCounts

    return RedisWorkerCounts(url, namespace=settings.namespace)


def open_forecast_counts(settings: Settings) -> ServiceCounts:
    """Where forecasters add up what they counted: the Redis that is named, else one replica's own memory.

    Not the embedded server of a bidding service beside: neither waits for the other or falls with it.
    """
    from adplat.storage import OwnCounts, RedisServiceCounts

    if settings.redis_url:
        return RedisServiceCounts(settings.redis_url, namespace=f"{settings.namespace}:forecasting")
    return OwnCounts(is_whole=settings.forecast_replicas == 1)


def open_bid_upkeep(settings: Settings, url: str) -> RedisBidUpkeep:
    """What the worker does for the bidders."""
    from adplat import storage

    return storage.open_bid_upkeep(url, namespace=settings.namespace, attribution_days=settings.attribution_days)


def open_stream(settings: Settings, url: str) -> RedisStreamState:
    """The worker's Redis side."""
    from adplat import storage

    return storage.open_stream_state(url, namespace=settings.namespace, attribution_days=settings.attribution_days)


def open_conversions(settings: Settings, url: str) -> RedisConversionState:
    """Where conversions wait for their credit."""
    from adplat import storage

    return storage.open_conversion_state(url, namespace=settings.namespace)


@contextmanager
def running_redis(settings: Settings) -> Iterator[str]:
    """A Redis URL to talk to for as long as the block runs.

    The one that is set; or the embedded Valkey that a running ``adplat serve`` keeps; or one of our own.
    """
    from adplat.storage import running_valkey

    joined = settings.redis_url or running_valkey(settings.workspace / "valkey")
    if joined:
        yield joined
        return
    with embedded_valkey(settings) as server:
        yield server.url


def upgrade_database(settings: Settings) -> DatabaseCheck:
    """Bring the database to the newest migration."""
    from adplat import storage

    if not settings.database_url:
        require_workspace(settings)
    return storage.upgrade_database(database_url(settings))


def check_database(settings: Settings) -> DatabaseCheck:
    """Compare the database with the migrations and the code."""
    from adplat import storage

    return storage.check_database(database_url(settings))


def actor(settings: Settings) -> str:
    """Who acts: the setting, or the login name of whoever runs this."""
    if settings.actor:
        return settings.actor
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a user id without a name, as in many containers
        return "unknown"


@contextmanager
def opened_keys(settings: Settings) -> Iterator[KeyParts]:
    """Callers and keys of a workspace, for one who changes them at a time.

    Raises StoreUnreachable, and WorkspaceBusy where another one changes them at this moment.
    """
    with closing(open_database(settings)) as database, _one_key_desk(settings, database, actor(settings)) as parts:
        yield parts


@contextmanager
def _one_key_desk(settings: Settings, database: Database, by: str) -> Iterator[KeyParts]:
    from adplat.flows.manage_keys import KeyParts
    from adplat.snapshots import KeyFile
    from adplat.storage import SqlCallers

    # One at a time, or what is published last might not be what was read last.
    with lock_workspace(settings, "keys"):
        publish = KeyFile(settings.workspace).write
        yield KeyParts(SqlCallers(database), publish, secrets.token_bytes, clock(), by)


@contextmanager
def opened_people(settings: Settings) -> Iterator[PeopleParts]:
    """People of a workspace, with their passwords, sessions and keys. Raises StoreUnreachable."""
    from adplat.flows.sign_in import PeopleParts
    from adplat.storage import SqlPeople

    with closing(open_database(settings)) as database:
        yield PeopleParts(SqlPeople(database), secrets.token_bytes, clock(), actor(settings))


@contextmanager
def opened_admin(settings: Settings) -> Iterator[AdminParts]:
    """People, and everything else of a workspace as each of them sees it. Raises StoreUnreachable."""
    from adplat import storage
    from adplat.data import Lake, load_placements
    from adplat.flows.admin_parts import AdminParts, SeenParts
    from adplat.flows.prepare_forecasts import PreparedForecasts
    from adplat.flows.sign_in import PeopleParts

    placements, objects, now = load_placements(), open_objects(settings), clock()
    secret, rules = admin_secret(settings), sending_rules(settings)
    with closing(open_database(settings)) as database:

        def seen(viewer: Viewer) -> SeenParts:
            mine = storage.seen_by(database, viewer)
            return SeenParts(
                viewer=viewer,
                catalogue=storage.SqlCatalogue(mine),
                edits=storage.SqlCatalogueEdits(mine),
                report=storage.SqlReports(mine).report,
                shown_since=storage.SqlReports(mine).shown_since,
                drafts=storage.SqlDrafts(mine),
                experiments=storage.SqlExperiments(mine),
                forecasts=storage.SqlForecasts(mine),
                jobs=storage.SqlJobs(mine),
                bundles=storage.SqlBundleRegistry(mine),
                audit=storage.SqlAuditTrail(mine),
                people=PeopleParts(storage.SqlPeople(mine), secrets.token_bytes, now, viewer.user_id),
                objects=objects,
                placements=placements,
                clock=now,
                draw=secrets.token_bytes,
                secret=secret,
                callers=storage.SqlCallers(mine),
                keys=partial(_one_key_desk, settings, mine, viewer.user_id),
                reports=partial(report_parts, settings, database, viewer),
                saved=storage.SqlSavedReports(mine, viewer),
                schedules=storage.SqlReportSchedules(mine, viewer),
                sending=rules,
                live=partial(live_bundles, settings, database, viewer),
                replicas=partial(serving_replicas, settings, viewer),
                lake=Lake(settings.lake_folder),
                belief=partial(bandit_belief, settings),
                running=partial(_experiment_parts, settings),
                limits=settings.alert_limits,
            )

        desk = PreparedForecasts(
            partial(forecast_desk, settings),
            partial(_require_opportunities, settings),
            60.0 * settings.forecast_refresh_minutes,
        )
        people = PeopleParts(storage.SqlPeople(database), secrets.token_bytes, now, "admin")
        yield AdminParts(people, seen, open_audit(database), desk)


def live_bundles(settings: Settings, database: Database, viewer: Viewer) -> LiveBundles:
    """What is live, pointed to, looking on; nothing for who does not see all advertisers."""
    from adplat.domain import LiveBundles
    from adplat.flows.roll_out import live_bundles as told

    return told(open_bundles(database), settings.workspace) if viewer.advertisers is None else LiveBundles("", 0)


def serving_replicas(settings: Settings, viewer: Viewer) -> Sequence[ServingReplica] | None:
    """What the replicas of the bidding service last said that they serve from; ``None``: nobody can tell."""
    from adplat.domain import StoreUnreachable
    from adplat.flows.roll_out import replicas_among
    from adplat.storage import running_valkey

    url = settings.redis_url or running_valkey(settings.workspace / "valkey")
    if not url or viewer.advertisers is not None:
        return None
    try:
        with closing(open_worker_counts(settings, url)) as counts:
            return replicas_among(counts.states(), clock().now())
    except StoreUnreachable:
        return None


def rollout_parts(settings: Settings) -> RolloutParts:
    """What rollouts that were ordered from afar are done with; each is done on behalf of whoever ordered it."""
    from adplat.flows.roll_out import RolloutParts

    return RolloutParts(
        opened=lambda by: opened_registry(settings.model_copy(update={"actor": by})),
        alone=lambda: lock_workspace(settings, "deploy"),
        data=Path(settings.judging_data) if settings.judging_data else settings.workspace,
        lake_of=settings.workspace,
    )


def _experiment_parts(settings: Settings, seen: SeenParts) -> ExperimentParts:
    """What a person changes experiments with. Several may at once: each waits a little for its turn."""
    from adplat.flows.experiment_parts import ExperimentParts
    from adplat.snapshots import ExperimentsFile
    from adplat.storage import held_soon

    file = ExperimentsFile(settings.workspace)
    return ExperimentParts(
        experiments=seen.experiments,
        jobs=seen.jobs,
        audit=seen.audit,
        catalogue=seen.catalogue,
        published=file.read,
        publish=file.write,
        alone=lambda: held_soon(lock_workspace(settings, "experiments")),
        clock=seen.clock,
        by=seen.by,
        holdout=settings.experiment_holdout,
        layer_holdouts=settings.layer_holdouts,
    )


def bandit_belief(settings: Settings, campaign_id: str) -> dict[str, Any] | None:
    """What the bandit that serves now believes of a campaign's creatives; ``None`` where nobody serves.

    Raises UnknownReference where none of them is served, StoreUnreachable.
    """
    from adplat.flows.show_bandit import bandit_document, read_statistics
    from adplat.snapshots import DeploymentPointer
    from adplat.storage import running_valkey

    pointer = DeploymentPointer(settings.workspace)
    url = settings.redis_url or running_valkey(settings.workspace / "valkey")
    if not url:
        return None
    try:
        snapshot = _snapshot_in(pointer.folder_of(pointer.read()))
    except MissingInput:
        return None
    return bandit_document(snapshot, read_statistics(open_online(settings, url), clock().now()), campaign_id)


@lru_cache(maxsize=1)
def _snapshot_in(folder: Path) -> CatalogueSnapshot:
    """What was published never changes; of 10,000 creatives it takes a second to read."""
    from adplat.snapshots import load_snapshot

    return load_snapshot(folder)


def admin_secret(settings: Settings) -> bytes:
    """Of the workspace: what ids, and the secrets of webhooks, follow from."""
    from adplat import storage

    require_workspace(settings)
    return storage.kept_secret(settings.workspace / "admin" / "secret")


def sending_rules(settings: Settings) -> SendingRules:
    """What may be sent from here, and whereto."""
    from adplat.flows.sending_rules import SendingRules

    domains = frozenset(name for one in settings.smtp_domains.split(",") if (name := one.strip().lower().lstrip("@")))
    return SendingRules(bool(settings.smtp_host), domains, settings.webhook_local)


@contextmanager
def opened_report_sends(settings: Settings) -> Iterator[SendParts]:
    """What the worker sends saved reports with. Raises StoreUnreachable."""
    from adplat import storage
    from adplat.flows.send_parts import Letter, SendParts

    host = settings.smtp_host

    def mail(letter: Letter) -> None:
        from adplat.client import Mail, MailServer, send_mail

        server = MailServer(
            host,
            settings.smtp_port,
            settings.smtp_security,
            settings.smtp_user,
            settings.smtp_password,
            settings.smtp_from or f"adplat@{host or 'localhost'}",
            settings.smtp_ca,
        )
        send_mail(server, Mail(**{name: getattr(letter, name) for name in Mail.__dataclass_fields__}))

    def post(address: str, body: bytes, headers: Mapping[str, str]) -> int:
        from adplat.client import HookRules, post_webhook

        return post_webhook(HookRules(settings.webhook_local, ca_file=settings.smtp_ca), address, body, headers)

    with closing(open_database(settings)) as database:
        yield SendParts(
            sends=storage.SqlReportSends(database),
            people=storage.SqlPeople(database),
            saved=lambda viewer: storage.SqlSavedReports(seen_by(database, viewer), viewer),
            reports=lambda viewer: report_parts(settings, database, viewer),
            mail=mail,
            post=post,
            rules=sending_rules(settings),
            secret=admin_secret(settings),
            clock=clock(),
            link=settings.admin_url,
        )


def send_due_reports(settings: Settings) -> list[Job]:
    """What is due is ordered and sent, here and now; the jobs as they ended. Raises StoreUnreachable."""
    from adplat.domain import SEND_REPORT
    from adplat.flows.run_jobs import run_next_job
    from adplat.flows.send_report import do_send_job
    from adplat.flows.watch_reports import watch_reports

    worker_id, done = f"{socket.gethostname()}:{os.getpid()}", []
    with opened_report_sends(settings) as parts, opened_jobs(settings) as queue:
        watch_reports(parts.sends, parts.clock)
        handlers = {SEND_REPORT: partial(do_send_job, parts)}
        while job := run_next_job(queue, handlers, worker_id, parts.clock, lease_s=settings.job_lease_s):
            done.append(queue.find(job.job_id))
    return done


@contextmanager
def opened_audit(settings: Settings) -> Iterator[AuditTrail]:
    """The audit trail of a workspace. Raises StoreUnreachable."""
    with closing(open_database(settings)) as database:
        yield open_audit(database)


def seen_by(database: Database, viewer: Viewer) -> Database:
    """The database as this viewer sees it; every store takes it, and gives and changes the viewer's rows alone."""
    from adplat import storage

    return storage.seen_by(database, viewer)


@contextmanager
def opened_reports(settings: Settings, viewer: Viewer | None = None) -> Iterator[ReportParts]:
    """Reports of a workspace as a viewer sees them; ``None``: all of it, for who runs this machine."""
    with closing(open_database(settings)) as database:
        yield report_parts(settings, database, viewer)


def report_parts(settings: Settings, database: Database, viewer: Viewer | None) -> ReportParts:
    """The same over a database that is open, and is nobody's view."""
    from adplat.data import Lake, auction_counts, audience_rows, user_attributes
    from adplat.flows.report_breakdown import LEAST, BreakdownParts
    from adplat.flows.report_parts import ReportParts
    from adplat.storage import SqlCatalogue, SqlReleasedCuts, SqlReports

    lake = Lake(settings.lake_folder)
    seen = database if viewer is None else seen_by(database, viewer)
    live = open_bundles(database).deployed()
    return ReportParts(
        breakdown=BreakdownParts(
            report=SqlReports(seen).report,
            # Everybody's: what was told to one must be remembered when another one asks.
            cuts=SqlReleasedCuts(database),
            audience=partial(audience_rows, lake),
            clock=clock(),
            least_users=LEAST,
        ),
        campaigns=SqlCatalogue(seen).campaigns,
        auctions=partial(auction_counts, lake),
        by=actor(settings) if viewer is None else viewer.user_id,
        bundle_id="" if live is None else live.bundle_id,
        attributes=partial(user_attributes, lake, newest=20),
    )


def kept_report_zones(settings: Settings, add: str = "", progress: Progress | None = None) -> list[str]:
    """The zones whose days are kept, after ``add`` is one of them. Raises ConfigRejected."""
    from adplat.storage import keep_zone, kept_zones

    with closing(open_database(settings)) as database:
        if add:
            keep_zone(database, add, progress)
        return kept_zones(database)


def write_bytes(file: Path, data: bytes) -> None:
    """A file, whole or not at all. Raises MissingInput."""
    from adplat import data as files

    files.write_bytes(file, data)


@contextmanager
def opened_jobs(settings: Settings) -> Iterator[JobQueue]:
    """The queue of a workspace for as long as the block runs. Raises StoreUnreachable."""
    with closing(open_database(settings)) as database:
        yield open_jobs(database)


@contextmanager
def opened_experiments(settings: Settings) -> Iterator[ExperimentParts]:
    """Experiments, their jobs and what replicas are told of them. Raises StoreUnreachable."""
    from adplat.flows.experiment_parts import ExperimentParts
    from adplat.snapshots import ExperimentsFile
    from adplat.storage import SqlExperiments

    file = ExperimentsFile(settings.workspace)
    with closing(open_database(settings)) as database:
        yield ExperimentParts(
            experiments=SqlExperiments(database),
            jobs=open_jobs(database),
            audit=open_audit(database),
            catalogue=open_catalogue(database),
            published=file.read,
            publish=file.write,
            alone=lambda: lock_workspace(settings, "experiments"),
            clock=clock(),
            by=actor(settings),
            holdout=settings.experiment_holdout,
            layer_holdouts=settings.layer_holdouts,
        )


@contextmanager
def opened_forecasts(settings: Settings) -> Iterator[ForecastParts]:
    """Kept forecasts, their jobs and the catalogue of a workspace. Raises StoreUnreachable."""
    from adplat.flows.forecast_parts import ForecastParts
    from adplat.storage import SqlForecasts

    with closing(open_database(settings)) as database:
        yield ForecastParts(
            forecasts=SqlForecasts(database),
            jobs=open_jobs(database),
            audit=open_audit(database),
            catalogue=open_catalogue(database),
            clock=clock(),
            by=actor(settings),
        )


@contextmanager
def opened_drafts(settings: Settings) -> Iterator[DraftParts]:
    """Kept drafts, their jobs, their pictures and the catalogue of a workspace. Raises StoreUnreachable."""
    from adplat.flows.draft_parts import DraftParts
    from adplat.storage import SqlDrafts

    with closing(open_database(settings)) as database:
        yield DraftParts(
            drafts=SqlDrafts(database),
            jobs=open_jobs(database),
            audit=open_audit(database),
            catalogue=open_catalogue(database),
            objects=open_objects(settings),
            clock=clock(),
            by=actor(settings),
        )


def signing_chain(settings: Settings) -> SigningChain:
    """What drafts are sealed with: the operator's file, or a chain made for this workspace and kept as a secret.

    Raises MissingInput and ConfigRejected for a file that is not there or does not fit.
    """
    from adplat.artwork import made_chain, read_chain
    from adplat.storage import kept_secret

    if settings.seal_chain:
        path = Path(settings.seal_chain)
        try:
            pem = path.read_bytes()
        except OSError as reason:
            raise MissingInput(
                f"cannot be read: {reason.strerror}", where=f"ADPLAT_SEAL_CHAIN={path}", hint="mend the setting"
            ) from None
    else:
        require_workspace(settings)
        path = settings.workspace / "seal.pem"
        pem = kept_secret(path, lambda: made_chain(clock().now()))
    return read_chain(pem, str(path), settings.seal_timestamp_url)


def draft_tools(settings: Settings, plan: DraftPlan) -> DraftTools:
    """The copywriter, the painter and the seal of a plan. Raises ConfigRejected, MissingInput."""
    from adplat.flows.draft_attempt import DraftTools
    from adplat.flows.draft_makers import copywriter_named, painter_named, reads_letters_of

    return DraftTools(
        copywriter_named(plan.copywriter, settings.cache_folder),
        painter_named(plan.painter),
        signing_chain(settings),
        reads_letters_of(plan.painter),
    )


def do_draft_job(settings: Settings, parts: DraftParts, job: Job, tell: Callable[[float], None]) -> Mapping[str, Any]:
    """One order of drafts; scored with the model and the data of forecasts where both are there."""
    from adplat.flows.draft_job import do_draft_job as do
    from adplat.flows.score_drafts import score_drafts

    bundle, data = _bundle_of_forecasts(settings), Path(settings.forecast_data or settings.workspace)

    def score(made: Sequence[MadeDraft], brief: Brief, progress: Progress) -> tuple[MadeDraft, ...]:
        if not settings.forecast_data:
            _keep_catalogue(settings)
        return score_drafts(made, brief, bundle or Path(), data, settings.cache_folder, progress)

    return do(parts, lambda plan: draft_tools(settings, plan), None if bundle is None else score, job, tell)


def draft_from_file(
    settings: Settings,
    brief_path: Path,
    out: Path,
    plan: DraftPlan,
    progress: Progress,
    *,
    directions: Path | None = None,
    bundle: Path | None = None,
    data: Path | None = None,
    keep: bool = False,
) -> dict[str, Any]:
    """Draft, score where a bundle is named, write ``out``, and keep in the workspace if asked; the document of it.

    Raises ConfigRejected (a folder that is there, a bundle without data), MissingInput, and what the steps raise.
    """
    from adplat.data import load_placements
    from adplat.flows.draft_round import draft_round
    from adplat.flows.keep_drafts import keep_drafts
    from adplat.flows.read_brief import pictures_of, read_brief, with_directions
    from adplat.flows.score_drafts import score_drafts
    from adplat.flows.write_drafts import require_new, write_drafts

    require_new(out)
    if (bundle is None) != (data is None):
        raise ConfigRejected(
            "a bundle and the data whose people it scores for belong together",
            where="--bundle" if data is None else "--data",
            hint="give both, or neither",
        )
    placements = load_placements()
    brief = with_directions(read_brief(brief_path, placements), directions)
    done = draft_round(
        brief, pictures_of(brief, brief_path.parent), placements, plan, draft_tools(settings, plan), progress
    )
    if bundle is not None and data is not None:
        made = score_drafts(done.made, brief, bundle, data, settings.cache_folder, progress)
        done = replace(done, made=made)
    with ExitStack() as stack:
        # Opened first: a database that is away is told before anything is written.
        parts = stack.enter_context(opened_drafts(settings)) if keep else None
        document = write_drafts(done, out)
        if parts is not None:
            keep_drafts(parts, done)
    return document


def forecast_desk(settings: Settings) -> ForecastDesk:
    """What plans are forecast from; nothing is loaded yet. Raises MissingInput for a place that is not there."""
    from adplat.flows.forecast_desk import DeskPlaces, ForecastDesk
    from adplat.snapshots import DeploymentPointer

    named = "" if settings.forecast_correction == "none" else settings.forecast_correction
    for name, place in (("DATA", settings.forecast_data), ("CORRECTION", named)):
        if place and not Path(place).exists():
            raise MissingInput("it is not there", where=f"ADPLAT_FORECAST_{name}={place}", hint="mend the setting")
    return ForecastDesk(
        DeskPlaces(
            folder=Path(settings.forecast_data or settings.workspace),
            bundle=lambda: _bundle_of_forecasts(settings),
            correction=settings.correction_of_forecasts,
            cache_dir=settings.cache_folder,
            objects=open_objects(settings),
            # Creatives come with a deployment.
            also_watched=(DeploymentPointer(settings.workspace).path,),
            before_load=(lambda: None) if settings.forecast_data else (lambda: _keep_catalogue(settings)),
        )
    )


def _require_opportunities(settings: Settings) -> None:
    """Raises MissingInput where there is no log to forecast from."""
    from adplat.flows.sample_opportunities import lake_of_opportunities

    lake_of_opportunities(Path(settings.forecast_data or settings.workspace))


def _keep_catalogue(settings: Settings) -> None:
    """A workspace's own catalogue stands in SQL."""
    from adplat.flows.keep_catalogue import keep_catalogue

    with closing(open_database(settings)) as database:
        keep_catalogue(settings.workspace, open_catalogue(database), open_objects(settings))


def _bundle_of_forecasts(settings: Settings) -> Path | None:
    from adplat.snapshots import DeploymentPointer, load_snapshot

    if settings.forecast_bundle == "none":
        return None
    if settings.forecast_bundle != "deployed":
        return Path(settings.forecast_bundle)
    pointer = DeploymentPointer(settings.workspace)
    if not pointer.path.exists():
        return None
    return load_snapshot(pointer.folder_of(pointer.read())).bundle_path


@contextmanager
def opened_registry(settings: Settings, cache: Path | None = None) -> Iterator[RegistryParts]:
    """The model registry of a workspace for as long as the block runs. Raises StoreUnreachable."""
    from adplat.flows.registry_parts import RegistryParts

    @contextmanager
    def stream() -> Iterator[RedisStreamState]:
        with running_redis(settings) as url, closing(open_stream(settings, url)) as opened:
            yield opened

    with closing(open_database(settings)) as database:
        yield RegistryParts(
            bundles=open_bundles(database),
            audit=open_audit(database),
            catalogue=open_catalogue(database),
            objects=open_objects(settings),
            open_stream=stream,
            workspace=settings.workspace,
            cache_dir=cache or settings.cache_folder,
            clock=clock(),
            by=actor(settings),
        )


def deploy_bundle(
    settings: Settings, bundle_dir: Path, folder: Path, progress: Progress, policy: PolicySettings | None = None
) -> dict[str, object]:
    """Put a bundle and a folder's catalogue into service; gives the document of ``adplat deploy --json``.

    Without a ``policy`` creatives are chosen as ``PolicySettings`` says by itself.
    """
    from adplat.flows.deploy_bundle import Stores
    from adplat.flows.deploy_bundle import deploy_bundle as deploy

    with (
        lock_workspace(settings, "deploy"),
        closing(open_database(settings)) as database,
        running_redis(settings) as url,
        closing(open_stream(settings, url)) as stream,
    ):
        stores = Stores(
            open_catalogue(database), open_bundles(database), open_audit(database), open_objects(settings), stream
        )
        done = deploy(
            stores,
            bundle_dir,
            folder,
            settings.workspace,
            settings.cache_folder,
            clock(),
            progress,
            policy,
            by=actor(settings),
        )
    return {
        "bundle_id": done.bundle.bundle_id,
        "snapshot_id": done.publication.deployment.snapshot_id,
        "live_creatives": done.publication.creatives,
        "campaigns": done.publication.campaigns,
        "users": done.users,
        "problems": [asdict(problem) for problem in done.publication.problems],
    }


@contextmanager
def training_crew(settings: Settings, workers: int) -> Iterator[NetworkFit | None]:
    """Who trains networks while the block runs: so many workers on Ray, or this process alone (0, ``None``)."""
    if not workers:
        yield None
        return
    from adplat.runners import RayMachines, fit_over

    with RayMachines(workers, settings.ray_address) as machines:
        yield fit_over(machines)


def encode_catalogue(
    settings: Settings, config: Path, folder: Path, *, workers: int, cache: Path | None, progress: Progress
) -> dict[str, Any]:
    """Fill the vector cache, in this process (0 workers) or on Ray; the document of ``adplat encode --json``."""
    from adplat.features import here
    from adplat.flows.encode_catalogue import encode_catalogue as encode
    from adplat.runners import RayMachines, spread_over

    start = time.monotonic()
    with RayMachines(workers, settings.ray_address) as machines:
        spread = spread_over(machines) if workers else here
        made = encode(config, folder, cache_dir=cache or settings.cache_folder, progress=progress, spread=spread)
    return {
        "encoded": made.encoded,
        "cached": made.cached,
        "without_vector": len(made.problems),
        "seconds": round(time.monotonic() - start, 3),
        "workers": workers,
        "encoders": list(made.encoders),
        "flags": list(made.flags),
        "problems": [asdict(problem) for problem in made.problems],
    }


@contextmanager
def running_service(settings: Settings) -> Iterator[str]:
    """``adplat serve`` as a child process; its URL once it answers. Raises InternalFault with its last words."""
    from adplat.flows.service_process import end_service, wait_until_served

    log_path = settings.workspace / "serve.log"
    command = [sys.executable, "-m", "adplat.cli", "serve", "--workspace", str(settings.workspace)]
    command += ["--port", str(settings.http_port), "--host", settings.http_host]
    command += ["--grpc-port", str(settings.grpc_port)]
    with log_path.open("wb") as log:
        # A session of its own: Ctrl-C reaches us, and we then stop the child in order.
        child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True)
    try:
        url = f"http://{settings.http_host}:{settings.http_port}"
        wait_until_served(url, child, log_path)
        yield url
    finally:
        end_service(child)


def demo_plan(settings: Settings, requests: int, seed: int, world: Path | None = None) -> DemoPlan:
    """The demo's world and model."""
    from adplat.data import configs_folder
    from adplat.flows.run_demo import DemoPlan

    configs = configs_folder()
    return DemoPlan(
        world or configs / "worlds" / "demo.yaml",
        configs / "ctr" / "marketplace.yaml",
        settings.workspace,
        requests,
        seed,
    )


def demo_parts(settings: Settings, progress: Progress) -> DemoParts:
    """The real parts of the demo: SQL, Valkey and Ray Serve of its own workspace, state of earlier runs removed."""
    from adplat.flows.run_demo import DemoParts
    from adplat.flows.serve_over_http import HttpAdServer

    # Left from an earlier run: another world's creatives, users and clicks would be mixed into this one's.
    from adplat.flows.service_process import unused_ports

    http_port, grpc_port = unused_ports(2)
    state = settings.model_copy(
        update={"workspace": settings.workspace / "service", "http_port": http_port, "grpc_port": grpc_port}
    )

    def deploy(bundle_dir: Path, folder: Path) -> None:
        shutil.rmtree(state.workspace, ignore_errors=True)
        state.workspace.mkdir(parents=True)
        deploy_bundle(state, bundle_dir, folder, progress)

    @contextmanager
    def serve() -> Iterator[HttpAdServer]:
        progress(0, 1, "starting Valkey, Ray Serve and the worker")
        with running_service(state) as url, HttpAdServer(url) as server:
            progress(1, 1, "starting Valkey, Ray Serve and the worker")
            yield server

    def counted(impressions: int) -> dict[str, ArmStatistics]:
        until = time.monotonic() + COUNTED_WITHIN_S
        with closing(open_database(state)) as database:
            ledger = open_ledger(database)
            while True:
                totals = {name: total.statistics for name, total in ledger.totals_by_creative().items()}
                done = sum(arm.impressions for arm in totals.values())
                progress(min(done, impressions), impressions, "counting events")
                if done >= impressions or time.monotonic() > until:
                    return totals
                time.sleep(0.25)

    return DemoParts(deploy, serve, counted, clock())


def run_benchmark(
    settings: Settings,
    name: str,
    *,
    only: str,
    quick: bool,
    page: Path | None,
    progress: Progress,
    rows: int | None = None,
    database: str = "",
) -> dict[str, Any]:
    """One benchmark by name; gives its document and, where asked, writes its page. Raises ConfigRejected."""
    from adplat.flows.bench import run_bench

    return run_bench(
        name,
        clock(),
        progress,
        cache_dir=settings.cache_folder,
        only=only,
        quick=quick,
        page=page,
        stores=benchmark_stores(),
        admin=admin_benchmark_stores(),
        rows=rows,
        database=database,
    )


def benchmark_stores() -> BidStores:
    """What benchmarks decide bids over: an embedded Valkey of their own, whatever the settings name."""
    from adplat.flows.bench_run import BidStores

    return BidStores(_own_redis, _bids_of, _upkeep_of, _stream_of, _conversions_of, _own_ledger)


def admin_benchmark_stores() -> AdminStores:
    """What the benchmark of the admin fills: workspaces and databases of its own, whatever the settings name."""
    from adplat.flows.bench_admin_market import AdminStores
    from adplat.storage import running_postgres

    return AdminStores(_opened_market, running_postgres)


@contextmanager
def _opened_market(workspace: Path, url: str) -> Iterator[MarketStores]:
    from adplat import storage
    from adplat.flows.bench_admin_market import MAKER, MarketStores
    from adplat.flows.manage_keys import KeyParts
    from adplat.flows.sign_in import PeopleParts

    settings = read_settings(workspace=workspace, database_url=url, actor=MAKER)
    workspace.mkdir(parents=True, exist_ok=True)
    storage.upgrade_database(url)
    with closing(open_database(settings)) as database:
        yield MarketStores(
            catalogue=storage.SqlCatalogue(database),
            drafts=storage.SqlDrafts(database),
            experiments=storage.SqlExperiments(database),
            forecasts=storage.SqlForecasts(database),
            jobs=storage.SqlJobs(database),
            bundles=storage.SqlBundleRegistry(database),
            objects=open_objects(settings),
            people=PeopleParts(storage.SqlPeople(database), secrets.token_bytes, clock(), MAKER),
            # No service is told of the callers.
            keys=KeyParts(storage.SqlCallers(database), lambda _: None, secrets.token_bytes, clock(), MAKER),
            saved=lambda viewer: storage.SqlSavedReports(seen_by(database, viewer), viewer),
            schedules=lambda viewer: storage.SqlReportSchedules(seen_by(database, viewer), viewer),
            fill_metrics=partial(storage.fill_metrics, database),
        )


@contextmanager
def _own_redis(folder: Path) -> Iterator[str]:
    from adplat.storage import EmbeddedValkey

    with EmbeddedValkey(folder) as server:
        yield server.url


def _bids_of(url: str, namespace: str) -> RedisBidState:
    from adplat import storage

    return storage.open_bid_state(url, namespace=namespace)


def _upkeep_of(url: str, namespace: str) -> RedisBidUpkeep:
    from adplat import storage

    return storage.open_bid_upkeep(url, namespace=namespace)


def _stream_of(url: str, namespace: str) -> RedisStreamState:
    from adplat import storage

    return storage.open_stream_state(url, namespace=namespace)


def _conversions_of(url: str, namespace: str) -> RedisConversionState:
    from adplat import storage

    return storage.open_conversion_state(url, namespace=namespace)


@contextmanager
def _own_ledger(folder: Path) -> Iterator[SqlMetricsLedger]:
    from adplat import storage

    url = f"sqlite:///{folder / 'adplat.db'}"
    storage.upgrade_database(url)
    with closing(storage.open_database(url)) as database:
        yield storage.SqlMetricsLedger(database)
