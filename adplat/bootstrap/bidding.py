"""What a bidding service needs besides its stores: its addresses, signed notices, how privacy signals are read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from adplat.bootstrap.settings import Settings

if TYPE_CHECKING:
    from adplat.flows.bid_notices import NoticeDesk
    from adplat.privacy import ConsentRules


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
