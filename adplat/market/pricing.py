"""What to offer for a showing, by what the winner pays.

* Second price: the value itself. Offering less loses showings worth their price, offering more buys some that are not
  (Vickrey, Journal of Finance 16, 1961).
* First price: the value shaded by what the place usually costs (:mod:`adplat.market.shading_model`). Without a model
  the value itself: it is what the advertiser accepts to pay, and the log of those bids teaches the model.
* A fixed price of a deal: that price, wherever the value reaches it.

Whatever the rule, a bid lies between floor and value; 0 is no bid. Values and floor are of one currency.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from adplat.domain import AuctionKind
from adplat.market.shading_model import ShadingModel, least_micros, shaded_bids

Int64 = npt.NDArray[np.int64]


def bids_micros(
    auction: AuctionKind,
    values_micros: Int64,
    floor_micros: int | Int64 | None,
    *,
    shading: ShadingModel | None = None,
    key: str = "",
    has_fixed_price: bool = False,
) -> Int64:
    """Bids of all candidates in micros for one showing, ``(n,)``; 0 is no bid.

    Args:
        floor_micros: least bid taken, ``None`` when not told; with ``has_fixed_price`` the price itself. An array
            ``(n,)``, 0 where not told, prices as many showings of one segment at once.
        key: segment of the auction (:func:`segment_key`).
    """
    least = least_micros(floor_micros)
    if has_fixed_price and floor_micros is not None:
        return np.where(values_micros >= least, least, 0).astype(np.int64)
    if auction is AuctionKind.FIRST_PRICE and shading is not None:
        return shaded_bids(shading, values_micros, floor_micros, key)
    return np.where(values_micros >= least, values_micros, 0).astype(np.int64)
