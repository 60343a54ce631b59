"""How many pairs of a test anybody could order: outcomes are drawn again from true rates, which an oracle knows.

A group's members have log-odds a_g + u, u normal with the variance that the real outcomes show beyond the noise of
counting (``ContrastFit.unexplained``); members that look alike to everybody share their u. Clicks are binomial. The
oracle orders by u and still errs, for what is judged is the order of the counts.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from adplat.domain import TableRejected
from adplat.statistics import pair_order

Float64 = npt.NDArray[np.float64]
Int64 = npt.NDArray[np.int64]
_DRAWS = 20
_REPLICATES = 2


def oracle_order(
    groups: Int64, looks: Int64, known: Int64, reached: Float64, trials: Float64, variance: float, seed: int
) -> tuple[float, float]:
    """Shares of pairs, and of pairs with |z| > 1.96, that an oracle orders right; all arguments (N,), numbers from 0.

    Rows of one ``looks`` have one true rate. The oracle tells rows of one ``known`` by their mean effect alone: pass
    ``looks`` again for one who knows everything. Cost: some seconds for 30,000 pairs. Raises TableRejected where no
    draw has a clear pair.
    """
    rng = np.random.default_rng([seed, 7])
    rate = (np.bincount(groups, reached) + 0.5) / (np.bincount(groups, trials) + 1.0)
    level = np.log(rate / (1.0 - rate))[groups]
    shares = []
    for _ in range(_DRAWS):
        effect = rng.normal(0.0, np.sqrt(variance), int(looks.max()) + 1)[looks]
        clicks = rng.binomial(trials.astype(np.int64), 1.0 / (1.0 + np.exp(-level - effect))).astype(np.float64)
        told = np.bincount(known, effect)[known] / np.bincount(known)[known]
        order = pair_order(groups, clicks, trials, told, rng, _REPLICATES)
        if order.right is not None and order.clear_right is not None:
            shares.append((order.right.value, order.clear_right.value))
    if not shares:
        raise TableRejected("no pair of a test differs clearly", hint="give tests with many showings")
    every, clear = np.mean(shares, axis=0)
    return float(every), float(clear)
