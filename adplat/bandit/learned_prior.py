"""What is believed of a creative's rates before it is shown, as far as past creatives teach it."""

from __future__ import annotations

import math
from dataclasses import dataclass

from adplat.bandit.delay_curve import AT_ONCE, DelayCurve
from adplat.domain import ConfigRejected

DEFAULT_PRIOR_STRENGTH = 10.0
UNTAUGHT_STRENGTH = 4.3
"""1 over the mean of 1/k while nothing is known but that ln k is around ln 10 ± 1.5, within the bounds below."""
WEAKEST, STRONGEST = 0.5, 1000.0


@dataclass(frozen=True, slots=True)
class LearnedPrior:
    """How right the model is. With ``p`` its pCTR here and ``g`` that of the creative on average::

        click rate = level · centre · (g / centre)^exponent · (p / g)^within_exponent · λ,   λ ~ Gamma(k, k)

    Two exponents, since a model may know people and places well and creatives not at all, or the other way round: 1
    takes its differences as they are, 0 takes none of them. The defaults are what is believed while nothing is known.

    Args:
        exponent: how much of the model's differences between creatives is true, 0 to 1.
        within_exponent: how much of those between moments of the same creative is true, 0 to 1.
        strength: ``k``, how many expected clicks the corrected model's word is worth, 0.5 to 1,000: 1 over the
            variance of λ that is expected.
        level: clicks of a typical creative over what the model expects.
        centre: pCTR of an average showing; where both exponents are 1 it does not matter.
        conversion_strength: the same as ``strength`` of conversions after a click.
        conversion_level: conversions of a typical creative over what the model expects.
        delays: how late conversions come.
    """

    exponent: float = 1.0
    within_exponent: float = 1.0
    strength: float = UNTAUGHT_STRENGTH
    level: float = 1.0
    centre: float = 1.0
    conversion_strength: float = UNTAUGHT_STRENGTH
    conversion_level: float = 1.0
    delays: DelayCurve = AT_ONCE


UNTAUGHT = LearnedPrior()


def pinned_prior(strength: float, delays: DelayCurve = AT_ONCE) -> LearnedPrior:
    """The model as it is, its word worth ``strength`` expected clicks (and conversions), whatever happened since.

    Raises ConfigRejected for a strength that is not a positive finite number.
    """
    if not (math.isfinite(strength) and strength > 0.0):
        raise ConfigRejected(
            f"prior strength {strength} is not a positive number",
            where="prior_strength",
            hint="leave it out to have it learned, or use 10",
        )
    return LearnedPrior(strength=strength, conversion_strength=strength, delays=delays)
