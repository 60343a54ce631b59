"""Levels of items and users fitted together, so that an item seen by generous users is not taken for a better one.

A mixed-effects logistic regression by penalised quasi-likelihood (Breslow & Clayton 1993)::

    logit P(click) = base + item effect + <descriptors, taste of the user> + <facts of the user, lean of the item>
                     + hidden affinity

Each round linearises the likelihood around the last fit (``grades``), then updates the items (``evidence_ridge``: own
effect around what their descriptors say), the users (``user_tastes``) and what each item is to users of which facts
(the same regression with the sides exchanged: a new user, whose tastes nobody knows, is told apart by it); hidden
affinities (``affinity``) are fitted to what is left. Strengths are learned from the data.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from adplat.ctr.affinity import fit_affinity
from adplat.ctr.evidence_ridge import Penalties, Ridge, choose_penalties, fit_ridge
from adplat.ctr.grades import GradedResponse, Grades
from adplat.ctr.user_tastes import GroupedRows, Tastes, update_tastes

Float64 = npt.NDArray[np.float64]
Int64 = npt.NDArray[np.int64]

_ROUNDS = 6
_CHOOSE_IN = (0, 2)  # rounds that choose the penalties anew
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

    ridge: Ridge
    effect: Float64
    centre: Float64
    tastes: Tastes
    lean: Float64  # (M + 1, F) what the facts of a user tell of this item, beyond what they tell of its like
    user_affinity: Float64  # (U, A)
    item_affinity: Float64  # (M + 1, A)


def fit_jointly(sides: Sides, grades: Grades, seed: int) -> JointFit:
    """Fit on rows and their outcomes (N,). Cost O(rounds · N · (D² + F²))."""
    items, users = len(sides.columns), len(sides.facts)
    known = np.flatnonzero((sides.user >= 0) & (sides.item > 0))
    item, user = sides.item[known], sides.user[known]
    by_user, by_item, working = GroupedRows.of(user), GroupedRows.of(item), GradedResponse(grades.take(known))
    told, facts, no_facts = sides.taste[item], sides.facts[user], np.zeros((items, 0))
    tastes = Tastes.unknown(users, sides.facts.shape[1], sides.taste.shape[1])
    leans = Tastes.unknown(items, 0, sides.facts.shape[1])
    shown = np.unique(item)
    effect, liked, leaning = np.zeros(items), np.zeros(len(known)), np.zeros(len(known))
    penalties, ridge, response, noise = Penalties(np.zeros(0), 1.0), Ridge(np.zeros(0), 0.0), np.zeros(0), np.zeros(0)
    for number in range(_ROUNDS):
        residual, weight = working(effect[item] + liked + leaning)
        heavy = np.bincount(item, weight, items)[shown]
        response = np.bincount(item, weight * (residual + effect[item]), items)[shown] / heavy
        noise = 1.0 / heavy
        if number in _CHOOSE_IN:
            penalties = choose_penalties(sides.columns[shown], sides.widths, response, noise)
        ridge = fit_ridge(sides.columns[shown], response, noise, penalties)
        told_of = ridge(sides.columns[shown])
        effect[shown] = told_of + (response - told_of) * penalties.own / (penalties.own + noise)
        residual, weight = working(effect[item] + liked + leaning)
        tastes = update_tastes(tastes, by_user, told, residual + liked, weight, sides.facts)
        liked = (told * (tastes.own + sides.facts @ tastes.by_fact)[user]).sum(1)
        if facts.shape[1]:
            residual, weight = working(effect[item] + liked + leaning)
            leans = update_tastes(leans, by_item, facts, residual + leaning, weight, no_facts)
            leaning = (facts * leans.own[item]).sum(1)
    residual, weight = working(effect[item] + liked + leaning)
    user_affinity, item_affinity = fit_affinity(user, item, residual, weight, users, items, AFFINITY, seed)
    centre = np.zeros(items)
    centre[shown] = _from_others(sides.columns[shown], response, noise, penalties, seed)
    return JointFit(ridge, effect, centre, tastes, leans.own, user_affinity, item_affinity)


def _from_others(columns: Float64, response: Float64, noise: Float64, penalties: Penalties, seed: int) -> Float64:
    """What each item's descriptors say by a regression on the other items (ten folds)."""
    fold = np.random.default_rng(seed).permutation(len(response)) % _FOLDS
    told = np.zeros(len(response))
    for number in range(min(_FOLDS, len(response))):
        out, rest = fold == number, fold != number
        if rest.any():
            told[out] = fit_ridge(columns[rest], response[rest], noise[rest], penalties)(columns[out])
    return told
