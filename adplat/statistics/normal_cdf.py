"""The normal distribution function and density of many numbers at once, in a few passes over memory.

SciPy's ``ndtr`` has sixteen digits and takes 9 to 12 ns a number; this one has nine, and takes 3. Only additions,
multiplications, divisions and one exponential of NumPy, each element by itself: the same bits in any order and on any
number of threads.
"""

from __future__ import annotations

import numpy as np

from adplat.statistics.columns import Float64

CDF_UNIT = 0.24
"""What deviations are multiplied by beforehand: it is where the map ``1/(1 + 0.24 |z|)`` fits best."""
_TAIL = (
    -0.250171943156 / 2,
    1.10915030272 / 2,
    -1.29214633063 / 2,
    1.25118599523 / 2,
    -0.308101004416 / 2,
    0.311028257265 / 2,
    0.179054722362 / 2,
)
_EXPONENT = -0.5 / CDF_UNIT**2


def density_and_cdf(q: Float64, scratch: tuple[Float64, Float64, Float64]) -> tuple[Float64, Float64]:
    """``exp(−z²/2)`` and ``Φ(z)`` of ``q = CDF_UNIT · z``, written into the first two of ``scratch``, all of one shape.

    ::

        Φ(−|z|) ≈ exp(−z²/2) · Σ_{k=1..7} c_k tᵏ        t = 1/(1 + 0.24 |z|)

    the form of Hastings (Approximations for Digital Computers, 1955, sheet 43), with coefficients of our own: minimax
    in the absolute error by Lawson's reweighted least squares. Error of Φ below 4e-10 everywhere, of the density that
    of NumPy's ``exp``; Φ stays positive.
    """
    density, cdf, t = scratch
    np.square(q, out=density)
    density *= _EXPONENT
    np.exp(density, out=density)
    np.abs(q, out=t)
    t += 1.0
    np.divide(1.0, t, out=t)
    np.multiply(t, _TAIL[0], out=cdf)
    for coefficient in _TAIL[1:]:
        cdf += coefficient
        cdf *= t
    cdf *= density
    np.subtract(0.5, cdf, out=cdf)
    np.copysign(cdf, q, out=cdf)
    cdf += 0.5
    return density, cdf
