"""What is believed of a difference after the data: a normal prior, a normal likelihood, everything in closed form."""

from __future__ import annotations

import numpy as np
from scipy.special import ndtr, ndtri

from adplat.experiments.effects import Effects
from adplat.experiments.inference import GREATER, LESS, TWO_SIDED, Inference
from adplat.statistics import Float64


def posterior(
    found: Effects, alpha: float, alternative: str, *, prior: tuple[float, float] | None, lower_is_better: bool
) -> Inference:
    """Posterior mean, deviation, credible interval, chance to beat the control and expected loss of choosing it.

    With precision ``w = 1/se²`` and a prior N(m, s²): mean ``(w·d + m/s²)/(w + 1/s²)``, variance ``1/(w + 1/s²)``;
    a flat prior leaves d and se. The expected loss is ``E[max(0, −Δ)] = σ φ(μ/σ) − μ Φ(−μ/σ)``, of Δ itself where
    less is better; it is in the unit of the difference.
    """
    with np.errstate(all="ignore"):
        mean, deviation = found.estimate, found.std_error
        if prior is not None:
            believed, spread = prior
            precision = 1.0 / deviation**2 + 1.0 / spread**2
            mean = (found.estimate / deviation**2 + believed / spread**2) / precision
            deviation = np.sqrt(1.0 / precision)
        gain = -mean if lower_is_better else mean
        tail = ndtri(1.0 - (alpha / 2.0 if alternative == TWO_SIDED else alpha)) * deviation
        low = np.full_like(mean, -np.inf) if alternative == LESS else mean - tail
        high = np.full_like(mean, np.inf) if alternative == GREATER else mean + tail
        return Inference(
            mean,
            deviation,
            low,
            high,
            np.full_like(mean, np.nan),
            ndtr(gain / deviation),
            _expected_shortfall(gain, deviation),
        )


def _expected_shortfall(gain: Float64, deviation: Float64) -> Float64:
    z = gain / deviation
    density = np.exp(-0.5 * z * z) / np.sqrt(2.0 * np.pi)
    loss: Float64 = np.maximum(deviation * density - gain * ndtr(-z), 0.0)
    return loss
