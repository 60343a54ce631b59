"""What one outcome of a campaign may be before its correction: a law for each row, read in normal scores.

A law tells ``z = Phi^-1(F(y))`` of what happened and the value at any ``z``. Errors of whatever kind (counts, money
that is mostly nothing, money that ends at a budget) are thereby of one kind, and a correction is learned in ``z``
alone. A whole number, and the heap of plans that spend their whole budget, take a stretch of scores: from ``F(y-)`` to
``F(y)``.

=========  ==========================================================================================================
counts     negative binomial of size ``1 / (exp(s^2) - 1)``, where ``s`` is the log deviation of the rate; for a wide
           ``s`` a lognormal mixture of such
value      nothing with the chance that no conversion comes, else lognormal with the moments of a compound count
spend      the whole budget with a chance, else lognormal cut off there
=========  ==========================================================================================================
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Protocol, Self

import numpy as np
from scipy.special import (
    betainc,
    betaincc,
    log_ndtr,
    ndtr,
    ndtri,
    ndtri_exp,
)

from adplat.forecast.arrays import Floats, Whole

FULL_SHARE = 0.98
"""A plan that spent so much of its budget has spent it."""
LARGEST_SCORE = 12.0
LEAST_LOG_SD = 0.02
SMALLEST_MEAN = 1e-9
LARGEST_COUNT = 1e15
GAMMA_LOG_SD = 0.4
"""So much of a rate's spread is gamma. What is beyond it is lognormal, on nodes near enough for their gammas to touch:
a gamma that is wider than that would have far too much of nothing."""
NODES = np.linspace(-2.75, 2.75, 12)
NODE_SHARES = np.exp(-0.5 * NODES**2) / np.exp(-0.5 * NODES**2).sum()


class OutcomeLaw(Protocol):
    """``(N,)`` campaigns, or days, and one metric."""

    @property
    def mean(self) -> Floats:
        """(N,) expected."""
        ...

    def scores(self, values: Floats) -> tuple[Floats, Floats]:
        """(N,) normal scores just below each value and at it; equal where the law has no heap there."""
        ...

    def at_scores(self, scores: Floats) -> Floats:
        """``N x L`` values at ``N x L`` scores; never falling along a row whose scores do not fall."""
        ...

    def take(self, rows: Whole | slice) -> Self:
        """Some of the rows."""
        ...

    def shifted(self, log_shift: Floats, widening: Floats) -> Self:
        """The law with its mean times ``exp(log_shift)`` and its log deviation times ``widening``."""
        ...


@dataclass(frozen=True, slots=True)
class CountLaw:
    """Impressions, reach, clicks, conversions; ``log_sd`` is that of the rate, without the count's own noise."""

    mean: Floats
    log_sd: Floats

    def scores(self, values: Floats) -> tuple[Floats, Floats]:
        """Scores of ``y - 1`` and ``y``."""
        told = np.maximum(np.round(values), 0.0)
        return np.where(told > 0.0, self._score(told - 1.0), -LARGEST_SCORE), self._score(told)

    def at_scores(self, scores: Floats) -> Floats:
        """The smallest counts whose score reaches the asked one, by bisection."""
        law = CountLaw(self.mean[:, None], self.log_sd[:, None])
        above = np.ceil(np.broadcast_to(law.mean, scores.shape)) + 1.0
        while True:
            short = (law._score(above) < scores) & (above < LARGEST_COUNT)
            if not short.any():
                break
            above = np.where(short, above * 4.0, above)
        below = np.full(scores.shape, -1.0)
        # Relative precision 1e-6 is finer than any forecast.
        while np.any(above - below > np.maximum(1.0, 1e-6 * above)):
            middle = np.floor((above + below) / 2.0)
            reached = law._score(middle) >= scores
            above, below = np.where(reached, middle, above), np.where(reached, below, middle)
        return above

    def take(self, rows: Whole | slice) -> CountLaw:
        """Some of the rows."""
        return CountLaw(self.mean[rows], self.log_sd[rows])

    def shifted(self, log_shift: Floats, widening: Floats) -> CountLaw:
        """Another mean and spread."""
        return CountLaw(self.mean * np.exp(log_shift), self.log_sd * widening)

    def _score(self, counts: Floats) -> Floats:
        mean, log_sd = np.broadcast_arrays(np.maximum(self.mean, SMALLEST_MEAN), np.maximum(self.log_sd, LEAST_LOG_SD))
        told = np.maximum(counts, 0.0) + 1.0
        mean, log_sd, told = np.broadcast_arrays(mean, log_sd, told)
        below, beyond = _negative_binomial(mean, np.minimum(log_sd, GAMMA_LOG_SD), told)
        wide = log_sd > GAMMA_LOG_SD
        if wide.any():
            rest = np.sqrt(log_sd[wide] ** 2 - GAMMA_LOG_SD**2)[:, None]
            means = mean[wide][:, None] * np.exp(rest * NODES - 0.5 * rest**2)
            parts = _negative_binomial(means, np.full(means.shape, GAMMA_LOG_SD), told[wide][:, None])
            below[wide], beyond[wide] = (part @ NODE_SHARES for part in parts)
        scores = np.where(below < 0.5, ndtri(below), -ndtri(beyond))
        return np.where(counts < 0.0, -LARGEST_SCORE, np.clip(scores, -LARGEST_SCORE, LARGEST_SCORE))


