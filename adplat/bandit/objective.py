"""What a showing is to bring: clicks, conversions, value, a mix of them, or conversions at the least cost."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy.special import gammaln

from adplat.domain import ConfigRejected
from adplat.statistics import Float64

_SURE = 1e6
"""Shapes above this count as this: a deviation of a thousandth, where differences of ln Γ still have nine digits."""
OBJECTIVES = ("ctr", "cvr", "value", "cpa", "mix")


@dataclass(frozen=True, slots=True)
class Objective:
    """What is to be as large as possible: the worth of a showing, ``click · (click_worth + conversion · (…))``.

    ::

        worth of a showing      = R · (click_worth + C · (conversion_worth + value_share · V))
        R clicks a showing, C conversions a click, V value of a conversion in micros
        per cost: the same over the cost of a showing

    Args:
        click_worth, conversion_worth: in micros; only their ratio to each other and to ``value_share · V`` counts.
        value_share: of the value that conversions brought.
        is_per_cost: lower spend for the same is better.
    """

    click_worth: float = 1.0
    conversion_worth: float = 0.0
    value_share: float = 0.0
    is_per_cost: bool = False

    @property
    def is_clicks(self) -> bool:
        """Whether nothing but the click counts."""
        return self.conversion_worth == 0.0 and self.value_share == 0.0 and not self.is_per_cost


@dataclass(frozen=True, slots=True)
class Posterior:
    """Of a positive quantity of each of ``m`` arms: a mean times independent Gamma variables of mean 1.

    Args:
        means: ``(m,)`` 0 or more.
        shapes: ``(f, m)`` of the ``f`` Gamma variables.
    """

    means: Float64
    shapes: Float64


def objective_named(
    name: str, *, click_worth_micros: float, conversion_worth_micros: float, value_share: float
) -> Objective:
    """The objective of this name; the numbers make the mix. Raises ConfigRejected."""
    named = {
        "ctr": Objective(),
        "cvr": Objective(0.0, 1.0),
        "value": Objective(0.0, 0.0, 1.0),
        "cpa": Objective(0.0, 1.0, is_per_cost=True),
        "mix": Objective(click_worth_micros, conversion_worth_micros, value_share),
    }
    if name not in named:
        raise ConfigRejected(f"unknown objective {name!r}", where="objective", hint=f"use {', '.join(OBJECTIVES)}")
    worths = (click_worth_micros, conversion_worth_micros, value_share)
    if not all(math.isfinite(worth) and worth >= 0.0 for worth in worths) or (name == "mix" and not any(worths)):
        raise ConfigRejected(
            f"worths {worths} are no mix",
            where="click_worth_micros, conversion_worth_micros, value_share",
            hint="give 0 or more each, and more than 0 for one of them",
        )
    return named[name]


def worth_of_showings(
    objective: Objective, clicks: Posterior, conversions: Posterior, values: Posterior, costs_micros: Float64
) -> Posterior:
    """What a showing of each arm is worth under the objective; all of ``(m,)`` arms.

    Products keep their Gamma variables. A sum has none of its own: those of what follows the click are then narrowed by
    their share of the sum, and further until the variance is that of the sum.
    """
    rate = clicks.means / costs_micros if objective.is_per_cost else clicks.means
    if objective.click_worth == 0.0 and objective.value_share == 0.0:
        means = rate * conversions.means * objective.conversion_worth
        return Posterior(means, np.concatenate([clicks.shapes, conversions.shapes]))
    if objective.click_worth == 0.0 and objective.conversion_worth == 0.0:
        means = rate * conversions.means * values.means * objective.value_share
        return Posterior(means, np.concatenate([clicks.shapes, conversions.shapes, values.shapes]))
    value = objective.value_share * values.means
    after = objective.conversion_worth + value
    after_square = after**2 + value**2 * (_square_of(values.shapes) - 1.0)
    of_click = objective.click_worth + conversions.means * after
    square = objective.click_worth * (of_click + conversions.means * after)
    square = square + conversions.means**2 * _square_of(conversions.shapes) * after_square
    share, share_of_value = conversions.means * after / of_click, conversions.means * value / of_click
    shapes = np.concatenate([conversions.shapes / _not_zero(share**2), values.shapes / _not_zero(share_of_value**2)])
    shapes = shapes * (_square_of(shapes) - 1.0) / _not_zero(square / of_click**2 - 1.0)
    return Posterior(rate * of_click, np.concatenate([clicks.shapes, shapes]))


def normal_powers(posterior: Posterior) -> tuple[Float64, Float64, Float64]:
    """Mean and deviation of ``X^p``, and the ``p`` that makes it close to normal, each ``(m,)``.

    ``p`` takes the skewness away: of ``ln X`` the cumulants add up over the Gamma variables, the second about
    ``Σ 1/a``, the third about ``−Σ 1/a²``, so ``p = Σ a⁻² / (3 (Σ a⁻¹)²)``: 1/3 for one of them, as Wilson & Hilferty
    (PNAS 17, 1931) have it, 1/6 for the product of two alike. The moments are exact:
    ``E Gᵖ = Γ(a + p) / (Γ(a) aᵖ)`` of ``G ~ Gamma(a, a)``.
    """
    shapes = np.minimum(posterior.shapes, _SURE)
    narrow = 1.0 / shapes
    power = (narrow**2).sum(axis=0) / (3.0 * narrow.sum(axis=0) ** 2)
    log_one, log_two = (_log_moment(shapes, q) for q in (power, 2.0 * power))
    scale = posterior.means**power
    mean = scale * np.exp(log_one)
    return mean, mean * np.sqrt(np.expm1(np.maximum(log_two - 2.0 * log_one, 1e-15))), power


def _log_moment(shapes: Float64, power: Float64) -> Float64:
    total: Float64 = (gammaln(shapes + power) - gammaln(shapes) - power * np.log(shapes)).sum(axis=0)
    return total


def _not_zero(values: Float64) -> Float64:
    found: Float64 = np.maximum(values, 1.0 / _SURE**2)
    return found


def _square_of(shapes: Float64) -> Float64:
    """E X² of a product of Gamma variables of mean 1."""
    square: Float64 = np.multiply.reduce(1.0 + 1.0 / shapes, axis=0)
    return square
