"""Work that may be spread over machines by Ray: networks are trained, catalogues encoded."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from adplat.bootstrap.settings import Settings
from adplat.domain import Progress

if TYPE_CHECKING:
    from adplat.ctr import NetworkFit


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
