"""WorldConfig: how big the marketplace is, for how long it runs, and how often things happen."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta

from adplat.domain import ConfigRejected
from adplat.simulator.delay_config import DelayConfig
from adplat.simulator.drift import DriftConfig
from adplat.simulator.weather import WeatherConfig


@dataclass(frozen=True, slots=True)
class WorldConfig:
    """One marketplace, as written in ``configs/worlds/*.yaml``.

    ``new_creatives_per_campaign`` creatives are created when the log ends, in every campaign that is
    still live then: they are in the catalogue and never in the log. ``click_rate`` is the mean true
    click probability of people (not bots) under uniform serving, before fatigue; ``conversion_base`` is the logit
    of a conversion after a click on a product of 200 yuan, ``delay`` says how late conversions come. Local time is
    UTC plus ``utc_offset_hours``; the log runs over ``days`` whole local days from ``start``. ``drift``
    says what changes meanwhile, ``weather`` how days differ for no reason. The last ``late_advertisers`` of the
    advertisers begin when the log ends: they and their creatives are in the catalogue and never in the log.
    """

    name: str
    start: date
    seed: int = 1
    days: int = 14
    utc_offset_hours: int = 8
    advertisers: int = 10
    campaigns_per_advertiser: int = 3
    creatives_per_campaign: int = 12
    new_creatives_per_campaign: int = 3
    users: int = 4000
    impressions: int = 250_000
    click_rate: float = 0.0145
    conversion_base: float = -2.5
    delay: DelayConfig = field(default_factory=DelayConfig)
    no_consent_share: float = 0.10
    bot_share: float = 0.001
    english_share: float = 0.25
    drift: DriftConfig = field(default_factory=DriftConfig)
    late_advertisers: int = 0
    weather: WeatherConfig = field(default_factory=WeatherConfig)

    def __post_init__(self) -> None:
        least = {
            "days": 1,
            "advertisers": 1,
            "campaigns_per_advertiser": 1,
            "creatives_per_campaign": 2,
            "new_creatives_per_campaign": 0,
            "users": 50,
            "impressions": 1,
            "seed": 0,
            "late_advertisers": 0,
        }
        for key, low in least.items():
            if getattr(self, key) < low:
                self._refuse(key, f"give {low} or more")
        if self.late_advertisers >= self.advertisers:
            self._refuse("late_advertisers", "leave an advertiser to the log")
        bounds = {
            "utc_offset_hours": (-12, 14),
            "click_rate": (0.001, 0.15),
            "conversion_base": (-6.0, 1.0),
            "no_consent_share": (0.0, 0.9),
            "bot_share": (0.0, 0.01),
            "english_share": (0.0, 1.0),
        }
        for key, (low_bound, high_bound) in bounds.items():
            if not low_bound <= getattr(self, key) <= high_bound:
                self._refuse(key, f"give a value from {low_bound} to {high_bound}")

    def _refuse(self, key: str, hint: str) -> None:
        raise ConfigRejected(f"{key} is {getattr(self, key)}", where=f"world {self.name!r}", hint=hint)

    @property
    def log_start(self) -> datetime:
        """Aware UTC moment at which the first local day begins."""
        return datetime.combine(self.start, time(), tzinfo=UTC) - timedelta(hours=self.utc_offset_hours)

    @property
    def log_end(self) -> datetime:
        """Aware UTC moment at which the last local day ends; new creatives are created here."""
        return self.log_start + timedelta(days=self.days)
