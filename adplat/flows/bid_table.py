"""What bids are decided with besides Redis, and what the bandit's statistics say of every creative of the book."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import numpy.typing as npt

from adplat.bandit import Count, Knowledge
from adplat.domain import Pace
from adplat.features.arrays import Int32
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
        arms: (n,) columns of the creatives in what is known, −1 of those never shown.
        paces: how fast each campaign may spend; one that is not named as fast as its budget lasts.
        eligible: (campaigns of the book) requests that each might have bid on, counted up by every decision.
        shading: by currency; where auctions taught none yet, first-price bids are the value.
    """

    serving: Serving
    arms: Int64
    paces: Mapping[str, Pace]
    shading: Mapping[str, ShadingModel]
    typical: TypicalScores
    eligible: Int64

    @classmethod
    def of(
        cls,
        serving: Serving,
        paces: Mapping[str, Pace],
        shading: Mapping[str, ShadingModel],
        typical: TypicalScores,
        eligible: Int64,
    ) -> BidTable:
        """Linear in creatives that were shown."""
        unknown = np.full(len(serving.book.ad_of), -1, dtype=np.int64)
        arms = _with_arms(unknown, serving.book, serving.known, serving.known.row_of)
        return cls(serving, arms, paces, shading, typical, eligible)

    def with_arms(self, serving: Serving, changed: Iterable[str], paces: Mapping[str, Pace]) -> BidTable:
        """With newer statistics of some creatives of the same book; Python's work is linear in those."""
        arms = _with_arms(self.arms.copy(), self.serving.book, serving.known, changed)
        return replace(self, serving=serving, arms=arms, paces=paces)

    def click_rates(self, rows: Int32, p_ctr: Float64) -> Float64:
        """(r,) what the statistics make of the model's pCTR of these creatives, at most 1: the mean of the posterior
        that ``thompson-with-prior`` draws from, with the prior that it has learned."""
        rates: Float64 = np.minimum(self.serving.belief.clicks(self.arms[rows], p_ctr).means, 1.0)
        return rates

    @cached_property
    def conversion_values_micros(self) -> Float64:
        """(n,) what a conversion of the campaign was worth so far; NaN where there was none."""
        campaign_of, campaigns = self.serving.book.campaign_of, len(self.serving.book.catalogue.campaigns)
        counts = self.serving.known.counts
        value, conversions = (
            np.bincount(campaign_of, weights=counts[row, self.arms], minlength=campaigns)
            for row in (Count.VALUE, Count.CONVERSIONS)
        )
        mean = np.divide(value, conversions, out=np.full(campaigns, np.nan), where=conversions > 0)
        of_rows: Float64 = mean[campaign_of]
        return of_rows


def _with_arms(arms: Int64, book: BidBook, known: Knowledge, names: Iterable[str]) -> Int64:
    """``arms`` with the columns of these creatives set; of creatives that are not in the book, nothing."""
    here = [name for name in names if name in book.row_of]
    arms[[book.row_of[name] for name in here]] = known.rows_of(here)
    return arms
