"""How well scores put clicked rows before others: AUC over all rows, and averaged within groups.

Both are computed from mid-ranks, so tied scores count one half and row order never matters.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from adplat.domain import TableRejected
from adplat.statistics.columns import Float64, binary_labels, parallel_columns


def auc(labels: npt.ArrayLike, scores: npt.ArrayLike) -> float:
    """Area under the ROC curve: P(score of a positive > score of a negative) + ½ P(equal).

    ``AUC = (R₊ − n₊(n₊+1)/2) / (n₊ n₋)`` with ``R₊`` the sum of the positives' mid-ranks
    (Mann & Whitney 1947; Hanley & McNeil, Radiology 143, 1982).

    Args:
        labels: ``(N,)`` of 0 and 1.
        scores: ``(N,)`` finite; any monotone scale.

    Raises:
        TableRejected: wrong shapes or values, or only one class.
    """
    label, score = parallel_columns(labels=labels, scores=scores)
    binary_labels(label)
    areas, _ = _areas(label, score, np.zeros(len(label), dtype=np.int64), 1)
    if np.isnan(areas[0]):
        raise TableRejected(
            "AUC needs both classes, and all labels are the same",
            where="labels",
            hint="measure on rows that hold clicks and non-clicks",
        )
    return float(areas[0])


def grouped_auc(labels: npt.ArrayLike, scores: npt.ArrayLike, groups: npt.ArrayLike) -> float:
    """GAUC: the mean of the AUC within each group, weighted by the group's impressions.

    ``GAUC = Σ_g n_g AUC_g / Σ_g n_g`` over the groups that hold both classes
    (Zhu et al., "Optimized cost per click in Taobao display advertising", KDD 2017, eq. 11).

    Args:
        labels: ``(N,)`` of 0 and 1.
        scores: ``(N,)`` finite.
        groups: ``(N,)`` of anything sortable: user keys, slots, hours.

    Raises:
        TableRejected: wrong shapes or values, or no group holds both classes.
    """
    label, score = parallel_columns(labels=labels, scores=scores)
    binary_labels(label)
    names, member = np.unique(np.asarray(groups), return_inverse=True)
    if member.shape != label.shape:
        raise TableRejected("groups do not run in parallel", where="groups", hint="give one group per row")
    areas, sizes = _areas(label, score, member.astype(np.int64), len(names))
    known = ~np.isnan(areas)
    if not known.any():
        raise TableRejected(
            "no group holds both classes", where="groups", hint="group by something with several rows each"
        )
    return float(np.average(areas[known], weights=sizes[known]))


def _areas(label: Float64, score: Float64, member: npt.NDArray[np.int64], count: int) -> tuple[Float64, Float64]:
    """AUC of every group ``(count,)``, NaN where a class is missing, and the groups' sizes."""
    order = np.lexsort((score, member))
    label, score, member = label[order], score[order], member[order]
    rows = np.arange(len(label), dtype=np.float64)
    opens = np.ones(len(label), dtype=bool)
    opens[1:] = (score[1:] != score[:-1]) | (member[1:] != member[:-1])
    run = np.cumsum(opens) - 1
    first = rows[opens]
    last = np.append(first[1:], len(label)) - 1.0
    sizes = np.bincount(member, minlength=count).astype(np.float64)
    starts = np.cumsum(sizes) - sizes
    mid_rank = 0.5 * (first + last)[run] - starts[member] + 1.0
    positives = np.bincount(member, weights=label, minlength=count)
    rank_sum = np.bincount(member, weights=label * mid_rank, minlength=count)
    pairs = positives * (sizes - positives)
    with np.errstate(invalid="ignore", divide="ignore"):
        areas = np.where(pairs > 0, (rank_sum - positives * (positives + 1.0) / 2.0) / pairs, np.nan)
    return areas, sizes
