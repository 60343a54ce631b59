"""Card
This room:   which creative next: policies that choose, with the propensity of every choice; ``off_policy`` says what
             another policy would have earned on a log.
May import:  statistics, domain; numpy, scipy.
Must not:    know another engine, keep state of its own, draw from anything but the passed generator.
Called by:   flows, services/bidding, bootstrap.
Tests:       tests/bandit/
"""

from adplat.bandit.delay import DELAYS, DelayCurve, delay_counts, learn_delays
from adplat.bandit.knowledge import NOTHING_KNOWN, Count, Fading, Knowledge
from adplat.bandit.places import PLACES, PlaceEffects, learn_places, place_clicks
from adplat.bandit.policies import POLICIES, policy_fitting, policy_named
from adplat.bandit.policy import Bools, Choice, Context, Policy
from adplat.bandit.prior_strength import DEFAULT_PRIOR_STRENGTH, learn_prior_strength
from adplat.bandit.thompson_with_prior import ThompsonWithPrior
from adplat.bandit.thompson_without_prior import ThompsonWithoutPrior
from adplat.bandit.uniform import Uniform

__all__ = [
    "DEFAULT_PRIOR_STRENGTH",
    "DELAYS",
    "NOTHING_KNOWN",
    "PLACES",
    "POLICIES",
    "Bools",
    "Choice",
    "Context",
    "Count",
    "DelayCurve",
    "Fading",
    "Knowledge",
    "PlaceEffects",
    "Policy",
    "ThompsonWithPrior",
    "ThompsonWithoutPrior",
    "Uniform",
    "delay_counts",
    "learn_delays",
    "learn_places",
    "learn_prior_strength",
    "place_clicks",
    "policy_fitting",
    "policy_named",
]
