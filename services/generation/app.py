"""Build and bind: the one place where the plain deployment meets Ray Serve."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import TYPE_CHECKING, Any

from adplat import bootstrap
from adplat.bootstrap import Settings

if TYPE_CHECKING:
    from services.generation.deployment import GenerationDeployment

APPLICATION = "generation"


def generation_application(settings: Settings) -> Any:
    """The bound Ray Serve application. Ray's switches must stand in the environment before ``ray`` is imported."""
    from services.generation.replica import GenerationReplica
    from services.hosting.computing_replicas import computing_replicas

    generation = computing_replicas(GenerationReplica, "GenerationDeployment", settings.generation_replicas, settings)
    return generation.bind(settings)


@asynccontextmanager
async def open_deployment(settings: Settings) -> AsyncIterator[GenerationDeployment]:
    """The plain deployment with its real parts, for as long as the block runs. Raises StoreUnreachable."""
    from adplat.data import load_placements
    from adplat.snapshots import KeyFile
    from services.generation.deployment import GenerationDeployment
    from services.hosting.computing import Computing
    from services.hosting.key_gate import KeyGate
    from services.hosting.logs import writing_logs

    async with AsyncExitStack() as opened:
        opened.enter_context(writing_logs(settings, "drafter"))
        parts = opened.enter_context(bootstrap.opened_drafts(settings))
        gate = KeyGate(KeyFile(settings.workspace), parts.clock, settings.keys)
        await opened.enter_async_context(gate.watching())
        computing = Computing(settings.generation_threads, settings.generation_deadline_s)
        opened.callback(computing.close)
        yield GenerationDeployment(
            parts, load_placements(), computing, gate.admit, names_models=settings.generation_models
        )
