"""What the linear policies learn while folding: one sum a bundle, since vectors of two bundles mean different things.

Which vector a creative has, the worker reads off the snapshot, as replicas do. It keeps those of the last two bundles,
so that clicks which come after another one was deployed still go with their impressions. What was decided by any other
bundle teaches the linear policies nothing; everything else counts it as ever.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

import numpy as np

from adplat.bandit import LINEAR, Context, Knowledge, Policy, Reads, linear_sums
from adplat.domain import EventKind, StreamEntry
from adplat.features import ItemBlock, leading_vectors
from adplat.features.arrays import Int32
from adplat.snapshots import CatalogueSnapshot
from adplat.statistics import Float64

_KEPT_BUNDLES = 2
_TAUGHT_BY = (EventKind.IMPRESSION, EventKind.CLICK)


def linear_sum_name(bundle_id: str) -> str:
    """Under which the sum of this bundle is stored and published."""
    return f"{LINEAR}:{bundle_id[:16]}"


def known_of_bundle(known: Knowledge, bundle_id: str) -> Knowledge:
    """The same, with what was learned of this bundle's vectors where the linear policies look for it."""
    return known.with_arms({}, sums={**known.sums, LINEAR: known.sums.get(linear_sum_name(bundle_id), ())})


def context_for(policy: Policy, items: ItemBlock, rows: Int32, p_ctr: Float64, p_cvr: Float64 | None) -> Context:
    """What this policy is told of the items in these rows; vectors only where it reads them."""
    vectors = leading_vectors(items, rows) if Reads.VECTORS in policy.reads else None
    return Context(p_ctr, p_cvr, vectors=vectors)


def with_bundle(known: Mapping[str, ItemBlock], snapshot: CatalogueSnapshot) -> dict[str, ItemBlock]:
    """Items by bundle id, with those of this snapshot as the newest; the oldest bundle beyond two is forgotten."""
    others = [(bundle_id, items) for bundle_id, items in known.items() if bundle_id != snapshot.bundle_id]
    return dict([*others, (snapshot.bundle_id, snapshot.items)][-_KEPT_BUNDLES:])


def linear_sums_of(entries: Sequence[StreamEntry], items_of: Mapping[str, ItemBlock]) -> dict[str, tuple[float, ...]]:
    """What these events add to the sum of each bundle, by its name; see ``adplat.bandit.linear_evidence``."""
    taught: defaultdict[str, dict[EventKind, list[StreamEntry]]] = defaultdict(
        lambda: {kind: [] for kind in _TAUGHT_BY}
    )
    for entry in entries:
        event = entry.event
        if event is None or event.kind not in _TAUGHT_BY or entry.decision.bundle_id not in items_of:
            continue
        taught[entry.decision.bundle_id][event.kind].append(entry)
    return {
        linear_sum_name(bundle_id): tuple(
            linear_sums(*(part for kind in _TAUGHT_BY for part in _seen(by_kind[kind], items_of[bundle_id]))).tolist()
        )
        for bundle_id, by_kind in taught.items()
    }


def _seen(entries: Sequence[StreamEntry], items: ItemBlock) -> tuple[Float64, Float64]:
    """(N,) predictions and (N, d) vectors."""
    p_ctr = np.array([entry.decision.p_ctr[0] for entry in entries], dtype=np.float64)
    return p_ctr, leading_vectors(items, items.rows_of([entry.decision.creative_id for entry in entries]))
