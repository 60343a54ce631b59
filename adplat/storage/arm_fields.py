"""Arm statistics as fields of one Redis hash: ``<creative_id>:<statistic>``, five for a creative."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from adplat.domain import ArmStatistics, InternalFault

_NAMES = tuple(field.name for field in fields(ArmStatistics))
_LARGEST = 2**62


def arm_arguments(creative_id: str, statistics: ArmStatistics) -> list[str]:
    """The six arguments for one arm of ``scripts/fold.lua``.

    Raises InternalFault on what Redis would refuse halfway through the script, when a part was already added.
    """
    counts = (statistics.impressions, statistics.clicks, statistics.conversions, statistics.value_micros)
    if not math.isfinite(statistics.expected_clicks) or any(abs(count) > _LARGEST for count in counts):
        raise InternalFault(
            "arm statistics out of range", where=creative_id, hint="a score or a value upstream is not finite"
        )
    return [
        creative_id,
        str(int(statistics.impressions)),
        str(int(statistics.clicks)),
        str(int(statistics.conversions)),
        repr(float(statistics.expected_clicks)),
        str(int(statistics.value_micros)),
    ]


def read_arm_fields(stored: Mapping[bytes, bytes]) -> dict[str, ArmStatistics]:
    """Statistics by creative id from the whole hash."""
    arms: dict[str, dict[str, Any]] = {}
    for field, value in stored.items():
        creative_id, _, name = field.decode().rpartition(":")
        arms.setdefault(creative_id, {})[name] = float(value) if name == "expected_clicks" else int(value)
    return {
        creative_id: ArmStatistics(**{name: values.get(name, 0) for name in _NAMES})
        for creative_id, values in arms.items()
    }
