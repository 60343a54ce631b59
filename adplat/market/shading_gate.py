"""Whether a shading model may bid: its expected surplus in auctions that it was not fitted on.

What another bid ``b`` would have made of an auction is known in part: with the least winning bid ``M`` told, for
certain; after a loss at ``a`` no bid up to ``a`` wins, after a win at ``a`` every bid from ``a`` on does. In between
the chance is that of a law ``F`` fitted on the held-out auctions themselves, given what is known of ``M``:

    lost at ``a``, ``b > a``:   ``P(M ≤ b | M > a) = 1 − (1 − F(b)) / (1 − F(a))``
    won at ``a``, ``b < a``:    ``P(M ≤ b | M ≤ a) = F(b) / F(a)``

The expected surplus is ``(v − b)`` times that chance. Bidding the value has none in a first-price auction, so against
it the surplus alone would forbid nothing. The second condition looks at the law itself: the share of held-out auctions
that it says our bids should have won must be near the share that they did win.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import expit

from adplat.market.shading_fit import fit_shading
from adplat.market.shading_model import PriceLaw, ShadingModel, shaded_bids

Float64 = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Indices = npt.NDArray[np.intp]

FARTHEST_WIN_SHARE = 0.1


@dataclass(frozen=True, slots=True)
class AuctionLog:
    """Ended first-price auctions in one currency, columns ``(N,)`` in parallel.

    Args:
        bid_micros, value_micros: what we bid and what the showing was worth to us, positive.
        won: whether the bid won; losses for another reason than the price do not belong here.
        min_to_win_micros: what would have sufficed; NaN where the seller did not tell.
        keys: segment of each (:func:`segment_key`).
    """

    bid_micros: Float64
    value_micros: Float64
    won: Bools
    min_to_win_micros: Float64
    keys: npt.NDArray[np.str_]

    def __len__(self) -> int:
        return len(self.bid_micros)

    def where(self, rows: Bools) -> AuctionLog:
        """These auctions only."""
        return AuctionLog(
            self.bid_micros[rows],
            self.value_micros[rows],
            self.won[rows],
            self.min_to_win_micros[rows],
            self.keys[rows],
        )

    def fit(self) -> ShadingModel:
        """See :func:`fit_shading`. Raises TableRejected without any auction."""
        return fit_shading(self.bid_micros, self.won, self.min_to_win_micros, self.keys.tolist())


@dataclass(frozen=True, slots=True)
class ShadingTrial:
    """Held-out auctions; surplus is expected micros for one auction.

    Args:
        surplus_micros: of the new model's bids.
        surplus_before_micros: of the model in service, or of bidding the value where there is none (then 0).
        won_share, expected_won_share: of our bids as they were made, and what the new law says of them.
    """

    auctions: int
    surplus_micros: float
    surplus_before_micros: float
    won_share: float
    expected_won_share: float

    @property
    def objection(self) -> str:
        """Why the model may not bid; empty where it may."""
        if abs(self.expected_won_share - self.won_share) > FARTHEST_WIN_SHARE:
            return (
                f"it expects to win {self.expected_won_share:.1%} of the held-out auctions, "
                f"of which {self.won_share:.1%} were won"
            )
        if self.surplus_micros <= 0.0:
            return "no surplus is expected of it on held-out auctions"
        if self.surplus_micros < self.surplus_before_micros:
            return (
                f"its expected surplus on held-out auctions is {self.surplus_micros:.1f} micros, "
                f"that of the model in service {self.surplus_before_micros:.1f}"
            )
        return ""


def try_shading(model: ShadingModel, before: ShadingModel | None, held_out: AuctionLog) -> ShadingTrial:
    """Hold a model, and the one in service, against auctions that neither has seen. Raises TableRejected for none."""
    truth = held_out.fit()
    surplus, surplus_before = (
        0.0 if one is None else float(np.mean(expected_surplus(held_out, _bids(one, held_out), truth)))
        for one in (model, before)
    )
    expected = _by_segment(held_out, lambda key, rows: model.law_of(key).win_chances(held_out.bid_micros[rows]))
    return ShadingTrial(len(held_out), surplus, surplus_before, float(np.mean(held_out.won)), float(np.mean(expected)))


def expected_surplus(auctions: AuctionLog, bids_micros: Float64, truth: ShadingModel) -> Float64:
    """What these bids ``(N,)`` instead of ours would have left of the values, ``(N,)``; see above."""
    made, told = auctions.bid_micros, auctions.min_to_win_micros > 0.0
    wins = np.where(told, bids_micros >= auctions.min_to_win_micros, auctions.won & (bids_micros >= made))
    guessed = ~told & np.where(auctions.won, bids_micros < made, bids_micros > made)

    def chances(key: str, rows: Indices) -> Float64:
        return _chance_given(truth.law_of(key), bids_micros[rows], made[rows], auctions.won[rows])

    chance = np.where(guessed, _by_segment(auctions, chances), wins)
    surplus: Float64 = (auctions.value_micros - bids_micros) * chance
    return surplus


def _chance_given(law: PriceLaw, bids: Float64, made: Float64, won: Bools) -> Float64:
    """Of winning with ``bids``, when bidding ``made`` won or lost; only where ``bids`` lie on the untold side."""
    z, z_made = ((np.log(x) - law.location) / law.scale for x in (bids, made))
    with np.errstate(divide="ignore", invalid="ignore"):
        below, above = expit(z) / expit(z_made), 1.0 - expit(-z) / expit(-z_made)
    chance: Float64 = np.clip(np.nan_to_num(np.where(won, below, above)), 0.0, 1.0)
    return chance


def _bids(model: ShadingModel, auctions: AuctionLog) -> Float64:
    values = auctions.value_micros.astype(np.int64)
    return _by_segment(auctions, lambda key, rows: shaded_bids(model, values[rows], None, key).astype(np.float64))


def _by_segment(auctions: AuctionLog, numbers_of: Callable[[str, Indices], Float64]) -> Float64:
    """``(N,)`` what is computed for each segment's rows, in the order of the log."""
    numbers = np.empty(len(auctions))
    found, places, counts = np.unique(auctions.keys, return_inverse=True, return_counts=True)
    order, ends = np.argsort(places, kind="stable"), np.cumsum(counts)
    for key, rows in zip(found.tolist(), np.split(order, ends[:-1]), strict=True):
        numbers[rows] = numbers_of(key, rows)
    return numbers
