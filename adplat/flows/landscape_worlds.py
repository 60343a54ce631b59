"""Markets with a known law of prices, and the logs of bidders who see part of them: to judge landscapes by.

No law here is one that the landscape assumes. By place and device the logarithm of the price is a mix of two bells, a
busy and a quiet one, whose shares move with the hour; half of the auctions have a floor, at which prices pile up. Some
sellers are of second price (the price of a win is seen), some of first price and tell most of what would have won, some
tell nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import ndtr

from adplat.forecast import FLOOR, Auctions, prices_of_auctions

Float64 = npt.NDArray[np.float64]
Int64 = npt.NDArray[np.int64]

PLACES, DEVICES = 20, ("phone", "desktop", "tablet")
FLOORS = (400.0, 700.0, 1_200.0)
SELLERS = ("second_price", "first_price_told", "first_price_silent")


@dataclass(frozen=True)
class Requests:
    """What is known of (N,) auctions beforehand."""

    place: Int64
    device: Int64
    hour: Int64
    floor_micros: Float64

    @property
    def contexts(self) -> dict[str, npt.NDArray[np.generic]]:
        """As a landscape reads them."""
        return {
            "placement": np.char.add("place ", self.place.astype(np.str_)),
            "device": np.array(DEVICES)[self.device],
            "hour": self.hour.astype(np.float64),
            FLOOR: self.floor_micros,
        }

    @property
    def seller(self) -> Int64:
        """(N,) places among ``SELLERS``."""
        return self.place % len(SELLERS)


@dataclass(frozen=True)
class PriceWorld:
    """One market: ``level`` (places, devices) in ln(micros), ``peak`` (places,) the hour of most competition."""

    level: Float64
    peak: Float64
    spread: Float64

    @classmethod
    def drawn(cls, rng: np.random.Generator) -> PriceWorld:
        """A market of its own."""
        level = rng.normal(6.6, 0.45, PLACES)[:, None] + rng.normal(0.0, 0.25, (PLACES, len(DEVICES)))
        return cls(level, rng.uniform(0.0, 24.0, PLACES), rng.uniform(0.2, 0.5, PLACES))

    def requests(self, count: int, rng: np.random.Generator) -> Requests:
        """Some places see far more auctions than others."""
        shares = rng.permutation(1.0 / (3.0 + np.arange(PLACES)))
        floor = np.where(rng.random(count) < 0.5, rng.choice(FLOORS, count), np.nan)
        return Requests(
            rng.choice(PLACES, count, p=shares / shares.sum()),
            rng.choice(len(DEVICES), count, p=[0.6, 0.3, 0.1]),
            rng.integers(0, 24, count),
            floor,
        )

    def prices(self, asked: Requests, rng: np.random.Generator) -> Float64:
        """(N,) least winning bids, whole micros, at the floor or above."""
        level, spread, busy = self._law(asked)
        level = np.where(rng.random(len(level)) < busy, level + 0.6, level - 0.2)
        drawn = np.ceil(np.exp(level + spread * rng.standard_normal(len(level))))
        return np.fmax(drawn, asked.floor_micros)

    def win_chances(self, bids_micros: Float64, asked: Requests) -> Float64:
        """(N,) true chances."""
        level, spread, busy = self._law(asked)
        at = np.log(np.floor(bids_micros))
        chance = busy * ndtr((at - level - 0.6) / spread) + (1.0 - busy) * ndtr((at - level + 0.2) / spread)
        return np.where(bids_micros >= np.nan_to_num(asked.floor_micros), chance, 0.0)

    def logged(self, asked: Requests, rng: np.random.Generator) -> Auctions:
        """What a bidder sees that values phones and its favourite hours more, as prices do."""
        level, _, busy = self._law(asked)
        wanted = np.round(np.exp(6.7 + 0.5 * (level - 6.6) + 0.4 * (busy - 0.5) + rng.normal(0.0, 0.5, len(level))))
        bids: Float64 = np.fmax(wanted, asked.floor_micros)
        price = self.prices(asked, rng)
        won = bids >= price
        told = np.where(asked.seller == 0, won, (asked.seller == 1) & (won | (rng.random(len(won)) < 0.7)))
        return Auctions(prices_of_auctions(bids, won, np.where(told, price, np.nan)), bids, won, asked.contexts)

    def _law(self, asked: Requests) -> tuple[Float64, Float64, Float64]:
        busy = 0.5 + 0.4 * np.cos((asked.hour - self.peak[asked.place]) * np.pi / 12.0)
        return self.level[asked.place, asked.device], self.spread[asked.place], busy
