"""What is known of a creative as an arm of the bandit: sums, so that parts of it can be told in any order and added."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from adplat.domain.money import MICROS_PER_UNIT

HALF_LIVES_H = (1.0, 4.0, 16.0, 64.0, 256.0)
BLOCK_H = 256
"""Length of a block of time in hours. Every half-life divides it, so that carrying sums from one block to a later one
multiplies by a power of two, which rounds nothing."""
POWERS = (0.25, 0.5, 0.75)
LEAST_P = 1e-12
"""A prediction below this counts as this where its logarithm is summed."""
_NOTHING = (0.0,) * len(HALF_LIVES_H)
PLACE_STARTS = (0, 1, 2, 3, 4, 6, 10, 20)
"""First position of each place of a page that is told apart: four by themselves, those further down together."""
_NOWHERE = (0.0,) * len(PLACE_STARTS)


def place_of(position: int) -> int:
    """Which place of PLACE_STARTS a position (0: the first of the page) belongs to."""
    return bisect_right(PLACE_STARTS, position) - 1


@dataclass(frozen=True, slots=True)
class FadingSums:
    """Sums in which what happened at ``t`` weighs ``2^((t − begin)/h)``, for each half-life ``h`` of HALF_LIVES_H.

    Forward decay (Cormode, Shkapenyuk, Srivastava & Xu, ICDE 2009): seen at a later moment T all of it fades by
    ``2^(−(T − begin)/h)``, so the weights hang on when things happened and not on when they were told. ``begin`` is
    the begin of a block, ``block · 256`` hours after 1970. Clicks, and conversions, weigh as the decision that they
    belong to; expected conversions as their click.
    """

    block: int = 0
    expected_clicks: tuple[float, ...] = _NOTHING
    clicks: tuple[float, ...] = _NOTHING
    expected_conversions: tuple[float, ...] = _NOTHING
    conversions: tuple[float, ...] = _NOTHING

    def __add__(self, other: FadingSums) -> FadingSums:
        if other == NO_FADING:
            return self
        if self == NO_FADING:
            return other
        one, two = (self, other) if self.block >= other.block else (other, self)
        two = two._carried_to(one.block)
        return FadingSums(
            one.block,
            _plus(one.expected_clicks, two.expected_clicks),
            _plus(one.clicks, two.clicks),
            _plus(one.expected_conversions, two.expected_conversions),
            _plus(one.conversions, two.conversions),
        )

    def _carried_to(self, block: int) -> FadingSums:
        if block == self.block:
            return self
        by = tuple(2.0 ** ((self.block - block) * BLOCK_H / half_life) for half_life in HALF_LIVES_H)
        return FadingSums(
            block,
            _times(self.expected_clicks, by),
            _times(self.clicks, by),
            _times(self.expected_conversions, by),
            _times(self.conversions, by),
        )


NO_FADING = FadingSums()


def fading_weights(at: datetime) -> tuple[int, tuple[float, ...]]:
    """The block of a moment, and what something that happens then weighs in it at each half-life."""
    hours = at.timestamp() / 3600.0
    block = int(hours // BLOCK_H)
    since = hours - block * BLOCK_H
    return block, tuple(2.0 ** (since / half_life) for half_life in HALF_LIVES_H)


@dataclass(frozen=True, slots=True)
class ArmStatistics:
    """Sufficient statistics of one creative; adding counts is exact, adding the rest as exact as floats are.

    ``expected_clicks`` is the sum of the model's pCTR over the impressions, which makes
    ``clicks / expected_clicks`` the factor by which the model was wrong about this creative; ``expected_conversions``
    likewise of its pCVR over the clicks (1 for each click where the bundle has no such head).

    ``powers`` are sums of pCTR to the powers POWERS, and ``log_p_of_clicks`` is that of ln pCTR over the clicks: with
    them it can be asked how much of the model's differences is true. ``value_squares`` is the sum of squared values of
    conversions, in units of currency (10⁶ micros) squared. ``expected_by_place`` is ``expected_clicks`` divided among
    the places of PLACE_STARTS, for asking later what a showing there was worth.
    """

    impressions: int = 0
    clicks: int = 0
    conversions: int = 0
    expected_clicks: float = 0.0
    value_micros: int = 0
    expected_conversions: float = 0.0
    spend_micros: int = 0
    value_squares: float = 0.0
    powers: tuple[float, float, float] = (0.0, 0.0, 0.0)
    log_p_of_clicks: float = 0.0
    fading: FadingSums = NO_FADING
    expected_by_place: tuple[float, ...] = _NOWHERE

    def __add__(self, other: ArmStatistics) -> ArmStatistics:
        one, two = self.powers, other.powers
        return ArmStatistics(
            self.impressions + other.impressions,
            self.clicks + other.clicks,
            self.conversions + other.conversions,
            self.expected_clicks + other.expected_clicks,
            self.value_micros + other.value_micros,
            self.expected_conversions + other.expected_conversions,
            self.spend_micros + other.spend_micros,
            self.value_squares + other.value_squares,
            (one[0] + two[0], one[1] + two[1], one[2] + two[2]),
            self.log_p_of_clicks + other.log_p_of_clicks,
            self.fading + other.fading,
            _plus(self.expected_by_place, other.expected_by_place),
        )


def of_impression(p_ctr: float, at: datetime, position: int = 0) -> ArmStatistics:
    """What one showing adds, predicted with ``p_ctr`` for this ``position`` and decided ``at``."""
    block, weights = fading_weights(at)
    quarter, half = p_ctr**0.25, math.sqrt(p_ctr)
    fading = FadingSums(block, expected_clicks=_each(weights, p_ctr))
    here = place_of(position)
    return ArmStatistics(
        impressions=1,
        expected_clicks=p_ctr,
        powers=(quarter, half, quarter * half),
        fading=fading,
        expected_by_place=tuple(p_ctr if place == here else 0.0 for place in range(len(PLACE_STARTS))),
    )


def of_click(p_ctr: float, p_cvr: float | None, decided_at: datetime, clicked_at: datetime) -> ArmStatistics:
    """What one click adds; ``p_cvr`` is ``None`` where nothing was predicted."""
    expected = 1.0 if p_cvr is None else p_cvr
    block, weights = fading_weights(decided_at)
    click = FadingSums(block, clicks=weights)
    block, weights = fading_weights(clicked_at)
    fading = click + FadingSums(block, expected_conversions=_each(weights, expected))
    log_p = math.log(max(p_ctr, LEAST_P))
    return ArmStatistics(clicks=1, expected_conversions=expected, log_p_of_clicks=log_p, fading=fading)


def of_conversion(value_micros: int, decided_at: datetime) -> ArmStatistics:
    """What one conversion adds."""
    block, weights = fading_weights(decided_at)
    value = value_micros / MICROS_PER_UNIT
    fading = FadingSums(block, conversions=weights)
    return ArmStatistics(conversions=1, value_micros=value_micros, value_squares=value * value, fading=fading)


@dataclass(frozen=True, slots=True)
class ArmsSince:
    """Statistics by creative id as they are after ``folds`` folds: of all that were ever shown where ``is_whole``, else
    of those that changed since the fold that was asked about. ``sums`` are those that all creatives share, by name, all
    of them each time."""

    folds: int
    is_whole: bool
    arms: Mapping[str, ArmStatistics]
    sums: Mapping[str, tuple[float, ...]] = field(default_factory=dict)


def _each(weights: tuple[float, ...], by: float) -> tuple[float, ...]:
    return tuple(weight * by for weight in weights)


def _plus(one: tuple[float, ...], two: tuple[float, ...]) -> tuple[float, ...]:
    return tuple(a + b for a, b in zip(one, two, strict=True))


def _times(one: tuple[float, ...], two: tuple[float, ...]) -> tuple[float, ...]:
    return tuple(a * b for a, b in zip(one, two, strict=True))
