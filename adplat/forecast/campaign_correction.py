"""What past campaigns taught, applied to a forecast: scores moved and widened, and levels that mean their name.

What happened is read as a normal score ``z`` of the raw law (:mod:`adplat.forecast.campaign_predictive`): were the raw
law right, ``z`` would be standard normal whatever the campaign. Three quantiles of ``z`` (p10, p50, p90) are told
instead, by trees, by offsets or as those of a standard normal; then levels by slice. How they are learned:
:mod:`adplat.forecast.fit_correction`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
from scipy.special import ndtr, ndtri

from adplat.domain import Metric
from adplat.forecast.arrays import Floats, Whole
from adplat.forecast.campaign_levels import SliceLevels
from adplat.forecast.campaign_predictive import LARGEST_SCORE, OutcomeLaw
from adplat.forecast.correction_trees import ScoreTrees
from adplat.forecast.past_campaigns import PastCampaigns

WIDE = 1.2815515655446004
"""The normal score of p90."""
NARROWEST = 0.15
"""No corrected half-width is below so much of the raw one's."""
PRIORS_OWN = (60.0, 15.0)
"""A market's own offset is shrunk as if so many of its campaigns had had none; which, past markets say."""
NO_LEVELS = SliceLevels()
"""Every level is its own name."""


@dataclass(frozen=True, slots=True)
class ScoreShape:
    """p10, p50 and p90 of the raw scores, (N,) each; between and beyond them a normal of either half-width."""

    low: Floats
    middle: Floats
    high: Floats

    def told(self, scores: Floats) -> Floats:
        """Raw scores as corrected ones: standard normal where the shape is right."""
        above, below = self._widths()
        away = scores - self.middle
        return np.clip(np.where(away > 0.0, away / above, away / below), -LARGEST_SCORE, LARGEST_SCORE)

    def raw(self, told: Floats) -> Floats:
        """``N x L`` corrected scores as raw ones."""
        above, below = self._widths()
        return self.middle[:, None] + told * np.where(told > 0.0, above[:, None], below[:, None])

    def _widths(self) -> tuple[Floats, Floats]:
        return (
            np.maximum((self.high - self.middle) / WIDE, NARROWEST),
            np.maximum((self.middle - self.low) / WIDE, NARROWEST),
        )


@dataclass(frozen=True, slots=True)
class MetricCorrection:
    """Of one metric; ``offsets`` by slice where there are no ``trees``; ``own`` is the market's, in told scores."""

    offset: float = 0.0
    offsets: tuple[float, ...] = ()
    spread: float = 1.0
    trees: ScoreTrees | None = None
    own: float = 0.0
    own_prior: float = PRIORS_OWN[0]
    levels: SliceLevels = NO_LEVELS

    def shape(self, features: Floats, slices: Whole) -> ScoreShape:
        """The three quantiles of each row."""
        if self.trees is not None:
            return ScoreShape(*self.trees.quantiles(features))
        table = np.array([self.offset, *self.offsets])
        place = slices + 1
        middle = table[np.where((place > 0) & (place < len(table)), place, 0)]
        return ScoreShape(middle - WIDE * self.spread, middle, middle + WIDE * self.spread)


@dataclass(frozen=True, slots=True)
class CampaignCorrection:
    """By metric; one that is not there is told as its raw law has it. ``campaigns`` taught it, ``own`` moved it."""

    names: tuple[str, ...] = ()
    metrics: Mapping[Metric, MetricCorrection] = field(default_factory=dict)
    campaigns: int = 0
    own: int = 0

    def quantiles(self, metric: Metric, law: OutcomeLaw, features: Floats, slices: Whole) -> Floats:
        """``N x levels`` of ``TOLD_LEVELS``, never falling along a row."""
        one = self.metrics.get(metric, MetricCorrection())
        told = ndtri(one.levels.at(slices)) + one.own
        return np.maximum.accumulate(law.at_scores(one.shape(features, slices).raw(told)), axis=1)

    def levels_of(self, metric: Metric, slices: Whole) -> Floats:
        """``N x levels``: what is asked of the corrected law in place of ``TOLD_LEVELS``."""
        return self.metrics.get(metric, MetricCorrection()).levels.at(slices)

    def stretches(
        self, metric: Metric, law: OutcomeLaw, actual: Floats, features: Floats, slices: Whole
    ) -> tuple[Floats, Floats]:
        """(N,) corrected scores just below what happened and at it, before the levels."""
        one = self.metrics.get(metric, MetricCorrection())
        shape = one.shape(features, slices)
        below, upto = law.scores(actual)
        return shape.told(below) - one.own, shape.told(upto) - one.own

    def adapted(self, past: PastCampaigns) -> CampaignCorrection:
        """For one market, whose ended campaigns these are: how far off they were on average, shrunk."""
        moved = dict(self.metrics)
        for metric, law in past.laws.items():
            known = np.flatnonzero(np.isfinite(past.actual[metric]))
            if not len(known):
                continue
            part = past.take(known)
            plain = replace(moved.get(metric, MetricCorrection()), own=0.0)
            one = CampaignCorrection(self.names, {metric: plain})
            below, upto = one.stretches(metric, law.take(known), part.actual[metric], part.features, part.slices)
            moved[metric] = replace(plain, own=own_offset(middle_scores(below, upto), plain.own_prior))
        return replace(self, metrics=moved, own=len(past))


def own_offset(middles: Floats, prior: float) -> float:
    """How far off campaigns of one market were on average, shrunk as if ``prior`` more had not been."""
    return float(np.clip(middles, -3.0, 3.0).sum() / (len(middles) + prior))


def middle_scores(below: Floats, upto: Floats) -> Floats:
    """(N,) the score in the middle of the chance of each stretch."""
    low, high = ndtr(below), ndtr(upto)
    return np.where(upto - below < 1e-9, upto, inside_stretch((low + high) / 2.0, below, upto))


def inside_stretch(chances: Floats, below: Floats, upto: Floats) -> Floats:
    """(N,) scores of chances, held within each stretch."""
    told: Floats = np.clip(ndtri(np.clip(chances, 1e-300, 1.0 - 1e-16)), below, upto)
    return told