def _negative_binomial(mean: Floats, log_sd: Floats, told: Floats) -> tuple[Floats, Floats]:
    """Chances of fewer than ``told`` and of as many or more: regularised incomplete beta functions.

    Above the middle the second keeps its digits where the first rounds to 1.
    """
    size = 1.0 / np.expm1(log_sd**2)
    share = size / (size + mean)
    return betainc(size, told, share), betaincc(size, told, share)


@dataclass(frozen=True, slots=True)
class ValueLaw:
    """Money that comes by conversions: none with chance ``nothing``, else lognormal ``(log_middle, log_sd)``."""

    nothing: Floats
    log_middle: Floats
    log_sd: Floats

    @classmethod
    def of_conversions(cls, mean: Floats, conversions: CountLaw, value_cv: float) -> ValueLaw:
        """From the expected value and the law of the conversions; ``value_cv`` is one conversion's sd over its mean.

        Around a rate with log deviation ``s`` a compound count has ``E[V^2] / E[V]^2 = exp(s^2) + (1 + cv^2) / mean``.
        """
        count = np.maximum(conversions.mean, SMALLEST_MEAN)
        nothing = np.clip(ndtr(conversions._score(np.zeros_like(count))), 0.0, 1.0 - 1e-9)
        second = np.exp(conversions.log_sd**2) + (1.0 + value_cv**2) / count
        log_sd = np.sqrt(np.maximum(np.log(second * (1.0 - nothing)), LEAST_LOG_SD**2))
        middle = np.log(np.maximum(mean, SMALLEST_MEAN) / (1.0 - nothing)) - 0.5 * log_sd**2
        return cls(nothing, middle, log_sd)

    @property
    def mean(self) -> Floats:
        """Expected."""
        return (1.0 - self.nothing) * np.exp(self.log_middle + 0.5 * self.log_sd**2)

    def scores(self, values: Floats) -> tuple[Floats, Floats]:
        """A stretch for nothing, a point for the rest."""
        logs = (np.log(np.maximum(values, 1e-300)) - self.log_middle) / self.log_sd
        below = self.nothing + (1.0 - self.nothing) * ndtr(logs)
        log_beyond = np.log1p(-self.nothing) + log_ndtr(-logs)
        point = np.clip(np.where(below < 0.5, ndtri(below), -ndtri_exp(log_beyond)), -LARGEST_SCORE, LARGEST_SCORE)
        none = np.clip(ndtri(self.nothing), -LARGEST_SCORE, LARGEST_SCORE)
        zero = values <= 0.0
        return np.where(zero, -LARGEST_SCORE, point), np.where(zero, none, point)

    def at_scores(self, scores: Floats) -> Floats:
        """Values at scores."""
        nothing = self.nothing[:, None]
        # Of what is not nothing, the share beyond: in logs, for the upper tail.
        log_beyond = np.minimum(log_ndtr(-scores) - np.log1p(-nothing), 0.0)
        inner = -ndtri_exp(np.minimum(log_beyond, -1e-300))
        told = np.exp(self.log_middle[:, None] + self.log_sd[:, None] * np.clip(inner, -40.0, 40.0))
        return np.where(ndtr(scores) <= nothing, 0.0, told)

    def take(self, rows: Whole | slice) -> ValueLaw:
        """Some of the rows."""
        return ValueLaw(self.nothing[rows], self.log_middle[rows], self.log_sd[rows])

    def shifted(self, log_shift: Floats, widening: Floats) -> ValueLaw:
        """Another mean and spread; the chance of nothing follows the mean as that of rare things."""
        nothing = np.minimum(np.clip(self.nothing, 1e-12, 1.0) ** np.exp(log_shift), 1.0 - 1e-9)
        more = log_shift + np.log((1.0 - self.nothing) / (1.0 - nothing))
        return ValueLaw(nothing, self.log_middle + more, self.log_sd * widening)


