"""Levels of items and users fitted together, so that an item seen by generous users is not taken for a better one.

A mixed-effects logistic regression by penalised quasi-likelihood (Breslow & Clayton 1993)::

    logit P(click) = base + item effect + <descriptors, taste of the user> + hidden affinity

Each round linearises the likelihood around the last fit (``z = eta + (y - p) / w``, ``w = p (1 - p)``), then
updates the items (``evidence_ridge``: own effect around what their descriptors say) and the users
(``user_tastes``); hidden affinities (``affinity``) are fitted to what is left. Strengths are learned from the data.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from adplat.ctr.affinity import fit_affinity
from adplat.ctr.evidence_ridge import Penalties, Ridge, choose_penalties, fit_ridge
from adplat.ctr.user_tastes import Tastes, UserRows, update_tastes

Float32 = npt.NDArray[np.float32]
Float64 = npt.NDArray[np.float64]
Int64 = npt.NDArray[np.int64]

_ROUNDS = 6
_CHOOSE_IN = (0, 2)  # rounds that choose the penalties anew
_FURTHEST = 4.0  # log-odds from the base beyond which a working response would be noise
_FOLDS = 10
AFFINITY = 4


@dataclass(frozen=True)
class Sides:
    """What the rows are about: block row and user number (-1: nobody) of each row, and both sides' descriptions."""

    item: Int64  # (N,) 0 is the unknown item
    user: Int64  # (N,)
    columns: Float64  # (M + 1, K) item columns, groups of ``widths``
    widths: tuple[int, ...]
    taste: Float64  # (M + 1, D)
    facts: Float64  # (U, F)


@dataclass(frozen=True)
class JointFit:
    """``effect`` (M + 1,) of shown items; ``centre`` what their descriptors alone say, from other items."""

    base: float
    ridge: Ridge
    effect: Float64
    centre: Float64
    tastes: Tastes
    user_affinity: Float64  # (U, A)
    item_affinity: Float64  # (M + 1, A)


def fit_jointly(sides: Sides, positive: Float32, seed: int) -> JointFit:
    """Fit on rows with outcome ``positive`` (N,) of 0 and 1. Cost O(rounds · N · D²)."""
    outcome = positive.astype(np.float64)
    rate = float(np.clip(outcome.mean(), 1e-6, 1.0 - 1e-6))
    base = float(np.log(rate / (1.0 - rate)))
    items, users = len(sides.columns), len(sides.facts)
    known = np.flatnonzero((sides.user >= 0) & (sides.item > 0))
    item, user = sides.item[known], sides.user[known]
    outcome, grouped, told = outcome[known], UserRows.of(user), sides.taste[item]
    tastes = Tastes.unknown(users, sides.facts.shape[1], sides.taste.shape[1])
    shown = np.unique(item)
    effect, liked = np.zeros(items), np.zeros(len(known))
    penalties, ridge, response, noise = Penalties(np.zeros(0), 1.0), Ridge(np.zeros(0), 0.0), np.zeros(0), np.zeros(0)
    for number in range(_ROUNDS):
        residual, weight = _working(outcome, base, effect[item] + liked)
        heavy = np.bincount(item, weight, items)[shown]
        response = np.bincount(item, weight * (residual + effect[item]), items)[shown] / heavy
        noise = 1.0 / heavy
        if number in _CHOOSE_IN:
            penalties = choose_penalties(sides.columns[shown], sides.widths, response, noise)
        ridge = fit_ridge(sides.columns[shown], response, noise, penalties)
        told_of = ridge(sides.columns[shown])
        effect[shown] = told_of + (response - told_of) * penalties.own / (penalties.own + noise)
        residual, weight = _working(outcome, base, effect[item] + liked)
        tastes = update_tastes(tastes, grouped, told, residual + liked, weight, sides.facts)
        liked = (told * (tastes.own + sides.facts @ tastes.by_fact)[user]).sum(1)
    residual, weight = _working(outcome, base, effect[item] + liked)
    user_affinity, item_affinity = fit_affinity(user, item, residual, weight, users, items, AFFINITY, seed)
    centre = np.zeros(items)
    centre[shown] = _from_others(sides.columns[shown], response, noise, penalties, seed)
    return JointFit(base, ridge, effect, centre, tastes, user_affinity, item_affinity)


def _working(outcome: Float64, base: float, above: Float64) -> tuple[Float64, Float64]:
    """Working residual (beyond the present fit) and weight of each row."""
    chance = 1.0 / (1.0 + np.exp(-(base + np.clip(above, -_FURTHEST, _FURTHEST))))
    weight = chance * (1.0 - chance)
    return (outcome - chance) / weight, weight


def _from_others(columns: Float64, response: Float64, noise: Float64, penalties: Penalties, seed: int) -> Float64:
    """What each item's descriptors say by a regression on the other items (ten folds)."""
    fold = np.random.default_rng(seed).permutation(len(response)) % _FOLDS
    told = np.zeros(len(response))
    for number in range(min(_FOLDS, len(response))):
        out, rest = fold == number, fold != number
        if rest.any():
            told[out] = fit_ridge(columns[rest], response[rest], noise[rest], penalties)(columns[out])
    return told
