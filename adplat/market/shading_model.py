"""What to offer in a first-price auction, where the winner pays the own bid: less than the value.

The least bid that would have won, ``M``, is taken for log-logistic within a segment: ``F(b) = P(M ≤ b) =
σ((ln b − location) / scale)``. This is the win-rate curve of Pan et al. (Bid Shading by Win-Rate Estimation and Surplus
Maximization, AdKDD 2020): logistic in the logarithm of the bid. The bid maximises the expected surplus
``(v − b) · F(b)``. With ``y = ln b − location``, ``u = ln v − location`` and ``s = scale`` the first-order condition
``(v − b) · (1 − F(b)) = s · b`` becomes

    ``u = y + ln(1 + s + s·exp(y/s)) = h(y)``,

and ``h`` is rising and convex: the optimum is unique, and Newton's steps from above come down to it without overshoot.
A floor above the optimum is itself the best bid left, because the surplus falls from the optimum on.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.special import expit

from adplat.domain import ConfigRejected

Float64 = npt.NDArray[np.float64]
Int64 = npt.NDArray[np.int64]

FAMILY = "log-logistic"
# In ln(micros): no price of a showing comes near, and within it no exponential of best_bids overflows.
FARTHEST_LOCATION = 500.0
# The start is within ln 2 of the root in u. Largest relative error of a bid after 4, 5 and 6 steps, at a scale of 0.02
# (the bend is sharpest where the scale is small): 7e-5, 1e-7 and 3e-13.
NEWTON_STEPS = 6


@dataclass(frozen=True, slots=True)
class PriceLaw:
    """The least winning bid of one segment: ``location`` in ln(micros), ``scale`` > 0, seen in ``auctions``.

    Raises ConfigRejected for a location beyond ±``FARTHEST_LOCATION``, a scale or a count out of range.
    """

    location: float
    scale: float
    auctions: int = 0

    def __post_init__(self) -> None:
        # Not a number is within no bounds, so it is refused as well.
        if not (abs(self.location) <= FARTHEST_LOCATION and 0.0 < self.scale < math.inf and self.auctions >= 0):
            raise ConfigRejected(
                f"a shading model with a price law out of range: {self.location}, {self.scale}, {self.auctions}",
                where="location, scale, auctions",
                hint="fit the model again",
            )

    @property
    def median_micros(self) -> float:
        """The bid that wins half of the auctions."""
        return math.exp(self.location)

    def win_chances(self, bids_micros: Float64) -> Float64:
        """``F(b)``, any shape; bids positive."""
        chances: Float64 = expit((np.log(bids_micros) - self.location) / self.scale)
        return chances

    def best_bids(self, values_micros: Float64) -> Float64:
        """``argmax (v − b) · F(b)`` for positive values, ``(n,)``; below the value, not rounded."""
        scale = self.scale
        log_scale, low = math.log(scale), math.log1p(scale)
        wanted = np.log(values_micros) - self.location
        # The two straight lines that h follows far from the bend; h lies above both, so this starts above the root.
        bid = np.minimum(wanted - low, (wanted - log_scale) * (scale / (1.0 + scale)))
        for _ in range(NEWTON_STEPS):
            # exp cannot overflow: at the start and below it, its argument is at most ln v − location.
            steep = np.exp(bid / scale + (log_scale - low))
            bid -= (bid + np.log1p(steep) - (wanted - low)) / (1.0 + steep / (1.0 + steep) / scale)
        best: Float64 = np.exp(bid + self.location)
        return best


@dataclass(frozen=True, slots=True)
class ShadingModel:
    """One law for each segment, and one of the whole for segments never seen."""

    whole: PriceLaw
    by_key: Mapping[str, PriceLaw]

    def law_of(self, key: str) -> PriceLaw:
        """The law of a segment."""
        return self.by_key.get(key, self.whole)

    def as_json(self) -> dict[str, Any]:
        """Plain data, read back by :meth:`from_json`."""
        return {
            "family": FAMILY,
            "whole": _plain(self.whole),
            "by_key": {key: _plain(law) for key, law in sorted(self.by_key.items())},
        }

    @classmethod
    def from_json(cls, content: Mapping[str, Any]) -> ShadingModel:
        """Raises ConfigRejected when this is no shading model, or one of another family."""
        if content.get("family") != FAMILY:
            raise ConfigRejected(
                f"a shading model of family {content.get('family')!r}", where="family", hint=f"fit one that is {FAMILY}"
            )
        try:
            return cls(_law(content["whole"]), {str(key): _law(law) for key, law in content["by_key"].items()})
        except (KeyError, TypeError, ValueError, AttributeError):
            raise ConfigRejected(
                "a shading model lacks a part",
                where="whole, by_key",
                hint="each law needs a location, a scale and a count of auctions; fit the model again",
            ) from None


def segment_key(placement: str, *, in_deal: bool) -> str:
    """The segment of an auction: prices differ by place, and inside a deal from the open auction."""
    return f"{'deal' if in_deal else 'open'}|{placement}"


def least_micros(floor_micros: int | Int64 | None) -> int | Int64:
    """The least bid that is one: the floor, and never nothing."""
    # Of one number in Python's own way: a live bid has no microsecond to spare.
    return np.maximum(floor_micros, 1) if isinstance(floor_micros, np.ndarray) else max(floor_micros or 0, 1)


def shaded_bids(model: ShadingModel, values_micros: Int64, floor_micros: int | Int64 | None, key: str) -> Int64:
    """First-price bids of all candidates in micros, ``(n,)``; 0 is no bid: without value, or value below the floor.

    Never above the value, never below the floor, which may be one for each, 0 where not told.
    """
    least = least_micros(floor_micros)
    offered = values_micros >= least
    values = np.where(offered, values_micros, least)
    best = model.law_of(key).best_bids(values.astype(np.float64))
    bids = np.minimum(np.maximum(best.astype(np.int64), least), values)
    return np.where(offered, bids, 0)


def _plain(law: PriceLaw) -> dict[str, float | int]:
    return {"location": law.location, "scale": law.scale, "auctions": law.auctions}


def _law(content: Mapping[str, Any]) -> PriceLaw:
    return PriceLaw(float(content["location"]), float(content["scale"]), int(content["auctions"]))
