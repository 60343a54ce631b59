"""How late conversions come after their click."""

from __future__ import annotations

import math
from dataclasses import dataclass

from adplat.domain import HALF_LIVES_H


@dataclass(frozen=True, slots=True)
class DelayCurve:
    """Of all conversions that will ever come, ``Σ_j left_j · 2^(−a/h_j)`` are still to come at age ``a`` of the click.

    ``left`` has one number for each of HALF_LIVES_H; single ones may be negative, what is left never is.
    """

    left: tuple[float, ...]

    def share_by(self, age_h: float) -> float:
        """The share of all eventual conversions that has come ``age_h`` hours after the click."""
        halves = zip(self.left, HALF_LIVES_H, strict=True)
        return 1.0 - math.fsum(share * 2.0 ** (-age_h / half) for share, half in halves)


AT_ONCE = DelayCurve((0.0,) * len(HALF_LIVES_H))
"""No delay: every click that could convert has."""
