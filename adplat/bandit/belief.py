"""What is believed of every creative's rates: the prior corrected by its own sums."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from adplat.bandit.delay import matured, matured_fading
from adplat.bandit.knowledge import Count, Fading, Knowledge, log_p
from adplat.bandit.learn_prior import at_power, log_power_sums
from adplat.bandit.learned_prior import LearnedPrior
from adplat.bandit.memory import remembered
from adplat.bandit.objective import Posterior
from adplat.bandit.policy import Indices
from adplat.domain import HALF_LIVES_H, ConfigRejected
from adplat.statistics import Float64

VALUE_STRENGTH = 5.0
"""Conversions that the mean value of all creatives counts for, in that of one."""
COST_STRENGTH = 100.0
"""Showings that the mean cost of all creatives counts for."""
_TYPICAL_SHOWINGS = 10.0
_LEAST_RATIO = 1e-6


@dataclass(frozen=True, eq=False)
class Belief:
    """Posterior of ``n`` creatives; rows are columns of ``known``, −1 one never shown.

    ::

        λ after clicks                  ~ Gamma(k + y, k + e)       e = level · centre^(1−a) · g^(a−b) · Σ pᵇ
        conversions a click, over p_cvr ~ level₂ · Gamma(k₂ + conversions, k₂ + level₂ · expected conversions by now)

    With a half-life, sums that fade so fast are believed as they are, and older ones as far as they agree with them
    (``remembered``): the factor follows what is new. Sums of pᵇ do not fade of their own: they are taken to fade as Σ p
    does.

    Args:
        half_life_h: one of HALF_LIVES_H, or ``None``: nothing fades.
    """

    known: Knowledge
    prior: LearnedPrior
    half_life_h: float | None = None

    def click_scales(self, rows: Indices, p_ctr: Float64) -> Float64:
        """``(m,)`` click rates here before λ: what the prior makes of the model's word; or ``(r, m)``."""
        prior = self.prior
        a, b = prior.exponent, prior.within_exponent
        if a == b == 1.0:
            return p_ctr if prior.level == 1.0 else p_ctr * prior.level
        base = prior.level * prior.centre ** (1.0 - a)
        if a == b:
            scales: Float64 = base * p_ctr**a
            return scales
        apart: Float64 = base * p_ctr**b * np.exp((a - b) * self._log_typical_here(rows, p_ctr))
        return apart

    def _log_typical_here(self, rows: Indices, p_ctr: Float64) -> Float64:
        """``(…, m)`` ln g. Of a new creative, what the model says here less what this moment does to all the others."""
        told, weight = log_p(p_ctr), self._weights[rows]
        own = self._log_typical[rows]
        total = weight.sum(axis=-1, keepdims=True)
        moment = (weight * (told - own)).sum(axis=-1, keepdims=True) / np.where(total > 0.0, total, 1.0)
        typical: Float64 = weight * own + (1.0 - weight) * (told - moment)
        return typical

    def clicks(self, rows: Indices, p_ctr: Float64) -> Posterior:
        """Clicks a showing here."""
        shapes, rates = self.click_shapes[rows], self.click_rates[rows]
        return Posterior(self.click_scales(rows, p_ctr) * shapes / rates, shapes[None])

    def conversions(self, rows: Indices, p_cvr: Float64 | None) -> Posterior:
        """Conversions a click here; without a prediction every creative begins alike."""
        events, expected = self._conversions
        shapes = self.prior.conversion_strength + events[rows]
        rates = self.prior.conversion_strength + expected[rows]
        means = self.prior.conversion_level * shapes / rates
        # What is still to come is taken to come as expected, and makes the belief narrower, not another one.
        sure = 1.0 + self._pending[rows] / rates
        return Posterior(means if p_cvr is None else means * p_cvr, (shapes * sure)[None])

    def values(self, rows: Indices, values_micros: Float64 | None) -> Posterior:
        """Micros a conversion: as told, else the creative's own mean drawn to that of all; 1 where nobody knows any."""
        shapes, means = self._values
        if values_micros is None:
            return Posterior(means[rows], shapes[None, rows])
        told = np.isfinite(values_micros)
        # What is told is certain.
        return Posterior(
            np.where(told, values_micros, means[rows]), np.where(told, 1.0 / _LEAST_RATIO**2, shapes[rows])[None]
        )

    def costs_micros(self, rows: Indices) -> Float64:
        """``(m,)`` micros a showing, drawn to the mean of all; alike where nothing was ever paid."""
        costs: Float64 = self._costs[rows]
        return costs

    @cached_property
    def click_shapes(self) -> Float64:
        """``(n + 1,)``"""
        shapes: Float64 = self.prior.strength + self._clicks[0]
        return shapes

    @cached_property
    def click_rates(self) -> Float64:
        """``(n + 1,)``"""
        rates: Float64 = self.prior.strength + self._clicks[1]
        return rates

    @cached_property
    def _clicks(self) -> tuple[Float64, Float64]:
        counts, fading = self.known.counts, self.known.fading
        return self._seen(
            counts[Count.CLICKS],
            fading[Fading.CLICKS],
            counts[Count.EXPECTED_CLICKS],
            fading[Fading.EXPECTED_CLICKS],
            self._over_told(),
            self.prior.strength,
        )

    def _over_told(self) -> Float64:
        """``(n + 1,)`` or one number: expected clicks under the prior over the model's own."""
        prior, counts = self.prior, self.known.counts
        a, b = prior.exponent, prior.within_exponent
        if a == b == 1.0:
            return np.array(prior.level)
        summed = np.exp(at_power(log_power_sums(counts), np.array([b]))[0] + (a - b) * self._log_typical)
        over = np.divide(summed, counts[Count.EXPECTED_CLICKS], out=np.zeros_like(summed), where=self._weights > 0.0)
        scaled: Float64 = prior.level * prior.centre ** (1.0 - a) * over
        return scaled

    @cached_property
    def _log_typical(self) -> Float64:
        counts = self.known.counts
        ratio = np.divide(
            counts[Count.EXPECTED_CLICKS],
            counts[Count.IMPRESSIONS],
            out=np.ones(counts.shape[1]),
            where=self._weights > 0.0,
        )
        logs: Float64 = np.log(ratio)
        return logs

    @cached_property
    def _weights(self) -> Float64:
        impressions = self.known.counts[Count.IMPRESSIONS]
        told = self.known.counts[Count.EXPECTED_CLICKS] > 0.0
        weights: Float64 = np.where(told, impressions / (impressions + _TYPICAL_SHOWINGS), 0.0)
        return weights

    @cached_property
    def _conversions(self) -> tuple[Float64, Float64]:
        known, prior = self.known, self.prior
        return self._seen(
            known.counts[Count.CONVERSIONS],
            known.fading[Fading.CONVERSIONS],
            matured(known, prior.delays),
            matured_fading(known, prior.delays),
            np.array(prior.conversion_level),
            prior.conversion_strength,
        )

    @cached_property
    def _pending(self) -> Float64:
        """``(n + 1,)`` conversions that the prior expects of clicks so far and that could not have come by now."""
        told = self.known.counts[Count.EXPECTED_CONVERSIONS]
        pending: Float64 = self.prior.conversion_level * (told - matured(self.known, self.prior.delays))
        return pending

    @cached_property
    def _values(self) -> tuple[Float64, Float64]:
        """``(n + 1,)`` shapes and means. How far values scatter around a creative's mean is taken from all of them."""
        counts = self.known.counts
        conversions, value = counts[Count.CONVERSIONS], counts[Count.VALUE]
        total = float(conversions.sum())
        mean = float(value.sum()) / total if total > 0.0 and value.sum() > 0.0 else 1.0
        own = value / np.maximum(conversions, 1.0)
        left = float((counts[Count.VALUE_SQUARES] * 1e12 - own**2 * conversions).sum())
        relative = max(left / total, 0.0) / mean**2 if total > 0.0 else 1.0
        weight = VALUE_STRENGTH + conversions
        means = (VALUE_STRENGTH * mean + value) / weight
        return weight / max(relative, _LEAST_RATIO), means

    @cached_property
    def _costs(self) -> Float64:
        counts = self.known.counts
        impressions, spend = counts[Count.IMPRESSIONS], counts[Count.SPEND]
        if not spend.sum() > 0.0:
            return np.ones(counts.shape[1])
        mean = float(spend.sum()) / max(float(impressions.sum()), 1.0)
        costs: Float64 = (COST_STRENGTH * mean + spend) / (COST_STRENGTH + impressions)
        return costs

    def _seen(
        self,
        events: Float64,
        faded_events: Float64,
        expected: Float64,
        faded_expected: Float64,
        over_told: Float64,
        strength: float,
    ) -> tuple[Float64, Float64]:
        """``(n + 1,)`` events and how many the prior expects, as far back as they are believed."""
        if self.half_life_h is None:
            return events, expected * over_told
        first = HALF_LIVES_H.index(self.half_life_h)
        return remembered(
            np.concatenate([faded_events[first:], events[None]]),
            np.concatenate([faded_expected[first:], expected[None]]) * over_told,
            strength,
        )


def check_half_life(half_life_h: float | None) -> None:
    """Raises ConfigRejected for a half-life that no sums are kept for."""
    if half_life_h is not None and half_life_h not in HALF_LIVES_H:
        listed = ", ".join(f"{one:g}" for one in HALF_LIVES_H)
        raise ConfigRejected(
            f"no sums fade with a half-life of {half_life_h} hours", where="half_life_h", hint=f"use one of {listed}"
        )
