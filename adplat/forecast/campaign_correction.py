"""What past campaigns teach of forecasts: where their middle lies, how wide they are, which levels mean what they say.

What happened is read as a normal score ``z`` of the raw law (:mod:`adplat.forecast.campaign_predictive`): were the raw
law right, ``z`` would be standard normal whatever the campaign. From past campaigns three quantiles of ``z`` are
learned (p10, p50, p90), and what is left beyond them as levels by slice:

=================  =================================================================================================
past campaigns     quantiles of ``z``
=================  =================================================================================================
none               those of a standard normal: the raw law is told as it is
below ``TREES``    one offset and one spread, shrunk to none, and an offset by slice shrunk to the common one
from there on      what does best on campaigns that it has not seen: either of these, or LightGBM quantile regression
                   on the features of plan and raw law
=================  =================================================================================================

A whole number's stretch of scores is spread over ``COPIES`` rows, so nothing is drawn. Levels are learned from
campaigns that the quantiles did not see: where several markets taught, each market is left out whole. A market's own
ended campaigns then move the middle once more, as far as they bear it out (:meth:`CampaignCorrection.adapted`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from scipy.special import ndtr, ndtri

from adplat.domain import InternalFault, Metric, Progress
from adplat.forecast.arrays import Floats, Whole
from adplat.forecast.campaign_levels import SliceLevels, learn_slice_levels
from adplat.forecast.campaign_predictive import LARGEST_SCORE, OutcomeLaw
from adplat.forecast.correction_trees import ScoreTrees, fit_score_trees
from adplat.statistics import pinball_losses

TREES = 300
FOLDS = 5
COPIES = 3
WIDE = 1.2815515655446004
"""The normal score of p90."""
JUDGED_LEVELS = np.array([0.1, 0.5, 0.9])
JUDGED = ndtri(JUDGED_LEVELS)
WORTH = 0.01
"""A way that learns more has to lose so much less on campaigns that it has not seen."""
NARROWEST = 0.15
"""No corrected half-width is below so much of the raw one's."""
PRIOR_OFFSET, PRIOR_SLICE, PRIOR_SPREAD = 10.0, 30.0, 20.0
PRIOR_OWN = 15.0
"""A market's own offset is shrunk as if so many of its campaigns had had none."""


NO_LEVELS = SliceLevels()
"""Every level is its own name."""


@dataclass(frozen=True, slots=True)
class PastCampaigns:
    """N campaigns as they were forecast when they began, and what came of them.

    Args:
        features: (N, F) of plan and raw law, named by ``names``.
        slices: (N,) from 0: which levels are theirs.
        laws: the raw law of each metric.
        actual: (N,) what happened; NaN where it is not known.
        markets: (N,) the same number for campaigns of one market.
        starts_s: (N,) when they began.
        ends_s: (N,) when their outcome was known.
    """

    names: tuple[str, ...]
    features: Floats
    slices: Whole
    laws: Mapping[Metric, OutcomeLaw]
    actual: Mapping[Metric, Floats]
    markets: Whole
    starts_s: Floats
    ends_s: Floats

    def __len__(self) -> int:
        return len(self.features)

    def take(self, rows: Whole) -> PastCampaigns:
        """Some of them."""
        return PastCampaigns(
            self.names,
            self.features[rows],
            self.slices[rows],
            {metric: law.take(rows) for metric, law in self.laws.items()},
            {metric: values[rows] for metric, values in self.actual.items()},
            self.markets[rows],
            self.starts_s[rows],
            self.ends_s[rows],
        )


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
            moved[metric] = replace(plain, own=_own_offset(_middles(below, upto)))
        return replace(self, metrics=moved, own=len(past))


def fit_correction(past: PastCampaigns, progress: Progress, *, seed: int = 0) -> CampaignCorrection:
    """Learn from past campaigns; with none nothing is corrected. Cost: ``FOLDS + 1`` fits a metric."""
    found: dict[Metric, MetricCorrection] = {}
    metrics = list(past.laws)
    for done, metric in enumerate(metrics):
        progress(done, len(metrics), "learning from past campaigns")
        known = np.flatnonzero(np.isfinite(past.actual[metric]))
        if len(known):
            found[metric] = _fit_metric(past.take(known), metric, seed)
    progress(len(metrics), len(metrics), "learning from past campaigns")
    return CampaignCorrection(past.names, found, len(past))


