"""Numbers to comparable numbers: clip to the training range, centre, divide by the spread; missing is 0."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from adplat.features.arrays import Float32, Float64

# One row in a thousand at either end is treated as an outlier.
TAIL = 0.001


@dataclass(frozen=True, slots=True)
class Scaling:
    """``z = (min(max(x, low), high) - mean) / deviation``, all four measured on training rows."""

    low: float
    high: float
    mean: float
    deviation: float

    @classmethod
    def fit(cls, values: Float64) -> Scaling:
        """Measure on (N,) values; NaN is missing. Without any value everything maps to 0."""
        known = values[np.isfinite(values)]
        if not len(known):
            return cls(0.0, 0.0, 0.0, 1.0)
        low, high = (float(bound) for bound in np.quantile(known, [TAIL, 1.0 - TAIL]))
        clipped = np.clip(known, low, high)
        return cls(low, high, float(clipped.mean()), float(clipped.std()) or 1.0)

    def apply(self, values: Float64) -> Float32:
        """Standardise (N,) values; missing becomes 0, the mean."""
        scaled = (np.clip(values, self.low, self.high) - self.mean) / self.deviation
        return np.nan_to_num(scaled, nan=0.0).astype(np.float32)

    def apply_one(self, value: float) -> float:
        """``apply`` for one value, without the price of an array in a request."""
        if math.isnan(value):
            return 0.0
        return (min(max(value, self.low), self.high) - self.mean) / self.deviation
