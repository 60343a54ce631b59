"""What single values of a field (one placement, one campaign) add to a calibrated logit, shrunk by how little is known.

Letters used in shapes: ``N`` rows, ``F`` fields, ``V`` values of one field (index 0, the unknown, included).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from scipy.special import expit

Float64 = npt.NDArray[np.float64]
Indices = npt.NDArray[np.integer]
_SWEEPS = 20
_SETTLED = 1e-4
_LONGEST_STEP = 3.0
# Variances tried for the spread of a field's true offsets, none at all among them.
_SPREADS = np.concatenate([[0.0], np.geomspace(1e-5, 4.0, 60)])


def fit_field_offsets(
    base: Float64, labels: Float64, indices: Indices, sizes: Sequence[int], weights: Float64 | None = None
) -> list[Float64]:
    """One array (V,) a field of what each value adds to the logits ``base`` (N,).

    The offsets of field ``f`` are drawn from N(0, τ_f²); with ``b_v`` the value's best offset by itself (one Newton
    step of the log-likelihood) and ``s_v²`` its variance (one over the information of its rows), the offset
    becomes ``b_v τ_f² / (τ_f² + s_v²)`` and ``τ_f²`` the variance under which the ``b_v`` are likeliest
    (empirical Bayes: Efron & Morris, JASA 70, 1975). Fields take turns until nothing moves. A value with few rows
    stays near 0, a field whose values only differ by chance stays at 0, and index 0 always does.

    ``labels`` lie in [0, 1], ``indices`` are (N, F) with column ``f`` below ``sizes[f]``, ``weights`` (N,) count rows.
    """
    weight = np.ones(len(base)) if weights is None else weights
    offsets = [np.zeros(size) for size in sizes]
    logits = base.astype(np.float64, copy=True)
    for _ in range(_SWEEPS if len(base) else 0):
        moved = 0.0
        for field, size in enumerate(sizes):
            place = indices[:, field]
            chance = expit(logits)
            pull = _summed(place, weight * (labels - chance), size)
            information = _summed(place, weight * chance * (1.0 - chance), size)
            found = _shrunk(offsets[field], pull, information)
            step = found - offsets[field]
            logits += step[place]
            offsets[field] = found
            moved = max(moved, float(np.abs(step).max(initial=0.0)))
        if moved < _SETTLED:
            break
    return offsets


def _summed(place: Indices, values: Float64, size: int) -> Float64:
    return np.bincount(place, values, minlength=size).astype(np.float64)


def _shrunk(offset: Float64, pull: Float64, information: Float64) -> Float64:
    seen = information > 0.0
    seen[0] = False
    shrunk = np.zeros(len(offset))
    if seen.any():
        variance = 1.0 / information[seen]
        best = offset[seen] + np.clip(pull[seen] * variance, -_LONGEST_STEP, _LONGEST_STEP)
        spread = _likeliest_spread(best, variance)
        shrunk[seen] = best * spread / (spread + variance)
    return shrunk


def _likeliest_spread(best: Float64, variance: Float64) -> float:
    """The τ² of ``_SPREADS`` under which ``best`` ~ N(0, τ² + variance) is likeliest."""
    total = _SPREADS[:, None] + variance[None, :]
    return float(_SPREADS[np.argmin((np.log(total) + best**2 / total).sum(1))])
