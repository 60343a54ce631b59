"""The interval of a share whose trials come in clusters, such as the days of one campaign: they say nearly the same."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
from scipy.special import ndtri, stdtrit

from adplat.domain import ConfigRejected, Interval, TableRejected
from adplat.statistics.columns import parallel_columns


def clustered_proportion(hits: npt.ArrayLike, clusters: npt.ArrayLike, *, level: float = 0.95) -> Interval:
    """Wilson's interval with the number of independent trials that would spread as much.

    With ``p`` the share, ``n_c`` trials and ``h_c`` hits in cluster ``c`` of ``m``, ``N`` trials in all::

        V  = m/(m-1) Σ (h_c - p n_c)² / N²        N_e = p(1-p)/V, within [N²/Σ n_c², N]

    The lower end is what is left where a cluster says one thing only (Kish 1965); it is taken where V says nothing
    (one cluster, or a share of 0 or 1). Else ``N_e`` is multiplied by ``(z/t)²``, ``t`` of ``m-1`` degrees of freedom,
    since V is an estimate (Korn & Graubard, Surv. Methodol. 24, 1998; with Wilson's limits, Franco et al., J. Surv.
    Stat. Methodol. 7, 2019).

    Args:
        hits: ``(N,)``, 0 or 1 each, or shares between.
        clusters: ``(N,)`` sortable.

    Raises:
        TableRejected: no rows, or columns that do not fit. ConfigRejected: a level outside (0, 1).
    """
    if not 0.0 < level < 1.0:
        raise ConfigRejected(f"confidence level {level} lies outside 0 and 1", where="level", hint="use 0.95 for 95 %")
    (column,) = parallel_columns(hits=hits)
    names = np.asarray(clusters)
    if names.shape != column.shape or column.min() < 0.0 or column.max() > 1.0:
        raise TableRejected("hits outside 0 and 1, or not one cluster for each", hint="give parallel columns")
    _, member = np.unique(names, return_inverse=True)
    sizes = np.bincount(member).astype(np.float64)
    summed = np.bincount(member, weights=column)
    share, trials = float(column.mean()), float(len(column))
    fewest = trials**2 / float((sizes**2).sum())
    groups = len(sizes)
    z = float(ndtri(0.5 + level / 2.0))
    effective = fewest
    if groups > 1 and 0.0 < share < 1.0:
        spread = groups / (groups - 1.0) * float(((summed - share * sizes) ** 2).sum()) / trials**2
        found = share * (1.0 - share) / spread if spread > 0.0 else trials
        t = float(stdtrit(groups - 1.0, 0.5 + level / 2.0))
        effective = min(max(found, fewest), trials) * (z / t) ** 2
    return _wilson(share, effective, z, level)


def _wilson(share: float, trials: float, z: float, level: float) -> Interval:
    square = z * z / trials
    centre = share + square / 2.0
    half = z * math.sqrt(share * (1.0 - share) / trials + square / (4.0 * trials))
    low = 0.0 if share == 0.0 else (centre - half) / (1.0 + square)
    high = 1.0 if share == 1.0 else (centre + half) / (1.0 + square)
    return Interval(share, low, high, level)
