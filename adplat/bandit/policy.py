"""What a policy is: it learns from statistics, and gives an order and its propensities for the arms on offer.

Letters used in shapes of this room: ``n`` arms offered, ``m ≤ n`` arms that are not blocked, ``d`` numbers of a vector.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Flag, auto
from typing import TYPE_CHECKING, Protocol, Self

import numpy as np
import numpy.typing as npt

from adplat.domain import InternalFault
from adplat.statistics import Float64

if TYPE_CHECKING:
    from adplat.bandit.knowledge import Knowledge

Bools = npt.NDArray[np.bool_]
Indices = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Context:
    """What is known of one opportunity, arm by arm.

    Args:
        p_ctr: ``(n,)`` click probabilities in [0, 1] from the model for this very opportunity.
        p_cvr: ``(n,)`` probabilities that a click converts; ``None`` where the bundle has no such head.
        values_micros: ``(n,)`` what a conversion is worth; ``None`` where nobody says.
        vectors: ``(n, d)`` what picture and words of each creative are to the model; ``None`` without them.
    """

    p_ctr: Float64
    p_cvr: Float64 | None = None
    values_micros: Float64 | None = None
    vectors: Float64 | None = None


class Reads(Flag):
    """What a policy's propensities depend on beside the candidates: a log must tell it before it can be replayed."""

    NOTHING = 0
    CLICKS = auto()
    PREDICTIONS = auto()
    VALUES = auto()
    VECTORS = auto()


@dataclass(frozen=True, slots=True)
class Choice:
    """The arms in the order to serve, and how likely each was to come first.

    ``order`` is ``(m,)``: indices of all arms that are not blocked, best first; empty when there is none.
    ``propensities`` is ``(n,)`` over all arms offered, zero for the blocked: the probability, computed
    before the draw, that the arm takes the first slot. ``order[0]`` was drawn from it.
    ``slot_propensities`` has one number for each drawn slot: how likely its arm was to take it, given the
    arms in the slots before.
    """

    order: Indices
    propensities: Float64
    slot_propensities: tuple[float, ...] = ()


class Policy(Protocol):
    """Chooses among creatives. Immutable: the same knowledge, inputs and generator state, the same choice."""

    @property
    def name(self) -> str:
        """The name in ``POLICIES``, stored with every decision."""
        ...

    @property
    def reads(self) -> Reads:
        """What it asks of statistics and context; ``Context.vectors`` are only made for a policy that reads them."""
        ...

    def update(self, statistics: Knowledge) -> Self:
        """The policy that knows these statistics, and nothing but them; this one stays as it is.

        Cheap: replicas call it each second for every policy. What costs more is computed when first asked for.
        """
        ...

    def choose(
        self,
        context: Context,
        arms: Sequence[str],
        rng: np.random.Generator,
        *,
        slots: int = 1,
        blocked: Bools | None = None,
    ) -> Choice:
        """Order the arms. ``choose_many`` asks many times at once.

        Args:
            context: of ``n`` arms.
            arms: ``n`` creative ids, in the same order; one that the statistics do not know was never shown.
            rng: the only source of randomness.
            slots: how many leading places are drawn one after another without replacement; the places
                behind them follow the posterior mean.
            blocked: ``(n,)`` true where an arm may not be shown here.

        Raises:
            InternalFault: the inputs do not run in parallel, or a prediction is no probability.
        """
        ...


def allowed_arms(context: Context, arms: Sequence[str], blocked: Bools | None) -> Indices:
    """Indices ``(m,)`` of the arms that are not blocked, after checking the inputs. Raises InternalFault."""
    count, p_ctr = len(arms), context.p_ctr
    if p_ctr.shape != (count,) or (blocked is not None and blocked.shape != (count,)):
        raise InternalFault(f"{count} arms, predictions of shape {p_ctr.shape}", hint="score exactly the arms on offer")
    # A comparison with NaN is false, so this one line also refuses what is not a number.
    if count and not (np.minimum.reduce(p_ctr) >= 0.0 and np.maximum.reduce(p_ctr) <= 1.0):
        raise InternalFault("a prediction is not a probability", where="p_ctr", hint="check the scorer's calibration")
    return np.arange(count) if blocked is None else np.flatnonzero(~blocked)