@dataclass(frozen=True, slots=True)
class SpendLaw:
    """Money spent: all of ``budget`` with chance ``full``, else lognormal, cut off at ``FULL_SHARE`` of it.

    ``told_full`` is the share of the budget that is told where it is spent.
    """

    budget: Floats
    full: Floats
    log_middle: Floats
    log_sd: Floats
    told_full: float = 1.0

    @property
    def mean(self) -> Floats:
        """Expected, nearly: of the part below the budget its middle is taken."""
        edge = FULL_SHARE * self.budget
        return self.full * self.told_full * self.budget + (1.0 - self.full) * np.minimum(np.exp(self.log_middle), edge)

    def scores(self, values: Floats) -> tuple[Floats, Floats]:
        """A stretch for the whole budget, a point below it."""
        log_edge = (np.log(FULL_SHARE * self.budget) - self.log_middle) / self.log_sd
        logs = (np.log(np.maximum(values, 1e-300)) - self.log_middle) / self.log_sd
        log_below = np.log1p(-self.full) + log_ndtr(np.minimum(logs, log_edge)) - log_ndtr(log_edge)
        point = np.clip(ndtri_exp(np.minimum(log_below, -1e-300)), -LARGEST_SCORE, LARGEST_SCORE)
        spent = values >= FULL_SHARE * self.budget
        heap = np.clip(-ndtri(self.full), -LARGEST_SCORE, LARGEST_SCORE)
        return np.where(spent, heap, point), np.where(spent, LARGEST_SCORE, point)

    def at_scores(self, scores: Floats) -> Floats:
        """Money at scores."""
        budget, full = self.budget[:, None], self.full[:, None]
        middle, log_sd = self.log_middle[:, None], self.log_sd[:, None]
        log_edge = (np.log(FULL_SHARE * budget) - middle) / log_sd
        log_below = log_ndtr(scores) - np.log1p(-full) + log_ndtr(log_edge)
        told = np.exp(middle + log_sd * ndtri_exp(np.minimum(log_below, -1e-300)))
        # The heap is a number nearly known; the last score of the rest leads to it.
        return np.where(ndtr(-scores) < full, self.told_full * budget, np.minimum(told, FULL_SHARE * budget))

    def take(self, rows: Whole | slice) -> SpendLaw:
        """Some of the rows."""
        return replace(
            self,
            budget=self.budget[rows],
            full=self.full[rows],
            log_middle=self.log_middle[rows],
            log_sd=self.log_sd[rows],
        )

    def shifted(self, log_shift: Floats, widening: Floats) -> SpendLaw:
        """Another mean and spread; a supply that is so much larger spends the budget more often."""
        log_sd = self.log_sd * widening
        full = ndtr(ndtri(np.clip(self.full, 1e-6, 1.0 - 1e-6)) + log_shift / np.maximum(log_sd, 0.1))
        return replace(
            self, full=np.clip(full, 1e-9, 1.0 - 1e-9), log_middle=self.log_middle + log_shift, log_sd=log_sd
        )
