"""How the chance of a click falls when the same person sees the same creative again.

    click rate after e earlier showings = first-view click rate · (1 + e)^(−a)

A tilt of the first-view rate that depends on the person's earlier showings alone, as Agarwal, Chen & Elango
(Spatio-temporal models for estimating click-through rate, WWW 2009) adjust for; here with the single feature
``ln(1 + e)``, so that one number is to be learned.

People who see a creative often are other people than those who see it once. So ``a`` is learned inside pairs of a
person and a creative alone: of a pair with one click, which of its showings was it? With rare clicks that is showing
``e`` with chance ``(1 + e)^(−a) / Σ_j (1 + j)^(−a)``, whatever the pair's own rate (conditional likelihood;
Chamberlain, Review of Economic Studies 47, 1980). Pairs with several clicks say nothing here, which also keeps robots
out.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from adplat.forecast.arrays import Floats, Whole

_EXPONENTS = np.linspace(0.0, 2.0, 201)
PRIOR_SD = 0.3
"""Half-normal prior of ``a``: with nothing to learn from it is 0.24 in the mean."""


@dataclass(frozen=True, slots=True)
class Fatigue:
    """``exponent`` is ``a``, ``sd`` its doubt; ``mean_factor`` the mean of ``(1 + e)^(−a)`` over the log's showings.

    Rates learned from a log are rates at its mean fatigue: divided by ``mean_factor`` they are those of a first view.
    """

    exponent: float
    sd: float
    mean_factor: float

    def factor(self, exposures: Floats | Whole) -> Floats:
        """Click chance after so many earlier showings over that of the first."""
        return np.asarray((1.0 + np.asarray(exposures, dtype=np.float64)) ** -self.exponent)


def learn_fatigue(clicked_after: Whole, showings: Whole, all_exposures: Whole, counts: Whole) -> Fatigue:
    """The posterior mean of ``a`` on a grid.

    Args:
        clicked_after: (N,) for each pair with exactly one click: showings before the clicked one.
        showings: (N,) showings of that pair in all.
        all_exposures: (E,) every number of earlier showings that occurs in the log.
        counts: (E,) how many showings had so many.
    """
    logs = -0.5 * (_EXPONENTS / PRIOR_SD) ** 2
    if len(showings):
        most = int(showings.max())
        # (most, a) sums over the first n showings.
        sums = np.cumsum((1.0 + np.arange(most))[:, None] ** -_EXPONENTS[None, :], axis=0)
        pairs = np.bincount(showings, minlength=most + 1)[1:]
        logs = logs - _EXPONENTS * float(np.log1p(clicked_after).sum()) - pairs @ np.log(sums)
    weights = np.exp(logs - logs.max())
    weights /= weights.sum()
    exponent = float(weights @ _EXPONENTS)
    sd = float(np.sqrt(weights @ (_EXPONENTS - exponent) ** 2))
    total = float(counts.sum())
    mean = float(counts @ (1.0 + all_exposures) ** -exponent / total) if total else 1.0
    return Fatigue(exponent, sd, mean)
