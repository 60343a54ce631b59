"""An amount of money as so many things at a price: clicks that may come, times what a click costs.

    log price_i = a + x_i b + e_i,   b_g ~ N(0, t_g^2)

The rest ``e`` is kept as its own quantiles: prices have heavy tails that no normal law has. What an amount may be is
every quantile of the count times every quantile of the price; both are drawn on an even grid, so no random number is.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from adplat.forecast.arrays import Floats, Whole
from adplat.forecast.count_regression import strength
from adplat.forecast.design import Design, design_of
from adplat.forecast.past_rows import PastRows
from adplat.forecast.predictive import CountMixture

COUNT_POINTS = 64
PRICE_POINTS = 33
ROUNDS = 30
CHUNK_ROWS = 2_000


@dataclass(frozen=True, slots=True)
class AmountModel:
    """``per`` names the counted outcome that is paid for, or ``impressions``; ``factors`` are around the price told."""

    per: str
    design: Design
    effects: tuple[float, ...]
    factors: tuple[float, ...]

    def points(self, rows: PastRows, units: CountMixture | None) -> Floats:
        """``rows x points``: equally likely amounts, rising. Without ``units`` every showing is paid for."""
        prices = np.exp(self.effects[0] + self.design.columns(rows) @ np.array(self.effects[1:]))
        if units is None:
            bought = rows.impressions[:, None]
        else:
            levels = (np.arange(COUNT_POINTS) + 0.5) / COUNT_POINTS
            bought = units.points(levels)
        paid = bought[:, :, None] * prices[:, None, None] * np.array(self.factors)
        return np.sort(paid.reshape(len(rows), -1), axis=1)


def fit_amount_model(rows: PastRows, amounts: Floats, units: Floats, per: str) -> AmountModel:
    """Fit on rows whose ``units`` are above 0; at least one of their amounts is above 0."""
    paid = amounts > 0.0
    design = design_of(rows)
    columns = design.columns(rows)
    logs = np.log(amounts[paid] / units[paid])
    effects = _shrunk_line(logs, columns[paid], design.groups())
    told = np.exp(effects[0] + columns @ effects[1:])
    levels = (np.arange(PRICE_POINTS) + 0.5) / PRICE_POINTS
    factors = np.quantile(amounts / (units * told), levels)
    return AmountModel(per, design, tuple(effects.tolist()), tuple(factors.tolist()))


def _shrunk_line(answers: Floats, columns: Floats, groups: Whole) -> Floats:
    """Least squares whose effects are shrunk group by group, strengths found as in ``count_regression``."""
    design = np.concatenate([np.ones((len(answers), 1)), columns], axis=1)
    strengths = np.full(design.shape[1], 1.0)
    strengths[0] = 1e6
    noise = max(float(np.var(answers)), 1e-9)
    effects = np.zeros(design.shape[1])
    for _ in range(ROUNDS):
        covariance = np.linalg.inv(design.T @ design / noise + np.diag(1.0 / strengths))
        effects = covariance @ (design.T @ answers) / noise
        rest = answers - design @ effects
        # Expected squared rest: what is left, and what the effects' own doubt hides.
        doubt = float(np.sum(design @ covariance * design))
        noise = max((float(rest @ rest) + doubt) / len(answers), 1e-9)
        for group in np.unique(groups):
            inside = np.concatenate([[False], groups == group])
            strengths[inside] = strength(effects[inside], np.diag(covariance)[inside], strengths[inside])
    return effects
