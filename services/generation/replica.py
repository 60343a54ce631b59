"""What Ray Serve keeps in one replica."""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager
from typing import TYPE_CHECKING

from adplat.bootstrap import Settings

if TYPE_CHECKING:
    from starlette.applications import Starlette

    from services.generation.deployment import GenerationDeployment


class GenerationReplica:
    """HTTP through the application it builds, whose lifespan opens and closes the stores."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def __serve_build_asgi_app__(self) -> Starlette:
        """Called by Ray Serve, once, after the constructor."""
        from services.generation.http import generation_app

        return generation_app(self._open)

    def _open(self) -> AbstractAsyncContextManager[GenerationDeployment]:
        from services.generation.app import open_deployment

        return open_deployment(self._settings)
