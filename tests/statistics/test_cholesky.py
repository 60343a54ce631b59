"""Factors and inverses by plain steps."""

from __future__ import annotations

import numpy as np
import pytest

from adplat.domain import InternalFault
from adplat.statistics import cholesky_factor, inverse_of_factor


@pytest.mark.parametrize("size", [0, 1, 2, 17, 60])
def test_factor_and_inverse_are_those_of_the_matrix(size: int) -> None:
    spread = np.random.default_rng(size).normal(size=(size, size + 3))
    matrix = spread @ spread.T + 0.1 * np.eye(size)
    lower = cholesky_factor(matrix)
    assert (np.triu(lower, 1) == 0.0).all()
    assert lower @ lower.T == pytest.approx(matrix, rel=1e-10, abs=1e-10)
    assert inverse_of_factor(lower) @ lower == pytest.approx(np.eye(size), abs=1e-9)


def test_what_is_not_positive_definite_is_our_fault() -> None:
    with pytest.raises(InternalFault, match="positive definite"):
        cholesky_factor(np.array([[1.0, 2.0], [2.0, 1.0]]))
