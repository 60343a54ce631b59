"""First-price auctions whose law is known: logs to learn from, and the surplus a bid really has."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import expit, ndtr

Float64 = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Segment:
    """Least winning bids: ``median_micros`` and spread of the logarithm, log-logistic or log-normal."""

    key: str
    median_micros: float
    spread: float
    shape: str = "logistic"

    def win_chances(self, bids_micros: Float64) -> Float64:
        z = (np.log(np.maximum(bids_micros, 1e-9)) - np.log(self.median_micros)) / self.spread
        return np.asarray(expit(z) if self.shape == "logistic" else ndtr(z))

    def draw(self, count: int, rng: np.random.Generator) -> Float64:
        noise = rng.logistic(size=count) if self.shape == "logistic" else rng.normal(size=count)
        return np.asarray(self.median_micros * np.exp(self.spread * noise))

    def surplus(self, values_micros: Float64, bids_micros: Float64) -> float:
        """Expected surplus a showing."""
        return float(np.mean((values_micros - bids_micros) * self.win_chances(bids_micros)))

    def best_surplus(self, values_micros: Float64) -> float:
        """That of somebody who knows the law, by trying 500 bids for every value."""
        shares = np.linspace(0.002, 1.0, 500)
        bids = values_micros[:, None] * shares
        return float(((values_micros[:, None] - bids) * self.win_chances(bids)).max(axis=1).mean())


@dataclass(frozen=True)
class BidLog:
    bid_micros: Float64
    won: npt.NDArray[np.bool_]
    min_to_win_micros: Float64
    keys: list[str]


def values_of(count: int, rng: np.random.Generator) -> Float64:
    """Values of showings: about 2,000 micros (a CPM of two), within a factor of two mostly."""
    return np.asarray(np.floor(2_000 * np.exp(0.7 * rng.normal(size=count))) + 1)


def logged(segments: list[Segment], each: list[int], told: float, rng: np.random.Generator) -> BidLog:
    """Bids between 30 % and 100 % of the value; the seller tells the least winning bid with chance ``told``."""
    bids, prices, keys = [], [], []
    for segment, count in zip(segments, each, strict=True):
        bids.append(np.floor(values_of(count, rng) * rng.uniform(0.3, 1.0, count)) + 1)
        prices.append(segment.draw(count, rng))
        keys += [segment.key] * count
    bid, price = np.concatenate(bids), np.concatenate(prices)
    is_told = rng.random(len(bid)) < told
    return BidLog(bid, bid >= price, np.where(is_told, price, np.nan), keys)
