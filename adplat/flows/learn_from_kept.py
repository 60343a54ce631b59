"""What the workspace's own kept forecasts teach, once they are scored to the end; forecasts to come take it by itself.

Of a campaign's flight one forecast counts, the last that was made before it began: ten forecasts of one campaign are
one witness.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

from adplat.domain import KeptForecast, Progress, ScoredForecast, TableRejected
from adplat.flows.forecast_parts import ForecastParts
from adplat.flows.learn_correction import past_of_rows, write_learned

MOST_CAMPAIGNS = 5_000
"""The newest; older ones met another market, and learning has to end."""


def learn_from_kept(
    parts: ForecastParts, out: Path, progress: Progress, *, most: int = MOST_CAMPAIGNS, seed: int = 0
) -> dict[str, Any]:
    """As :func:`adplat.flows.learn_correction.write_learned`; ``left_out`` counts forecasts that teach nothing.

    They are those of which a later one was made before the flight, and those that an older release kept otherwise.
    """
    rows, seen = rows_of_kept(parts, most)
    told = write_learned(past_of_rows(rows, where="kept forecasts"), out, progress, seed=seed)
    return told | {"left_out": seen - len(rows)}


def rows_of_kept(parts: ForecastParts, most: int = MOST_CAMPAIGNS) -> tuple[list[dict[str, Any]], int]:
    """``{"forecast", "actual"}`` of each flight, as ``past_of_rows`` reads them, and how many forecasts were seen.

    They stand in an order of their own: the same campaigns teach the same, whichever was kept first, under whatever id.
    """
    best: dict[tuple[datetime, datetime, str], tuple[KeptForecast, dict[str, Any]]] = {}
    seen = 0
    for one in parts.forecasts.completed(most):
        seen += 1
        kept, row = one.forecast, _row(one)
        if row is None:
            continue
        before = best.get(_order(kept))
        if before is None or _is_better(kept, before[0]):
            best[_order(kept)] = kept, row
    return [best[flight][1] for flight in sorted(best)], seen


def _order(kept: KeptForecast) -> tuple[datetime, datetime, str]:
    return kept.flight.start, kept.ends_at, kept.carried_out_by


def _is_better(one: KeptForecast, other: KeptForecast) -> bool:
    """The last that was made before the flight; where none was, the first that was made."""
    before, other_before = (kept.known_to <= kept.flight.start for kept in (one, other))
    if before != other_before:
        return before
    later = (one.made_at, one.forecast_id) > (other.made_at, other.forecast_id)
    return later if before else not later


def _row(one: ScoredForecast) -> dict[str, Any] | None:
    """What is learned from, without the rest of the result; ``None`` where that is not there."""
    document = one.forecast.document
    plan = document.get("plan") or {}
    row = {
        "forecast": {
            "raw": document.get("raw"),
            "plan": {"start": plan.get("start"), "end": plan.get("end")},
        },
        "actual": {score.metric.value: score.actual for score in one.latest if score.day is None},
    }
    try:
        past_of_rows([row], where=f"forecast {one.forecast.forecast_id}")
    except TableRejected:
        return None
    return row
