"""How a short daily series goes on: level, damped trend, days of the week, weather of several days, holidays.

A series of a few weeks cannot say how restless it is. So many settings of one state-space model (Harvey 1989;
West and Harrison 1997) are filtered side by side, and count by their likelihood times a prior (Bayesian averaging):

    y_t = level_t + weekday + holiday + eve + weather_t + noise_t
    level_t = level_(t-1) + slope_(t-1) + …,  slope_t = DAMPED slope_(t-1),  weather_t = phi weather_(t-1) + …

``y`` is a logarithm or a logit. Effects of weekdays, of holidays and of the days before them start at a prior mean with
a known spread, so that two weeks shrink them and eight let them speak. A surprise beyond ``CLIP`` standard deviations
counts as one of that size (Cipra and Romera 1991): outages and one great day move the level little. What the average
missed by from past moments, as far as there are any, widens or narrows what it tells.
"""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass, field

import numpy as np

from adplat.forecast.arrays import Floats, Whole

WEEK = 7
LEVEL, SLOPE, DAY, WEATHER, HOLIDAY, EVE = 0, 1, 2, 9, 10, 11
STATES = 12
LEVEL_ALONE = np.eye(STATES)[LEVEL]
DAMPED = 0.96
CLIP = 3.5
TAILS = 4.0
"""Degrees of freedom of what surprises."""
FAR, MOVED_DAYS = 2.0, 4
"""Surprises so many standard deviations off, on so many known days in a row, are a level that has moved (monitoring
and intervention: West and Harrison 1997, ch. 11)."""
LEAST_LEVEL_SD = 0.004
"""Each day, whatever the past says: seasons of a year are in no short log."""

# Standard deviations over the series' own roughness; the first of each is the calmest.
NOISE = (0.3, 0.6, 1.0, 1.5)
LEVELS_SD = (0.0, 0.05, 0.12, 0.25)
WEATHERS = ((0.0, 0.0), (0.7, 0.4), (0.9, 0.7), (1.2, 0.85))
"""Stationary standard deviation, and what is left the next day."""
SLOPES_SD = (0.0, 0.004, 0.015)
"""Of the trend at first, as a share each day."""


@dataclass(frozen=True, slots=True)
class SeriesPrior:
    """What is believed before the series is seen, on its scale.

    Args:
        weekdays: Monday first.
        weekday_sd: how far a weekday may be from that.
        holiday_sd: of what all holidays share.
        eve_sd: of what the days before them share.
        own_holiday_sd: of what each has of its own.
    """

    weekdays: tuple[float, ...] = (0.0,) * WEEK
    weekday_sd: float = 0.25
    holiday_sd: float = 0.2
    eve_sd: float = 0.1
    own_holiday_sd: float = 0.08
    level_sd: float = 1.5


@dataclass(frozen=True, slots=True)
class _Grid:
    """G settings, and the state of each after the last day."""

    noise_var: Floats
    level_var: Floats
    weather_var: Floats
    kept: Floats
    state: Floats
    spread: Floats
    score: Floats
    history: list[tuple[Floats, Floats, Floats]] = field(default_factory=list)


def series_paths(
    values: Floats,
    weekdays: Whole,
    holidays: Floats,
    rng: np.random.Generator,
    *,
    prior: SeriesPrior | None = None,
    draws: int = 4_000,
) -> Floats:
    """(draws, horizon): ways on after the last value, equally likely.

    Args:
        values: (n,) NaN where nothing is known; at least seven known.
        weekdays: (n + horizon,) 0 is Monday.
        holidays: (n + horizon,) 1 on holidays.

    Cost: linear in ``n``; 192 settings of 12 states.
    """
    prior = prior or SeriesPrior()
    days = len(values)
    seen = _seen(weekdays, holidays)
    grid = _filtered(_start(values, weekdays[:days], prior), values, seen[:days], prior)
    wider = _missed(grid, values, seen, prior)
    paths = _drawn(grid, seen[days:], prior, rng, draws)
    middle = np.median(paths, axis=0)
    told: Floats = middle + wider * (paths - middle)
    return told


