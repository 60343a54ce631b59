"""How late conversions come, and how many of those expected could have come by now.

A click that has not converted yet is no failure yet. Counting it as one makes whatever was shown of late look bad, and
a bandit then leaves its new creatives before their conversions arrive.

Delays are a mixture: minutes, which count as none; exponentials with the half-lives that sums fade with; and sums of
two such exponentials, which bring humps. Of each of these what is left at age a is a linear combination of
``2^(−a/h_j)``, so the sum over clicks that the correction needs is one of the arm's fading sums
``Σ_i p_i 2^(−a_i/h_j)``: it can be added up in any order and seen from any later moment, and no click has to be
remembered.

Letters used in shapes: ``n`` arms, ``J`` half-lives, ``K`` parts of the mixture that have a delay, ``B`` bins of
delays.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from adplat.bandit.delay_curve import AT_ONCE, DelayCurve
from adplat.bandit.knowledge import Count, Fading, Knowledge
from adplat.bandit.policy import Indices
from adplat.domain import HALF_LIVES_H
from adplat.statistics import Float64

DELAYS = "delays"
"""Name of the shared sum that counts conversions by their delay."""
EDGES_H = np.concatenate([[0.0], 2.0 ** np.arange(-6.0, 10.5, 0.5)])
"""Lower edges of the bins in hours: from a minute to a month, √2 apart; the last is open."""
SOON_H = 0.25
"""Half-life of the part that counts as having no delay: it is over before a bandit has moved."""
_PRIOR_CONVERSIONS = 2.0
_ROUNDS = 300


def delay_counts(delays_s: Sequence[float]) -> Float64:
    """``(B,)`` conversions in each bin of delays since their click; a delay below zero counts as none."""
    hours = np.maximum(np.asarray(delays_s, dtype=np.float64), 0.0) / 3600.0
    bins = np.searchsorted(EDGES_H, hours, side="right") - 1
    counts: Float64 = np.bincount(bins, minlength=len(EDGES_H)).astype(np.float64)
    return counts


def matured(known: Knowledge, curve: DelayCurve) -> Float64:
    """``(n + 1,)`` of each arm's expected conversions those that could have come by now, ``Σ_i p_i F(a_i)``."""
    return _without(known.counts[Count.EXPECTED_CONVERSIONS], curve, known.fading[Fading.EXPECTED_CONVERSIONS])


def matured_fading(known: Knowledge, curve: DelayCurve) -> Float64:
    """``(J, n + 1)`` the same of the fading sums.

    Of ``2^(−a/h) 2^(−a/h_j)``, which no sum is kept for, that of the shorter half-life alone stands in: a little too
    much counts as still to come.
    """
    fading = known.fading[Fading.EXPECTED_CONVERSIONS]
    places = np.arange(len(fading))
    found: Float64 = np.stack([_without(fading[one], curve, fading[np.minimum(one, places)]) for one in places])
    return found


def _without(expected: Float64, curve: DelayCurve, pending: Float64) -> Float64:
    come: Float64 = np.maximum(expected - np.add.reduce(np.array(curve.left)[:, None] * pending, axis=0), 0.0)
    return come


def learn_delays(known: Knowledge, strength: float, arms: Indices | None = None) -> DelayCurve:
    """The curve under which the conversions seen and those still missing are most likely.

    With ``θ_c`` by which an arm's conversions differ from what was expected, conversions of arm c come as a Poisson
    process of rate ``θ_c Σ_i p_i f(t − t_i)``. Expectation-maximisation (as in Chapelle, KDD 2014, and for creatives in
    Wang et al., WWW 2022, there click by click; here from sums, which the Poisson process makes sufficient)::

        E   r_bk ∝ w_k (S_k(b) − S_k(b + 1))        whose conversion one of bin b was
            u_k  = w_k Σ_c θ_c P_ck                  those of part k still to come, P_ck = Σ_i p_i S_k(a_i)
        M   w_k  ∝ α_k + Σ_b N_b r_bk + u_k
            θ_c  = (κ + conversions_c) / (κ + Σ_i p_i F(a_i))

    ``α`` stands for two conversions, most of them without delay, which decide while nothing has been seen. Without any
    conversion nothing is corrected. The number of rounds is fixed, so that equal sums give equal curves to rounding.

    Args:
        known: with the shared sum ``DELAYS``.
        strength: ``κ``, how many expected conversions the model's word is worth.
        arms: columns to learn from; ``None``: all. Cost: linear in them, about 10 ms for 500.
    """
    counts = np.array(known.sums.get(DELAYS, ()), dtype=np.float64)
    if counts.shape != EDGES_H.shape or counts.sum() <= 0.0:
        return AT_ONCE
    arms = np.arange(known.counts.shape[1] - 1) if arms is None else arms
    expected, conversions = known.counts[np.array([Count.EXPECTED_CONVERSIONS, Count.CONVERSIONS])[:, None], arms]
    # Conversions of the arms that are looked at, by the delays of all.
    counts *= min(float(conversions.sum()) / float(counts.sum()), 1.0)
    parts = _parts()
    fading = known.fading[Fading.EXPECTED_CONVERSIONS][:, arms]
    # Nothing here may go through BLAS, whose order of summation changes with threads and processors.
    pending = np.stack([np.add.reduce(part[:, None] * fading) for part in parts])
    likelihood = _bin_shares(parts)
    prior = np.full(len(parts) + 1, 0.1 * _PRIOR_CONVERSIONS / len(parts))
    prior[0] = 0.9 * _PRIOR_CONVERSIONS
    weights = np.full(len(prior), 1.0 / len(prior))
    for _ in range(_ROUNDS):
        come = np.maximum(expected - np.add.reduce(weights[1:, None] * pending, axis=0), 0.0)
        theta = (strength + conversions) / (strength + come)
        shares = weights * likelihood
        shares /= np.add.reduce(shares, axis=1)[:, None]
        found = prior + np.add.reduce(counts[:, None] * shares, axis=0)
        found[1:] += weights[1:] * np.add.reduce(theta * pending, axis=1)
        weights = found / found.sum()
    return DelayCurve(tuple(np.add.reduce(weights[1:, None] * parts, axis=0).tolist()))


def _parts() -> Float64:
    """``(K, J)`` what is left of each part with a delay, as combinations of ``2^(−a/h_j)``.

    Of a sum of two exponentials with rates ``λ > μ`` that is ``(λ e^(−μa) − μ e^(−λa))/(λ − μ)``.
    """
    single = np.eye(len(HALF_LIVES_H))
    rates = 1.0 / np.array(HALF_LIVES_H)
    places = range(len(rates))
    double = [
        (rates[quick] * single[slow] - rates[slow] * single[quick]) / (rates[quick] - rates[slow])
        for quick in places
        for slow in places
        if quick < slow
    ]
    return np.concatenate([single, double])


def _bin_shares(parts: Float64) -> Float64:
    """``(B, K + 1)`` the share of each part's delays that falls in each bin."""
    halves = 2.0 ** (-EDGES_H[:, None] / np.array(HALF_LIVES_H)[None, :])
    left = np.stack([2.0 ** (-EDGES_H / SOON_H), *(np.add.reduce(halves * part, axis=1) for part in parts)], axis=1)
    shares: Float64 = left - np.concatenate([left[1:], np.zeros((1, left.shape[1]))])
    # Where a difference is lost to rounding it is none.
    return np.maximum(shares, 1e-300)