def _fit_metric(past: PastCampaigns, metric: Metric, seed: int) -> MetricCorrection:
    """The simplest way among those that tell campaigns they have not seen no worse than the next."""
    law, actual = past.laws[metric], past.actual[metric]
    below, upto = law.scores(actual)
    folds = _folds(past.markets, seed)
    best: tuple[float, _Fit, Floats, Floats] | None = None
    for fit in _ways(len(past)):
        told_below, told_upto, loss = np.zeros(len(past)), np.zeros(len(past)), 0.0
        for fold in range(int(folds.max()) + 1):
            inside, outside = np.flatnonzero(folds != fold), np.flatnonzero(folds == fold)
            one = fit(past.features[inside], past.slices[inside], below[inside], upto[inside], seed)
            shape = one.shape(past.features[outside], past.slices[outside])
            told_below[outside], told_upto[outside] = shape.told(below[outside]), shape.told(upto[outside])
            told = law.take(outside).at_scores(shape.raw(np.tile(JUDGED, (len(outside), 1))))
            loss += float(pinball_losses(actual[outside], told, JUDGED_LEVELS).sum())
        if best is None or loss < best[0] * (1.0 - WORTH):
            best = (loss, fit, told_below, told_upto)
    if best is None:
        raise InternalFault("no way to correct", hint="this cannot happen")
    _, fit, told_below, told_upto = best
    if len(np.unique(past.markets)) > 1:
        own = _own_so_far(past, _middles(told_below, told_upto))
        told_below, told_upto = told_below - own, told_upto - own
    levels = learn_slice_levels(ndtr(told_below), ndtr(told_upto), past.slices)
    return replace(fit(past.features, past.slices, below, upto, seed), levels=levels)


_Fit = Callable[[Floats, Whole, Floats, Floats, int], MetricCorrection]


def _ways(campaigns: int) -> list[_Fit]:
    """From the simplest on."""
    return [_no_shape, _offset_shape, _tree_shape] if campaigns >= TREES else [_offset_shape]


def _no_shape(_features: Floats, _slices: Whole, _below: Floats, _upto: Floats, _seed: int) -> MetricCorrection:
    return MetricCorrection()


def _tree_shape(features: Floats, _slices: Whole, below: Floats, upto: Floats, seed: int) -> MetricCorrection:
    return MetricCorrection(trees=fit_score_trees(features, _spread(below, upto), COPIES, seed))


def _offset_shape(_features: Floats, slices: Whole, below: Floats, upto: Floats, _seed: int) -> MetricCorrection:
    if not len(slices):
        return MetricCorrection()
    scores = _middles(below, upto)
    offset = float(scores.sum() / (len(scores) + PRIOR_OFFSET))
    offsets = [
        float((scores[slices == one].sum() + PRIOR_SLICE * offset) / (np.sum(slices == one) + PRIOR_SLICE))
        for one in range(int(slices.max()) + 1)
    ]
    away = _spread(below, upto) - np.tile(np.array(offsets)[slices], COPIES)
    spread = np.sqrt((np.sum(away**2) / COPIES + PRIOR_SPREAD) / (len(scores) + PRIOR_SPREAD))
    return MetricCorrection(offset, tuple(offsets), float(spread))


def _folds(markets: Whole, seed: int) -> Whole:
    """By market where there are several, else by campaign."""
    distinct, home = np.unique(markets, return_inverse=True)
    if len(distinct) < FOLDS:
        home = np.arange(len(markets))
    dealt = np.random.default_rng(seed).permutation(int(home.max()) + 1) % FOLDS
    return dealt[home].astype(np.int64)


def _own_so_far(past: PastCampaigns, middles: Floats) -> Floats:
    """(N,) the offset that a market's campaigns which had ended before each began would have given it."""
    own = np.zeros(len(past))
    for market in np.unique(past.markets):
        here = np.flatnonzero(past.markets == market)
        ended = past.ends_s[here][None] <= past.starts_s[here][:, None]
        clipped = np.clip(middles[here], -3.0, 3.0)
        own[here] = ended @ clipped / (ended.sum(axis=1) + PRIOR_OWN)
    return own


def _own_offset(middles: Floats) -> float:
    return float(np.clip(middles, -3.0, 3.0).sum() / (len(middles) + PRIOR_OWN))


def _spread(below: Floats, upto: Floats) -> Floats:
    """(COPIES · N,) scores evenly over the chance of each stretch."""
    low, high = ndtr(below), ndtr(upto)
    parts: Sequence[Floats] = [
        np.where(upto - below < 1e-9, upto, _inside(low + (high - low) * (copy + 0.5) / COPIES, below, upto))
        for copy in range(COPIES)
    ]
    return np.concatenate(parts)


def _middles(below: Floats, upto: Floats) -> Floats:
    low, high = ndtr(below), ndtr(upto)
    return np.where(upto - below < 1e-9, upto, _inside((low + high) / 2.0, below, upto))


def _inside(chances: Floats, below: Floats, upto: Floats) -> Floats:
    told: Floats = np.clip(ndtri(np.clip(chances, 1e-300, 1.0 - 1e-16)), below, upto)
    return told
