"""From a log of auctions to its landscape: the curve of the whole, the landscape by context, and a trial of both."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from adplat.domain import Progress
from adplat.forecast.censored_prices import CensoredPrices
from adplat.forecast.context_coding import ContextCoding, Contexts, learn_coding
from adplat.forecast.fit_curve import fit_win_curve
from adplat.forecast.hazard_fit import BOUNDED, LOST, TOLD, Ends, HazardSettings, base_hazards, ends_on, fit_network
from adplat.forecast.landscape import BidLandscape, ContextLandscape, LandscapeTrial
from adplat.forecast.price_grid import price_grid
from adplat.statistics import logloss, relative_ece

Bools = npt.NDArray[np.bool_]
Float64 = npt.NDArray[np.float64]

HELD_OUT = 0.15
# Fewer than these say nothing of contexts, or of whether they help.
LEAST_AUCTIONS = 1_000
LEAST_HELD_OUT = 200
CURVE_POINTS = 2_000
CALIBRATION_BINS = 10


@dataclass(frozen=True, slots=True)
class Auctions:
    """A log of auctions in order of time.

    Args:
        prices: what is known of each price.
        bids_micros: (N,) ours; NaN where there was none.
        won: (N,).
        contexts: columns (N,) by name.
    """

    prices: CensoredPrices
    bids_micros: Float64
    won: Bools
    contexts: Contexts

    def __len__(self) -> int:
        return len(self.prices)

    def rows(self, chosen: slice) -> Auctions:
        """Some of them."""
        mask = np.zeros(len(self), np.bool_)
        mask[chosen] = True
        contexts = {name: np.asarray(column)[mask] for name, column in self.contexts.items()}
        return Auctions(self.prices.where(mask), self.bids_micros[mask], self.won[mask], contexts)


def fit_landscape(
    auctions: Auctions,
    rng: np.random.Generator,
    progress: Progress = lambda *_: None,
    settings: HazardSettings | None = None,
) -> BidLandscape:
    """The landscape of auctions in order of time; the latest 15 % stop the fit and try its result.

    The landscape by context is kept where it gives these a higher likelihood than the one curve does. The curve is of
    all auctions.

    Raises TableRejected where no price is told and none is bounded from above.
    """
    progress(0, 1, "fitting the curve of all auctions")
    curve = fit_win_curve(auctions.prices, rng)
    progress(1, 1, "fitting the curve of all auctions")
    cut = len(auctions) - int(HELD_OUT * len(auctions))
    by_context, trial = None, None
    if len(auctions) >= LEAST_AUCTIONS and len(auctions) - cut >= LEAST_HELD_OUT:
        train, later = auctions.rows(slice(None, cut)), auctions.rows(slice(cut, None))
        coding = learn_coding(train.contexts)
        if coding.columns:
            by_context, trial = _by_context(coding, train, later, progress, settings or HazardSettings())
    return BidLandscape(
        curve.thinned(CURVE_POINTS),
        by_context,
        auctions=len(auctions),
        won=int(auctions.won.sum()),
        told=int(auctions.prices.told.sum()),
        trial=trial,
    )


def _by_context(
    coding: ContextCoding, train: Auctions, later: Auctions, progress: Progress, settings: HazardSettings
) -> tuple[ContextLandscape | None, LandscapeTrial]:
    # Not the one of all auctions: what it is tried on must not have taught it. Its interval is not asked for.
    curve = fit_win_curve(train.prices, rng=None)
    grid = price_grid(curve, train.prices.lower[train.prices.told], settings.bins)
    base = base_hazards(grid, curve)
    ends = ends_on(grid, later.prices)
    codes = coding.coded(later.contexts)
    network = fit_network(
        coding,
        base,
        (coding.coded(train.contexts), ends_on(grid, train.prices)),
        (codes, ends),
        settings,
        progress,
    )
    fitted = ContextLandscape(coding, grid, network)
    whole = np.concatenate([[1.0], np.exp(-np.cumsum(np.logaddexp(0.0, base)))])
    by_context = _log_likelihood(network.survival(codes), ends)
    by_curve = _log_likelihood(np.broadcast_to(whole, (len(later), len(whole))), ends)
    trial = _trial(fitted, later, curve.win_probability(later.bids_micros), by_context, by_curve)
    return (fitted if by_context > by_curve else None), trial


def _trial(
    fitted: ContextLandscape, later: Auctions, by_curve: Float64, likelihood: float, whole_likelihood: float
) -> LandscapeTrial:
    bid = np.isfinite(later.bids_micros)
    won = later.won[bid].astype(np.float64)
    told: dict[str, float | None] = {"calibration_error": None, "logloss": None, "whole_logloss": None}
    if won.any():
        contexts = {name: np.asarray(column)[bid] for name, column in later.contexts.items()}
        chances = fitted.win_probability(later.bids_micros[bid], contexts)
        told = {
            "calibration_error": relative_ece(won, chances, bins=CALIBRATION_BINS) * float(won.mean()),
            "logloss": logloss(won, chances),
            "whole_logloss": logloss(won, by_curve[bid]),
        }
    return LandscapeTrial(len(later), log_likelihood=likelihood, whole_log_likelihood=whole_likelihood, **told)


def _log_likelihood(survival: Float64, ends: Ends) -> float:
    """Mean log-likelihood of what auctions told, from survival at the edges (N, K + 1)."""
    rows, last = np.arange(len(survival)), survival.shape[1] - 1

    def beyond(whole: npt.NDArray[np.int64], share: Float64) -> Float64:
        at, after = survival[rows, whole], survival[rows, np.minimum(whole + 1, last)]
        left: Float64 = at - share * (at - after)
        return left

    lost, low = beyond(ends.low_bin, ends.low_share), ends.low_bin
    chance = np.select(
        [ends.kind == TOLD, ends.kind == LOST, ends.kind == BOUNDED],
        [
            survival[rows, low] - survival[rows, np.minimum(low + 1, last)],
            lost,
            lost - beyond(ends.high_bin, ends.high_share),
        ],
    )
    likelihoods = np.log(np.maximum(chance, 1e-12))
    return float(np.average(likelihoods, weights=ends.weights))
