"""What promoting a bundle would come to, without doing it: gates, both bundles on the same rows, and their curves."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from adplat.ctr import Judged, compare, curve_of, measure, with_intervals
from adplat.domain import ConfigRejected, Progress
from adplat.flows.promote_bundle import gates_of, refusal_of
from adplat.flows.registry_parts import RegistryParts, named_bundle


def check_bundle(
    parts: RegistryParts,
    name: str,
    data: Path,
    rng: np.random.Generator,
    progress: Progress,
    *,
    tables_dir: Path | None = None,
) -> dict[str, Any]:
    """``gates`` as a promotion would keep them, with ``refusal`` (null where all pass), ``comparison`` with the live
    bundle (null where none is live), reliability ``curves`` of both on those rows, ``figures`` and ``slices`` of this.

    Raises ConfigRejected for the live bundle itself, and what ``gates_of`` raises.
    """
    bundle, live = named_bundle(parts.bundles, name), parts.bundles.deployed()
    if live is not None and live.bundle_id == bundle.bundle_id:
        raise ConfigRejected(
            "this bundle is live already",
            where=bundle.bundle_id[:20],
            hint="what its clicks say is told of every day that it was live",
        )
    report, judged = gates_of(bundle, live, data, rng, progress, parts.cache_dir, tables_dir)
    return {
        "gates": report.as_json() | {"judged": judged.how, "against": None if live is None else live.bundle_id},
        "refusal": None if report.passes else refusal_of(report),
        "comparison": None if live is None else compare(judged, rng, progress),
        "curves": {one.bundle_id: curve_of(judged.clicked, one.p_ctr) for one in judged.scores},
        "figures": _figures(judged, rng),
        "slices": {
            name: measure(judged.clicked[mask], judged.scores[-1].p_ctr[mask]) for name, mask in judged.slices.items()
        },
    }


def _figures(judged: Judged, rng: np.random.Generator) -> dict[str, Any]:
    """Of the newest bundle, with 95 % intervals drawn by user."""
    mine = judged.scores[-1]
    found = with_intervals(judged.clicked, mine.p_ctr, judged.groups, rng)
    told: dict[str, Any] = measure(judged.clicked, mine.p_ctr, judged.groups, mine.ranking)
    return told | {"intervals": {name: [one.low, one.high] for name, one in found.items()}}
