"""What a request was scored with, as it goes behind the decision into the lake: to be held against a second encoding.

MessagePack, self-describing: features by name, histories with their times. It outlives the item block and the
vocabularies it was made with, since nothing in it is an index into a block.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

import msgspec

from adplat.domain import TableRejected
from adplat.features.arrays import ItemBlock, RowArrays, UserVector
from adplat.features.layout import Layout
from adplat.features.named_inputs import NamedValue, named_inputs

# Of the candidates of one decision, the chosen one first; more would say the same of user and moment again.
MOST_CANDIDATES = 8


class StoredProfile(StrEnum):
    """What became of the stored profile: used, as far as there is one; not permitted to be read; away or unreadable."""

    USED = "used"
    WITHHELD = "withheld"
    AWAY = "away"


@dataclass(frozen=True, slots=True)
class ServedCandidate:
    """One creative, and everything the model was given of it, its user and its moment, by feature name."""

    creative_id: str
    features: dict[str, list[int | float | str]]


@dataclass(frozen=True, slots=True)
class ServedInputs:
    """What the model saw of one decision.

    Args:
        profile: what became of the stored profile.
        attributes: the permitted facts that the request told of the user.
        folded_to: events up to this stream position were in the histories for certain; perhaps some later ones too.
        histories: by sequence, ``(time_s, item_hash)`` as stored, newest first.
        candidates: the chosen one first.
    """

    profile: StoredProfile
    attributes: dict[str, str | float]
    folded_to: str
    histories: dict[str, list[tuple[int, int]]]
    candidates: list[ServedCandidate] = field(default_factory=list)


_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(ServedInputs)


def pack_served_inputs(
    layout: Layout,
    user: UserVector,
    rows: RowArrays,
    items: ItemBlock,
    creative_ids: Sequence[str],
    *,
    profile: StoredProfile,
    attributes: Mapping[str, str | float],
    folded_to: str,
) -> bytes:
    """Pack what ``rows`` (the candidates of one request) hold of the first ``MOST_CANDIDATES`` of ``creative_ids``."""
    place_of = {items.ids[row - 1]: place for place, row in enumerate(rows.item.tolist())}
    return _encoder.encode(
        ServedInputs(
            profile,
            dict(attributes),
            folded_to,
            {
                feature.name: [
                    (int(time_s), int(item))
                    for time_s, item in zip(user.history_time_s[place], user.history[place], strict=True)
                    if item
                ]
                for place, feature in enumerate(layout.sequences)
            },
            [
                ServedCandidate(name, _listed(named_inputs(layout, rows, items, place_of[name])))
                for name in creative_ids[:MOST_CANDIDATES]
            ],
        )
    )


def _listed(named: Mapping[str, NamedValue]) -> dict[str, list[int | float | str]]:
    return {name: list(value) for name, value in named.items()}


def unpack_served_inputs(blob: bytes) -> ServedInputs:
    """Read it back. Raises TableRejected on foreign bytes."""
    try:
        return _decoder.decode(blob)
    except (msgspec.DecodeError, UnicodeDecodeError) as reason:
        raise TableRejected(
            f"these are no served inputs: {reason}", hint="they were written by another version of adplat"
        ) from None
