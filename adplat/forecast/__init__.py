"""Card
This room:   what a campaign will meet and deliver: first the bid landscape, what share of auctions a bid wins and at
             what price.
May import:  statistics, market, domain; numpy, scipy; torch and safetensors inside.
Must not:    know another engine, read or write files or the clock, draw from anything but the passed generator; give a
             number where the data know none.
Called by:   flows.
Tests:       tests/forecast/
"""

from adplat.forecast.censored_prices import CensoredPrices, known_prices, prices_of_auctions
from adplat.forecast.context_coding import Contexts
from adplat.forecast.fit_curve import fit_win_curve
from adplat.forecast.fit_landscape import Auctions, fit_landscape
from adplat.forecast.hazard_fit import HazardSettings
from adplat.forecast.kaplan_meier import IntervalKind, kaplan_meier
from adplat.forecast.landscape import FLOOR, BidLandscape, ContextLandscape, LandscapeTrial
from adplat.forecast.landscape_document import landscape_bytes, landscape_of_bytes
from adplat.forecast.turnbull import turnbull
from adplat.forecast.win_curve import WinCurve

__all__ = [
    "FLOOR",
    "Auctions",
    "BidLandscape",
    "CensoredPrices",
    "ContextLandscape",
    "Contexts",
    "HazardSettings",
    "IntervalKind",
    "LandscapeTrial",
    "WinCurve",
    "fit_landscape",
    "fit_win_curve",
    "kaplan_meier",
    "known_prices",
    "landscape_bytes",
    "landscape_of_bytes",
    "prices_of_auctions",
    "turnbull",
]
