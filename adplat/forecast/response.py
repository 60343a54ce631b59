"""What is known of the chance of a click, or of a conversion after one, and how surely.

A model (or a plain table of past rates) expects ``E_c`` events of creative ``c`` over its own showings, ``y_c``
happened. How far such a model is to be believed is learned from all creatives that have run (``learn_trust``), and
then holds for one that has not (``rate_of``)::

    y_c ~ Poisson(E_c θ_c)
    θ_c = level · (r_c / centre)^(a − 1) · e^(u_A) · λ_c,    λ_c ~ Gamma(k, k),  u_A ~ N(0, σ²)

``r_c`` is how much better than the plain table the model takes the creative to be. ``a`` is how much of that is true:
1 takes the model's differences as they are, 0 leaves the table. ``u_A`` is what all creatives of one advertiser have in
common beyond the model, ``λ_c`` what is a creative's own. A model is less right about creatives that it has never met
than about those it was trained on, so the two are learned apart, each from creatives known to it in that way.

Given ``u`` the gamma integrates out to a negative binomial (DuMouchel, The American Statistician 53, 1999, for events
around an expectation), ``u`` is integrated on a grid, and level, ``a``, ``σ`` and ``k`` are averaged over by the
cubature rule of third degree (Arasaratnam & Haykin, IEEE Trans. Automatic Control 54, 2009) around their most likely
values.

Letters used in shapes: ``C`` creatives, ``U`` points of ``u``, ``P`` points of the parameters.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize
from scipy.special import digamma, gammaln, logsumexp, ndtri, polygamma

from adplat.forecast.arrays import Floats, Whole

MOST_CREATIVES = 2_000
"""Of more every second, third … is looked at, whatever came of it: this many settle the few numbers."""
# Normal priors of level, logit a, ln σ and ln 1/k.
# A model is rather right than wrong (a around 0.9), creatives differ by some 30 % beyond it, advertisers by some 15 %.
_PRIOR_MEAN = np.array([0.0, 2.0, math.log(0.15), math.log(0.1)])
_PRIOR_SD = np.array([0.5, 2.0, 0.7, 1.2])
_LEAST, _MOST = np.array([-4.0, -9.0, -6.0, -9.0]), np.array([4.0, 9.0, 1.0, 1.5])
_GRID = np.linspace(-4.0, 4.0, 61)
_STEP = 0.05


@dataclass(frozen=True, slots=True)
class Evidence:
    """Creatives that have run, ``(C,)`` each.

    Args:
        events: what happened: clicks, or conversions that have come.
        expected: what was expected by now over the same showings, above 0; of conversions only those count that could
            have come by now.
        lift: ``r``, the model's rate over the plain table's, above 0; all 1 for the table alone.
        advertiser: a number from 0 for each.
    """

    events: Floats
    expected: Floats
    lift: Floats
    advertiser: Whole

    def __len__(self) -> int:
        return len(self.events)

    def take(self, rows: Whole) -> Evidence:
        """These creatives alone."""
        return Evidence(self.events[rows], self.expected[rows], self.lift[rows], self.advertiser[rows])


@dataclass(frozen=True, slots=True)
class UncertainRate:
    """A rate that is not known: log-normal, ``mean · exp(shared z + own z_c − (shared² + own²) / 2)``.

    ``z`` is one standard normal number for all creatives of a plan, ``z_c`` one for each.
    """

    mean: float
    shared_log_sd: float
    own_log_sd: float

    @property
    def log_sd(self) -> float:
        """Of both parts."""
        return math.hypot(self.shared_log_sd, self.own_log_sd)

    def quantile(self, level: float) -> float:
        """The rate is not above this with chance ``level``; a chance never passes 1."""
        return min(self.mean * math.exp(self.log_sd * float(ndtri(level)) - self.log_sd**2 / 2.0), 1.0)

    def times(self, factor: float) -> UncertainRate:
        """As sure, at another level."""
        return UncertainRate(self.mean * factor, self.shared_log_sd, self.own_log_sd)

    def with_doubt(self, log_sd: float) -> UncertainRate:
        """Less sure by so much of each creative's own."""
        return UncertainRate(self.mean, self.shared_log_sd, math.hypot(self.own_log_sd, log_sd))


