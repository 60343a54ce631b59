"""The truth about clicks and conversions: probabilities of a response, given everything.

    click logit = base + creative + interest·category + language + personal tastes
                  + placement + position + device + hour·category + fatigue + drift

Letters used in shapes: ``N`` rows (one user meeting one creative each), ``G`` categories.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from adplat.simulator.appeal import Appeal
from adplat.simulator.catalogue import Catalogue
from adplat.simulator.colour import Float64
from adplat.simulator.delays import Delays
from adplat.simulator.drift import DriftConfig
from adplat.simulator.elements import Int32
from adplat.simulator.population import Population
from adplat.simulator.seeds import stream
from adplat.simulator.trade import CATEGORIES, DEVICE_EFFECTS, PLACEMENTS, POSITION_EFFECTS
from adplat.simulator.traffic import Requests

INTEREST = 0.62
OTHER_LANGUAGE = -0.8
THRIFT_BADGE, THRIFT_WORDS = 0.28, 0.22
NEW_BADGE, NEW_WORDS = 0.32, 0.24
COLOUR_TASTE = 0.22
HOUR_OF_CATEGORY = 0.22
FATIGUE = -0.22
BOT_CLICK_RATE = 0.35
_PLACE_EFFECTS = np.array([place.click_effect for place in PLACEMENTS])

MICROS_PER_YUAN = 1_000_000
KINDS = ("purchase", "signup")


@dataclass(frozen=True)
class Response:
    """How users respond. ``base`` is the intercept that gives the world its click rate, ``conversion_base`` the
    logit of a conversion at a price of 200 yuan without any interest."""

    catalogue: Catalogue
    population: Population
    appeal: Appeal
    busy_hour: Float64  # (24, G)
    delays: Delays
    conversion_base: float
    base: float = 0.0
    drift: DriftConfig = DriftConfig()  # noqa: RUF009  # frozen

    def click_logit(self, requests: Requests, creative: Int32, exposures: npt.NDArray[np.integer]) -> Float64:
        """(N,) true click logits of people; ``exposures`` counts earlier meetings of the same two."""
        people, creatives, appeal = self.population, self.catalogue.creatives, self.appeal
        user, category = requests.user, creatives.category[creative]
        price, youth = people.price_sensitivity[user], people.youth[user]
        logit = self.base + appeal.total[creative]
        logit += INTEREST * people.interest[user, category]
        logit += OTHER_LANGUAGE * (people.language[user] != creatives.language[creative])
        logit += price * (THRIFT_BADGE * appeal.thrift_badge[creative] + THRIFT_WORDS * appeal.thrift_words[creative])
        logit += youth * (NEW_BADGE * appeal.new_badge[creative] + NEW_WORDS * appeal.new_words[creative])
        logit += COLOUR_TASTE * people.colour_taste[user] * appeal.warmth[creative]
        logit += _PLACE_EFFECTS[requests.placement] + np.array(POSITION_EFFECTS)[requests.position]
        logit += np.array(DEVICE_EFFECTS)[requests.device] + self.busy_hour[requests.hour, category]
        logit += self.drift.click_logits(requests.hour_of_log, requests.placement)
        return np.asarray(logit + FATIGUE * np.log1p(exposures))

    def click_probability(self, requests: Requests, creative: Int32, exposures: npt.NDArray[np.integer]) -> Float64:
        """(N,) true click probabilities; bots click at a rate of their own, whatever they are shown."""
        people = 1.0 / (1.0 + np.exp(-self.click_logit(requests, creative, exposures)))
        return np.where(self.population.bot[requests.user], BOT_CLICK_RATE, people)

    def conversion_probability(self, user: Int32, creative: Int32) -> Float64:
        """(N,) true probability that a click converts; bots never buy."""
        people, creatives = self.population, self.catalogue.creatives
        price = self.catalogue.ads.price_yuan[creatives.ad[creative]]
        logit = self.conversion_base + 0.5 * people.interest[user, creatives.category[creative]]
        logit = logit - 0.22 * np.log(price / 200.0) - 0.2 * people.price_sensitivity[user] * np.log(price / 200.0)
        logit = logit - 0.7 * self.appeal.dishonest[creative]
        return np.where(people.bot[user], 0.0, 1.0 / (1.0 + np.exp(-logit)))

    def draw_conversions(
        self, creative: Int32, rng: np.random.Generator
    ) -> tuple[Float64, npt.NDArray[np.int64], Int32]:
        """For (N,) conversions: delay in seconds after the click, value in micros, kind into KINDS.

        A sign-up is worth a twentieth of the product.
        """
        count = len(creative)
        delay_s = self.delays.draw(creative, rng)
        kind = (rng.random(count) < 0.25).astype(np.int32)
        pieces = 1 + rng.poisson(0.25, count)
        price = self.catalogue.ads.price_yuan[self.catalogue.creatives.ad[creative]]
        yuan = np.where(kind == 1, price / 20.0, price * pieces)
        return delay_s, np.round(yuan * MICROS_PER_YUAN).astype(np.int64), kind


def busy_hours(seed: int) -> Float64:
    """(24, G) each category has an hour of the day that suits it."""
    peak = stream(seed, "hours").uniform(0, 24, len(CATEGORIES))
    return np.asarray(HOUR_OF_CATEGORY * np.cos(2 * np.pi * (np.arange(24)[:, None] - peak[None, :]) / 24))
