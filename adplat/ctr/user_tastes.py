"""What each user likes more or less than others do: a random-coefficient regression, one vector a user.

The same regression, read the other way round, tells what each item is to which users: items in the place of users,
and the users' facts in the place of descriptors.

With item descriptors ``f`` (D,), a user's working residuals ``r`` and weights ``w`` give::

    r_n ~ N(f_n · b_u, 1 / w_n),   b_u ~ N(facts_u · P, S)

``S`` (D, D) is learned by expectation maximisation over users (Laird & Ware 1982): what many users vary in is
believed of a new one sooner. ``P`` says what the user's known facts (age, gender …) tell of taste. They may not move
the level (the first descriptor, 1 for every item): how generous a user is shows in the user's own rows.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Float64 = npt.NDArray[np.float64]
Int64 = npt.NDArray[np.int64]

_START, _START_LEVEL = 0.1, 0.5
_PSEUDO_USERS = 2.0  # how many users the first guess of S counts for
_FACT_USERS = 20.0  # users behind a fact before half of what they tell is believed
_AT_ONCE = 8192


@dataclass(frozen=True)
class Tastes:
    """``own`` (U, D): each user beyond the facts; ``by_fact`` (F, D); ``spread`` (D, D)."""

    own: Float64
    by_fact: Float64
    spread: Float64

    @classmethod
    def unknown(cls, users: int, facts: int, width: int) -> Tastes:
        """Before anything is known."""
        spread = np.eye(width) * _START
        spread[:1, :1] = _START_LEVEL
        return cls(np.zeros((users, width)), np.zeros((facts, width)), spread)


@dataclass(frozen=True)
class GroupedRows:
    """Rows sorted by user (or item): which row comes where, and the number of each user that has any."""

    order: Int64  # (N,)
    starts: Int64  # (V,) into ``order``
    users: Int64  # (V,)

    @classmethod
    def of(cls, user: Int64) -> GroupedRows:
        """``user`` (N,) numbers from 0."""
        order = np.argsort(user, kind="stable").astype(np.int64)
        users, starts = np.unique(user[order], return_index=True)
        return cls(order, starts.astype(np.int64), users.astype(np.int64))


def update_tastes(
    before: Tastes, rows: GroupedRows, descriptors: Float64, residual: Float64, weight: Float64, facts: Float64
) -> Tastes:
    """One round of expectation maximisation. Rows' ``descriptors`` (N, D), users' ``facts`` (U, F).

    Cost O(N D² + V D³), memory O(users of a chunk · D²).
    """
    prior = facts @ before.by_fact
    inverse = np.linalg.inv(before.spread)
    own, second = np.zeros_like(before.own), np.zeros_like(before.spread)
    edges = np.r_[rows.starts, len(rows.order)]
    for first, last in _chunks(edges):
        places = rows.order[edges[first] : edges[last]]
        cuts, users = edges[first:last] - edges[first], rows.users[first:last]
        told, heavy = descriptors[places], weight[places][:, None]
        weighed, ends = told * heavy, np.r_[cuts[1:], len(places)]
        grams = np.stack([weighed[cut:end].T @ told[cut:end] for cut, end in zip(cuts, ends, strict=True)])
        counts = np.diff(np.r_[cuts, len(places)])
        expected = (told * np.repeat(prior[users], counts, axis=0)).sum(1)
        pulls = np.add.reduceat(weighed * (residual[places] - expected)[:, None], cuts, axis=0)
        covariance = np.linalg.inv(grams + inverse)
        own[users] = np.einsum("uij,uj->ui", covariance, pulls)
        second += own[users].T @ own[users] + covariance.sum(0)
    guess = _PSEUDO_USERS * Tastes.unknown(0, 0, len(inverse)).spread * 0.5
    spread = (second + guess) / (len(rows.users) + _PSEUDO_USERS)
    return Tastes(own, _by_fact(own + prior, facts, rows.users), spread)


def _by_fact(tastes: Float64, facts: Float64, users: Int64) -> Float64:
    """(F, D), the level left out."""
    known = facts[users]
    penalty = _FACT_USERS * np.eye(known.shape[1])
    by_fact = np.asarray(np.linalg.solve(known.T @ known + penalty, known.T @ tastes[users]), np.float64)
    by_fact[:, 0] = 0.0
    return by_fact


def _chunks(edges: Int64) -> list[tuple[int, int]]:
    """Runs of whole users with about ``_AT_ONCE`` rows each."""
    chunks, first = [], 0
    for last in range(1, len(edges)):
        if edges[last] - edges[first] >= _AT_ONCE or last == len(edges) - 1:
            chunks.append((first, last))
            first = last
    return chunks
