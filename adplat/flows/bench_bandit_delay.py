"""Conversions that come a day late: the default policy beside itself without the correction.

Creatives come and go for a month; each choice is clicked and some clicks convert, three in ten within the hour, half
after a day. Both play the same world hour by hour; the naive one takes a click that has not converted for a failure.
"""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import numpy as np

from adplat.bandit import (
    DELAYS,
    NOTHING_KNOWN,
    UNTAUGHT,
    Context,
    Knowledge,
    LearnedPrior,
    ThompsonWithPrior,
    delay_counts,
    learn_prior,
)
from adplat.domain import ArmStatistics, Figure, of_click, of_conversion, of_impression
from adplat.flows.bench_parts import Part, run_parts
from adplat.flows.bench_run import BenchRun
from adplat.statistics import Float64

BEGIN = datetime(2026, 10, 1, tzinfo=UTC)
SEEDS, QUICK_SEEDS = tuple(range(1, 21)), (1, 2)
DAYS, QUICK_DAYS = 30, 12
CLICKS_AN_HOUR = 240
TARGET = 0.6
_RATE, _SPREAD = 0.05, 0.5
_LIVE_DAYS, _AT_FIRST, _EVERY_DAYS = 10, 4, 2
_SOON_SHARE, _LATE_MEDIAN_H, _LATE_SPREAD = 0.3, 42.0, 0.9
_LEARN_EVERY_H = 6


@dataclass(frozen=True)
class LateWorld:
    """Creatives with their true conversion rates and the hours from and to which they run."""

    rates: Float64
    since_h: Float64

    @classmethod
    def of(cls, seed: int, days: int) -> LateWorld:
        """Four creatives at first, then one more every second day."""
        rng = np.random.default_rng([seed, 1])
        since = [0.0] * _AT_FIRST + [24.0 * day for day in range(_EVERY_DAYS, days, _EVERY_DAYS)]
        # The first ones end one after another, as all the others do.
        ages = [24.0 * _EVERY_DAYS * place for place in range(_AT_FIRST)]
        begun = np.array(since) - np.array(ages + [0.0] * (len(since) - _AT_FIRST))
        return cls(_RATE * np.exp(rng.normal(0.0, _SPREAD, len(since))), begun)

    def live(self, hour: float) -> list[int]:
        """Creatives that run in this hour."""
        return np.flatnonzero((self.since_h <= hour) & (hour < self.since_h + 24.0 * _LIVE_DAYS)).tolist()


@dataclass(frozen=True, slots=True)
class LateRun:
    """What one player lost: expected conversions, also in each day."""

    regret: float
    by_day: tuple[float, ...]


