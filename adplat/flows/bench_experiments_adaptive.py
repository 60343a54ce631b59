"""Arms whose shares a bandit moved: how often intervals hold the truth, beside plain means of the same rows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from adplat.domain import Figure
from adplat.experiments import (
    ExperimentSpec,
    Limits,
    Moments,
    WeightedSums,
    adaptive_inference,
    analyze_adaptive,
    arm_limits,
    as_plain,
    moments_of_sums,
    parse_adaptive_spec,
    proportion_moments,
    stabilising_weights,
)
from adplat.flows.bench_experiments_adaptive_worlds import BanditWorld, Played, play_batches, play_rows
from adplat.flows.bench_experiments_errors import ALPHA, SEED
from adplat.flows.bench_run import BenchRun
from adplat.statistics import Float64

Bools = npt.NDArray[np.bool_]

RUNS, QUICK_RUNS = 2_000, 200
LEAST_COVERAGE = 0.93
TOLERATED = 3.0  # standard deviations of a simulated share: quick looks must not fail by their noise
EQUAL = BanditWorld("equal", "five arms of 5 %", ((0.05,) * 5,), (1.0,), 100, 200, 0.005)
SPREAD = BanditWorld("spread", "arms of 0.5, 1, 2 and 5 %", ((0.005, 0.01, 0.02, 0.05),), (1.0,), 50, 1_000, 0.01)
PLACEMENTS = BanditWorld(
    "placements",
    "three arms in two placements with other winners",
    ((0.01, 0.02, 0.005), (0.03, 0.01, 0.05)),
    (0.6, 0.4),
    50,
    400,
    0.01,
)


@dataclass(frozen=True, slots=True)
class Intervals:
    """Of ours and of the plain analysis: ``(tests, …, k)`` limits."""

    weighted: Limits
    plain: Limits


def adaptive_figures(run: BenchRun) -> list[Figure]:
    """Coverage at one look and over all looks, in three worlds."""
    tests = QUICK_RUNS if run.quick else RUNS
    figures = []
    for number, world in enumerate((EQUAL, SPREAD)):
        if run.wants(f"experiments.1.adaptive.{world.name}"):
            played = play_batches(world, tests, np.random.default_rng([SEED, 21, number]))
            figures += _counted(world, played, tests)
    if run.wants(f"experiments.1.adaptive.{PLACEMENTS.name}"):
        arms, pairs = _by_rows(PLACEMENTS, tests, np.random.default_rng([SEED, 22]))
        figures += _one_look(PLACEMENTS, arms, pairs, tests)
    return figures


def _counted(world: BanditWorld, played: Played, tests: int) -> list[Figure]:
    fixed, sequential = _question("fixed"), _question("sequential")
    own = _own(played)
    control, treatment = _paired(played)
    last = (slice(None), -1)
    plain = proportion_moments(played.shown.sum(axis=1), played.clicks.sum(axis=1))
    rows = world.batch * np.arange(1.0, world.batches + 1.0)[None, :, None]
    pair, p_value = _pair_limits(fixed, _at(control, last), _at(treatment, last), rows[last])
    bare = Moments(*(getattr(plain, name)[..., :1].repeat(world.arms - 1, axis=1) for name in Moments.__slots__))
    others = Moments(*(getattr(plain, name)[..., 1:] for name in Moments.__slots__))
    bare_pair, bare_p_value = _pair_limits(fixed, bare, others, rows[last])
    arms = Intervals(_arm_limits(fixed, _at(own, last), rows[last]), _arm_limits(fixed, plain, rows[last]))
    figures = _one_look(world, arms, Intervals(pair, bare_pair), tests)
    if len(set(world.rates[0])) == 1:
        said = f"{world.what}, a bandit's shares: treatments called different from the control at 5 %"
        alarms, bare_alarms = (float((one <= ALPHA).mean()) for one in (p_value, bare_p_value))
        figures.append(
            _figure(world, "false_alarms", said, alarms, "share", "<=", 1.0 - LEAST_COVERAGE, tests, bare_alarms)
        )
    watched = _arm_limits(sequential, own, rows)
    figures.append(_always(world, "arms", _holds(watched, world.truth), tests))
    watched, _ = _pair_limits(sequential, control, treatment, rows)
    figures.append(_always(world, "contrasts", _holds(watched, _contrasts(world)), tests))
    return figures


def _one_look(world: BanditWorld, arms: Intervals, pairs: Intervals, tests: int) -> list[Figure]:
    figures = []
    for name, found, truth in (("arms", arms, world.truth), ("contrasts", pairs, _contrasts(world))):
        ours, theirs = (_holds(one, truth).mean(axis=0) for one in (found.weighted, found.plain))
        said = f"{world.what}, {world.rounds:,} rows, a bandit's shares, {name}: coverage of 95 % intervals, the worst"
        least = LEAST_COVERAGE - _noise(LEAST_COVERAGE, tests)
        figures.append(
            _figure(world, f"{name}.coverage", said, float(ours.min()), "share", ">=", least, tests, theirs.min())
        )
        wide, narrow = (float(np.median(one.high - one.low)) for one in (found.weighted, found.plain))
        said = f"{world.what}, {name}: median width of the intervals"
        figures.append(_figure(world, f"{name}.width", said, wide, "rate", "<=", 3.0 * narrow, tests, narrow))
    return figures


def _always(world: BanditWorld, name: str, holds: Bools, tests: int) -> Figure:
    """``holds`` is ``(tests, looks, k)``."""
    share = float(holds.all(axis=1).mean(axis=0).min())
    said = f"{world.what}, {name}, looked at after each of {world.batches} batches: the truth never outside, the worst"
    return _figure(world, f"anytime.{name}", said, share, "share", ">=", 1.0 - ALPHA - _noise(ALPHA, tests), tests)


def _by_rows(world: BanditWorld, tests: int, rng: np.random.Generator) -> tuple[Intervals, Intervals]:
    """Whole analyses of rows, as ``adplat experiment analyze`` makes them."""
    content = {"metric": {"name": "ctr", "kind": "proportion"}, "difference": "absolute", "allocation": "adaptive"}
    arms = [{"name": f"arm {place}"} for place in range(world.arms)]
    spec = parse_adaptive_spec({**content, "arms": arms, "rows": "log.parquet"}, where="bench")
    own, pairs, units, clicks = [], [], [], []
    for rows in play_rows(world, tests, rng):
        document = analyze_adaptive(spec, rows, where="bench")
        own.append([one["ci"] for one in document["arms"]])
        pairs.append([one["ci"] for one in document["comparisons"]])
        units.append(np.bincount(rows.chosen, minlength=world.arms))
        clicks.append(np.bincount(rows.chosen, rows.rewards, minlength=world.arms))
    plain = proportion_moments(np.asarray(units, dtype=np.float64), np.asarray(clicks))
    fixed = as_plain(spec, [])
    control = Moments(*(getattr(plain, name)[:, :1].repeat(world.arms - 1, axis=1) for name in Moments.__slots__))
    treatment = Moments(*(getattr(plain, name)[:, 1:] for name in Moments.__slots__))
    bare, _ = _pair_limits(fixed, control, treatment, plain.n[:, 1:])
    return Intervals(_limits(own), _arm_limits(fixed, plain, plain.n)), Intervals(_limits(pairs), bare)


def _limits(ends: list[list[list[float]]]) -> Limits:
    low, high = np.moveaxis(np.asarray(ends, dtype=np.float64), -1, 0)
    return Limits(0.5 * (low + high), low, high)


def _own(played: Played) -> Moments:
    """Every arm after every batch."""
    return _moments(played.shown, played.clicks, _weights(1.0 / played.propensities) / played.propensities)


def _paired(played: Played) -> tuple[Moments, Moments]:
    """Control and treatments under common weights, after every batch: ``(tests, batches, k−1)``."""
    control, others = played.propensities[..., :1], played.propensities[..., 1:]
    weights = _weights(1.0 / control + 1.0 / others)
    base = [np.broadcast_to(one[..., :1], weights.shape) for one in (played.shown, played.clicks)]
    return _moments(base[0], base[1], weights / control), _moments(
        played.shown[..., 1:], played.clicks[..., 1:], weights / others
    )


def _weights(growth: Float64) -> Float64:
    return stabilising_weights(growth.ravel(), "by_moment").reshape(growth.shape)


def _moments(shown: Float64, clicks: Float64, weights: Float64) -> Moments:
    parts = (shown, shown * weights, shown * weights**2, clicks * weights, clicks * weights**2, clicks * weights**2)
    return moments_of_sums(WeightedSums(*(one.cumsum(axis=1) for one in parts)), rates=True)


def _question(method: str) -> ExperimentSpec:
    content = {"metric": {"name": "ctr", "kind": "proportion"}, "difference": "absolute", "allocation": "adaptive"}
    arms = [{"name": "control"}, {"name": "treatment"}]
    return as_plain(parse_adaptive_spec({**content, "method": method, "arms": arms, "rows": "-"}, where="bench"), [])


def _arm_limits(spec: ExperimentSpec, arms: Moments, rows: Float64) -> Limits:
    flat = _flat(arms)
    found = arm_limits(spec, flat, np.broadcast_to(rows, arms.mean.shape).ravel())
    return Limits(*(getattr(found, name).reshape(arms.mean.shape) for name in Limits.__slots__))


def _pair_limits(spec: ExperimentSpec, control: Moments, treatment: Moments, rows: Float64) -> tuple[Limits, Float64]:
    shape = treatment.mean.shape
    with np.errstate(all="ignore"):
        says = adaptive_inference(spec, _flat(control), _flat(treatment), np.broadcast_to(rows, shape).ravel())
    return Limits(*(one.reshape(shape) for one in (says.estimate, says.low, says.high))), says.p_value.reshape(shape)


def _flat(arms: Moments) -> Moments:
    return Moments(*(getattr(arms, name).ravel() for name in Moments.__slots__))


def _at(arms: Moments, place: tuple[slice, int]) -> Moments:
    return Moments(*(getattr(arms, name)[place] for name in Moments.__slots__))


def _contrasts(world: BanditWorld) -> Float64:
    truth: Float64 = world.truth[1:] - world.truth[0]
    return truth


def _holds(found: Limits, truth: Float64) -> Bools:
    """Whether the truth lies inside; an interval that is not there claims nothing and misses nothing."""
    inside: Bools = ~((truth < found.low) | (truth > found.high))
    return inside


def _noise(share: float, tests: int) -> float:
    return 0.0 if tests >= RUNS else TOLERATED * float(np.sqrt(share * (1.0 - share) / tests))


def _figure(
    world: BanditWorld,
    name: str,
    what: str,
    value: float,
    unit: str,
    op: str,
    target: float,
    tests: int,
    plain: float | None = None,
) -> Figure:
    return Figure(
        f"experiments.1.adaptive.{world.name}.{name}",
        what,
        value,
        unit,
        op,
        target,
        n=tests,
        seeds=(SEED,),
        rival="" if plain is None else "plain means",
        rival_value=None if plain is None else float(plain),
    )