def _filtered(grid: _Grid, values: Floats, days_seen: Floats, prior: SeriesPrior) -> _Grid:
    state, spread, score = grid.state, grid.spread, grid.score
    steps, row = _steps(grid), np.zeros(len(score))
    for value, seen in zip(values, days_seen, strict=True):
        state = np.einsum("gij,gj->gi", steps, state)
        spread = steps @ spread @ steps.transpose(0, 2, 1)
        spread[:, LEVEL, LEVEL] += grid.level_var
        spread[:, WEATHER, WEATHER] += grid.weather_var * (1.0 - grid.kept**2)
        if np.isfinite(value):
            carried = spread @ seen
            noise = grid.noise_var + seen[HOLIDAY] * prior.own_holiday_sd**2
            surprise, variance = value - state @ seen, carried @ seen + noise
            score = score + _log_density(surprise, variance)
            # So many days in a row far to one side: the level has moved, and may have by as much as that.
            side = np.where(np.abs(surprise) > FAR * np.sqrt(variance), np.sign(surprise), 0.0)
            row = np.where((side != 0.0) & (side * row > 0.0), row + side, side)
            moved = np.where(np.abs(row) >= MOVED_DAYS, surprise**2, 0.0)
            spread[:, LEVEL, LEVEL] += moved
            carried, variance = carried + moved[:, None] * LEVEL_ALONE, variance + moved
            # A surprise of more than CLIP deviations is taken as one of CLIP, by so much more noise.
            variance = np.maximum(variance, (surprise / CLIP) ** 2)
            gain = carried / variance[:, None]
            state = state + gain * surprise[:, None]
            spread = spread - gain[:, :, None] * carried[:, None, :]
        grid.history.append((state, spread, score))
    return _Grid(
        grid.noise_var, grid.level_var, grid.weather_var, grid.kept, state, spread, score, history=grid.history
    )


def _start(values: Floats, weekdays: Whole, prior: SeriesPrior) -> _Grid:
    rough = _roughness(values, weekdays, prior)
    rows = list(itertools.product(NOISE, LEVELS_SD, WEATHERS, SLOPES_SD))
    noise = np.array([row[0] for row in rows]) * rough
    level = np.maximum(np.array([row[1] for row in rows]) * rough, LEAST_LEVEL_SD)
    weather = np.array([row[2][0] for row in rows]) * rough
    kept = np.array([row[2][1] for row in rows])
    slope = np.array([row[3] for row in rows])
    state = np.zeros((len(rows), STATES))
    known = values[np.isfinite(values)]
    state[:, LEVEL] = np.median(known[:WEEK])
    state[:, DAY : DAY + WEEK] = np.array(prior.weekdays) - np.mean(prior.weekdays)
    spread = np.zeros((len(rows), STATES, STATES))
    spread[:, LEVEL, LEVEL] = prior.level_sd**2
    spread[:, SLOPE, SLOPE] = slope**2
    spread[:, DAY : DAY + WEEK, DAY : DAY + WEEK] = prior.weekday_sd**2 * (np.eye(WEEK) - 1.0 / WEEK)
    spread[:, WEATHER, WEATHER] = weather**2
    spread[:, HOLIDAY, HOLIDAY] = prior.holiday_sd**2
    spread[:, EVE, EVE] = prior.eve_sd**2
    return _Grid(noise**2, level**2, weather**2, kept, state, spread, np.zeros(len(rows)))


def _roughness(values: Floats, weekdays: Whole, prior: SeriesPrior) -> float:
    """What neighbouring days differ by once weekdays are taken away, robustly; at least half a percent."""
    rest = values - np.array(prior.weekdays)[weekdays]
    if np.isfinite(values).sum() >= 2 * WEEK:
        centred = rest - np.nanmedian(rest)
        known = [centred[(weekdays == day) & np.isfinite(centred)] for day in range(WEEK)]
        rest = rest - np.array([np.median(one) if len(one) else 0.0 for one in known])[weekdays]
    change = np.diff(rest[np.isfinite(rest)])
    return max(float(np.median(np.abs(change))) * 1.4826 / math.sqrt(2.0), 0.005)


def _steps(grid: _Grid) -> Floats:
    steps = np.tile(np.eye(STATES), (len(grid.kept), 1, 1))
    steps[:, LEVEL, SLOPE] = 1.0
    steps[:, SLOPE, SLOPE] = DAMPED
    steps[:, WEATHER, WEATHER] = grid.kept
    return steps


def _seen(weekdays: Whole, holidays: Floats) -> Floats:
    """(days, states): which states add up to a day; people travel on the day before a holiday."""
    seen = np.zeros((len(weekdays), STATES))
    seen[:, [LEVEL, WEATHER]] = 1.0
    seen[np.arange(len(weekdays)), DAY + weekdays] = 1.0
    seen[:, HOLIDAY] = holidays
    seen[:-1, EVE] = holidays[1:] * (1.0 - holidays[:-1])
    return seen


def _log_density(surprise: Floats, variance: Floats) -> Floats:
    """Student's t of ``TAILS`` degrees of freedom, up to a constant."""
    told: Floats = -0.5 * np.log(variance) - 0.5 * (TAILS + 1.0) * np.log1p(surprise**2 / (variance * (TAILS - 2.0)))
    return told


