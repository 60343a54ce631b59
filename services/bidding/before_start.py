"""What is looked at before a service starts, on this machine or on a cluster: what would fail later is told at once."""

from __future__ import annotations

import ipaddress
import time
from collections.abc import Callable

from adplat import bootstrap
from adplat.bootstrap import Settings
from adplat.domain import ConfigRejected, WorkspaceBusy
from adplat.flows.manage_keys import publish_keys
from adplat.snapshots import DeploymentPointer, load_snapshot
from services.bidding.tracing import otlp_exporter

_KEYS_PATIENCE_S = 5.0
_LOOK_S = 0.25

Told = Callable[[str], None]


def require_servable(settings: Settings) -> None:
    """What every replica would stumble over. Raises ConfigRejected, MissingInput, BundleRejected (a changed byte)."""
    from adplat.ctr import verify_bundle

    bootstrap.notice_desk(settings)
    if settings.serve_ray_address and not settings.redis_url:
        raise ConfigRejected(
            "replicas on other machines cannot reach the embedded Valkey",
            where="ADPLAT_REDIS_URL",
            hint="name a Redis or Valkey that all machines reach, or use --profile laptop",
        )
    if settings.otlp_endpoint:
        otlp_exporter(settings.otlp_endpoint).shutdown()
    pointer = DeploymentPointer(settings.workspace)
    verify_bundle(load_snapshot(pointer.folder_of(pointer.read())).bundle_path)


def require_keys(settings: Settings, told: Told) -> None:
    """Publish the API keys. Without any, the service is open to whoever reaches it: told, or refused on a network."""
    has_keys = _published(settings)
    if settings.keys == "always" and not has_keys:
        told("no API key exists and ADPLAT_KEYS=always: nobody is let in until 'adplat key create' makes one")
    if settings.keys == "never" or (settings.keys == "when_any" and not has_keys):
        why = "ADPLAT_KEYS=never" if settings.keys == "never" else "no API key exists"
        if settings.keys == "when_any" and not _is_loopback(settings.http_host):
            raise ConfigRejected(
                f"{why}, so the service would be open to the whole network",
                where=settings.http_host,
                hint="make one with 'adplat key create', or set ADPLAT_KEYS=never where nobody else can reach it",
            )
        told(f"{why}: whoever reaches {settings.http_host} may ask, report and spend; see 'adplat key create'")


def _published(settings: Settings) -> bool:
    until = time.monotonic() + _KEYS_PATIENCE_S
    while True:
        try:
            with bootstrap.opened_keys(settings) as parts:
                return bool(publish_keys(parts).keys)
        except WorkspaceBusy:  # somebody changes keys, which takes a moment
            if time.monotonic() > until:
                raise
            time.sleep(_LOOK_S)


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