@dataclass
class _Player:
    """The default policy over a world; what it learns it learns when it comes."""

    world: LateWorld
    corrects: bool
    rng: np.random.Generator
    known: Knowledge = NOTHING_KNOWN
    learned: LearnedPrior = UNTAUGHT
    arms: dict[str, ArmStatistics] = field(default_factory=dict)
    delays: Float64 = field(default_factory=lambda: delay_counts([]))
    due: list[tuple[float, float, str]] = field(default_factory=list)
    told: set[str] = field(default_factory=set)

    def play(self, hours: int) -> LateRun:
        """Hour by hour; statistics are an hour old at most, what is learned of the model six."""
        policy, lost = ThompsonWithPrior(objective="cvr"), np.zeros(hours)
        for hour in range(hours):
            self._hear(hour)
            now = BEGIN + timedelta(hours=hour)
            sums = {DELAYS: tuple(self.delays.tolist())} if self.corrects else {}
            self.known = self.known.with_arms({name: self.arms[name] for name in self.told}, now, sums)
            self.told.clear()
            if hour % _LEARN_EVERY_H == 0:
                self.learned = learn_prior(replace(self.known, learned=None))
            live = self.world.live(hour)
            names = [f"c{place}" for place in live]
            told = Context(np.full(len(live), 0.5), np.full(len(live), _RATE))
            knowing = policy.update(replace(self.known, learned=self.learned))
            shares = knowing.choose(told, names, self.rng).propensities
            shown = self.rng.multinomial(CLICKS_AN_HOUR, shares)
            rates = self.world.rates[live]
            lost[hour] = float((shown * (rates.max() - rates)).sum())
            for name, rate, count in zip(names, rates, shown, strict=True):
                self._click(name, float(rate), int(count), hour)
        return LateRun(float(lost.sum()), tuple(lost.reshape(-1, 24).sum(axis=1).tolist()))

    def _click(self, name: str, rate: float, count: int, hour: int) -> None:
        """``count`` showings of this hour, each clicked; some clicks convert, sooner or later."""
        if not count:
            return
        rng, at = self.rng, BEGIN + timedelta(hours=hour)
        self._add(name, _times(of_impression(0.5, at) + of_click(0.5, _RATE, at, at), count))
        converting = int(rng.binomial(count, rate))
        late_h = rng.lognormal(np.log(_LATE_MEDIAN_H), _LATE_SPREAD, converting)
        delays_h = np.where(rng.random(converting) < _SOON_SHARE, rng.random(converting), late_h)
        for delay_h in delays_h.tolist():
            heapq.heappush(self.due, (hour + delay_h, float(hour), name))

    def _hear(self, hour: int) -> None:
        delays_s = []
        while self.due and self.due[0][0] <= hour:
            came_h, at_h, name = heapq.heappop(self.due)
            self._add(name, of_conversion(0, BEGIN + timedelta(hours=at_h)))
            delays_s.append(3600.0 * (came_h - at_h))
        self.delays = self.delays + delay_counts(delays_s)

    def _add(self, name: str, part: ArmStatistics) -> None:
        self.arms[name] = self.arms.get(name, ArmStatistics()) + part
        self.told.add(name)


def _times(one: ArmStatistics, count: int) -> ArmStatistics:
    """``count`` of the same, ``count`` at least 1, by doubling."""
    half = _times(one, count // 2) if count > 1 else ArmStatistics()
    return half + half + one if count % 2 else half + half


def play_late_world(seed: int, days: int) -> tuple[LateRun, LateRun]:
    """Corrected and naive, over the same world."""
    world = LateWorld.of(seed, days)
    corrected, naive = (
        _Player(world, corrects, np.random.default_rng([seed, 2])).play(24 * days) for corrects in (True, False)
    )
    return corrected, naive


def delay_figures(run: BenchRun) -> list[Figure]:
    """Regret over many worlds. Cost: linear in seeds and days, a few seconds for each world."""
    seeds, days = (QUICK_SEEDS, QUICK_DAYS) if run.quick else (SEEDS, DAYS)

    def told(done: int, total: int, _: str) -> None:
        run.progress(done, total, "months in which conversions come late")

    found = run_parts([Part(f"late {seed}", play_late_world, (seed, days)) for seed in seeds], told)
    return [delay_figure(list(found.values()), seeds, days)]


def delay_figure(runs: Sequence[tuple[LateRun, LateRun]], seeds: tuple[int, ...], days: int) -> Figure:
    """Regret of all worlds together; the interval is a bootstrap over worlds."""
    corrected, naive = (np.array([pair[place].regret for pair in runs]) for place in (0, 1))
    drawn = np.random.default_rng(0).integers(len(runs), size=(2000, len(runs)))
    ratios = corrected[drawn].sum(axis=1) / naive[drawn].sum(axis=1)
    low, high = np.quantile(ratios, [0.025, 0.975]).tolist()
    return Figure(
        figure_id="bandit.5.delay",
        what=(
            f"regret of the default policy where half of the conversions come after a day: {days} days of "
            f"{24 * CLICKS_AN_HOUR:,} clicks, creatives come and go; median world "
            f"{np.median(corrected / naive):.2f}, worst {np.max(corrected / naive):.2f}"
        ),
        value=float(corrected.sum() / naive.sum()),
        unit="of naive",
        op="<=",
        target=TARGET,
        n=len(runs) * 24 * days * CLICKS_AN_HOUR,
        seeds=seeds,
        interval=(low, high),
        rival="the same policy, clicks that have not converted being failures",
        rival_value=float(naive.mean()),
    )
