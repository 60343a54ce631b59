"""P(this arm is the best) when every arm's rate is a product of Gamma variables."""

from __future__ import annotations

import numpy as np

from adplat.bandit.objective import Posterior, normal_powers
from adplat.bandit.policy import Bools
from adplat.statistics import (
    DECIDING,
    Float64,
    probabilities_of_maximum,
    probability_of_largest_power,
    probability_of_maximum,
)

_HOPELESS = 1e-9


def probability_of_highest_rate(scales: Float64, shapes: Float64, rates: Float64) -> Float64:
    """P(arm i is the highest) for independent ``X_i = scale_i · Gamma(shape_i, rate_i)``, shape ``(m,)``.

    The cube root of a Gamma variable is close to normal, ``(Gamma(a, b) · b/a)^⅓ ≈ N(1 − 1/9a, 1/9a)``
    (Wilson & Hilferty, PNAS 17, 1931), and taking cube roots changes no order, so the question becomes
    one about normals, answered by quadrature. The logarithm would turn scales into shifts and looks
    more natural, but the logarithm of a Gamma variable is far from normal while clicks are few: against
    sampling from the true posterior it moved 9 % of the probability at shape 2, the cube root 0.2 %.

    Args:
        scales: ``(m,)`` 0 or more.
        shapes: ``(m,)`` positive.
        rates: ``(m,)`` positive.
    """
    columns = gamma_columns(shapes, rates)
    root = np.cbrt(scales)
    return probability_of_maximum(root * columns[0], root * columns[1])


def gamma_columns(shapes: Float64, rates: Float64) -> Float64:
    """``(3, m)`` of Gamma variables: mean and deviation of the cube root (Wilson & Hilferty), and the mean itself."""
    means = shapes / rates
    root, spread = np.cbrt(means), 1.0 / (9.0 * shapes)
    return np.array([root * (1.0 - spread), root * np.sqrt(spread), means])


def probability_of_highest(scales: Float64, columns: Float64) -> Float64:
    """``probability_of_highest_rate`` from ``(3, m)`` columns that are kept from one decision to the next, to 1e-6."""
    root = np.cbrt(scales)
    return probability_of_maximum(root * columns[0], root * columns[1], DECIDING)


def probabilities_of_highest(scales: Float64, columns: Float64, present: Bools | None) -> Float64:
    """``probability_of_highest`` of many sets, ``(r, m)`` from ``(3, r, m)``; ``present`` is false where no arm is."""
    root = np.cbrt(scales)
    return probabilities_of_maximum(root * columns[0], root * columns[1], present, DECIDING)


def probability_of_best(posterior: Posterior) -> Float64:
    """P(arm i has the largest) of independent quantities, ``(m,)``; alike where all are 0.

    One Gamma variable an arm is ``probability_of_highest_rate``; a product gets a power of its own in every arm
    (``normal_powers``). Against 400,000 draws from products of three with shapes from 1 to 400: 0.003 at most.
    """
    means = posterior.means
    best = float(means.max())
    if best <= 0.0:
        return np.full(len(means), 1.0 / len(means))
    # In units of the best, and nothing below a thousand-millionth of it: powers of 0 have no slope.
    relative = np.maximum(means / best, _HOPELESS)
    if len(posterior.shapes) == 1:
        return probability_of_highest_rate(relative, posterior.shapes[0], posterior.shapes[0])
    return probability_of_largest_power(*normal_powers(Posterior(relative, posterior.shapes)))
