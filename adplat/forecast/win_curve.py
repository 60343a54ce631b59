"""The bid landscape of auctions taken together: what share of them a bid wins, as a step curve with its interval."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from adplat.domain import ConfigRejected

Float64 = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class WinCurve:
    """``F(b) = P(M ≤ b)``: it steps up at each price, and stays as it is to the next.

    Args:
        prices_micros: (K,) rising.
        chances: (K,) ``F`` from this price on, rising; the last is below 1 where some auctions cost more than any
            bid of ours.
        low, high: (K,) interval of each chance; NaN where none can be given.
        known_to_micros: no auction says anything about higher bids; the curve is flat from there on, which is the least
            it can be.
        level: of the intervals.
    """

    prices_micros: Float64
    chances: Float64
    low: Float64
    high: Float64
    known_to_micros: float
    level: float = 0.95

    def win_probability(self, bids_micros: npt.ArrayLike) -> Float64:
        """(n,) chance of each bid."""
        return self._stepped(self.chances, bids_micros)

    def interval(self, bids_micros: npt.ArrayLike) -> tuple[Float64, Float64]:
        """Two (n,): the ends of the interval of each chance; below the first price nothing is known but 0."""
        return self._stepped(self.low, bids_micros), self._stepped(self.high, bids_micros)

    def expected_price_micros(self, bids_micros: npt.ArrayLike) -> Float64:
        """(n,) ``E[M | M ≤ b]``, what a won second-price auction costs; NaN where a bid never wins.

        In a first-price auction a win costs the bid.
        """
        steps = np.diff(self.chances, prepend=0.0)
        paid, won = self._stepped(np.cumsum(steps * self.prices_micros), bids_micros), self.win_probability(bids_micros)
        return np.divide(paid, won, out=np.full_like(paid, np.nan), where=won > 0.0)

    def bids_to_win(self, chances: npt.ArrayLike) -> Float64:
        """(n,) the least bid that wins with each chance: quantiles of ``M``; NaN where no known bid does.

        Raises ConfigRejected for a chance outside (0, 1].
        """
        wanted = as_chances(chances)
        # Sums of shares miss a round number by a few ulps; a quantile must not skip a price for that.
        places = np.searchsorted(self.chances, wanted * (1.0 - 1e-12), side="left")
        return np.append(self.prices_micros, np.nan)[places]

    def thinned(self, points: int) -> WinCurve:
        """At most ``points`` of the steps, evenly in ``F``: no chance moves by more than 1 / (points − 1)."""
        if len(self.prices_micros) <= points:
            return self
        wanted = np.linspace(self.chances[0], self.chances[-1], points)
        kept = np.unique(np.searchsorted(self.chances, wanted * (1.0 - 1e-12), side="left"))
        return WinCurve(
            self.prices_micros[kept],
            self.chances[kept],
            self.low[kept],
            self.high[kept],
            self.known_to_micros,
            self.level,
        )

    def _stepped(self, values: Float64, bids_micros: npt.ArrayLike) -> Float64:
        bids = np.asarray(bids_micros, dtype=np.float64)
        return np.append(0.0, values)[np.searchsorted(self.prices_micros, bids, side="right")]


def as_chances(chances: npt.ArrayLike) -> Float64:
    """The same as floats. Raises ConfigRejected outside (0, 1]."""
    wanted = np.asarray(chances, dtype=np.float64)
    if not ((wanted > 0.0) & (wanted <= 1.0)).all():
        raise ConfigRejected("a chance to win is outside (0, 1]", where="chances", hint="give shares such as 0.5")
    return wanted
