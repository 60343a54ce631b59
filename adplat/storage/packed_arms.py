"""Arm statistics, and sums that all arms share, as packed numbers: one field of a Redis hash for each."""

from __future__ import annotations

import math
import struct
from collections.abc import Mapping, Sequence

from adplat.domain import HALF_LIVES_H, PLACE_STARTS, POWERS, ArmStatistics, FadingSums, InternalFault

_WHOLE, _POWERS, _FADING, _PLACES = 6, len(POWERS), len(HALF_LIVES_H), len(PLACE_STARTS)
_LAYOUT = struct.Struct(f"<{_WHOLE}q{4 + _POWERS + 4 * _FADING + _PLACES}d")
_LARGEST = 2**62


def pack_arm(creative_id: str, arm: ArmStatistics) -> bytes:
    """328 bytes. Raises InternalFault on numbers that 64 bits do not hold, before anything is stored."""
    fading = arm.fading
    counts = (arm.impressions, arm.clicks, arm.conversions, arm.value_micros, arm.spend_micros, fading.block)
    rest = (arm.expected_clicks, arm.expected_conversions, arm.value_squares, arm.log_p_of_clicks, *arm.powers)
    faded = (*fading.expected_clicks, *fading.clicks, *fading.expected_conversions, *fading.conversions)
    placed = arm.expected_by_place
    if not all(map(math.isfinite, (*rest, *faded, *placed))) or any(abs(count) > _LARGEST for count in counts):
        raise InternalFault(
            "arm statistics out of range", where=creative_id, hint="a score or a value upstream is not finite"
        )
    return _LAYOUT.pack(*map(int, counts), *rest, *faded, *placed)


def unpack_arm(packed: bytes) -> ArmStatistics:
    """What ``pack_arm`` packed; what was packed before places of a page were told apart says nothing of them."""
    numbers = _LAYOUT.unpack(packed.ljust(_LAYOUT.size, b"\0"))
    impressions, clicks, conversions, value_micros, spend_micros, block = numbers[:_WHOLE]
    expected_clicks, expected_conversions, value_squares, log_p_of_clicks = numbers[_WHOLE : _WHOLE + 4]
    powers, faded = numbers[_WHOLE + 4 : _WHOLE + 4 + _POWERS], numbers[_WHOLE + 4 + _POWERS :]
    return ArmStatistics(
        impressions,
        clicks,
        conversions,
        expected_clicks,
        value_micros,
        expected_conversions,
        spend_micros,
        value_squares,
        powers,
        log_p_of_clicks,
        FadingSums(block, *(faded[part * _FADING : (part + 1) * _FADING] for part in range(4))),
        faded[4 * _FADING :],
    )


def unpack_arms(stored: Mapping[bytes, bytes]) -> dict[str, ArmStatistics]:
    """Statistics by creative id."""
    return {creative_id.decode(): unpack_arm(packed) for creative_id, packed in stored.items()}


def pack_sum(name: str, numbers: Sequence[float]) -> bytes:
    """Eight bytes a number. Raises InternalFault on one that is not finite."""
    if not all(map(math.isfinite, numbers)):
        raise InternalFault("a sum is not finite", where=name, hint="a score or a value upstream is not finite")
    return struct.pack(f"<{len(numbers)}d", *numbers)


def unpack_sum(packed: bytes) -> tuple[float, ...]:
    """What ``pack_sum`` packed."""
    return struct.unpack(f"<{len(packed) // 8}d", packed)
