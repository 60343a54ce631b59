"""How many logged opportunities a targeting could have had, by local day and hour, from complete counts.

What a cell's values decide is counted and not estimated. Where they do not (a segment, a site, a pooled cell), the
cell's sampled rows say which share is eligible, day by day; a day of few rows leans on the cell's other days and those
on all cells' (a ratio estimator, stratified by cell: Cochran 1977, ch. 6). Placements and the like add up to the whole
by construction, since every opportunity is in one cell.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

import numpy as np

from adplat.domain import Targeting
from adplat.forecast.arrays import Floats, Whole
from adplat.forecast.eligible_rows import QUARTER_S
from adplat.forecast.opportunity_sample import HOUR_S, OpportunitySample
from adplat.market import time_zone_named

DAY_HOURS = 24
LEAN_ROWS = 30.0
"""A cell's own days weigh against their mean as so many rows; the cell against all cells, too."""


@dataclass(frozen=True, slots=True)
class DailyCounts:
    """Local days in order, whole ones alone: ``eligible`` and ``total`` are (D, 24), by local hour."""

    first: date
    eligible: Floats
    total: Floats

    @property
    def last(self) -> date:
        """The last whole day."""
        return self.first + timedelta(days=len(self.total) - 1)


def daily_counts(sample: OpportunitySample, targeting: Targeting, time_zone: str) -> DailyCounts:
    """Whole days of ``time_zone``, the targeting's hours of the week not yet applied. No day may be whole.

    Raises ConfigRejected for an unknown zone.
    """
    total = sample.cells.counts.sum(axis=1, dtype=np.float64)
    eligible = _eligible_by_hour(sample, replace(targeting, hours_of_week=()))
    first, day, hour, whole = _local_quarters(sample, time_zone)
    shape = (len(whole), DAY_HOURS)
    told, all_told = np.zeros(shape), np.zeros(shape)
    for quarter in range(HOUR_S // QUARTER_S):
        at = (day[:, quarter], hour[:, quarter])
        np.add.at(told, at, eligible / 4.0)
        np.add.at(all_told, at, total / 4.0)
    days = np.flatnonzero(whole)
    if not len(days):
        return DailyCounts(first, np.zeros((0, DAY_HOURS)), np.zeros((0, DAY_HOURS)))
    begin, end = int(days[0]), int(days[-1]) + 1
    return DailyCounts(first + timedelta(days=begin), told[begin:end], all_told[begin:end])


def _eligible_by_hour(sample: OpportunitySample, targeting: Targeting) -> Floats:
    """(H,) of each UTC hour."""
    counts = sample.cells.counts.astype(np.float64)
    met = sample.cells_met(targeting)
    known = counts @ np.where(np.isnan(met), 0.0, met)
    open_cells = np.flatnonzero(np.isnan(met))
    if not len(open_cells):
        return known
    place = np.full(len(met), -1)
    place[open_cells] = np.arange(len(open_cells))
    rows = np.flatnonzero(place[sample.cell] >= 0)
    eligible = sample.mask(targeting, "UTC")[rows]
    days = -(-counts.shape[0] // DAY_HOURS)
    day = ((sample.at_s[rows] // HOUR_S).astype(np.int64) - sample.cells.first_hour) // DAY_HOURS
    at = (day, place[sample.cell[rows]])
    seen, hits = np.zeros((days, len(open_cells))), np.zeros((days, len(open_cells)))
    np.add.at(seen, at, 1.0)
    np.add.at(hits, at, eligible.astype(np.float64))
    overall = hits.sum() / max(seen.sum(), 1.0)
    usual = (hits.sum(axis=0) + LEAN_ROWS * overall) / (seen.sum(axis=0) + LEAN_ROWS)
    share = (hits + LEAN_ROWS * usual) / (seen + LEAN_ROWS)
    told: Floats = known + (counts[:, open_cells] * np.repeat(share, DAY_HOURS, axis=0)[: len(counts)]).sum(axis=1)
    return told


def _local_quarters(sample: OpportunitySample, time_zone: str) -> tuple[date, Whole, Whole, np.ndarray]:
    """The first local day; (H, 4) day and hour of every quarter of an hour; (D,) whether a day is whole."""
    zone = time_zone_named(time_zone)
    first_s = sample.cells.first_hour * HOUR_S
    quarters = sample.cells.counts.shape[0] * HOUR_S // QUARTER_S
    local = [datetime.fromtimestamp(first_s + number * QUARTER_S, UTC).astimezone(zone) for number in range(quarters)]
    first = local[0].date()
    day = np.array([(moment.date() - first).days for moment in local], dtype=np.int64)
    hour = np.array([moment.hour for moment in local], dtype=np.int64)
    after = datetime.fromtimestamp(first_s + quarters * QUARTER_S, UTC).astimezone(zone)
    whole = np.ones(int(day[-1]) + 1, dtype=np.bool_)
    begins_at_midnight = local[0].hour == 0 and local[0].minute == 0
    ends_at_midnight = after.date() > local[-1].date()
    whole[0] &= begins_at_midnight
    whole[-1] &= ends_at_midnight
    return first, day.reshape(-1, 4), hour.reshape(-1, 4), whole


def local_days(at_s: Floats, time_zone: str, first: date) -> Whole:
    """(N,) the local day of each moment, counted from ``first``."""
    zone = time_zone_named(time_zone)
    quarters, places = np.unique(np.floor_divide(at_s, QUARTER_S).astype(np.int64), return_inverse=True)
    local = [datetime.fromtimestamp(quarter * QUARTER_S, UTC).astimezone(zone).date() for quarter in quarters.tolist()]
    days: Whole = np.array([(day - first).days for day in local], dtype=np.int64)[places]
    return days
