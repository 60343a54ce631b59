"""Decisions scored once more by a bundle that is not live: what it would have said, beside what was said.

This runs in the worker, on the entries of the stream: the answer left long before, a replica does nothing but
send the user along, and the rows are counted exactly once with everything else that the worker folds.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from adplat.domain import Decision, SchemaMismatch, StreamEntry, TableRejected
from adplat.features import unpack_user
from adplat.flows.rank_creatives import RowScorer
from adplat.snapshots import CatalogueSnapshot


@dataclass(frozen=True)
class ShadowModel:
    """The second bundle, ready to score: the live catalogue as it sees it, and its scorer."""

    snapshot: CatalogueSnapshot
    scorer: RowScorer


def shadow_rows(shadow: ShadowModel, entries: Sequence[StreamEntry]) -> list[dict[str, Any]]:
    """One row of the lake's ``shadow`` table for each decision that was sent with its user.

    Left out is a decision that the shadow made itself (it had been promoted meanwhile), one whose user is packed
    for another schema, and one whose chosen creative the shadow's snapshot does not know yet.
    """
    rows = (
        _row(shadow, entry.decision, entry.user)
        for entry in entries
        if entry.event is None and entry.user is not None and entry.decision.bundle_id != shadow.snapshot.bundle_id
    )
    return [row for row in rows if row is not None]


def _row(shadow: ShadowModel, decision: Decision, packed: bytes) -> dict[str, Any] | None:
    snapshot, encoding = shadow.snapshot, shadow.scorer.encoding
    known = [name for name in decision.candidates if name in snapshot.row_of]
    if decision.creative_id not in snapshot.row_of:
        return None
    try:
        user = unpack_user(packed, encoding.digest)
    except (SchemaMismatch, TableRejected):
        return None
    inputs = encoding.candidate_rows(user, decision.context, snapshot.items, snapshot.rows_of(known))
    scores = shadow.scorer.score(inputs, snapshot.items)
    chosen = known.index(decision.creative_id)
    likeliest = decision.candidates[int(np.argmax(decision.p_ctr))]
    return {
        "decision_id": decision.decision_id,
        "ts": decision.ts,
        "bundle_id": decision.bundle_id,
        "shadow_bundle_id": snapshot.bundle_id,
        "creative_id": decision.creative_id,
        "p_ctr": decision.p_ctr[0],
        "p_cvr": decision.p_cvr[0] if decision.p_cvr else None,
        "shadow_p_ctr": float(scores.p_ctr[chosen]),
        "shadow_p_cvr": None if scores.p_cvr is None else float(scores.p_cvr[chosen]),
        "candidates": len(known),
        "same_first": known[int(np.argmax(scores.p_ctr))] == likeliest,
    }
