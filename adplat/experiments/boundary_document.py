"""The boundary state as a document that is kept between looks, and the p-values that belong to it.

The state carries boundaries for a ladder of α beside the asked one: the p-value of a look is the α whose boundary the
difference just touches (the repeated p-value of Jennison & Turnbull, 2000, section 9.5), read off between the rungs.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from scipy.interpolate import PchipInterpolator
from scipy.special import ndtr, ndtri

from adplat.domain import ConfigRejected
from adplat.experiments.group_sequential import BoundaryState, Look, first_boundary_state, next_look, nodes_of
from adplat.statistics import Float64

FORMAT = 1
RUNGS = 16
LEAST_ALPHA, MOST_ALPHA = 1e-8, 0.9995
HIGHEST_BOUND = 11.9


def starting_state(alpha: float, *, two_sided: bool, spending: str) -> BoundaryState:
    """No look yet; row 0 is the asked α, the others the ladder."""
    ladder = ndtr(np.linspace(ndtri(LEAST_ALPHA), ndtri(MOST_ALPHA), RUNGS))
    return first_boundary_state(np.concatenate([[alpha], ladder]), two_sided=two_sided, spending=spending)


def after_looks(state: BoundaryState, fractions: Sequence[float]) -> BoundaryState:
    """The state after looks at ``fractions``; one that is where the last was, or after the end, is that last look."""
    for fraction in fractions:
        last = state.looks[-1].fraction if state.looks else 0.0
        if min(fraction, 1.0) == last:
            continue
        state = next_look(state, fraction)
    return state


def repeated_p_values(state: BoundaryState, z: Float64) -> Float64:
    """p-values at the last look: ``z`` of differences, in size if two-sided, else towards the alternative.

    Between the rungs the normal quantile of α is interpolated over the bounds (relative error under 0.3 %); below the
    lowest rung it is that rung, and 1 where not even the highest is touched.
    """
    bounds = state.looks[-1].bound
    alpha = state.alpha * (2.0 if state.two_sided else 1.0)
    order = np.argsort(bounds, kind="stable")
    rising, first = np.unique(bounds[order], return_index=True)
    levels = ndtri(alpha[order][first])
    below = rising <= HIGHEST_BOUND
    curve = PchipInterpolator(rising[below], levels[below])
    with np.errstate(all="ignore"):
        found = ndtr(curve(np.clip(z, rising[0], rising[below][-1])))
    result: Float64 = np.where(np.isnan(z), np.nan, np.where(z < rising[0], 1.0, found))
    return result


def state_document(state: BoundaryState) -> dict[str, Any]:
    """The state as plain data."""
    return {
        "format": FORMAT,
        "spending": state.spending,
        "two_sided": state.two_sided,
        "alpha": state.alpha.tolist(),
        "looks": [
            {"fraction": look.fraction, "bound": float(look.bound[0]), "spent": float(look.spent[0])}
            for look in state.looks
        ],
        "bounds": state.looks[-1].bound.tolist() if state.looks else [],
        "spent": state.looks[-1].spent.tolist() if state.looks else [],
        "mass": base64.b64encode(np.ascontiguousarray(state.mass, dtype="<f8").tobytes()).decode(),
    }


def read_state(document: Mapping[str, Any]) -> BoundaryState:
    """A state that ``state_document`` wrote. Raises ConfigRejected."""
    try:
        alpha = np.asarray(document["alpha"], dtype=np.float64)
        state = BoundaryState(str(document["spending"]), bool(document["two_sided"]), alpha)
        if not document["looks"]:
            return state
        mass = np.frombuffer(base64.b64decode(document["mass"]), dtype="<f8").reshape(len(alpha), -1)
        looks = [
            Look(float(look["fraction"]), np.asarray([look["bound"]]), np.asarray([look["spent"]]))
            for look in document["looks"]
        ]
        last = Look(looks[-1].fraction, np.asarray(document["bounds"]), np.asarray(document["spent"]))
        before = looks[-2].fraction if len(looks) > 1 else 0.0
        nodes = nodes_of(last, last.fraction - before, two_sided=state.two_sided)
    except (KeyError, TypeError, ValueError, binascii.Error):
        raise _not_ours() from None
    if document.get("format") != FORMAT or nodes.shape != mass.shape or last.bound.shape != alpha.shape:
        raise _not_ours()
    return BoundaryState(state.spending, state.two_sided, alpha, (*looks[:-1], last), nodes, mass)


def _not_ours() -> ConfigRejected:
    return ConfigRejected(
        "the boundary state is not one that an analysis gave back",
        where="group_sequential: state",
        hint="give it unchanged, or give the totals of earlier looks as looks",
    )
