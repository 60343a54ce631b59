"""What neither facts nor content explain: a few hidden tastes shared by users and items, from who liked what.

Variational Bayesian factorisation (Lim & Teh 2007) of working residuals ``r`` with weights ``w``::

    r_n ~ N(<x_user, l_item>, 1 / w_n),   x ~ N(0, I),   l_k ~ N(0, s_k)

Each side's posterior uses the other side's uncertainty, so that a user of five rows gets next to nothing, and a
factor that explains nothing shrinks away (``s_k`` is learned).
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix

Float64 = npt.NDArray[np.float64]
Int64 = npt.NDArray[np.int64]

_ROUNDS = 15
_SETTLE = 3  # rounds before the factors' spreads are learned
_START: Final = 0.05
_LEAST = 1e-4


def fit_affinity(
    user: Int64, item: Int64, residual: Float64, weight: Float64, users: int, items: int, width: int, seed: int
) -> tuple[Float64, Float64]:
    """Rows given by user and item number (N,): posterior means of users (users, width) and items (items, width).

    Who has no row stays at zero. Cost: O(rounds · N · width²).
    """
    count = len(user)
    by_user, by_item = _sums(user, users, count), _sums(item, items, count)
    present = np.bincount(item, minlength=items) > 0
    rng = np.random.default_rng(seed)
    likes = rng.normal(0.0, 0.2, (items, width)) * present[:, None]
    doubt = np.tile(np.eye(width) * 0.01, (items, 1, 1))
    spread, tastes = np.full(width, _START), np.zeros((users, width))
    for number in range(_ROUNDS):
        tastes, unsure = _posterior(by_user, likes, doubt, item, residual, weight, np.ones(width))
        likes, doubt = _posterior(by_item, tastes, unsure, user, residual, weight, spread)
        if number >= _SETTLE:
            second = likes[present] ** 2 + np.einsum("nii->ni", doubt[present])
            spread = np.maximum(second.mean(0), _LEAST)
    return tastes, likes * present[:, None]


def _sums(group: Int64, groups: int, count: int) -> csr_matrix:
    """(groups, N) matrix that adds up the rows of each group."""
    return csr_matrix((np.ones(count), (group, np.arange(count))), shape=(groups, count))


def _posterior(
    sums: csr_matrix,
    other: Float64,
    doubt: Float64,
    place: Int64,
    residual: Float64,
    weight: Float64,
    spread: Float64,
) -> tuple[Float64, Float64]:
    """Means (G, width) and covariances of one side given the other's."""
    width = len(spread)
    moments = (other[:, :, None] * other[:, None, :] + doubt)[place] * weight[:, None, None]
    precision = (sums @ moments.reshape(len(place), -1)).reshape(-1, width, width) + np.diag(1.0 / spread)
    covariance = np.linalg.inv(precision)
    means = np.einsum("nij,nj->ni", covariance, sums @ (other[place] * (weight * residual)[:, None]))
    return means, covariance
