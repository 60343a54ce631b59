"""What bids are decided with besides Redis, and what the bandit's statistics say of every creative of the book."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from adplat.domain import ArmStatistics, Pace
from adplat.flows.bid_book import BidBook
from adplat.flows.rank_creatives import Serving
from adplat.flows.typical_scores import TypicalScores
from adplat.market import ShadingModel
from adplat.statistics import Float64

Int64 = npt.NDArray[np.int64]


@dataclass(frozen=True)
class BidTable:
    """Swapped as a whole when any part of it moved; ``n`` creatives in the book.

    Args:
        factors: (n,) by which the statistics correct the model's pCTR of each creative: the mean of the posterior that
            ``thompson-with-prior`` draws from, ``(k + clicks) / (k + expected clicks)``.
        conversion_values_micros: (n,) what a conversion of the campaign was worth so far; NaN where there was none.
        paces: how fast each campaign may spend; one that is not named as fast as its budget lasts.
        eligible: (campaigns of the book) requests that each might have bid on, counted up by every decision.
        shading: by currency; where auctions taught none yet, first-price bids are the value.
    """

    serving: Serving
    arms: Mapping[str, ArmStatistics]
    factors: Float64
    conversion_values_micros: Float64
    paces: Mapping[str, Pace]
    shading: Mapping[str, ShadingModel]
    typical: TypicalScores
    eligible: Int64

    @classmethod
    def of(
        cls,
        serving: Serving,
        arms: Mapping[str, ArmStatistics],
        paces: Mapping[str, Pace],
        shading: Mapping[str, ShadingModel],
        typical: TypicalScores,
        eligible: Int64,
    ) -> BidTable:
        """Linear in creatives that were shown."""
        book, strength = serving.book, serving.snapshot.policy.prior_strength
        factors = np.ones(len(book.ad_of))
        shown = [(book.row_of[name], arm) for name, arm in arms.items() if name in book.row_of]
        for row, arm in shown:
            factors[row] = (strength + arm.clicks) / (strength + arm.expected_clicks)
        return cls(serving, arms, factors, _conversion_values(book, shown), paces, shading, typical, eligible)


def _conversion_values(book: BidBook, shown: list[tuple[int, ArmStatistics]]) -> Float64:
    value, conversions = np.zeros((2, len(book.catalogue.campaigns)))
    for row, arm in shown:
        value[book.campaign_of[row]] += arm.value_micros
        conversions[book.campaign_of[row]] += arm.conversions
    mean = np.divide(value, conversions, out=np.full(len(value), np.nan), where=conversions > 0)
    of_rows: Float64 = mean[book.campaign_of]
    return of_rows
