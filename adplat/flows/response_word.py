"""What is said of one creative before the plan's part is made of it, and the numbers that names get in arrays."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from adplat.forecast import UncertainRate
from adplat.statistics import Float64

NO_CONVERSIONS = "no conversion has ever come: nobody knows how often a click converts"


@dataclass(frozen=True, slots=True)
class PlannedCreative:
    """One creative of the plan: ``advertiser_id`` and ``category`` are empty where nobody told them."""

    creative_id: str
    advertiser_id: str
    category: str


@dataclass(frozen=True)
class CreativeWord:
    """``at_openings`` (N,) are click chances up to a factor; ``p_ctr`` and ``p_cvr`` the means of a model, if any."""

    click_rate: UncertainRate
    conversion_rate: UncertainRate | None
    at_openings: Float64
    p_ctr: float | None = None
    p_cvr: float | None = None


@dataclass(frozen=True)
class NameNumbers:
    """A number for every creative and advertiser that has run."""

    creative_numbers: Mapping[str, int]
    advertiser_numbers: Mapping[str, int]

    @classmethod
    def of(cls, shown: pl.DataFrame) -> NameNumbers:
        """From ``ResponsePast.shown``."""
        creatives = shown["creative_id"].unique().sort().to_list()
        advertisers = shown["advertiser_id"].fill_null("").unique().sort().to_list()
        return cls(
            {name: number for number, name in enumerate(creatives)},
            {name: number for number, name in enumerate(advertisers)},
        )

    def creative(self, name: str) -> int | None:
        """``None`` for one that never ran."""
        return self.creative_numbers.get(name)

    def advertiser(self, name: str) -> int | None:
        """``None`` for one that never ran, or is not named."""
        return self.advertiser_numbers.get(name) if name else None
