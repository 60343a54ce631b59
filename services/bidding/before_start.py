"""What is looked at before a service starts, on this machine or on a cluster: what would fail later is told at once."""

from __future__ import annotations

from adplat import bootstrap
from adplat.bootstrap import Settings
from adplat.domain import ConfigRejected
from adplat.snapshots import DeploymentPointer, load_snapshot
from services.bidding.tracing import otlp_exporter


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
