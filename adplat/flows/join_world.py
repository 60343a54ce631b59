"""Join a world's impressions with their outcomes into files that training can stream."""

from __future__ import annotations

from pathlib import Path

from adplat.data import write_world_rows
from adplat.domain import ConfigRejected, Progress


def join_world(world: Path, *, valid_fraction: float, progress: Progress) -> dict[str, int]:
    """Rows written, by file of the world folder. Raises ConfigRejected for a share out of range, InputError."""
    if not 0.0 <= valid_fraction < 1.0:
        raise ConfigRejected(
            f"valid fraction {valid_fraction} is out of range",
            where="--valid-fraction",
            hint="give a share from 0 up to, not including, 1",
        )
    return write_world_rows(world, valid_fraction, progress)
