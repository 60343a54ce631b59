"""Parallel columns of labels and predictions, checked once at the door of every measure.

Letters used in shapes of this room: ``N`` rows.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from adplat.domain import TableRejected

Float64 = npt.NDArray[np.float64]


def parallel_columns(**columns: npt.ArrayLike) -> tuple[Float64, ...]:
    """The columns as float64 ``(N,)`` arrays of one length, finite and not empty. Raises TableRejected."""
    arrays = {name: np.asarray(values, dtype=np.float64) for name, values in columns.items()}
    lengths = {name: array.shape for name, array in arrays.items()}
    if any(array.ndim != 1 for array in arrays.values()) or len(set(lengths.values())) > 1:
        shapes = ", ".join(f"{name} {shape}" for name, shape in lengths.items())
        raise TableRejected(
            f"columns do not run in parallel: {shapes}", hint="give one-dimensional columns of one length"
        )
    for name, array in arrays.items():
        if array.size == 0:
            raise TableRejected("there are no rows to measure", where=name, hint="give at least one row")
        if not np.isfinite(array).all():
            raise TableRejected(
                "a column holds a value that is not a number", where=name, hint="drop or fill those rows"
            )
    return tuple(arrays.values())


def binary_labels(labels: Float64) -> Float64:
    """The labels, known to be 0 or 1 each. Raises TableRejected."""
    if not ((labels == 0.0) | (labels == 1.0)).all():
        raise TableRejected("labels are not all 0 or 1", where="labels", hint="turn the outcome into 0 and 1")
    return labels


def probabilities(predictions: Float64) -> Float64:
    """The predictions, known to lie in [0, 1]. Raises TableRejected."""
    if predictions.min() < 0.0 or predictions.max() > 1.0:
        raise TableRejected("predictions leave the range from 0 to 1", where="predictions", hint="give probabilities")
    return predictions