@dataclass(frozen=True, slots=True)
class Trust:
    """What past creatives taught of a model. ``exponent`` is the mean of ``a``; ``points`` (P, 4) stand for the doubt.

    ``creative_log_sd`` tells how far a creative's rate lies from the model's word, ``advertiser_log_sd`` what all
    creatives of an advertiser have in common besides.
    """

    exponent: float
    level: float
    advertiser_log_sd: float
    creative_log_sd: float
    centre: float
    points: Floats
    evidence: Evidence


def learn_trust(evidence: Evidence) -> Trust:
    """See the module. Without any evidence the priors alone speak.

    Cost: some 300 passes over C x U numbers: a tenth of a second for 100 creatives.
    """
    kept = _thinned(evidence)
    centre = float(np.exp(np.average(np.log(kept.lift), weights=kept.expected))) if len(kept) else 1.0

    def cost(point: Floats) -> float:
        rest = (point - _PRIOR_MEAN) / _PRIOR_SD
        return 0.5 * float(rest @ rest) - (_log_likelihood(point, kept, centre) if len(kept) else 0.0)

    bounds = list(zip(_LEAST.tolist(), _MOST.tolist(), strict=True))
    best = minimize(cost, _PRIOR_MEAN, method="L-BFGS-B", bounds=bounds).x
    points = _spread_around(best, _curvature(cost, best))
    told = np.array([_told(point) for point in points]).mean(axis=0)
    level, exponent, advertiser, variance = told.tolist()
    return Trust(exponent, math.exp(level), advertiser, math.sqrt(variance), centre, points, kept)


def rate_of(
    trust: Trust,
    rate: float,
    lift: float,
    *,
    advertiser: int | None,
    events: float = 0.0,
    expected: float = 0.0,
) -> UncertainRate:
    """The rate of one creative for which the model says ``rate`` where it is to run.

    ``advertiser`` is its number in the evidence, ``None`` for one that has never advertised: nothing is known of what
    its creatives share then, which is wider. ``events`` and ``expected`` are the creative's own past as in ``Evidence``
    (of which it may be a part); 0 where it has none.
    """
    means, logs, own = [], [], []
    for point in trust.points:
        level, exponent, spread, variance = _told(point)
        shape = 1.0 / variance
        shift = level + (exponent - 1.0) * math.log(lift / trust.centre)
        u, weights = _advertiser_part(trust, point, advertiser, spread)
        # Given u, the creative's own factor is gamma with shape k + y.
        log_scale = shift + u - np.log(shape + expected * np.exp(shift + u))
        centre_log = digamma(shape + events) + log_scale
        means.append(float(weights @ ((shape + events) * np.exp(log_scale))))
        logs.append((float(weights @ centre_log), float(weights @ centre_log**2)))
        own.append(float(polygamma(1, shape + events)))
    first, second = np.array(logs).mean(axis=0).tolist()
    return UncertainRate(
        mean=min(rate * float(np.mean(means)), 1.0),
        shared_log_sd=math.sqrt(max(second - first**2, 0.0)),
        own_log_sd=math.sqrt(float(np.mean(own))),
    )


def _told(point: Floats) -> tuple[float, float, float, float]:
    """Level (log), exponent, standard deviation between advertisers, variance 1/k between creatives."""
    level, logit, log_spread, log_variance = point.tolist()
    return level, 1.0 / (1.0 + math.exp(-logit)), math.exp(log_spread), math.exp(log_variance)


