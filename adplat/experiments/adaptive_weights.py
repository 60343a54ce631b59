"""How much each row counts, so that rows of rare and of frequent choices are worth the same.

A choice of propensity e stands for 1/e of them, and its variance grows likewise. The weights here divide by the root
of that growth: the sum of the weighted deviations then has a variance that is known beforehand, whatever the bandit
does, and with it a normal limit, which plain means and plain inverse propensities do not have (Hadad, Hirshberg, Zhan,
Wager & Athey, PNAS 118, 2021, constant allocation rate; Zhan, Hadad, Hirshberg & Athey, KDD 2021, where contexts vary).
"""

from __future__ import annotations

import numpy as np

from adplat.statistics import Float64

BY_MOMENT, BY_ROW = "by_moment", "by_row"
WINDOW = 200  # rows over whose contexts the growth of the variance is averaged


def stabilising_weights(growth: Float64, propensities_vary: str) -> Float64:
    """``h`` ``(N,)`` for rows whose variance is ``growth`` times that of one reward: ``1/e``, or ``1/e_a + 1/e_b``.

    ``by_moment``, propensities follow from what was learned alone: ``h_t = growth_t^(−½)``. ``by_row``, they depend on
    the row's own context as well: then such weights would favour contexts, and the estimate would be that of other
    contexts than those that came. ``h_t`` is taken from the mean growth of the ``WINDOW`` rows before, which the
    context of row t cannot move; the first row takes its own.

    Args:
        growth: ``(N,)`` in the order of time.
        propensities_vary: ``by_moment`` or ``by_row``.
    """
    if propensities_vary == BY_MOMENT or not len(growth):
        found: Float64 = 1.0 / np.sqrt(growth)
        return found
    sums = np.concatenate([[0.0], np.cumsum(growth)])
    last = np.maximum(np.arange(len(growth)), 1)
    first = np.maximum(last - WINDOW, 0)
    lagged: Float64 = np.sqrt((last - first) / (sums[last] - sums[first]))
    return lagged
