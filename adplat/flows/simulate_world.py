"""Write a seeded marketplace: its lake, catalogue and pictures, with the truth kept apart."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

from adplat.data import read_config
from adplat.domain import Progress
from adplat.simulator import WorldConfig, build_world, write_world


def simulate_world(config_path: Path, out: Path, *, seed: int | None = None, progress: Progress) -> dict[str, Any]:
    """Read a world's YAML, draw the world and write it to ``out``; returns counts for a person or JSON.

    ``seed`` overrides the file's. Raises ConfigRejected or MissingInput for the file, InputError when
    ``out`` holds something that is not a world.
    """
    world = build_world(read_config(config_path, WorldConfig), seed)
    summary = write_world(world, out, progress)
    return {"world": world.config.name, "seed": world.seed, "out": str(out), **asdict(summary)}
