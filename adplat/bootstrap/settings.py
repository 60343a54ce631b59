"""Settings: what can be set from outside.

Every value has a default that needs nothing but this package: SQLite, an embedded Valkey and folders
under the workspace. ``ADPLAT_…`` variables name servers instead.
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import AliasChoices, Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from adplat.domain import AlertLimits


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
