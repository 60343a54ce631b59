"""DelayConfig: how long conversions of a world let us wait."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from adplat.domain import ConfigRejected


@dataclass(frozen=True, slots=True)
class DelayConfig:
    """Delays of one world. ``category_spread`` and ``campaign_spread`` are standard deviations of what a category
    and a campaign add to the logarithm of the hours (to the logit of the slow share).

    With ``window_days`` the marketplace attributes no conversion later than that after its click: the true
    conversion probability is then that of a conversion within the window. 0: no window.
    """

    shape: Literal["two_exponentials", "weibull", "lognormal"] = "two_exponentials"
    fast_hours: float = 1.5
    slow_hours: float = 40.0
    slow_share: float = 0.35
    exponent: float = 0.6
    category_spread: float = 0.0
    campaign_spread: float = 0.0
    window_days: float = 0.0

    def __post_init__(self) -> None:
        bounds = {
            "fast_hours": (0.01, 1000.0),
            "slow_hours": (0.01, 1000.0),
            "slow_share": (0.01, 0.99),
            "exponent": (0.2, 3.0),
            "category_spread": (0.0, 3.0),
            "campaign_spread": (0.0, 3.0),
        }
        for key, (low, high) in bounds.items():
            if not low <= getattr(self, key) <= high:
                raise ConfigRejected(
                    f"{key} is {getattr(self, key)}", where="world: delay", hint=f"give a value from {low} to {high}"
                )
        if self.window_days != 0.0 and not 1.0 <= self.window_days <= 90.0:
            raise ConfigRejected(
                f"window_days is {self.window_days}", where="world: delay", hint="give 0 for none, or 1 to 90"
            )
