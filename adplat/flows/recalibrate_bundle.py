"""Bring a bundle's calibration up to date with fresh rows: a new bundle beside it, the network untouched."""

from __future__ import annotations

from pathlib import Path

from adplat.ctr import KeptBundle, Recalibrated, recalibrate
from adplat.domain import Clock, Progress
from adplat.flows.judge_bundles import every_row_of


def recalibrate_bundle(
    bundle_dir: Path,
    data: Path,
    out_dir: Path,
    *,
    cache_dir: Path,
    clock: Clock,
    progress: Progress,
    tables_dir: Path | None = None,
) -> Recalibrated:
    """Read the labelled rows of ``data`` (folder or file) later than the bundle's past; write under ``out_dir``.

    Raises InputError: outcomes missing, no later rows, another schema, an altered bundle.
    """
    kept = KeptBundle.open(bundle_dir)
    return recalibrate(kept, bundle_dir, every_row_of(kept, data, tables_dir), out_dir, cache_dir, progress, clock)
