"""The bidding application for a Ray that somebody else runs and keeps alive, as KubeRay's ``RayService`` does.

``serveConfigV2`` of ``infra/kuberay/rayservice.yaml`` names ``services.bidding.cluster:application``. The doors, their
ports and the number of replicas stand there; everything else is ``ADPLAT_…`` in the pods' environment. Ray itself must
be told ``serve_environment`` there too, before it starts.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from adplat import bootstrap
from adplat.bootstrap import Settings, read_settings
from services.bidding.app import bidding_application
from services.bidding.before_start import require_servable
from services.hosting.on_a_cluster import many_machines, refuse_arguments
from services.hosting.required_keys import require_keys

log = logging.getLogger(__name__)


def application(args: Mapping[str, str]) -> Any:
    """Called by Ray Serve, once for each deployment of its config; ``args`` must be empty.

    Raises ConfigRejected (a server that is not named, an open service, anything in ``args``), MissingInput (nothing
    published), BundleRejected, StoreUnreachable: the deployment then fails with that sentence, and what ran goes on.
    """
    refuse_arguments(args)
    settings = cluster_settings(read_settings())
    require_servable(settings)
    require_keys(settings, log.warning)
    bootstrap.open_stream(settings, settings.redis_url).close()  # does it answer?
    return bidding_application(settings, settings.redis_url)


def cluster_settings(settings: Settings) -> Settings:
    """These settings as they hold on many machines. Raises ConfigRejected where one of them needs a single machine."""
    return many_machines(settings, {"public_url": "sellers and browsers need an address from outside"})
