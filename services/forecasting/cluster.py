"""The forecasting application for a Ray that somebody else runs and keeps alive, as KubeRay's ``RayService`` does.

``serveConfigV2`` of ``infra/kuberay/forecasting.yaml`` names ``services.forecasting.cluster:application``. The doors,
their ports and the number of replicas stand there; everything else is ``ADPLAT_…`` in the pods' environment. What-if
jobs are done by ``adplat worker``.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from adplat import bootstrap
from adplat.bootstrap import read_settings
from services.forecasting.app import forecasting_application
from services.forecasting.run import require_forecastable
from services.hosting.on_a_cluster import many_machines, refuse_arguments
from services.hosting.required_keys import require_keys

log = logging.getLogger(__name__)


def application(args: Mapping[str, str]) -> Any:
    """Called by Ray Serve, once for each deployment of its config; ``args`` must be empty.

    Raises ConfigRejected (a server that is not named, an open service, anything in ``args``), MissingInput (no
    opportunities to forecast from), StoreUnreachable: the deployment then fails with that sentence, and what ran goes
    on.
    """
    refuse_arguments(args)
    settings = many_machines(read_settings())
    require_forecastable(settings)
    require_keys(settings, log.warning)
    bootstrap.open_database(settings).close()  # does it answer?
    return forecasting_application(settings)
