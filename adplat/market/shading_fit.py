"""Learns the law of the least winning bid from the log of our own bids, told prices and untold ones alike.

An auction says of its least winning bid ``M``: its value where the seller told it; else ``M > bid`` when we lost and
``M ≤ bid`` when we won. With ``z = a·x − c`` at ``x = ln(price)`` the log-likelihoods are

    told ``ln a + z − 2·softplus(z)``,   lost ``−softplus(z)``,   won ``−softplus(−z)``,

each concave in ``(a, c)``, so Newton's method finds the one maximum; ``scale = 1/a``, ``location = c/a``.

A segment leans on the whole as if it had seen ``prior_auctions`` more auctions of the whole's law, all told: the
penalty has their expected curvature, ``n·(3 + π²)/9`` on the relative scale and ``n/3`` on ``c`` (Fisher information of
the logistic distribution), in a shape that keeps ``a`` positive and the sum concave.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import expit

from adplat.domain import InternalFault, TableRejected
from adplat.market.shading_model import PriceLaw, ShadingModel

Float64 = npt.NDArray[np.float64]

SCALE_INFORMATION = (3.0 + math.pi**2) / 9.0
LOCATION_INFORMATION = 1.0 / 3.0
# What the whole leans on: prices about our bids within a factor of e or so, worth very few auctions.
FIRST_GUESS_SCALE = 0.5
FIRST_GUESS_AUCTIONS = 3.0
MOST_STEPS = 100


@dataclass(frozen=True, slots=True)
class _Evidence:
    """Logarithms of prices: told, bid and lost, bid and won."""

    told: Float64
    lost: Float64
    won: Float64


def fit_shading(
    bid_micros: npt.ArrayLike,
    won: npt.ArrayLike,
    min_to_win_micros: npt.ArrayLike,
    keys: Sequence[str],
    *,
    prior_auctions: float = 50.0,
) -> ShadingModel:
    """The shading model of logged auctions, columns ``(N,)`` in parallel.

    Args:
        bid_micros: what we bid, positive.
        won: whether it won. Losses for another reason than price do not belong here.
        min_to_win_micros: what would have sufficed, NaN where the seller did not tell; 0 or less counts as not told.
        keys: segment of each auction (:func:`segment_key`).
        prior_auctions: how strongly a segment leans on the whole; positive.

    Raises:
        TableRejected: no rows, columns of different length, a bid that is not positive.
    """
    bids, told = np.asarray(bid_micros, dtype=np.float64), np.asarray(min_to_win_micros, dtype=np.float64)
    wins, names = np.asarray(won, dtype=np.bool_), np.asarray(keys, dtype=np.str_)
    if not bids.shape == told.shape == wins.shape == names.shape or bids.ndim != 1:
        raise TableRejected("columns of the bid log do not run in parallel", hint="give columns of one length")
    if bids.size == 0:
        raise TableRejected("there are no auctions to learn prices from", hint="log some bids first")
    if not (np.isfinite(bids) & (bids > 0.0)).all():
        raise TableRejected("a bid is not a positive number", where="bid_micros", hint="drop those rows")
    is_told = told > 0.0
    log_prices = np.log(np.where(is_told, told, bids))
    kinds = np.where(is_told, 0, np.where(wins, 2, 1))
    first_guess = PriceLaw(float(np.median(log_prices)), FIRST_GUESS_SCALE)
    whole = _fit_law(_evidence(log_prices, kinds), first_guess, FIRST_GUESS_AUCTIONS)
    found, places, counts = np.unique(names, return_inverse=True, return_counts=True)
    order, ends = np.argsort(places, kind="stable"), np.cumsum(counts)
    by_key = {
        str(key): _fit_law(_evidence(log_prices[rows], kinds[rows]), whole, prior_auctions)
        for key, rows in zip(found, np.split(order, ends[:-1]), strict=True)
    }
    return ShadingModel(whole, by_key)


def _evidence(log_prices: Float64, kinds: npt.NDArray[np.integer]) -> _Evidence:
    return _Evidence(log_prices[kinds == 0], log_prices[kinds == 1], log_prices[kinds == 2])


def _fit_law(evidence: _Evidence, prior: PriceLaw, prior_auctions: float) -> PriceLaw:
    """Newton's method with halved steps, prices measured from the prior's location in units of its scale."""
    own = _Evidence(*((x - prior.location) / prior.scale for x in (evidence.told, evidence.lost, evidence.won)))
    at = np.array([1.0, 0.0])
    value, gradient, curvature = _objective(own, at, prior_auctions)
    for _ in range(MOST_STEPS):
        step = np.linalg.solve(curvature, gradient)
        gain = float(gradient @ step)
        if gain < 1e-9:
            break
        share = 1.0
        while True:
            tried = at + share * step
            if tried[0] > 0.0:
                new_value, new_gradient, new_curvature = _objective(own, tried, prior_auctions)
                if new_value >= value + 1e-4 * share * gain or share < 1e-8:
                    break
            share /= 2.0
        at, value, gradient, curvature = tried, new_value, new_gradient, new_curvature
    else:
        raise InternalFault("a law of prices did not settle", hint="report the bid log that it was fitted on")
    auctions = sum(len(part) for part in (evidence.told, evidence.lost, evidence.won))
    slope, shift = float(at[0]), float(at[1])
    return PriceLaw(prior.location + prior.scale * shift / slope, prior.scale / slope, auctions)


def _objective(own: _Evidence, at: Float64, prior_auctions: float) -> tuple[float, Float64, Float64]:
    """Penalised log-likelihood at ``(a, c)``, its gradient and its negated Hessian."""
    slope, shift = float(at[0]), float(at[1])
    lean_scale, lean_shift = prior_auctions * SCALE_INFORMATION, prior_auctions * LOCATION_INFORMATION
    told = len(own.told)
    value = lean_scale * (math.log(slope) - slope) - lean_shift * shift**2 / 2.0 + told * math.log(slope)
    gradient = np.array([lean_scale * (1.0 / slope - 1.0) + told / slope, -lean_shift * shift])
    curvature = np.diag([(lean_scale + told) / slope**2, lean_shift])
    # (prices, weight of softplus(z), weight of z): −softplus(−z) is z − softplus(z).
    for prices, bends, lifts in ((own.told, 2.0, 1.0), (own.lost, 1.0, 0.0), (own.won, 1.0, 1.0)):
        z = slope * prices - shift
        chance = expit(z)
        value += float(np.sum(lifts * z - bends * np.logaddexp(0.0, z)))
        slack = lifts - bends * chance
        gradient += np.array([slack @ prices, -slack.sum()])
        bend = bends * chance * (1.0 - chance)
        across = -float(bend @ prices)
        curvature += np.array([[bend @ prices**2, across], [across, bend.sum()]])
    return value, gradient, curvature
