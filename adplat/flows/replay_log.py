"""A small share of decisions takes along what it was scored with, so that it can be held against the offline path.

A decision outside the share costs one comparison. One inside is packed when it is written: for a bid that is behind the
answer. Nothing of this may cost a decision: what cannot be packed is left out and told in the log.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
import polars as pl

from adplat.data import Lake
from adplat.domain import STREAM_START, Decision, StreamEntry, StreamPosition, TableRejected, UserContext
from adplat.features import (
    FeatureEncoding,
    ItemBlock,
    RowArrays,
    ServedInputs,
    StoredProfile,
    UserVector,
    pack_served_inputs,
    unpack_served_inputs,
)

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ReplayLog:
    """``share`` of all decisions is logged; histories held every event up to ``folded_to`` when this was looked up."""

    share: float = 0.0
    folded_to: StreamPosition = STREAM_START

    def packing(
        self,
        encoding: FeatureEncoding,
        items: ItemBlock,
        user: UserVector,
        inputs: RowArrays,
        profile: StoredProfile,
        told: UserContext,
        decision: Decision,
    ) -> Callable[[], bytes]:
        """Packs what this decision was scored with when it is called; gives nothing where that cannot be packed."""

        def pack() -> bytes:
            try:
                return pack_served_inputs(
                    encoding.layout,
                    user,
                    inputs,
                    items,
                    decision.candidates,
                    profile=profile,
                    attributes=told.attributes,
                    folded_to=str(self.folded_to),
                )
            except (UnicodeEncodeError, OverflowError, TypeError) as reason:
                # A caller's fact that no message can hold, such as half a character.
                about = {"decision_id": decision.decision_id, "reason": type(reason).__name__}
                log.warning("a decision is not logged for replay", extra=about)
                return b""

        return pack


NOT_LOGGED = ReplayLog()


def write_served(lake: Lake, entries: Sequence[StreamEntry], part: str) -> int:
    """What these decisions were scored with, as one part of ``served_features``; returns how many decisions.

    Bytes of another version are left out and told in the log.
    """
    rows: list[dict[str, Any]] = []
    written = 0
    for entry in entries:
        if entry.served is None or entry.event is not None:
            continue
        try:
            rows += _rows(entry, unpack_served_inputs(entry.served))
        except TableRejected as reason:
            told = {"decision_id": entry.decision.decision_id, "reason": reason.what}
            log.warning("a decision cannot be replayed", extra=told)
            continue
        written += 1
    if rows:
        lake.write("served_features", pl.DataFrame(rows, infer_schema_length=None), part)
    return written


def _rows(entry: StreamEntry, served: ServedInputs) -> list[dict[str, Any]]:
    decision = entry.decision
    return [
        {
            "decision_id": decision.decision_id,
            "ts": decision.ts,
            "request_id": decision.request_id,
            "user_key": decision.user_key,
            "placement": decision.placement,
            "bundle_id": decision.bundle_id,
            "creative_id": one.creative_id,
            "place": place,
            "p_ctr": decision.p_ctr[place],
            "p_cvr": decision.p_cvr[place] if decision.p_cvr else None,
            "context": _json(decision.context),
            "profile": served.profile.value,
            "attributes": _json(served.attributes),
            "features": _json(one.features),
            "histories": _json(served.histories),
            "folded_to": served.folded_to,
            "stream_position": str(entry.position),
        }
        for place, one in enumerate(served.candidates)
    ]


def _json(thing: object) -> str:
    return msgspec.json.encode(thing).decode()
