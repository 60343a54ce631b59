"""How often the intervals of the forecasts that ended last came true, in all; quick enough for a page.

``calibrate_forecasts`` says it of every forecast, slice and week, for whoever can wait.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from adplat.domain import Metric, ScoredForecast
from adplat.forecast import HELD_SHARES, GroupCoverage, ScoredNumber, coverage_by

MOST_FORECASTS = 300
"""A forecast's document has some tens of kilobytes."""


def lately_covered(scored: Sequence[ScoredForecast]) -> list[GroupCoverage]:
    """A row a metric, of whole flights; nothing where nothing was scored."""
    numbers = [ScoredNumber(one.forecast, score) for one in scored for score in one.latest if score.day is None]
    return coverage_by(numbers, lambda _: "all")


def covered_document(one: GroupCoverage) -> dict[str, Any]:
    """One metric: how many numbers, and the share of each kind of interval that held, with its own interval."""
    held = {
        f"held_{100 * share:g}": {"share": found.value, "low": found.low, "high": found.high}
        for share in HELD_SHARES
        for found in [one.held[share]]
    }
    return {"metric": Metric(one.metric).value, "numbers": one.numbers, "clusters": one.clusters, **held}
