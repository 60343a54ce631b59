"""The bins of the conditional landscape: cut where the auctions' own curve puts equal shares, so ends are told apart
where prices crowd. A price that many auctions share (a floor) has a bin of its own."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from adplat.domain import ConfigRejected
from adplat.forecast.win_curve import WinCurve

Float64 = npt.NDArray[np.float64]
Int64 = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class PriceGrid:
    """Bin ``k`` holds the prices in ``(edges[k], edges[k + 1]]``, evenly on multiples of the tick; what lies beyond the
    last edge is known by its share alone.

    Args:
        edges_micros: (K + 1,) whole ticks, rising.
        tick_micros: the step of prices: 10 where all are multiples of 10.
    """

    edges_micros: Int64
    tick_micros: int

    def __post_init__(self) -> None:
        edges = self.edges_micros
        if len(edges) < 2 or self.tick_micros < 1 or (np.diff(edges) < self.tick_micros).any() or edges[0] < 0:
            raise ConfigRejected("price bins that do not rise by ticks", where="edges", hint="fit the landscape again")

    @property
    def bins(self) -> int:
        """K."""
        return len(self.edges_micros) - 1

    @property
    def ticks(self) -> Float64:
        """(K,) how many prices a bin holds."""
        return np.diff(self.edges_micros) / self.tick_micros

    @property
    def mean_prices_micros(self) -> Float64:
        """(K,) of a bin."""
        return (self.edges_micros[:-1] + self.tick_micros + self.edges_micros[1:]) / 2.0

    def bin_of(self, prices_micros: npt.ArrayLike) -> Int64:
        """(n,) the bin of each price: −1 below the first, K beyond the last."""
        found: Int64 = np.searchsorted(self.edges_micros, np.asarray(prices_micros), side="left") - 1
        return found

    def reached(self, bids_micros: npt.ArrayLike) -> tuple[Int64, Float64]:
        """What bids win: ``(whole, share)`` (n,): all of the bins before ``whole``, and ``share`` < 1 of that one.

        Beyond the last edge ``whole`` is K and ``share`` 0.
        """
        bids = np.asarray(bids_micros, dtype=np.float64)
        whole: Int64 = np.clip(np.searchsorted(self.edges_micros, bids, side="right") - 1, 0, self.bins)
        inside = np.minimum(whole, self.bins - 1)
        won = np.floor((bids - self.edges_micros[inside]) / self.tick_micros) / self.ticks[inside]
        return whole, np.where((whole < self.bins) & (won > 0.0), won, 0.0)


def price_grid(curve: WinCurve, told_micros: Float64, most_bins: int) -> PriceGrid:
    """At most about ``most_bins`` bins for the prices of a curve: one for each price where they are few.

    ``told_micros`` (n,), perhaps none, are the told prices: they say what the ticks are, and which prices are frequent.
    A curve's own high steps do not: its last ones are high because hardly any auction reaches so far.

    Raises ConfigRejected for fewer than two bins.
    """
    if most_bins < 2:
        raise ConfigRejected(f"{most_bins} price bins", where="bins", hint="give two or more")
    tick = _tick_of(told_micros)
    upper = _on_ticks(curve.prices_micros, tick)
    if len(np.unique(upper)) > most_bins:
        values, counts = np.unique(told_micros, return_counts=True)
        often = _on_ticks(values[counts * most_bins > len(told_micros)], tick)
        cuts = curve.thinned(max(most_bins - 2 * len(often), 2)).prices_micros
        # An edge just below a frequent price as well as on it: that price is a bin.
        upper = np.concatenate([_on_ticks(cuts, tick), often, often - tick])
    first = max(int(_on_ticks(curve.prices_micros[:1], tick)[0]) - tick, 0)
    farthest = _on_ticks(np.array([curve.known_to_micros]), tick)
    return PriceGrid(np.unique(np.concatenate([[first], upper[upper > first], farthest])), tick)


def _on_ticks(prices_micros: Float64, tick: int) -> Int64:
    return np.ceil(prices_micros / tick).astype(np.int64) * tick


def _tick_of(prices_micros: Float64) -> int:
    """The largest step that all whole prices are multiples of; 1 for prices that are not whole."""
    if not len(prices_micros) or (prices_micros != np.floor(prices_micros)).any():
        return 1
    return max(int(np.gcd.reduce(np.unique(prices_micros).astype(np.int64))), 1)
