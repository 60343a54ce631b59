"""How a marketplace moves under a model's feet: what drifts, from which day on, and how fast.

Everything here is 0 before ``from_day``, grows evenly for ``ramp_days`` and then stays. Letters: ``N`` requests.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from adplat.domain import ConfigRejected
from adplat.simulator.trade import PLACEMENTS

Float64 = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class DriftConfig:
    """What has changed when the drift is complete; the default is a world that stands still.

    ``click_logit`` is added to everybody's click logit, ``placement_effects`` to that of each placement (in the order
    of ``trade.PLACEMENTS``), ``placement_shares`` replace the usual shares of requests; ``newcomers`` is the share of
    users who are never seen before; ``new_creatives_per_campaign`` appear on ``from_day`` in every campaign.
    """

    from_day: int = 0
    ramp_days: float = 0.0
    click_logit: float = 0.0
    placement_effects: tuple[float, ...] = ()
    placement_shares: tuple[float, ...] = ()
    newcomers: float = 0.0
    new_creatives_per_campaign: int = 0

    def __post_init__(self) -> None:
        bounds = {"from_day": (0, 366), "ramp_days": (0, 366), "click_logit": (-3, 3), "newcomers": (0, 0.95)}
        bounds["new_creatives_per_campaign"] = (0, 50)
        for key, (low, high) in bounds.items():
            if not low <= getattr(self, key) <= high:
                self._refuse(key, f"give a value from {low} to {high}")
        for key in ("placement_effects", "placement_shares"):
            if getattr(self, key) and len(getattr(self, key)) != len(PLACEMENTS):
                self._refuse(key, f"give {len(PLACEMENTS)} numbers, one a placement, or none")
        if self.placement_shares and not (
            min(self.placement_shares) >= 0 and abs(sum(self.placement_shares) - 1) < 1e-6
        ):
            self._refuse("placement_shares", "give shares of 0 or more that sum to 1")

    def _refuse(self, key: str, hint: str) -> None:
        raise ConfigRejected(f"{key} is {getattr(self, key)}", where="world: drift", hint=hint)

    def progress(self, hour_of_log: npt.NDArray[np.integer]) -> Float64:
        """(N,) from 0 (nothing has changed) to 1 (all has)."""
        since = hour_of_log / 24.0 - self.from_day
        return np.clip(since / self.ramp_days, 0.0, 1.0) if self.ramp_days else (since >= 0.0).astype(np.float64)

    def click_logits(self, hour_of_log: npt.NDArray[np.integer], placement: npt.NDArray[np.integer]) -> Float64:
        """(N,) what the drift adds to the click logits of these requests."""
        effects = np.array(self.placement_effects or (0.0,) * len(PLACEMENTS))
        return np.asarray(self.progress(hour_of_log) * (self.click_logit + effects[placement]))
