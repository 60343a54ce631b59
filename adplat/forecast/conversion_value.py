"""What a conversion is worth: a mean that is not quite known, and how much single conversions differ.

Bühlmann's credibility (Bühlmann, ASTIN Bulletin 4, 1967), on two levels: a creative's mean is drawn to its
advertiser's, that to everybody's, each as far as its own conversions leave it open.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from adplat.forecast.arrays import Floats, Whole

_LEAST_SPREAD = 0.05
_LEAST_CV = 0.01


@dataclass(frozen=True, slots=True)
class ConversionValue:
    """``mean_micros`` of a conversion, known but for ``log_sd``; single conversions differ from it by ``cv``."""

    mean_micros: float
    log_sd: float
    cv: float


@dataclass(frozen=True, slots=True)
class ValueTable:
    """What past conversions taught. ``by_creative`` and ``by_advertiser``: number of conversions and their mean."""

    mean_micros: float
    cv: float
    advertiser_log_sd: float
    creative_log_sd: float
    by_advertiser: Mapping[int, tuple[int, float]]
    by_creative: Mapping[int, tuple[int, float]]

    def of(self, creative: int | None, advertiser: int | None) -> ConversionValue:
        """Of a creative of the table, of another one of an advertiser, or of anybody (``None``)."""
        mean, variance = self.mean_micros, self.advertiser_log_sd**2
        count, own = self.by_advertiser.get(-1 if advertiser is None else advertiser, (0, mean))
        mean, variance = self._drawn(count, own, mean, variance)
        variance += self.creative_log_sd**2
        count, own = self.by_creative.get(-1 if creative is None else creative, (0, mean))
        mean, variance = self._drawn(count, own, mean, variance)
        return ConversionValue(mean, math.sqrt(variance), self.cv)

    def _drawn(self, count: int, own: float, mean: float, variance: float) -> tuple[float, float]:
        weight = count * variance / (count * variance + self.cv**2) if count else 0.0
        return weight * own + (1.0 - weight) * mean, variance * (1.0 - weight)


def learn_values(values_micros: Floats, creative: Whole, advertiser: Whole) -> ValueTable | None:
    """From (N,) conversions with their creative's and advertiser's numbers; ``None`` where nothing had a value."""
    if not len(values_micros) or float(values_micros.sum()) <= 0.0:
        return None
    mean = float(values_micros.mean())
    by_creative, by_advertiser = _means(values_micros, creative), _means(values_micros, advertiser)
    # Relative to each creative's own mean, so that dear things do not speak for cheap ones.
    rest = values_micros / np.maximum(_at(by_creative, creative), 1.0) - 1.0
    freedom = len(values_micros) - len(by_creative)
    cv = max(math.sqrt(float(rest @ rest) / freedom), _LEAST_CV) if freedom > 0 else 1.0
    advertiser_of = dict(zip(creative.tolist(), advertiser.tolist(), strict=True))
    within = {
        one: (count, own / max(by_advertiser[advertiser_of[one]][1], 1.0)) for one, (count, own) in by_creative.items()
    }
    return ValueTable(
        mean_micros=mean,
        cv=cv,
        advertiser_log_sd=_spread(by_advertiser, cv),
        creative_log_sd=_spread(within, cv),
        by_advertiser=by_advertiser,
        by_creative=by_creative,
    )


def _means(values: Floats, groups: Whole) -> dict[int, tuple[int, float]]:
    counts, sums = np.bincount(groups), np.bincount(groups, weights=values)
    return {int(one): (int(counts[one]), float(sums[one] / counts[one])) for one in np.flatnonzero(counts)}


def _at(means: Mapping[int, tuple[int, float]], groups: Whole) -> Floats:
    return np.array([means[int(one)][1] for one in groups])


def _spread(means: Mapping[int, tuple[int, float]], cv: float) -> float:
    """Standard deviation of the logarithms of group means beyond what chance makes of them (method of moments)."""
    usable = [(count, own) for count, own in means.values() if own > 0.0]
    if len(usable) < 2:
        return 1.0
    counts, logs = np.array([one for one, _ in usable]), np.log([own for _, own in usable])
    weights = counts / (counts + 5.0)
    centre = float(np.average(logs, weights=weights))
    chance = np.log1p(cv**2 / counts)
    between = float(np.average((logs - centre) ** 2 - chance, weights=weights)) * len(usable) / (len(usable) - 1)
    return max(math.sqrt(max(between, 0.0)), _LEAST_SPREAD)
