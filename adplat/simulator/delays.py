"""How long a conversion lets us wait: one shape a world, faster in some categories and campaigns than in others.

Shapes, all with a soonest moment of ``SOONEST_S`` after the click:

* ``two_exponentials``: a share ``slow_share`` waits ``slow_hours`` on average, the rest ``fast_hours``; categories
  and campaigns move the logit of the share;
* ``weibull``: scale ``slow_hours`` and ``exponent`` (below 1 most come soon and a few very late);
* ``lognormal``: median ``slow_hours`` and ``exponent`` the standard deviation of the logarithm (a trial that has to
  end first: hardly any conversion comes soon).

In the latter two, categories and campaigns multiply the hours.

Letters used in shapes: ``C`` creatives.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from adplat.simulator.catalogue import Catalogue
from adplat.simulator.colour import Float64
from adplat.simulator.delay_config import DelayConfig
from adplat.simulator.elements import Int32
from adplat.simulator.seeds import stream
from adplat.simulator.trade import CATEGORIES

SOONEST_S = 20.0
_HOUR_S = 3600.0
_DAY_S = 86_400.0


@dataclass(frozen=True)
class Delays:
    """The delays of one world. ``speed`` (C,) is what category and campaign add for each creative."""

    config: DelayConfig
    speed: Float64

    def draw(self, creative: Int32, rng: np.random.Generator) -> Float64:
        """(N,) seconds from the click to the conversion; those beyond the window are drawn again."""
        delay_s = self._draw(self.speed[creative], rng)
        if self.config.window_days:
            window_s = self.config.window_days * _DAY_S
            late = np.flatnonzero(delay_s > window_s)
            while len(late):
                delay_s[late] = self._draw(self.speed[creative[late]], rng)
                late = late[delay_s[late] > window_s]
        return delay_s

    def _draw(self, speed: Float64, rng: np.random.Generator) -> Float64:
        told, count = self.config, len(speed)
        if told.shape == "weibull":
            hours = told.slow_hours * np.exp(speed) * rng.weibull(told.exponent, count)
            return np.asarray(SOONEST_S + hours * _HOUR_S)
        if told.shape == "lognormal":
            hours = told.slow_hours * np.exp(speed + told.exponent * rng.standard_normal(count))
            return np.asarray(SOONEST_S + hours * _HOUR_S)
        odds = told.slow_share / (1.0 - told.slow_share) * np.exp(speed)
        hours = np.where(rng.random(count) < odds / (1.0 + odds), told.slow_hours, told.fast_hours)
        return np.asarray(SOONEST_S + rng.exponential(hours * _HOUR_S))


def delays_of(config: DelayConfig, catalogue: Catalogue, seed: int) -> Delays:
    """What each category and campaign adds, drawn once a world."""
    rng = stream(seed, "delays")
    category = config.category_spread * rng.standard_normal(len(CATEGORIES))
    campaign = config.campaign_spread * rng.standard_normal(len(catalogue.campaigns.advertiser))
    creatives = catalogue.creatives
    return Delays(config, category[creatives.category] + campaign[creatives.campaign])