def _log_by_creative(point: Floats, evidence: Evidence, centre: float) -> Floats:
    """(C, U) log-likelihood of each creative for each ``u``."""
    level, exponent, spread, variance = _told(point)
    shape = 1.0 / variance
    events = evidence.events[:, None]
    log_mean = np.log(evidence.expected) + level + (exponent - 1.0) * np.log(evidence.lift / centre)
    log_mean = log_mean[:, None] + spread * _GRID[None, :]
    found: Floats = (
        gammaln(shape + events)
        - gammaln(shape)
        + events * (log_mean - np.log(shape))
        - (shape + events) * np.log1p(np.exp(log_mean) / shape)
    )
    return found


def _log_likelihood(point: Floats, evidence: Evidence, centre: float) -> float:
    by_advertiser = np.zeros((int(evidence.advertiser.max()) + 1, len(_GRID)))
    np.add.at(by_advertiser, evidence.advertiser, _log_by_creative(point, evidence, centre))
    total = logsumexp(by_advertiser + _log_weights()[None, :], axis=1)
    return float(total.sum())


def _advertiser_part(trust: Trust, point: Floats, advertiser: int | None, spread: float) -> tuple[Floats, Floats]:
    """(U,) values of ``u`` and their weights after what the advertiser's creatives did."""
    logs = _log_weights()
    if advertiser is not None:
        part = trust.evidence.take(np.flatnonzero(trust.evidence.advertiser == advertiser))
        logs = logs + _log_by_creative(point, part, trust.centre).sum(axis=0)
    weights = np.exp(logs - logs.max())
    return spread * _GRID, weights / weights.sum()


def _log_weights() -> Floats:
    logs = -0.5 * _GRID**2
    return np.asarray(logs - logsumexp(logs))


def _thinned(evidence: Evidence) -> Evidence:
    by = -(-len(evidence) // MOST_CREATIVES) or 1
    return evidence.take(np.flatnonzero((evidence.expected > 0.0) & (evidence.lift > 0.0))[::by])


def _curvature(cost: Callable[[Floats], float], best: Floats) -> Floats:
    """(4, 4) second derivatives by central differences."""
    count = len(best)
    found = np.zeros((count, count))
    steps = np.eye(count) * _STEP
    middle = cost(best)
    for i in range(count):
        found[i, i] = (cost(best + steps[i]) - 2.0 * middle + cost(best - steps[i])) / _STEP**2
        for j in range(i):
            apart = [cost(best + a * steps[i] + b * steps[j]) for a in (1, -1) for b in (1, -1)]
            found[i, j] = found[j, i] = (apart[0] - apart[1] - apart[2] + apart[3]) / (4.0 * _STEP**2)
    return found


def _spread_around(best: Floats, curvature: Floats) -> Floats:
    """(P, 4) points whose mean and covariance are those of the normal around the most likely values."""
    values, vectors = np.linalg.eigh(curvature)
    # Where the likelihood is flat or bent upwards, the prior still holds: never wider than its widest.
    deviations = 1.0 / np.sqrt(np.maximum(values, 1.0 / float(_PRIOR_SD.max()) ** 2))
    reach = math.sqrt(len(best)) * vectors * deviations
    points: Floats = np.clip(np.concatenate([best + reach.T, best - reach.T]), _LEAST, _MOST)
    return points


def no_evidence() -> Evidence:
    """Nothing has run."""
    return Evidence(np.zeros(0), np.zeros(0), np.zeros(0), np.zeros(0, dtype=np.int64))


def together(rates: Sequence[UncertainRate], weights: Sequence[float]) -> UncertainRate:
    """The rate of a plan that shows its creatives with these shares.

    What is shared does not average out over creatives; what is a creative's own does.
    """
    shares = np.asarray(weights, dtype=np.float64) / float(np.sum(weights))
    means = shares * np.array([rate.mean for rate in rates])
    mean = float(means.sum())
    parts = means / mean if mean > 0.0 else shares
    shared = float(parts @ np.array([rate.shared_log_sd for rate in rates]))
    own = float(np.sqrt(((parts * np.array([rate.own_log_sd for rate in rates])) ** 2).sum()))
    return UncertainRate(mean, shared, own)
