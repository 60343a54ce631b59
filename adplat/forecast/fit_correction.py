"""Learns what past campaigns teach of forecasts: where their middle lies, how wide they are, which levels hold.

=================  =================================================================================================
past campaigns     quantiles of the scores of what happened on the raw law
=================  =================================================================================================
none               those of a standard normal: the raw law is told as it is
below ``TREES``    one offset and one spread, shrunk to none, and an offset by slice shrunk to the common one
from there on      what does best on campaigns that it has not seen: either of these, or LightGBM quantile regression
                   on the features of plan and raw law
=================  =================================================================================================

A whole number's stretch of scores is spread over ``COPIES`` rows, so nothing is drawn. Levels are learned from
campaigns that the quantiles did not see: where several markets taught, each market is left out whole. A market's own
ended campaigns then move the middle once more, as far as past markets say that they should
(:meth:`adplat.forecast.campaign_correction.CampaignCorrection.adapted`).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
from scipy.special import ndtr, ndtri

from adplat.domain import Metric, Progress
from adplat.forecast.arrays import Floats, Whole
from adplat.forecast.campaign_correction import (
    PRIORS_OWN,
    CampaignCorrection,
    MetricCorrection,
    ScoreShape,
    inside_stretch,
    middle_scores,
)
from adplat.forecast.campaign_levels import learn_slice_levels
from adplat.forecast.campaign_predictive import OutcomeLaw
from adplat.forecast.correction_trees import fit_score_trees
from adplat.forecast.past_campaigns import PastCampaigns
from adplat.statistics import pinball_losses

TREES = 300
FOLDS = 5
COPIES = 3
PRIOR_OFFSET, PRIOR_SLICE, PRIOR_SPREAD = 10.0, 30.0, 20.0
JUDGED_LEVELS = np.array([0.1, 0.5, 0.9])
JUDGED = ndtri(JUDGED_LEVELS)
WORTH = 0.002
"""A way that learns more has to lose so much less on campaigns that it has not seen."""


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
    nothing = np.zeros(len(past))
    fit, *others = _ways(len(past))
    shape = _not_seen(past, fit, folds, below, upto, seed)
    loss = _loss(law, actual, shape, nothing)
    for other in others:
        another = _not_seen(past, other, folds, below, upto, seed)
        its_loss = _loss(law, actual, another, nothing)
        if its_loss < loss * (1.0 - WORTH):
            fit, shape, loss = other, another, its_loss
    told_below, told_upto = shape.told(below), shape.told(upto)
    own, prior = nothing, math.inf
    for its_prior in PRIORS_OWN if len(np.unique(past.markets)) > 1 else ():
        another_own = _own_so_far(past, middle_scores(told_below, told_upto), its_prior)
        its_loss = _loss(law, actual, shape, another_own)
        if its_loss < loss * (1.0 - WORTH):
            own, prior, loss = another_own, its_prior, its_loss
    levels = learn_slice_levels(ndtr(told_below - own), ndtr(told_upto - own), past.slices, past.markets)
    return replace(fit(past.features, past.slices, below, upto, seed), own_prior=prior, levels=levels)


def _not_seen(past: PastCampaigns, fit: _Fit, folds: Whole, below: Floats, upto: Floats, seed: int) -> ScoreShape:
    """Shapes of all campaigns, each learned without its fold."""
    found = np.zeros((3, len(past)))
    for fold in range(int(folds.max()) + 1):
        inside, outside = np.flatnonzero(folds != fold), np.flatnonzero(folds == fold)
        one = fit(past.features[inside], past.slices[inside], below[inside], upto[inside], seed)
        shape = one.shape(past.features[outside], past.slices[outside])
        found[:, outside] = shape.low, shape.middle, shape.high
    return ScoreShape(*found)


def _loss(law: OutcomeLaw, actual: Floats, shape: ScoreShape, own: Floats) -> float:
    told = law.at_scores(shape.raw(JUDGED + own[:, None]))
    return float(pinball_losses(actual, told, JUDGED_LEVELS).sum())


# Features, slices, scores below and at what happened, a seed.
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
    scores = middle_scores(below, upto)
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


def _own_so_far(past: PastCampaigns, middles: Floats, prior: float) -> Floats:
    """(N,) the offset that a market's campaigns which had ended before each began would have given it."""
    own = np.zeros(len(past))
    for market in np.unique(past.markets):
        here = np.flatnonzero(past.markets == market)
        ended = past.ends_s[here][None] <= past.starts_s[here][:, None]
        clipped = np.clip(middles[here], -3.0, 3.0)
        own[here] = ended @ clipped / (ended.sum(axis=1) + prior)
    return own


def _spread(below: Floats, upto: Floats) -> Floats:
    """(COPIES · N,) scores evenly over the chance of each stretch."""
    low, high = ndtr(below), ndtr(upto)
    parts: Sequence[Floats] = [
        np.where(upto - below < 1e-9, upto, inside_stretch(low + (high - low) * (copy + 0.5) / COPIES, below, upto))
        for copy in range(COPIES)
    ]
    return np.concatenate(parts)
