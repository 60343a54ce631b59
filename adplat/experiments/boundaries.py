"""Group-sequential boundaries for a specification: which look this is, and what it says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.special import ndtr, ndtri

from adplat.domain import ConfigRejected
from adplat.experiments.boundary_document import (
    after_looks,
    read_state,
    repeated_p_values,
    starting_state,
    state_document,
)
from adplat.experiments.effects import Effects
from adplat.experiments.group_sequential import BoundaryState
from adplat.experiments.inference import GREATER, TWO_SIDED, Inference, from_half_width
from adplat.experiments.spec import ExperimentSpec


@dataclass(frozen=True, slots=True)
class Boundaries:
    """The bound of this look; without a plan (``state`` None) the whole α is spent on it."""

    bound: float
    state: BoundaryState | None
    warnings: tuple[str, ...] = ()

    def inference(self, found: Effects, alternative: str) -> Inference:
        """Repeated confidence intervals ``estimate ± bound·se``, valid at every look, and their p-values."""
        with np.errstate(all="ignore"):
            z = found.estimate / found.std_error
            towards = np.abs(z) if alternative == TWO_SIDED else z if alternative == GREATER else -z
            if self.state is None:
                p_value = ndtr(-towards) * (2.0 if alternative == TWO_SIDED else 1.0)
            else:
                p_value = repeated_p_values(self.state, towards)
        return from_half_width(found, self.bound * found.std_error, p_value, alternative)

    @property
    def document(self) -> dict[str, Any]:
        """What the decision tells of the boundaries: the looks, this one last, and the state for the next."""
        if self.state is None:
            return {}
        looks = [
            {"fraction": look.fraction, "bound": float(look.bound[0]), "alpha_spent": _both(self.state, look.spent[0])}
            for look in self.state.looks
        ]
        return {"group_sequential": {"looks": looks, "state": state_document(self.state)}}


def boundaries(spec: ExperimentSpec) -> Boundaries | None:
    """The boundaries of a group-sequential specification, else None. Raises ConfigRejected."""
    if spec.method != "group-sequential":
        return None
    two_sided, plan = spec.alternative == TWO_SIDED, spec.group_sequential
    if plan is None:
        bound = float(-ndtri(spec.alpha / 2.0 if two_sided else spec.alpha))
        return Boundaries(bound, None, ("no_plan_of_looks",))
    total = sum(arm.n for arm in spec.arms)
    if plan.state is None:
        state = starting_state(spec.alpha, two_sided=two_sided, spending=plan.spending)
    else:
        state = read_state(plan.state)
        asked = spec.alpha / (2.0 if two_sided else 1.0)
        if (state.two_sided, state.spending) != (two_sided, plan.spending) or abs(state.alpha[0] - asked) > 1e-12:
            raise ConfigRejected(
                "the boundary state is of another alpha, alternative or spending",
                where="group_sequential: state",
                hint="keep these as they were at the first look",
            )
    if total <= 0:
        return Boundaries(np.nan, None, ("too_few_units",))
    earlier = plan.looks if plan.state is None else []
    state = after_looks(state, [units / plan.maximum_units for units in [*earlier, total]])
    return Boundaries(float(state.looks[-1].bound[0]), state)


def _both(state: BoundaryState, spent: float) -> float:
    return float(spent) * (2.0 if state.two_sided else 1.0)
