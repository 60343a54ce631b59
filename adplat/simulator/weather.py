"""How one day of a marketplace differs from the next for no reason that anybody is told: its traffic and its prices.

A day's numbers depend on the seed and the day alone, so a world that lives on keeps the days it had.
Letters used in shapes: ``D`` days.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from adplat.domain import ConfigRejected
from adplat.simulator.colour import Float64
from adplat.simulator.seeds import stream

# Of the logarithm of the price level: what is left of today's a day later.
PRICE_MEMORY = 0.75


@dataclass(frozen=True, slots=True)
class WeatherConfig:
    """The default is a world whose days differ by weekday and chance alone.

    ``traffic_sd`` is the standard deviation of the logarithm of a day's traffic, ``weekly_growth`` what every week
    adds to it, ``holidays`` are days of the log (or after it) with ``holiday_traffic`` times the usual traffic;
    ``price_sd`` is the standard deviation of the logarithm of the price level, which wanders from day to day.
    """

    traffic_sd: float = 0.0
    weekly_growth: float = 0.0
    holidays: tuple[int, ...] = ()
    holiday_traffic: float = 1.0
    price_sd: float = 0.0

    def __post_init__(self) -> None:
        bounds = {
            "traffic_sd": (0.0, 0.5),
            "weekly_growth": (-0.2, 0.2),
            "holiday_traffic": (0.1, 5.0),
            "price_sd": (0.0, 0.5),
        }
        for key, (low, high) in bounds.items():
            if not low <= getattr(self, key) <= high:
                self._refuse(key, f"give a value from {low} to {high}")
        if any(day < 0 for day in self.holidays):
            self._refuse("holidays", "count days from 0, the first of the log")

    def _refuse(self, key: str, hint: str) -> None:
        raise ConfigRejected(f"{key} is {getattr(self, key)}", where="world: weather", hint=hint)


CALM = WeatherConfig()


@dataclass(frozen=True)
class Weather:
    """What multiplies the usual traffic and the usual prices of each day."""

    traffic: Float64  # (D,)
    price: Float64  # (D,)


def weather_of(config: WeatherConfig, seed: int, days: int) -> Weather:
    """The first ``days`` days of a world."""
    noise = np.array([stream(seed, "weather", day).standard_normal(2) for day in range(days)]).reshape(days, 2)
    day = np.arange(days)
    holiday = np.where(np.isin(day, config.holidays), config.holiday_traffic, 1.0)
    price = np.empty(days)
    level = 0.0
    for row, push in enumerate(noise[:, 1]):
        # Stationary from the first day on: its own noise is that of all the days before.
        level = push if row == 0 else PRICE_MEMORY * level + np.sqrt(1.0 - PRICE_MEMORY**2) * push
        price[row] = level
    return Weather(
        traffic=holiday * np.exp(config.traffic_sd * noise[:, 0] + config.weekly_growth * day / 7.0),
        price=np.exp(config.price_sd * price),
    )
