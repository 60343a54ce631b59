"""Counting what happens in a process: whole sums by name and labels, handed on from time to time.

A series is ``(name, label value, …)``. Counting is a look-up in a dictionary, and nothing else happens on the way of a
request: whoever tells the sums to others takes them off it (``take``) and begins anew.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import dataclass

Series = tuple[str, ...]

LATENCY_BOUNDS_S = (0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0)
"""Upper bounds of a histogram's buckets; one more bucket holds what took longer than the last."""
BUCKETS = tuple(f"bucket{number}" for number in range(len(LATENCY_BOUNDS_S) + 1))
TOOK_MICROSECONDS = "took_us"
"""The last part of the series in which a histogram keeps its sum."""


@dataclass(frozen=True, slots=True)
class ServiceCounted:
    """What all processes of a service counted: sums by series; and by process what it last said of itself, packed."""

    sums: Mapping[Series, int]
    states: Mapping[str, bytes]


class Counts:
    """Sums since they were last taken. Of one thread.

    Example::

        counts.add("adplat_no_bids_total", "budget")
        counts.took("adplat_stage_seconds", "model", seconds=0.0012)
    """

    def __init__(self) -> None:
        self._sums: dict[Series, int] = {}

    def add(self, *series: str, by: int = 1) -> None:
        """Count ``by`` more."""
        self._sums[series] = self._sums.get(series, 0) + by

    def took(self, *series: str, seconds: float) -> None:
        """One more case of a histogram."""
        self.add(*series, BUCKETS[bisect_left(LATENCY_BOUNDS_S, seconds)])
        self.add(*series, TOOK_MICROSECONDS, by=round(seconds * 1e6))

    def take(self) -> dict[Series, int]:
        """All sums; they begin anew."""
        taken, self._sums = self._sums, {}
        return taken
