"""Two bundles, one set of rows, and what the second gains over the first."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from adplat.ctr import compare
from adplat.domain import BundleRegistry, ConfigRejected, Progress
from adplat.flows.judge_bundles import judge_bundles
from adplat.flows.registry_parts import named_bundle


def compare_bundles(
    bundles: BundleRegistry,
    a: str,
    b: str,
    data: Path,
    *,
    cache_dir: Path,
    rng: np.random.Generator,
    progress: Progress,
    tables_dir: Path | None = None,
) -> dict[str, Any]:
    """The document of ``adplat model compare --json``; ``a`` and ``b`` are folders or registered ids.

    Raises InputError.
    """
    found = [named_bundle(bundles, name) for name in (a, b)]
    if found[0].bundle_id == found[1].bundle_id:
        raise ConfigRejected("both are the same bundle", where=found[0].bundle_id[:20], hint="name two bundles")
    judged = judge_bundles(found, data, cache_dir=cache_dir, progress=progress, tables_dir=tables_dir)
    return compare(judged, rng, progress)