def _weights(score: Floats) -> Floats:
    likelihood = np.exp(score - score.max())
    weights: Floats = likelihood / likelihood.sum()
    return weights


# Past moments from which the average is tried, and how many independent tries its own word weighs as.
ORIGIN_EVERY, LEAST_SEEN, OWN_WORD = 2, 14, 20.0
LIKELY = 24
NARROWEST, WIDEST = 0.75, 1.8


def _missed(grid: _Grid, values: Floats, days_seen: Floats, prior: SeriesPrior) -> Floats:
    """(horizon,) by what factor past misses were wider than told; beyond what was tried, as there."""
    days, horizon = len(values), len(days_seen) - len(values)
    likely = np.argsort(-grid.score, kind="stable")[:LIKELY]
    steps = _steps(grid)[likely]
    tried = min(horizon, max(days - LEAST_SEEN, 0), 2 * WEEK)
    if tried == 0:
        return np.ones(horizon)
    origins = np.arange(LEAST_SEEN, days, ORIGIN_EVERY)
    state = np.stack([grid.history[at - 1][0][likely] for at in origins])
    spread = np.stack([grid.history[at - 1][1][likely] for at in origins])
    weights = np.stack([_weights(grid.history[at - 1][2][likely]) for at in origins])
    squares: list[Floats] = []
    for ahead in range(1, tried + 1):
        state = np.einsum("gij,ogj->ogi", steps, state)
        spread = steps[None] @ spread @ steps.transpose(0, 2, 1)[None]
        spread[:, :, LEVEL, LEVEL] += grid.level_var[likely]
        spread[:, :, WEATHER, WEATHER] += (grid.weather_var * (1.0 - grid.kept**2))[likely]
        at = origins + ahead - 1
        inside = at < days
        at = np.minimum(at, days - 1)
        seen = days_seen[at]
        means = np.einsum("ogi,oi->og", state, seen)
        variances = np.einsum("oi,ogij,oj->og", seen, spread, seen) + grid.noise_var[likely]
        variances = variances + seen[:, [HOLIDAY]] * prior.own_holiday_sd**2
        middle = (weights * means).sum(axis=1)
        variance = (weights * (variances + (means - middle[:, None]) ** 2)).sum(axis=1)
        square = (values[at] - middle) ** 2 / variance
        squares.append(square[inside & np.isfinite(square)])
    factors = np.ones(horizon)
    for ahead in range(tried):
        near = np.concatenate(squares[max(0, ahead - 2) : ahead + 3])
        if not len(near):
            continue
        # Neighbouring origins share their days: as many witnesses as there are stretches of this length.
        witnesses = len(squares[ahead]) * ORIGIN_EVERY / max(ORIGIN_EVERY, ahead + 1)
        mean = float(np.minimum(near, CLIP**2 * 2.0).mean())
        factors[ahead] = np.sqrt((witnesses * mean + OWN_WORD) / (witnesses + OWN_WORD))
    factors[tried:] = factors[tried - 1]
    return np.clip(factors, NARROWEST, WIDEST)


def _drawn(grid: _Grid, days_seen: Floats, prior: SeriesPrior, rng: np.random.Generator, draws: int) -> Floats:
    chosen = rng.choice(len(grid.score), size=draws, p=_weights(grid.score))
    used, place = np.unique(chosen, return_inverse=True)
    eigenvalues, eigenvectors = np.linalg.eigh(grid.spread[used])
    root = eigenvectors * np.sqrt(np.maximum(eigenvalues, 0.0))[:, None, :]
    state = grid.state[chosen] + np.einsum("nij,nj->ni", root[place], rng.standard_normal((draws, STATES)))
    noise_sd, level_sd = np.sqrt(grid.noise_var[chosen]), np.sqrt(grid.level_var[chosen])
    kept = grid.kept[chosen]
    weather_sd = np.sqrt(grid.weather_var[chosen] * (1.0 - kept**2))
    paths = np.empty((draws, len(days_seen)))
    for step, seen in enumerate(days_seen):
        state[:, LEVEL] += state[:, SLOPE] + level_sd * rng.standard_normal(draws)
        state[:, SLOPE] *= DAMPED
        state[:, WEATHER] = kept * state[:, WEATHER] + weather_sd * rng.standard_normal(draws)
        noise = noise_sd * rng.standard_t(TAILS, draws) * np.sqrt((TAILS - 2.0) / TAILS)
        noise = noise + seen[HOLIDAY] * prior.own_holiday_sd * rng.standard_normal(draws)
        paths[:, step] = state @ seen + noise
    return paths
