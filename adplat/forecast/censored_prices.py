"""What auctions say of the least bid that would have won them, ``M``: its value, or bounds of it.

========================================  =====================================
told by the seller, or paid as second     ``M = price``
lost, nothing told                        ``M > bid``        (right-censored)
won, nothing told                         ``M ≤ bid``        (left-censored)
========================================  =====================================

A bid wins where it reaches ``M``, so the first bound is open and the second closed. All later maths knows intervals
``(lower, upper]`` only, a told price being ``lower = upper``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from adplat.domain import TableRejected

Bools = npt.NDArray[np.bool_]
Float64 = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class CensoredPrices:
    """One row an auction: the price lies in ``(lower, upper]``, or is ``lower`` where both are equal.

    Args:
        lower: (N,) micros, 0 or more.
        upper: (N,) micros, infinite where nothing bounds the price from above.
        weights: (N,) how many auctions a row stands for, positive.

    Raises TableRejected for columns that do not run in parallel, no rows, and bounds or weights out of range.
    """

    lower: Float64
    upper: Float64
    weights: Float64

    def __post_init__(self) -> None:
        if not self.lower.shape == self.upper.shape == self.weights.shape or self.lower.ndim != 1:
            raise TableRejected("columns of auctions do not run in parallel", hint="give columns of one length")
        if not self.lower.size:
            raise TableRejected("there are no auctions to learn prices from", hint="log some bids first")
        # Not a number fails every comparison, so it is refused as well.
        in_range = (self.lower >= 0.0) & (self.upper >= self.lower) & np.isfinite(self.lower)
        in_range &= np.isfinite(self.weights) & (self.weights > 0.0)
        if not in_range.all():
            row = int(np.argmin(in_range))
            raise TableRejected(
                f"auction {row + 1}: price in ({self.lower[row]}, {self.upper[row]}], weight {self.weights[row]}",
                where="bounds of prices",
                hint="bounds start at 0 and do not cross, weights are positive",
            )

    def __len__(self) -> int:
        return len(self.lower)

    @property
    def told(self) -> Bools:
        """(N,) whether the price itself is known."""
        same: Bools = self.lower == self.upper
        return same

    @property
    def open_above(self) -> Bools:
        """(N,) whether only a bound from below is known: lost, nothing told."""
        return np.isinf(self.upper)

    def where(self, chosen: Bools) -> CensoredPrices:
        """The rows of a mask."""
        return CensoredPrices(self.lower[chosen], self.upper[chosen], self.weights[chosen])


def prices_of_auctions(
    bid_micros: npt.ArrayLike,
    won: npt.ArrayLike,
    min_to_win_micros: npt.ArrayLike,
    weights: npt.ArrayLike | None = None,
) -> CensoredPrices:
    """What logged auctions say, columns ``(N,)`` in parallel. Losses for another reason than price do not belong here.

    A seller that contradicts itself told nothing: it sold for less than would have sufficed, or did not for more. A
    told price of 0 or less, or NaN, counts as not told.

    Raises TableRejected as :class:`CensoredPrices` does, and for a bid that is not positive.
    """
    bids, told = np.asarray(bid_micros, dtype=np.float64), np.asarray(min_to_win_micros, dtype=np.float64)
    wins = np.asarray(won, dtype=np.bool_)
    if not bids.shape == told.shape == wins.shape:
        raise TableRejected("columns of auctions do not run in parallel", hint="give columns of one length")
    if not (np.isfinite(bids) & (bids > 0.0)).all():
        raise TableRejected("a bid is not a positive number", where="bid_micros", hint="drop those rows")
    is_told = (told > 0.0) & np.where(wins, told <= bids, told >= bids)
    return CensoredPrices(
        lower=np.where(is_told, told, np.where(wins, 0.0, bids)),
        upper=np.where(is_told, told, np.where(wins, bids, np.inf)),
        weights=np.ones(len(bids)) if weights is None else np.asarray(weights, dtype=np.float64),
    )


def known_prices(price_micros: Sequence[float] | npt.ArrayLike) -> CensoredPrices:
    """Auctions whose price is known, won or lost."""
    prices = np.asarray(price_micros, dtype=np.float64)
    return CensoredPrices(prices, prices, np.ones(prices.shape))
