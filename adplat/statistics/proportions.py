"""Intervals for click-through rates: one rate, the difference of two, the relative lift of one over another.

All of them keep their coverage at a handful of clicks, where the textbook (Wald) interval does not.
"""

from __future__ import annotations

import math
from functools import lru_cache

from scipy.special import ndtri

from adplat.domain import ConfigRejected, Interval, TableRejected


def wilson_interval(successes: int, trials: int, *, level: float = 0.95) -> Interval:
    """Score interval of a proportion (Wilson, JASA 22, 1927).

    ``(p̂ + z²/2n ± z √(p̂(1−p̂)/n + z²/4n²)) / (1 + z²/n)``; without a trial it is 0 in [0, 1].

    Raises:
        TableRejected: negative counts or more successes than trials.
        ConfigRejected: a level outside (0, 1).
    """
    z = _quantile(level)
    if not 0 <= successes <= trials:
        raise TableRejected(
            f"{successes} successes of {trials} trials is impossible",
            hint="give 0 or more successes and at least as many trials",
        )
    if trials == 0:
        return Interval(0.0, 0.0, 1.0, level)
    rate = successes / trials
    square = z * z / trials
    centre = rate + square / 2.0
    half = z * math.sqrt(rate * (1.0 - rate) / trials + square / (4.0 * trials))
    # At 0 and n successes the closed form is exactly 0 or 1; rounding must not leave a sliver beyond.
    low = 0.0 if successes == 0 else (centre - half) / (1.0 + square)
    high = 1.0 if successes == trials else (centre + half) / (1.0 + square)
    return Interval(rate, low, high, level)


def newcombe_difference(
    successes: int, trials: int, base_successes: int, base_trials: int, *, level: float = 0.95
) -> Interval:
    """Difference of two independent proportions ``p₁ − p₂`` from their Wilson limits (l, u).

    ``[d − √((p₁−l₁)² + (u₂−p₂)²), d + √((u₁−p₁)² + (p₂−l₂)²)]``: method 10 of Newcombe,
    "Interval estimation for the difference between independent proportions", Stat. Med. 17, 1998.

    Raises:
        TableRejected: impossible counts. ConfigRejected: a level outside (0, 1).
    """
    one = wilson_interval(successes, trials, level=level)
    two = wilson_interval(base_successes, base_trials, level=level)
    difference = one.value - two.value
    return Interval(
        difference,
        difference - math.hypot(one.value - one.low, two.high - two.value),
        difference + math.hypot(one.high - one.value, two.value - two.low),
        level,
    )


def relative_lift_interval(
    successes: int, trials: int, base_successes: int, base_trials: int, *, level: float = 0.95
) -> Interval:
    """Relative lift ``p₁/p₂ − 1`` of two independent proportions, by MOVER-R over Wilson limits (l, u).

    ::

        L = l₁(2p₁−l₁) / (p₁p₂ + √(p₁²p₂² − l₁(2p₁−l₁) u₂(2p₂−u₂)))
        U = (p₁p₂ + √(p₁²p₂² − u₁(2p₁−u₁) l₂(2p₂−l₂))) / (l₂(2p₂−l₂))

    (Donner & Zou, Stat. Methods Med. Res. 21, 2012; Newcombe, the same journal 25, 2016; ``L`` in its
    rationalised form, which stays finite where ``u₂ = 2p₂``). Without a base success the upper limit is
    infinite, and the value too, unless both rates are zero: then it is 0.

    Raises:
        TableRejected: impossible counts. ConfigRejected: a level outside (0, 1).
    """
    one = wilson_interval(successes, trials, level=level)
    two = wilson_interval(base_successes, base_trials, level=level)
    product = one.value * two.value
    lower_one = one.low * (2.0 * one.value - one.low)
    upper_one = one.high * (2.0 * one.value - one.high)
    lower_two = two.low * (2.0 * two.value - two.low)
    upper_two = two.high * (2.0 * two.value - two.high)
    divisor = product + math.sqrt(max(product * product - lower_one * upper_two, 0.0))
    low = lower_one / divisor if divisor > 0.0 else 0.0
    root = math.sqrt(max(product * product - upper_one * lower_two, 0.0))
    high = (product + root) / lower_two if lower_two > 0.0 else math.inf
    unseen = math.inf if one.value > 0.0 else 1.0
    ratio = one.value / two.value if two.value > 0.0 else unseen
    return Interval(ratio - 1.0, low - 1.0, high - 1.0, level)


@lru_cache(maxsize=64)
def _quantile(level: float) -> float:
    if not 0.0 < level < 1.0:
        raise ConfigRejected(f"confidence level {level} lies outside 0 and 1", where="level", hint="use 0.95 for 95 %")
    return float(ndtri(0.5 + level / 2.0))
