"""The competing bids: what it takes to win an opportunity, and what we bid.

The clearing price is log-normal around a level by placement and hour and knows nothing of the user, so
that winning does not select users. The winner pays the second price.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from adplat.simulator.catalogue import Bool, Campaigns
from adplat.simulator.colour import Float64
from adplat.simulator.elements import Int32
from adplat.simulator.trade import PLACEMENTS
from adplat.simulator.traffic import HOURLY, Requests

Int64 = npt.NDArray[np.int64]
MICROS_PER_CPM = 1000.0  # one yuan per thousand impressions is 1,000 micros per impression
_CLEARING_SPREAD = 0.55
_BID_SPREAD = 0.18
_CLEARING_CPM = np.array([place.clearing_cpm for place in PLACEMENTS])


@dataclass(frozen=True)
class Auctions:
    """One row a bid; money in micros for one impression."""

    bid_micros: Int64  # (N,)
    min_to_win_micros: Int64  # (N,)

    @property
    def won(self) -> Bool:
        """(N,) whether the bid reached the price to win."""
        return self.bid_micros >= self.min_to_win_micros


def hold_auctions(
    campaigns: Campaigns,
    requests: Requests,
    campaign: Int32,
    rng: np.random.Generator,
    price_levels: Float64 | None = None,
) -> Auctions:
    """Bid for (N,) requests on behalf of (N,) campaigns; ``price_levels`` (D,) are those of each day of the log."""
    levels = None if price_levels is None else price_levels[requests.day]
    min_to_win_micros = draw_clearing(requests.placement, requests.hour, rng, levels)
    # Campaigns know what a placement usually costs and bid part of the way towards it.
    aim = campaigns.bid_cpm[campaign] * (_CLEARING_CPM[requests.placement] / _CLEARING_CPM[0]) ** 0.7
    bid = aim * rng.lognormal(0.0, _BID_SPREAD, len(requests))
    return Auctions(
        bid_micros=np.round(bid * MICROS_PER_CPM).astype(np.int64),
        min_to_win_micros=min_to_win_micros,
    )


def draw_clearing(placement: Int32, hour: Int32, rng: np.random.Generator, level: Float64 | None = None) -> Int64:
    """(N,) least winning bids in micros for one impression, of (N,) placements and local hours of the day.

    ``level`` (N,) multiplies the usual prices.
    """
    busy = (HOURLY / HOURLY.mean())[hour] ** 0.3
    clearing = _CLEARING_CPM[placement] * busy * rng.lognormal(0.0, _CLEARING_SPREAD, len(placement))
    if level is not None:
        clearing = clearing * level
    return np.asarray(np.round(clearing * MICROS_PER_CPM).astype(np.int64))
