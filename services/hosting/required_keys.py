"""API keys before a service starts: published, or the service is known to be open."""

from __future__ import annotations

import ipaddress
import time
from collections.abc import Callable

from adplat import bootstrap
from adplat.bootstrap import Settings
from adplat.domain import ConfigRejected, WorkspaceBusy
from adplat.flows.manage_keys import publish_keys

_KEYS_PATIENCE_S = 5.0
_LOOK_S = 0.25

Told = Callable[[str], None]


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
