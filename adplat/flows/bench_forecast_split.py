"""forecast.5: is a split on fitted curves as good as trying all splits, and does it bring more on the true ones?

Two questions, apart. The optimiser: beside brute force (dynamic programming over all splits on a grid of 400 parts of
the budget) on the very same fitted curves. The whole: curves fitted to noisy replays of campaigns whose true curves
are Hill's, logarithms, powers, S-shapes or bent lines; the split is paid by the true curves, beside the same money
split equally and in today's proportions, and beside Hill curves fitted and split by SLSQP. Levels of the curves are
missed by a tenth, which the fit is told as a forecast tells its interval; the noise of the replays it is not told.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.optimize import curve_fit, minimize
from scipy.special import ndtri

from adplat.domain import TOLD_LEVELS, Figure, Interval
from adplat.flows.bench_run import BenchRun
from adplat.flows.split_worlds import LEVEL_SD, SplitWorld
from adplat.forecast import CurveDraws, Objective, fit_spend_curve, split_budget
from adplat.statistics import bootstrap_interval, wilson_interval

Float64 = npt.NDArray[np.float64]
WORLDS, QUICK_WORLDS = 300, 40
SEED = 5
PARTS = 400
DRAWS = 200
RATIOS = tuple(np.exp(LEVEL_SD * ndtri(np.array(TOLD_LEVELS))).tolist())
WITHIN, MORE_OFTEN = 0.01, 0.95
MOST_SECONDS = 1.0
TOLD = "worlds split"


@dataclass(frozen=True, slots=True)
class Outcomes:
    """Of one world: clicks on fitted curves of ours and of brute force; true clicks of four splits and of the best.

    ``gain`` is what was told of ours over today's proportions.
    """

    fitted: float
    brute: float
    ours: float
    equal: float
    proportional: float
    hill: float
    best: float
    gain: Interval
    seconds: float


def bench_forecast_split(run: BenchRun) -> Sequence[Figure]:
    """Point 5. Cost: two minutes for 300 worlds."""
    if not run.wants("forecast.5"):
        return []
    count = QUICK_WORLDS if run.quick else WORLDS
    found = []
    for number in range(count):
        run.progress(number, count, TOLD)
        found.append(split_world(SplitWorld.drawn(np.random.default_rng([SEED, number]))))
    run.progress(count, count, TOLD)
    return figures_of(found)


def split_world(world: SplitWorld) -> Outcomes:
    """Fit, split and pay one world."""
    start = time.perf_counter()
    curves = {
        str(number): fit_spend_curve(spends, clicks, ratios=RATIOS)
        for number, (spends, clicks) in enumerate(zip(world.spends_micros, world.clicks, strict=True))
    }
    split = split_budget(curves, world.budget_micros, Objective.CLICKS)
    seconds = time.perf_counter() - start
    count, budget = len(curves), float(world.budget_micros)
    grid = np.linspace(0.0, budget, PARTS + 1)
    # Beyond what was replayed a fitted curve is flat, so brute force gains nothing by going there.
    brute = best_of_all([curve.outcome(grid) for curve in curves.values()])
    hill = hill_and_slsqp(world)
    proportional = world.today_micros / world.today_micros.sum() * budget
    draws = CurveDraws.of(curves, np.random.default_rng(SEED), DRAWS)
    gain = draws.gain(split.spends_micros, dict(zip(curves, proportional, strict=True)), Objective.CLICKS)
    return Outcomes(
        split.outcome,
        brute,
        world.truth(list(split.spends_micros.values())),
        world.truth(np.full(count, budget / count)),
        world.truth(proportional),
        world.truth(hill),
        best_of_all([curve.outcome(grid) for curve in world.curves]),
        gain,
        seconds,
    )


def best_of_all(outcomes: Sequence[Float64]) -> float:
    """The most that any split over the grid brings: ``best(m) = max_k best_before(m - k) + outcome(k)``."""
    best = np.zeros(len(outcomes[0]))
    for own in outcomes:
        parts = np.arange(len(own))
        before = parts[:, None] - parts[None, :]
        best = np.where(before >= 0, best[np.maximum(before, 0)] + own[None, :], -np.inf).max(axis=1)
    return float(best[-1])


def hill_and_slsqp(world: SplitWorld) -> Float64:
    """The rival: Hill's curve fitted to each campaign's points by least squares, the split by SLSQP."""
    fits = [_fitted(spends, clicks) for spends, clicks in zip(world.spends_micros, world.clicks, strict=True)]
    budget, count = float(world.budget_micros), len(fits)

    def clicks_of(shares: Float64) -> float:
        return sum(fit(share * budget) for share, fit in zip(shares, fits, strict=True))

    size = clicks_of(np.full(count, 1.0 / count)) or 1.0
    found = minimize(
        lambda shares: -clicks_of(shares) / size,
        world.today_micros / world.today_micros.sum(),
        method="SLSQP",
        bounds=[(0.0, 1.0)] * count,
        constraints={"type": "eq", "fun": lambda shares: float(shares.sum()) - 1.0},
    )
    shares: Float64 = np.clip(found.x, 0.0, 1.0)
    split: Float64 = shares / shares.sum() * budget
    return split


def _fitted(spends: Float64, clicks: Float64) -> Callable[[float], float]:
    scale, top = float(spends[-1]), max(float(clicks[-1]), 1e-9)
    start = (1.2, 0.5, 1.0)
    try:
        told, _ = curve_fit(_hill, spends / scale, clicks / top, p0=start, bounds=(1e-3, (50.0, 50.0, 6.0)))
    except RuntimeError:
        # No optimum within its steps: a user of the method would go on with the start as well.
        told = np.array(start)
    return lambda spend: top * float(_hill(spend / scale, *told))


def _hill(spend: npt.ArrayLike, most: float, half: float, power: float) -> Float64:
    raised = np.maximum(np.asarray(spend, np.float64), 1e-12) ** power
    told: Float64 = most * raised / (raised + half**power)
    return told


def figures_of(found: Sequence[Outcomes]) -> list[Figure]:
    """The claims of point 5."""
    short = np.array([1.0 - one.fitted / one.brute for one in found])
    ours, hill = (np.array([getattr(one, name) / one.best for one in found]) for name in ("ours", "hill"))
    median = bootstrap_interval(lambda part: float(np.median(part)), [short], np.random.default_rng(SEED))
    ahead = bootstrap_interval(lambda part: float(np.mean(part)), [ours - hill], np.random.default_rng(SEED))
    slowest = max(one.seconds for one in found)
    less = "less than brute force on the same fitted curves"
    figures = [
        _figure("optimiser.worst", f"{less}, worst of {len(found)} worlds", float(short.max()), "<=", WITHIN, found),
        _figure("optimiser.median", f"{less}, median", median, "<=", WITHIN, found),
    ]
    for name, other in (("equal", "an equal split"), ("proportional", "today's proportions")):
        won = wilson_interval(sum(one.ours > getattr(one, name) for one in found), len(found))
        what = f"worlds where the split brings more than {other} on the true curves"
        beside = float(np.mean([getattr(one, name) / one.best for one in found]))
        rival = (f"{other}: share of the best possible", beside)
        figures.append(_figure(f"true.{name}", what, won, ">=", MORE_OFTEN, found, rival))
    what = f"share of the best possible on the true curves (ours {ours.mean():.4f}), less the rival's"
    rival = ("Hill curves split by SLSQP", float(hill.mean()))
    figures.append(_figure("true.hill", what, ahead, ">=", 0.0, found, rival))
    gains = [one.ours - one.proportional for one in found]
    inside = sum(one.gain.low <= gain <= one.gain.high for one, gain in zip(found, gains, strict=True))
    wrong = sum(one.gain.low > 0.0 >= gain for one, gain in zip(found, gains, strict=True))
    said = sum(one.gain.low > 0.0 for one in found)
    what = "true gains over today's proportions inside their 95 % interval"
    figures.append(_figure("gain.inside", what, wilson_interval(inside, len(found)), "between", (0.92, 0.99), found))
    what = f"of {said} splits that were worth saying, those that truly gain nothing"
    figures.append(_figure("gain.wrong", what, wilson_interval(wrong, max(said, 1)), "<=", 0.025, found))
    figures.append(_figure("speed", "to fit and split a world, worst", slowest, "<=", MOST_SECONDS, found, unit="s"))
    return figures


def _figure(
    name: str,
    what: str,
    value: float | Interval,
    op: str,
    target: float | tuple[float, float],
    found: Sequence[Outcomes],
    rival: tuple[str, float | None] = ("", None),
    *,
    unit: str = "share",
) -> Figure:
    between = (value.low, value.high) if isinstance(value, Interval) else None
    return Figure(
        f"forecast.5.{name}",
        what,
        value.value if isinstance(value, Interval) else float(value),
        unit,
        op,
        target,
        n=len(found),
        seeds=(SEED,),
        interval=between,
        rival=rival[0],
        rival_value=rival[1],
    )
