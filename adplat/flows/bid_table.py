"""What bids are decided with besides Redis, and what the bandit's statistics say of every creative of the book."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import numpy.typing as npt

from adplat.bandit import Count, Knowledge, PlaceEffects
from adplat.domain import Pace
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
        counts: (4, n) clicks, expected clicks, conversions and value in micros of each creative.
        paces: how fast each campaign may spend; one that is not named as fast as its budget lasts.
        eligible: (campaigns of the book) requests that each might have bid on, counted up by every decision.
        shading: by currency; where auctions taught none yet, first-price bids are the value.
        places: under which all of ``counts`` are, within a hundredth.
    """

    serving: Serving
    counts: Float64
    paces: Mapping[str, Pace]
    shading: Mapping[str, ShadingModel]
    typical: TypicalScores
    eligible: Int64
    places: PlaceEffects = PlaceEffects.NONE

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
        empty = np.zeros((len(_COUNTED), len(serving.book.ad_of)))
        counts = _with_arms(empty, serving.book, serving.known, serving.known.row_of)
        return cls(serving, counts, paces, shading, typical, eligible, serving.places)

    def with_arms(self, serving: Serving, changed: Iterable[str], paces: Mapping[str, Pace]) -> BidTable:
        """With newer statistics of some creatives of the same book; Python's work is linear in those.

        Where places of a page turned out to be worth something else, all creatives' expected clicks have changed.
        """
        is_near = serving.places.is_near(self.places)
        names = changed if is_near else serving.known.row_of
        counts = _with_arms(self.counts.copy(), self.serving.book, serving.known, names)
        places = self.places if is_near else serving.places
        return replace(self, serving=serving, counts=counts, paces=paces, places=places)

    @cached_property
    def factors(self) -> Float64:
        """(n,) by which the statistics correct the model's pCTR of each creative: the mean of the posterior that
        ``thompson-with-prior`` draws from, ``(k + clicks) / (k + expected clicks)``."""
        strength = self.serving.snapshot.policy.prior_strength
        factors: Float64 = (strength + self.counts[_CLICKS]) / (strength + self.counts[_EXPECTED])
        return factors

    @cached_property
    def conversion_values_micros(self) -> Float64:
        """(n,) what a conversion of the campaign was worth so far; NaN where there was none."""
        campaign_of, campaigns = self.serving.book.campaign_of, len(self.serving.book.catalogue.campaigns)
        value, conversions = (
            np.bincount(campaign_of, weights=self.counts[row], minlength=campaigns) for row in (_VALUE, _CONVERSIONS)
        )
        mean = np.divide(value, conversions, out=np.full(campaigns, np.nan), where=conversions > 0)
        of_rows: Float64 = mean[campaign_of]
        return of_rows


_COUNTED = (Count.CLICKS, Count.EXPECTED_CLICKS, Count.CONVERSIONS, Count.VALUE)
_CLICKS, _EXPECTED, _CONVERSIONS, _VALUE = range(len(_COUNTED))


def _with_arms(counts: Float64, book: BidBook, known: Knowledge, names: Iterable[str]) -> Float64:
    """``counts`` with the columns of these creatives set; of creatives that are not in the book, nothing."""
    here = [name for name in names if name in book.row_of]
    columns = [book.row_of[name] for name in here]
    counts[:, columns] = known.counts[np.array(_COUNTED)[:, None], known.rows_of(here)]
    return counts
