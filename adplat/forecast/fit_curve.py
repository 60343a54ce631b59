"""The curve that fits what the auctions say."""

from __future__ import annotations

import numpy as np

from adplat.forecast.censored_prices import CensoredPrices
from adplat.forecast.kaplan_meier import kaplan_meier
from adplat.forecast.turnbull import turnbull
from adplat.forecast.win_curve import WinCurve


def fit_win_curve(prices: CensoredPrices, rng: np.random.Generator | None, *, level: float = 0.95) -> WinCurve:
    """Kaplan–Meier's, exactly, where every price is told or open above; else Turnbull's; its interval needs ``rng``.

    Raises TableRejected where no price is told and none is bounded from above.
    """
    if (prices.told | prices.open_above).all():
        return kaplan_meier(prices, level=level)
    return turnbull(prices, rng, level=level)
