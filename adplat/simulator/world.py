"""World: a seeded marketplace with its truth, before anything is written or shown."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

import numpy as np

from adplat.simulator.appeal import judge
from adplat.simulator.catalogue import Catalogue, build_catalogue
from adplat.simulator.colour import Float64
from adplat.simulator.config import WorldConfig
from adplat.simulator.delays import delays_of
from adplat.simulator.population import Population, build_population
from adplat.simulator.response import Response, busy_hours
from adplat.simulator.seeds import stream
from adplat.simulator.traffic import CampaignLottery, draw_requests, hour_weights
from adplat.simulator.weather import Weather, weather_of

if TYPE_CHECKING:
    from adplat.simulator.play import PublicWorld

_PROBE = 60_000


@dataclass(frozen=True)
class World:
    """Who, what and how they respond. Equal config and seed give an equal world."""

    config: WorldConfig
    seed: int
    catalogue: Catalogue
    population: Population
    response: Response

    @property
    def creative_ids(self) -> tuple[str, ...]:
        """The ids in row order; new creatives are among them."""
        return tuple(f"c{row:06d}" for row in range(len(self.catalogue.creatives)))

    def weather(self, days: int) -> Weather:
        """What multiplies traffic and prices on each of the first ``days`` days."""
        return weather_of(self.config.weather, self.seed, days)

    def public(
        self, seed: int, start: datetime | None = None, *, candidates: int = 12, campaigns: int = 3
    ) -> PublicWorld:
        """People to play against from ``start`` (aware UTC; default: where the log ends).

        Each request offers about ``candidates`` creatives from up to ``campaigns`` campaigns.
        """
        from adplat.simulator.play import PublicWorld

        opening = start or self.config.log_end
        return PublicWorld(self, seed, opening, candidates=candidates, campaigns=campaigns)

    def expected_click_rates(self, probes: int = 3000) -> Float64:
        """(C,) every creative's true click probability over the same ``probes`` unfatigued opportunities."""
        rng = stream(self.seed, "expected click rates")
        hours = rng.choice(24 * self.config.days, size=probes, p=hour_weights(self.config))
        requests = draw_requests(self.population, hours.astype(np.int32), rng, people_only=True)
        fresh = np.zeros(probes, dtype=np.int64)
        return np.array(
            [
                self.response.click_probability(requests, np.full(probes, row, dtype=np.int32), fresh).mean()
                for row in range(len(self.catalogue.creatives))
            ]
        )


def build_world(config: WorldConfig, seed: int | None = None) -> World:
    """Draw a world. ``seed`` overrides the config's."""
    number = config.seed if seed is None else seed
    catalogue = build_catalogue(config, number)
    population = build_population(config, number)
    delays = delays_of(config.delay, catalogue, number)
    appeal, busy = judge(catalogue, number), busy_hours(number)
    response = Response(catalogue, population, appeal, busy, delays, config.conversion_base)
    # The click rate of the config is that of the world before it drifts.
    base = _intercept(config, response, number)
    return World(config, number, catalogue, population, replace(response, base=base, drift=config.drift))


def _intercept(config: WorldConfig, response: Response, seed: int) -> float:
    """The base at which uniform serving to people has the configured click rate, by bisection."""
    rng = stream(seed, "intercept")
    hours = rng.choice(24 * config.days, size=_PROBE, p=hour_weights(config)).astype(np.int32)
    requests = draw_requests(response.population, hours, rng, people_only=True)
    lottery = CampaignLottery(response.catalogue, config.days)
    campaign = lottery.draw(requests, rng)
    count = lottery.eligible_creatives[requests.day, campaign]
    first = response.catalogue.creatives.first_of_campaign[campaign]
    creative = (first + (rng.random(_PROBE) * count).astype(np.int32)).astype(np.int32)
    logit = response.click_logit(requests, creative, np.zeros(_PROBE, dtype=np.int64))
    low, high = -15.0, 5.0
    for _ in range(60):
        middle = (low + high) / 2
        if float(np.mean(1.0 / (1.0 + np.exp(-(logit + middle))))) < config.click_rate:
            low = middle
        else:
            high = middle
    return (low + high) / 2
