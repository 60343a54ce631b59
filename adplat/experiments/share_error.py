"""Arms counted by an estimated share of what will come: the error of that estimate, put where every method looks."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from adplat.experiments.moments import Moments
from adplat.statistics import Float64


def arms_with_share_error(own: Moments, covariance: Float64) -> Moments:
    """Plain moments of all arms, the variance of one unit raised by ``n m² C_aa``."""
    spread = own.variance + own.n * own.mean**2 * np.diag(covariance)
    return replace(own, variance=spread, base_variance=spread, covariance=spread)


def treatments_with_share_error(
    control: Moments, treatment: Moments, covariance: Float64, *, relative: bool
) -> Moments:
    """Moments of the treatments, that a comparison with the control has the variance which the shares' error adds.

    The arms share one curve, so their errors go together and mostly cancel: a relative difference gets
    ``(b/a)² (C_aa + C_bb − 2 C_ab)``, an absolute one ``a² C_aa + b² C_bb − 2ab C_ab``. As both depend on the pair,
    they are told to the treatment alone, in units of its own variance.
    """
    own, first, cross = np.diag(covariance)[1:], covariance[0, 0], covariance[0, 1:]
    a, b = control.base, treatment.base
    added = b**2 * (first + own - 2.0 * cross) if relative else a**2 * first + b**2 * own - 2.0 * a * b * cross
    return replace(treatment, variance=treatment.variance + treatment.n * added)
