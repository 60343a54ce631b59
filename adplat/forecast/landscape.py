"""The bid landscape: what share of auctions a bid wins, at what price, in this context or on the whole."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from adplat.domain import TableRejected
from adplat.forecast.context_coding import ContextCoding, Contexts
from adplat.forecast.hazard_network import HazardNetwork
from adplat.forecast.price_grid import PriceGrid
from adplat.forecast.win_curve import WinCurve, as_chances

Float64 = npt.NDArray[np.float64]
Int64 = npt.NDArray[np.int64]

# A bid below it is not looked at, so no price lies below it. Optional in contexts; NaN where there is none.
FLOOR = "floor_micros"
AT_ONCE = 50_000


@dataclass(frozen=True, slots=True)
class ContextLandscape:
    """The landscape by context: ``F(b | x)`` on price bins; rises with the bid by construction.

    Contexts are columns by name, ``(N,)`` each. Those of ``coding`` must be there; a column ``floor_micros`` besides,
    or among them, takes every chance below it away and lifts every price to it.
    """

    coding: ContextCoding
    grid: PriceGrid
    network: HazardNetwork

    def win_probability(self, bids_micros: npt.ArrayLike, contexts: Contexts) -> Float64:
        """(N,) chance of bid ``i`` in context ``i``. Raises TableRejected for contexts that lack a column."""
        bids, survival, floors = self._read(bids_micros, contexts)
        return np.where(bids >= floors, 1.0 - self._beyond(bids, survival), 0.0)

    def expected_price_micros(self, bids_micros: npt.ArrayLike, contexts: Contexts) -> Float64:
        """(N,) ``E[M | M ≤ b, x]``, what a won second-price auction costs; NaN where the bid cannot win.

        In a first-price auction a win costs the bid. Raises TableRejected for contexts that lack a column.
        """
        bids, survival, floors = self._read(bids_micros, contexts)
        grid = self.grid
        mass = -np.diff(survival, axis=1)
        whole, share = grid.reached(bids)
        rows = np.arange(len(bids))
        # Sums up to each edge: prices below the floor are paid as the floor.
        paid = mass * np.maximum(grid.mean_prices_micros, floors[:, None])
        up_to = np.concatenate([np.zeros((len(bids), 1)), np.cumsum(paid, axis=1)], axis=1)[rows, whole]
        inside = np.minimum(whole, grid.bins - 1)
        part = share * mass[rows, inside]
        reached = grid.edges_micros[inside] + share * grid.ticks[inside] * grid.tick_micros
        mean_of_part = (grid.edges_micros[inside] + grid.tick_micros + reached) / 2.0
        total = up_to + part * np.maximum(mean_of_part, floors)
        won = 1.0 - self._beyond(bids, survival)
        usable = (won > 1e-12) & (bids >= floors)
        # The share that lies on the last ticks is even only within rounding; a price paid is never above the bid.
        return np.where(usable, np.minimum(total / np.where(usable, won, 1.0), bids), np.nan)

    def bids_to_win(self, chances: npt.ArrayLike, contexts: Contexts) -> Float64:
        """(N,) the least bid that wins with chance ``i`` in context ``i``: quantiles of the price; NaN where no bid
        that was ever tried does.

        Raises TableRejected for contexts that lack a column, ConfigRejected for a chance outside (0, 1].
        """
        wanted = as_chances(chances)
        _, survival, floors = self._read(wanted, contexts)
        won = 1.0 - survival
        place = (won < wanted[:, None] * (1.0 - 1e-9)).sum(axis=1)  # the first edge at which it is reached
        inside = np.clip(place - 1, 0, self.grid.bins - 1)
        rows = np.arange(len(wanted))
        below, mass = won[rows, inside], won[rows, inside + 1] - won[rows, inside]
        share = np.divide(wanted - below, mass, out=np.ones_like(wanted), where=mass > 0.0)
        ticks = np.clip(np.ceil(share * self.grid.ticks[inside] - 1e-9), 1.0, self.grid.ticks[inside])
        bids = self.grid.edges_micros[inside] + ticks * self.grid.tick_micros
        lifted = np.where(np.isnan(floors), bids, np.fmax(bids, floors))
        return np.where(place > self.grid.bins, np.nan, lifted)

    def price_probability(self, prices_micros: npt.ArrayLike, contexts: Contexts) -> Float64:
        """(N,) the chance that price ``i`` is the least winning bid of context ``i``, to the tick; 0 off the grid."""
        prices, survival, _ = self._read(prices_micros, contexts)
        found = self.grid.bin_of(prices)
        inside = np.clip(found, 0, self.grid.bins - 1)
        rows = np.arange(len(prices))
        mass = survival[rows, inside] - survival[rows, inside + 1]
        return np.where(found == inside, mass / self.grid.ticks[inside], 0.0)

    def _read(self, asked: npt.ArrayLike, contexts: Contexts) -> tuple[Float64, Float64, Float64]:
        """What was asked (N,), survival at the edges (N, K + 1), floors (N,) with −∞ for none."""
        codes = self.coding.coded(contexts)
        values = np.asarray(asked, dtype=np.float64)
        if values.shape != (len(codes),):
            raise TableRejected(
                f"{values.size} bids for {len(codes)} contexts", where="bids", hint="give one bid a context"
            )
        floors = np.full(len(codes), -np.inf)
        if FLOOR in contexts:
            told = np.asarray(contexts[FLOOR], dtype=np.float64)
            floors = np.where(np.isnan(told), -np.inf, told)
        # In parts: a row takes K + 1 numbers, and what it is made of some more.
        parts = [self.network.survival(codes[at : at + AT_ONCE]) for at in range(0, len(codes), AT_ONCE)]
        return values, np.concatenate(parts) if parts else np.ones((0, self.grid.bins + 1)), floors

    def _beyond(self, bids: Float64, survival: Float64) -> Float64:
        whole, share = self.grid.reached(bids)
        rows = np.arange(len(bids))
        after = survival[rows, np.minimum(whole + 1, self.grid.bins)]
        at = survival[rows, whole]
        return at - share * (at - after)


@dataclass(frozen=True, slots=True)
class LandscapeTrial:
    """How a landscape did on the later auctions that it was not fitted on.

    Args:
        auctions: so many.
        calibration_error: expected error of the win chance of our own bids (``Σ n_b/N · |mean p − share won|``, ten
            bins of equal mass); ``None``, as the next two, where we did not bid or never won.
        logloss, whole_logloss: of who won at our own bids, by context and by the one curve.
        log_likelihood, whole_log_likelihood: of all that the auctions told, for each.
    """

    auctions: int
    calibration_error: float | None
    logloss: float | None
    whole_logloss: float | None
    log_likelihood: float
    whole_log_likelihood: float


@dataclass(frozen=True, slots=True)
class BidLandscape:
    """What one log of auctions taught.

    Args:
        curve: of all auctions together.
        by_context: ``None`` where nothing told auctions apart, or telling them apart did not do better.
        auctions, won, told: counts; ``told`` of a known price.
        trial: ``None`` where there was too little to hold out.
    """

    curve: WinCurve
    by_context: ContextLandscape | None
    auctions: int
    won: int
    told: int
    trial: LandscapeTrial | None = None

    def win_probability(self, bids_micros: npt.ArrayLike, contexts: Contexts | None = None) -> Float64:
        """(N,) chance of each bid, in its context where there are contexts and a landscape of them."""
        if self.by_context is None or contexts is None:
            return self.curve.win_probability(bids_micros)
        return self.by_context.win_probability(bids_micros, contexts)

    def expected_price_micros(self, bids_micros: npt.ArrayLike, contexts: Contexts | None = None) -> Float64:
        """(N,) mean of the least winning bid among auctions that each bid wins; NaN where it wins none."""
        if self.by_context is None or contexts is None:
            return self.curve.expected_price_micros(bids_micros)
        return self.by_context.expected_price_micros(bids_micros, contexts)

    def bids_to_win(self, chances: npt.ArrayLike, contexts: Contexts | None = None) -> Float64:
        """(N,) the least bid for each chance; NaN where no bid that was tried wins so often."""
        if self.by_context is None or contexts is None:
            return self.curve.bids_to_win(chances)
        return self.by_context.bids_to_win(chances, contexts)
