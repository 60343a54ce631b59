"""Evidence that intervals no longer hold as often as they say, good at every look.

A bet against the claim: whoever holds that the mean of each next share is at least ``level`` sells bets that pay
``1 + λ (level - X)``. What the bettor owns is a non-negative martingale at best, and passes ``1/α`` with a chance of at
most α, ever (Ville 1939; Waudby-Smith & Ramdas, J. R. Stat. Soc. B 86, 2024). No λ is known to be the right one, nor
when things went wrong: a mixture over both is a bet as well.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import logsumexp

from adplat.domain import ConfigRejected, TableRejected
from adplat.statistics.columns import Float64, parallel_columns

# Of the largest bet that cannot lose everything at once: small ones for a small lack, large ones for a quick answer.
_BETS = np.array([0.1, 0.25, 0.5, 0.75, 0.95])


@dataclass(frozen=True, slots=True)
class CoverageEvidence:
    """``log_e`` is the logarithm of what one unit has become; from row ``since`` on the bet gained most."""

    log_e: float
    since: int


def coverage_evidence(shares: npt.ArrayLike, level: float, *, too_low: bool) -> CoverageEvidence:
    """Against ``E[X_t | before] ≥ level`` (``too_low``) or ``≤ level`` (not).

    ``Σ_j w_j mean_λ Π_{t≥j} (1 + λ g_t) + 1/(T+1)`` with ``g = level - X`` or ``X - level``, λ below the bet that could
    lose all, and ``w_j = 1/(j(j+1))`` the weight of a change before row j: drift after years of good rows is still
    found, at the price of ``log j(j+1)``.

    Args:
        shares: ``(T,)`` in order of time, each in [0, 1].

    Raises:
        ConfigRejected: a level outside (0, 1). TableRejected: no rows, or a share outside [0, 1].
    """
    if not 0.0 < level < 1.0:
        raise ConfigRejected(f"level {level} lies outside 0 and 1", where="level", hint="use 0.8 for 80 %")
    (column,) = parallel_columns(shares=shares)
    if column.min() < 0.0 or column.max() > 1.0:
        raise TableRejected("a share lies outside 0 and 1", where="shares", hint="give the share that held")
    gains = level - column if too_low else column - level
    bets = _BETS / ((1.0 - level) if too_low else level)
    steps: Float64 = np.log1p(bets[:, None] * gains[None, :])
    since = steps[:, ::-1].cumsum(axis=1)[:, ::-1]  # from row j to the end
    number = np.arange(1, len(column) + 1)
    gained = logsumexp(since, axis=0) - np.log(len(bets))
    everything = np.append(gained - np.log(number * (number + 1.0)), -np.log(len(column) + 1.0))
    return CoverageEvidence(float(logsumexp(everything)), int(np.argmax(gained)))
