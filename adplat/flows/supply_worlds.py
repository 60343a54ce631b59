"""Simulated platforms whose supply is to be foretold: people who come, visit, drift away; nobody's forecast model.

Groups (a region on a device) hold people. New ones come by bursts (campaigns, a story in the press) on top of a
trickle, and leave by a power law of their age: levels and trends are what is left of them, no walk and no line.
Whether one visits on a day depends on the weekday (offices and evenings differ by group), on the month's payday, on
weather that stays for days, on public holidays with a day of travel before them, and on shocks with a tail of days
(great news; a championship). Visits bring requests by a heavy-tailed number of pages; placements share them, until a
release of the app moves those shares overnight. Now and then a collector fails and part of a day is lost.
Counts are drawn. Targetings take some of the groups and some of the placements.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import numpy.typing as npt

from adplat.statistics import Float64

GROUPS, PLACEMENTS, TARGETINGS = 8, 5, 4
EARLIER_DAYS = 400
RETAINED = 0.35
"""Power of what is left of a day's newcomers after so many days."""


@dataclass(frozen=True, slots=True)
class SupplyWorld:
    """``total`` (D,) requests of each day, ``parts`` (TARGETINGS, D) those that each targeting meets."""

    first: date
    total: Float64
    parts: Float64
    holidays: Float64
    history: int


def draw_supply_world(seed: int, *, horizon: int = 14) -> SupplyWorld:
    """A world of 28 to 120 days of history and ``horizon`` more."""
    rng = np.random.default_rng([seed, 20_261])
    history = int(rng.integers(28, 121))
    days = history + horizon
    first = date(2025, 1, 1) + timedelta(days=int(rng.integers(0, 330)))
    weekday = (first.weekday() + np.arange(days)) % 7
    holidays = _holidays(rng, days)
    people = np.stack([_people(rng, days) for _ in range(GROUPS)])
    visiting = np.stack([_visiting(rng, weekday) for _ in range(GROUPS)])
    common = _weather(rng, days, 0.03) + _shocks(rng, days) + _payday(rng, first, days)
    own = np.stack([_weather(rng, days, 0.03) for _ in range(GROUPS)])
    effect = rng.normal(-0.15, 0.15, GROUPS)[:, None] * holidays + rng.normal(0.0, 0.08) * np.append(holidays[1:], 0.0)
    pages = rng.lognormal(1.0, 0.4, GROUPS)[:, None]
    expected = people * np.clip(visiting * np.exp(common + own + effect), 0.0, 0.95) * pages
    # A visit's pages are heavy-tailed: a day's requests scatter more than Poisson's.
    counts = rng.negative_binomial(np.maximum(expected / 6.0, 1e-3), 1.0 / 7.0).astype(np.float64)
    shares = _shares(rng, days)
    cells = rng.poisson(counts[:, None, :] * shares).astype(np.float64)
    cells *= _collected(rng, days, history)
    parts = np.stack([cells[np.ix_(*_targeting(rng))].sum(axis=(0, 1)) for _ in range(TARGETINGS)])
    return SupplyWorld(first, np.floor(cells.sum(axis=(0, 1))), np.floor(parts), holidays, history)


def _people(rng: np.random.Generator, days: int) -> Float64:
    trickle = rng.lognormal(5.0, 1.0)
    came = rng.poisson(trickle, EARLIER_DAYS + days).astype(np.float64)
    for _ in range(rng.poisson(4.0)):
        at, length = int(rng.integers(0, len(came))), int(rng.integers(2, 21))
        came[at : at + length] += trickle * rng.lognormal(0.3, 0.7)
    if rng.random() < 0.5:  # growth or decline of the trickle over the year
        came *= np.exp(np.linspace(0.0, rng.normal(0.0, 0.5), len(came)))
    left = (1.0 + np.arange(len(came))) ** -RETAINED
    alive: Float64 = np.convolve(came, left)[: len(came)]
    return alive[EARLIER_DAYS:]


def _visiting(rng: np.random.Generator, weekday: npt.NDArray[np.int64]) -> Float64:
    office, weekend = rng.uniform(0.0, 0.35), rng.uniform(-0.1, 0.35)
    shape = np.where(weekday < 5, office, weekend) + rng.normal(0.0, 0.04, 7)[weekday]
    told: Float64 = rng.uniform(0.1, 0.3) * np.exp(shape)
    return told


def _weather(rng: np.random.Generator, days: int, size: float) -> Float64:
    """Spells of some days, each of its own height."""
    heights = rng.standard_t(5, days) * size * rng.uniform(0.5, 1.5)
    spell = np.cumsum(rng.random(days) < rng.uniform(0.2, 0.6))
    told: Float64 = heights[spell - spell[0]]
    return told


def _shocks(rng: np.random.Generator, days: int) -> Float64:
    told = np.zeros(days)
    for _ in range(rng.poisson(days / 40.0)):
        at = int(rng.integers(0, days))
        told[at:] += rng.gamma(1.5, 0.1) * np.exp(-np.arange(days - at) / rng.uniform(0.7, 4.0))
    return told


def _payday(rng: np.random.Generator, first: date, days: int) -> Float64:
    size = rng.uniform(0.0, 0.08)
    month_day = np.array([(first + timedelta(days=number)).day for number in range(days)])
    told: Float64 = size * np.exp(-((month_day - 1) % 30) / 4.0)
    return told


def _holidays(rng: np.random.Generator, days: int) -> Float64:
    told = np.zeros(days)
    for at in np.cumsum(rng.integers(10, 45, 20)):
        if at < days:
            told[at : at + int(rng.integers(1, 4))] = 1.0
    return told


def _shares(rng: np.random.Generator, days: int) -> Float64:
    """(GROUPS, PLACEMENTS, days)."""
    shares = np.repeat(rng.dirichlet(np.full(PLACEMENTS, 3.0), GROUPS)[:, :, None], days, axis=2)
    for at in np.flatnonzero(rng.random(days) < 1.0 / 60.0):
        moved = rng.dirichlet(np.full(PLACEMENTS, 8.0), GROUPS)[:, :, None]
        shares[:, :, at:] = 0.7 * shares[:, :, at:] + 0.3 * moved
    return shares


def _collected(rng: np.random.Generator, days: int, history: int) -> Float64:
    """What share of a day was collected; days to come are whole."""
    told = np.ones(days)
    failed = rng.random(history) < 0.01
    told[:history][failed] = rng.uniform(0.4, 0.95, int(failed.sum()))
    return told


def _targeting(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    groups = rng.choice(GROUPS, int(rng.integers(1, 6)), replace=False)
    return groups, rng.choice(PLACEMENTS, int(rng.integers(1, PLACEMENTS + 1)), replace=False)
