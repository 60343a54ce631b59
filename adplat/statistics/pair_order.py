"""How often scores put two members of one group in the order in which their outcomes came."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from adplat.domain import Interval, TableRejected
from adplat.statistics.columns import Float64
from adplat.statistics.ratio_resampling import ratio_intervals

SIGNIFICANT_Z = 1.96


@dataclass(frozen=True, slots=True)
class PairOrder:
    """``right``: the share of ``pairs`` in order; ``clear_right`` of the ``clear_pairs`` whose |z| exceeds 1.96.

    Intervals draw whole groups. None where there is no such pair, or too few groups have one.
    """

    pairs: int
    right: Interval | None
    clear_pairs: int
    clear_right: Interval | None


def pair_order(
    groups: npt.ArrayLike,
    reached: Float64,
    trials: Float64,
    scores: Float64,
    rng: np.random.Generator,
    replicates: int = 1000,
) -> PairOrder:
    """Compare all pairs of rows of one group whose observed rates differ; equal scores count half.

    z is that of two proportions with the pooled rate p:
    z = (r₁/n₁ - r₂/n₂) / sqrt(p (1 - p) (1/n₁ + 1/n₂)). All arguments have shape (N,). Cost: linear in pairs.

    Raises:
        TableRejected: no two rows of one group differ.
    """
    first, second = _pairs(np.asarray(groups))
    rates = reached / trials
    apart = rates[first] != rates[second]
    first, second = first[apart], second[apart]
    if not len(first):
        raise TableRejected("no two rows of one group differ", where="group", hint="give groups of two rows or more")
    better, told = np.sign(rates[first] - rates[second]), np.sign(scores[first] - scores[second])
    right = np.where(told == 0, 0.5, (told == better).astype(np.float64))
    pooled = (reached[first] + reached[second]) / (trials[first] + trials[second])
    error = np.sqrt(pooled * (1.0 - pooled) * (1.0 / trials[first] + 1.0 / trials[second]))
    clear = (np.abs(rates[first] - rates[second]) > SIGNIFICANT_Z * error).astype(np.float64)
    whole, sure = ratio_intervals(
        np.column_stack([right, right * clear]),
        np.column_stack([np.ones(len(right)), clear]),
        rng,
        replicates,
        groups=np.asarray(groups)[first],
    )
    return PairOrder(len(right), whole, int(clear.sum()), sure)


def _pairs(groups: npt.NDArray[np.generic]) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Every pair of row numbers of one group, once."""
    order = np.argsort(groups, kind="stable")
    starts = np.flatnonzero(np.r_[True, groups[order][1:] != groups[order][:-1]])
    first, second = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)]
    for start, end in zip(starts, np.r_[starts[1:], len(order)], strict=True):
        one, other = np.triu_indices(end - start, 1)
        first.append(order[start:end][one])
        second.append(order[start:end][other])
    return np.concatenate(first), np.concatenate(second)
