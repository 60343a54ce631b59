"""Markets with a known law of prices, and what bidders learn of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.stats import norm

from adplat.forecast import Auctions, prices_of_auctions

Float64 = npt.NDArray[np.float64]
PLACES = 6


@dataclass(frozen=True)
class Market:
    """Log-normal prices by place and device, floors on a third of the auctions."""

    place: npt.NDArray[np.int64]
    device: npt.NDArray[np.int64]
    floor_micros: Float64
    price_micros: Float64

    @property
    def contexts(self) -> dict[str, npt.NDArray[np.generic]]:
        return {
            "placement": np.char.add("place ", self.place.astype(np.str_)),
            "device": np.array(["phone", "desk", "tv"])[self.device],
            "floor_micros": self.floor_micros,
        }

    def true_chance(self, bids_micros: Float64) -> Float64:
        location, scale = self._law()
        chance = norm.cdf((np.log(np.floor(bids_micros)) - location) / scale)
        return np.where(bids_micros >= np.nan_to_num(self.floor_micros), chance, 0.0)

    def _law(self) -> tuple[Float64, Float64]:
        return law_of(self.place, self.device)


def law_of(place: npt.NDArray[np.int64], device: npt.NDArray[np.int64]) -> tuple[Float64, Float64]:
    return 6.0 + 0.3 * place + np.array([0.0, 0.4, -0.5])[device] * np.where(place % 2, 1.0, -1.0), 0.3 + 0.05 * place


def market(auctions: int, rng: np.random.Generator) -> Market:
    place, device = rng.integers(0, PLACES, auctions), rng.integers(0, 3, auctions)
    floor = np.where(rng.random(auctions) < 1 / 3, rng.choice([300.0, 500.0, 900.0], auctions), np.nan)
    location, scale = law_of(place, device)
    price = np.fmax(np.ceil(np.exp(location + scale * rng.standard_normal(auctions))), floor)
    return Market(place, device, floor, price)


def logged(held: Market, rng: np.random.Generator, *, silent_wins: bool = False) -> Auctions:
    """What a bidder sees: prices of its wins (not even those, with ``silent_wins``), of losses nothing."""
    bids = np.round(np.exp(6.7 + 0.5 * rng.standard_normal(len(held.price_micros))))
    bids = np.fmax(bids, held.floor_micros)
    won = bids >= held.price_micros
    told = np.where(won & ~np.full(len(won), silent_wins), held.price_micros, np.nan)
    return Auctions(prices_of_auctions(bids, won, told), bids, won, held.contexts)
