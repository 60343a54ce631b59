"""What a kept forecast told, number by number, and the score of each once it is known what happened."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from adplat.domain import TOLD_LEVELS, ForecastScore, Metric, Quantiles, TableRejected
from adplat.statistics import pinball_losses


@dataclass(frozen=True, slots=True)
class Promise:
    """One told distribution: of a metric on a day of the plan's time zone, or of the whole flight (``None``)."""

    metric: Metric
    day: date | None
    quantiles: Quantiles


def promises_of(document: Mapping[str, Any], *, where: str) -> list[Promise]:
    """All of the document of ``forecast run``; a metric that is absent or null was not told.

    Raises TableRejected: a day without a date or told twice, a level that is missing, quantiles that cross, or no
    promise at all.
    """
    found: list[Promise] = []
    for number, told in enumerate(document.get("daily") or (), start=1):
        place = f"{where}: daily {number}"
        try:
            day = date.fromisoformat(str(told["date"]))
        except (KeyError, ValueError):
            raise TableRejected("a day without a date", where=place, hint='give "date": "2026-03-01"') from None
        if any(one.day == day for one in found):
            raise TableRejected(f"{day} is told twice", where=place, hint="tell each day once")
        found += _told(told, day, place)
    found += _told(document.get("total") or {}, None, f"{where}: total")
    if not found:
        raise TableRejected("it tells no metric", where=where, hint="keep the result of 'adplat forecast run'")
    return found


def score_promise(
    promise: Promise, actual: float, forecast_id: str, at: datetime, *, revision: int = 0, reason: str = ""
) -> ForecastScore:
    """Hold it against what happened."""
    [loss] = pinball_losses([actual], [promise.quantiles.values], TOLD_LEVELS).tolist()
    return ForecastScore(
        forecast_id, at, promise.metric, promise.day, actual, promise.quantiles, loss, revision, reason
    )


def _told(part: Mapping[str, Any], day: date | None, where: str) -> Iterator[Promise]:
    for metric in Metric:
        quantiles = part.get(metric.value)
        if quantiles is None:
            continue
        try:
            yield Promise(metric, day, Quantiles.from_document(quantiles))
        except (ValueError, TypeError) as reason:
            raise TableRejected(
                f"{metric.value}: {reason}", where=where, hint="tell all levels of adplat.domain.TOLD_LEVELS"
            ) from None
