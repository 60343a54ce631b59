"""How a daily or hourly series goes on: several robust rules in one, with the spread that they had in the past.

On a log scale (where nothing is negative) a series is a weekly shape, a level and a rest. The shape is the median
departure from the running median of a week; the level is a median as well, so that an outlier moves neither. Each rule
takes the level over another stretch, since after a level shift a short one is right and in a noisy year a long one is;
two lean half on the last half year, to which spells return. No rule goes on with a trend: 120 days ahead it did harm,
damped as it was. Every rule is then played from many past moments, as if the later values were not known: the p10 and
p90 of what it missed by, step by step ahead, are its interval (split-conformal by horizon). The answer is the rules'
mean, quantile by quantile.

Gaps are NaN and cost nothing but their rows. Named holidays leave the series before all this and come back after it.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from adplat.forecast.arrays import Floats
from adplat.forecast.levels import LEVELS

WEEK_DAYS = 7
SHAPE_WEEKS = 52
FEWEST_DAYS = 56
CHECKED_DAYS = 548
"""Past moments as far back as this are played."""
ORIGINS = 180
NEIGHBOURS_DAYS = 10
"""Misses of horizons so near are pooled."""
FEWEST_MISSES = 40


@dataclass(frozen=True, slots=True)
class LevelRule:
    """Level: ``1 - slow`` of the median of ``short_days`` and ``slow`` of that of ``LONG_DAYS``."""

    short_days: int
    slow: float = 0.0


LONG_DAYS = 182
RULES = (LevelRule(14), LevelRule(28), LevelRule(14, slow=0.5), LevelRule(28, slow=0.5))


def fewest_steps(horizon: int, steps_a_day: int) -> int:
    """How long a series must be for its forecast of ``horizon`` steps to have been checked once."""
    return FEWEST_DAYS * steps_a_day + horizon + WEEK_DAYS * steps_a_day


def forecast_series(
    values: Floats, horizon: int, steps_a_day: int, holidays: Sequence[str | None] | None = None
) -> Floats:
    """``horizon x 3``: p10, p50, p90 of what follows the last value, never crossing.

    Args:
        values: evenly spaced, NaN where nothing is known, at least ``fewest_steps`` of them.
        horizon: steps ahead.
        steps_a_day: 1 or 24.
        holidays: the holiday of each step, of the past and then of the horizon.

    Cost: some 180 past moments times four rules, each linear in the horizon.
    """
    positive = bool(np.nanmin(values) >= 0.0)
    scaled = np.log1p(values) if positive else values.astype(np.float64)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "All-NaN slice encountered", RuntimeWarning)
        ahead = np.zeros(horizon)
        if holidays is not None:
            past, ahead = _holiday_effects(scaled, horizon, steps_a_day, holidays)
            scaled = scaled - past
        season = WEEK_DAYS * steps_a_day
        shape = _weekly_shape(scaled, season)
        phase = (np.arange(len(scaled) + horizon) - len(scaled)) % season
        rest = scaled - shape[phase[: len(scaled)]]
        told = np.mean([_played(rest, horizon, steps_a_day, rule) for rule in RULES], axis=0)
    told += (shape[phase[len(scaled) :]] + ahead)[:, None]
    found = np.sort(told, axis=1)
    return np.maximum(np.expm1(found), 0.0) if positive else found


def _played(rest: Floats, horizon: int, steps_a_day: int, rule: LevelRule) -> Floats:
    """The rule from the end of the series, with the quantiles of what it missed by; p50 is the rule's own."""
    length = len(rest)
    first = max(FEWEST_DAYS * steps_a_day, length - CHECKED_DAYS * steps_a_day)
    origins = np.unique(np.linspace(first, length - 1, min(ORIGINS, length - first)).astype(int))
    misses = np.full((len(origins), horizon), np.nan)
    for number, origin in enumerate(origins):
        seen = min(horizon, length - origin)
        misses[number, :seen] = rest[origin : origin + seen] - _expected(rest[:origin], steps_a_day, rule)
    near = NEIGHBOURS_DAYS * steps_a_day
    spread = np.full((horizon, len(LEVELS)), np.nan)
    for step in range(horizon):
        pooled = misses[:, max(0, step - near) : step + near + 1]
        pooled = pooled[np.isfinite(pooled)]
        if len(pooled) >= FEWEST_MISSES:
            spread[step] = np.quantile(pooled, LEVELS)
    known = np.flatnonzero(np.isfinite(spread[:, 0]))
    steps = np.arange(horizon)
    filled = np.stack([np.interp(steps, known, spread[known, at]) for at in range(len(LEVELS))], axis=1)
    # The growth of one year is no promise for the next: what the rule missed by widens it, and does not move it.
    filled -= filled[:, 1:2]
    told: Floats = _expected(rest, steps_a_day, rule) + filled
    return told


def _expected(rest: Floats, steps_a_day: int, rule: LevelRule) -> float:
    level = _level(rest, rule.short_days * steps_a_day)
    return (1.0 - rule.slow) * level + rule.slow * _level(rest, LONG_DAYS * steps_a_day) if rule.slow else level


def _level(rest: Floats, stretch: int) -> float:
    """The last stretch's median; of all that is known where that is one gap."""
    found = float(np.nanmedian(rest[-stretch:]))
    return found if np.isfinite(found) else float(np.nanmedian(rest))


def _weekly_shape(scaled: Floats, season: int) -> Floats:
    """Departure of each step of a week, counted back from the end, from the running median; its mean is 0."""
    recent = scaled[-SHAPE_WEEKS * season :]
    departure = recent - _running_median(recent, season)
    phase = (np.arange(len(recent)) - len(recent)) % season
    shape = np.array([np.nanmedian(departure[phase == at]) for at in range(season)])
    shape = np.where(np.isfinite(shape), shape, 0.0)
    centred: Floats = shape - shape.mean()
    return centred


def _running_median(values: Floats, width: int) -> Floats:
    half = width // 2
    padded = np.concatenate([np.full(half, np.nan), values, np.full(width - 1 - half, np.nan)])
    found: Floats = np.nanmedian(np.lib.stride_tricks.sliding_window_view(padded, width), axis=1)
    return found


def _holiday_effects(
    scaled: Floats, horizon: int, steps_a_day: int, holidays: Sequence[str | None]
) -> tuple[Floats, Floats]:
    """What each named holiday does, in the past and ahead: its median departure, shrunk as one of so many and one."""
    season = WEEK_DAYS * steps_a_day
    shape = _weekly_shape(scaled, season)
    phase = (np.arange(len(scaled)) - len(scaled)) % season
    departure = scaled - shape[phase] - _running_median(scaled, season)
    names = np.array(["" if name is None else name for name in holidays], dtype=np.str_)
    effects = np.zeros(len(scaled) + horizon)
    for name in np.unique(names[names != ""]):
        seen = departure[np.flatnonzero(names[: len(scaled)] == name)]
        seen = seen[np.isfinite(seen)]
        days = len(seen) / steps_a_day
        if len(seen):
            effects[names == name] = float(np.median(seen)) * days / (days + 1.0)
    return effects[: len(scaled)], effects[len(scaled) :]
