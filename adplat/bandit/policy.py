"""What a policy is: arms in, an order and its propensities out.

Letters used in shapes of this room: ``n`` arms offered, ``m ≤ n`` arms that are not blocked.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from adplat.domain import ArmStatistics, InternalFault
from adplat.statistics import Float64

Bools = npt.NDArray[np.bool_]
Indices = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Choice:
    """The arms in the order to serve, and how likely each was to come first.

    ``order`` is ``(m,)``: indices of all arms that are not blocked, best first; empty when there is none.
    ``propensities`` is ``(n,)`` over all arms offered, zero for the blocked: the probability, computed
    before the draw, that the arm takes the first slot. ``order[0]`` was drawn from it.
    """

    order: Indices
    propensities: Float64


class Policy(Protocol):
    """Chooses among creatives. Holds settings only: the same inputs and generator state, the same choice."""

    @property
    def name(self) -> str:
        """The name in ``POLICIES``, stored with every decision."""
        ...

    def choose(
        self,
        p_ctr: Float64,
        arms: Sequence[ArmStatistics],
        rng: np.random.Generator,
        *,
        slots: int = 1,
        blocked: Bools | None = None,
    ) -> Choice:
        """Order the arms.

        Args:
            p_ctr: ``(n,)`` click probabilities in [0, 1] from the model for this very opportunity.
            arms: ``n`` statistics, in the same order; ``ArmStatistics()`` for a creative never shown.
            rng: the only source of randomness.
            slots: how many leading places are drawn one after another without replacement; the places
                behind them follow the posterior mean.
            blocked: ``(n,)`` true where an arm may not be shown here.

        Raises:
            InternalFault: the inputs do not run in parallel, or a prediction is no probability.
        """
        ...


def allowed_arms(p_ctr: Float64, arms: Sequence[ArmStatistics], blocked: Bools | None) -> Indices:
    """Indices ``(m,)`` of the arms that are not blocked, after checking the inputs. Raises InternalFault."""
    count = len(arms)
    if p_ctr.shape != (count,) or (blocked is not None and blocked.shape != (count,)):
        raise InternalFault(f"{count} arms, predictions of shape {p_ctr.shape}", hint="score exactly the arms on offer")
    # A comparison with NaN is false, so this one line also refuses what is not a number.
    if count and not (p_ctr.min() >= 0.0 and p_ctr.max() <= 1.0):
        raise InternalFault("a prediction is not a probability", where="p_ctr", hint="check the scorer's calibration")
    return np.arange(count) if blocked is None else np.flatnonzero(~blocked)
