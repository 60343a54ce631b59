"""Builders of openings and draws for replays."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np

from adplat.domain import Flight, FrequencyCap
from adplat.forecast import FlightOpenings, ReplayDraws, ReplayTerms

START = datetime(2025, 3, 3, tzinfo=UTC)
DAY_S = 86_400.0


def openings(
    days: int = 4, a_day: int = 1_000, *, people: int = 600, bid: int = 12_000, seed: int = 0
) -> FlightOpenings:
    """Openings all day long, prices around 10,000 micros, of people who come about evenly; one in ten is unknown."""
    rng = np.random.default_rng(seed)
    count = days * a_day
    at_s = np.sort(rng.uniform(0.0, days * DAY_S, count))
    known = rng.random(count) < 0.9
    return FlightOpenings(
        at_s=START.timestamp() + at_s,
        day=(at_s // DAY_S).astype(np.int64),
        user=np.where(known, rng.integers(people, size=count), -1).astype(np.int64),
        creative=rng.integers(2, size=count).astype(np.int64),
        bid_micros=np.full(count, bid, dtype=np.int64),
        least_micros=np.round(10_000 * rng.lognormal(0.0, 0.3, count)).astype(np.int64),
        pays_bid=np.zeros(count, dtype=np.bool_),
        click=np.full(count, 0.02),
        conversion=np.full(count, 0.1),
        value_micros=np.full(count, 5_000_000.0),
    )


def terms(
    days: int = 4, daily: int | None = None, total: int | None = None, caps: tuple[FrequencyCap, ...] = ()
) -> ReplayTerms:
    """A flight from ``START``."""
    flight = Flight(START, START + timedelta(days=days))
    return ReplayTerms(flight, np.full(days, DAY_S), daily, total, caps)


def draws(days: int = 4, replicates: int = 8, *, weight: float = 1.0, log_sd: float = 0.0) -> ReplayDraws:
    """Every opening stands for ``weight``."""
    rng = np.random.default_rng(7)
    levels = np.exp(log_sd * rng.standard_normal((replicates, days)))
    return ReplayDraws(weight * levels, np.ones(replicates), np.full(replicates, weight))


def with_click(rows: FlightOpenings, chance: float) -> FlightOpenings:
    """Another chance of a click."""
    return replace(rows, click=np.full(len(rows), chance))
