"""What the bandit knows: statistics of all arms as columns, and the sums that they share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from enum import IntEnum
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np

from adplat.bandit.learned_prior import LearnedPrior
from adplat.bandit.policy import Indices
from adplat.domain import BLOCK_H, HALF_LIVES_H, LEAST_P, PLACE_STARTS, ArmStatistics
from adplat.statistics import Float64

if TYPE_CHECKING:
    from adplat.bandit.element_effects import ElementEffects

_LONG_AGO = datetime.fromtimestamp(0, UTC)


class Count(IntEnum):
    """Rows of ``Knowledge.counts``, named as in ``ArmStatistics``; value and spend in micros."""

    IMPRESSIONS = 0
    CLICKS = 1
    CONVERSIONS = 2
    EXPECTED_CLICKS = 3
    VALUE = 4
    EXPECTED_CONVERSIONS = 5
    SPEND = 6
    VALUE_SQUARES = 7
    POWER_QUARTER = 8
    POWER_HALF = 9
    POWER_THREE_QUARTERS = 10
    LOG_P_OF_CLICKS = 11


class Fading(IntEnum):
    """First axis of ``Knowledge.fading``; the second is HALF_LIVES_H."""

    EXPECTED_CLICKS = 0
    CLICKS = 1
    EXPECTED_CONVERSIONS = 2
    CONVERSIONS = 3


@dataclass(frozen=True, eq=False)
class Knowledge:
    """Statistics of ``n`` arms as they are at ``now``; immutable, so that policies may share it.

    Column ``n``, the last, is that of an arm never shown: all zeros. Row −1 of ``rows_of`` finds it.

    Args:
        row_of: column by creative id.
        counts: ``(12, n + 1)``, see ``Count``.
        begun: ``(4, 5, n + 1)``, fading sums relative to the begin of ``block``.
        block: 256-hour block since 1970.
        now: the moment that ``fading`` is seen from.
        sums: what all arms share, by name.
        learned: what arms like these taught of the model, where somebody else has learned it; ``None``: who wants to
            know learns it from these.
        by_place: ``(8, n + 1)``, expected clicks by the place of PLACE_STARTS.
        elements: what creatives are made of, by creative id: value by kind, such as ``{"headline": "Fresh today"}``;
            also of creatives that were never shown.
        effects: what these elements taught, where somebody else has learned it; ``None``: who wants to know learns it.
    """

    row_of: Mapping[str, int] = field(default_factory=dict)
    counts: Float64 = field(default_factory=lambda: np.zeros((len(Count), 1)))
    begun: Float64 = field(default_factory=lambda: np.zeros((len(Fading), len(HALF_LIVES_H), 1)))
    block: int = 0
    now: datetime = _LONG_AGO
    sums: Mapping[str, tuple[float, ...]] = field(default_factory=dict)
    learned: LearnedPrior | None = None
    by_place: Float64 = field(default_factory=lambda: np.zeros((len(PLACE_STARTS), 1)))
    elements: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    effects: ElementEffects | None = None

    @classmethod
    def of(
        cls,
        arms: Mapping[str, ArmStatistics],
        now: datetime = _LONG_AGO,
        sums: Mapping[str, tuple[float, ...]] = MappingProxyType({}),
    ) -> Knowledge:
        """Linear in arms."""
        return cls().with_arms(arms, now, sums)

    def with_arms(
        self,
        changed: Mapping[str, ArmStatistics],
        now: datetime | None = None,
        sums: Mapping[str, tuple[float, ...]] | None = None,
    ) -> Knowledge:
        """With these statistics in place of what was known of the same arms. Python's work is linear in ``changed``."""
        now, sums = self.now if now is None else now, self.sums if sums is None else sums
        if not changed:
            return replace(self, now=now, sums=sums)
        new = [name for name in changed if name not in self.row_of]
        row_of = self.row_of
        if new:
            row_of = {**self.row_of, **{name: place for place, name in enumerate(new, start=len(self.row_of))}}
        block = max(self.block, *(arm.fading.block for arm in changed.values()))
        by_place = _widened(self.by_place, len(new))
        counts, begun = _widened(self.counts, len(new)), _widened(self.begun * _carried(block - self.block), len(new))
        rows = [row_of[name] for name in changed]
        by_place[:, rows] = np.array([arm.expected_by_place for arm in changed.values()]).T
        counts[:, rows] = np.array([_counts_of(arm) for arm in changed.values()]).T
        blocks = np.array([arm.fading.block for arm in changed.values()])
        faded = np.array([_faded_of(arm) for arm in changed.values()]).transpose(1, 2, 0)
        begun[:, :, rows] = faded * np.exp2((blocks - block) * (BLOCK_H / _HALF_LIVES[None, :, None]))
        return replace(
            self, row_of=row_of, counts=counts, begun=begun, block=block, now=now, sums=sums, by_place=by_place
        )

    def made_of(self, elements: Mapping[str, Mapping[str, str]]) -> Knowledge:
        """With these elements in place of those that were known."""
        return replace(self, elements=elements)

    def rows_of(self, arms: Sequence[str]) -> Indices:
        """``(len(arms),)`` their columns; −1 for an arm never shown."""
        find = self.row_of.get
        return np.array([find(name, -1) for name in arms], dtype=np.int64)

    @cached_property
    def fading(self) -> Float64:
        """``(4, 5, n + 1)``, see ``Fading``: what happened ``a`` hours before ``now`` weighs ``2^(−a/half-life)``."""
        since = self.now.timestamp() / 3600.0 - self.block * BLOCK_H
        seen: Float64 = self.begun * np.exp2(-since / _HALF_LIVES)[None, :, None]
        return seen


def log_p(p_ctr: Float64) -> Float64:
    """Natural logarithms as they are summed in ``log_p_of_clicks``: of a prediction of 0, that of 10⁻¹²."""
    found: Float64 = np.log(np.maximum(p_ctr, LEAST_P))
    return found


NOTHING_KNOWN = Knowledge()
_HALF_LIVES = np.array(HALF_LIVES_H)


def _widened(columns: Float64, by: int) -> Float64:
    """A copy with ``by`` more columns of zeros before the last."""
    wider = np.zeros((*columns.shape[:-1], columns.shape[-1] + by))
    wider[..., : columns.shape[-1]] = columns
    return wider


def _carried(blocks: int) -> Float64:
    by: Float64 = np.exp2(-blocks * BLOCK_H / _HALF_LIVES)[None, :, None]
    return by


def _counts_of(arm: ArmStatistics) -> tuple[float, ...]:
    return (
        arm.impressions,
        arm.clicks,
        arm.conversions,
        arm.expected_clicks,
        arm.value_micros,
        arm.expected_conversions,
        arm.spend_micros,
        arm.value_squares,
        *arm.powers,
        arm.log_p_of_clicks,
    )


def _faded_of(arm: ArmStatistics) -> tuple[tuple[float, ...], ...]:
    fading = arm.fading
    return fading.expected_clicks, fading.clicks, fading.expected_conversions, fading.conversions
