"""How a campaign stands against what was booked: spent, expected by now, projected for the end of its flight."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from adplat.domain import Budget, Flight

_A_DAY_S = 86_400.0
# What goes on for longer than this does not end.
_LONGEST_S = 100 * 366 * _A_DAY_S


@dataclass(frozen=True, slots=True)
class Delivery:
    """Money in micros of the campaign's currency; ``None`` where nothing was booked, or the flight has no end.

    Args:
        booked_micros: the total budget, or the daily one over the days of the flight, whichever is less.
        spent_share: of what was booked.
        expected_micros: what an even spend over the flight would have come to by now.
        ahead_micros: spent over expected; below zero the campaign is behind.
        projected_micros: at the flight's end, should the rest of it go as the latest days went; never above what was
            booked.
        projected_end: when what was booked is spent, should it go on as the latest days went, or the flight's end,
            where that comes first.
    """

    booked_micros: int | None
    spent_micros: int
    spent_share: float | None
    expected_micros: int | None
    ahead_micros: int | None
    projected_micros: int | None
    projected_end: datetime | None = None


def delivery_of(
    budget: Budget, flight: Flight, now: datetime, spent_micros: int, lately_micros: int, lately_s: float
) -> Delivery:
    """The delivery at ``now``; ``lately_micros`` were spent within the last ``lately_s`` seconds that count."""
    booked = booked_micros(budget, flight)
    share = None if not booked else spent_micros / booked
    expected = projected = None
    pace = lately_micros / lately_s if lately_s > 0.0 else 0.0
    if flight.end is not None:
        whole_s = (flight.end - flight.start).total_seconds()
        gone_s = min(max((now - flight.start).total_seconds(), 0.0), whole_s)
        if booked is not None:
            expected = round(booked * gone_s / whole_s)
        projected = spent_micros + round(pace * (whole_s - gone_s))
        if booked is not None:
            projected = max(min(projected, booked), spent_micros)
    ahead = None if expected is None else spent_micros - expected
    return Delivery(
        booked, spent_micros, share, expected, ahead, projected, _projected_end(booked, spent_micros, pace, flight, now)
    )


def _projected_end(
    booked: int | None, spent_micros: int, pace: float, flight: Flight, now: datetime
) -> datetime | None:
    """``pace`` is in micros a second."""
    if booked is None or (pace <= 0.0 and spent_micros < booked):
        return flight.end
    rest_s = max(booked - spent_micros, 0) / pace if pace > 0.0 else 0.0
    if rest_s > _LONGEST_S:
        return flight.end
    spent_at = max(now, flight.start) + timedelta(seconds=rest_s)
    return spent_at if flight.end is None else min(spent_at, flight.end)


def booked_micros(budget: Budget, flight: Flight) -> int | None:
    """What may be spent over the whole flight; ``None``: no limit, or none that is known."""
    limits = [] if budget.total is None else [budget.total.amount_micros]
    if budget.daily is not None and flight.end is not None:
        days = (flight.end - flight.start).total_seconds() / _A_DAY_S
        limits.append(round(budget.daily.amount_micros * days))
    return min(limits, default=None)
