"""Card
This room:   which creative next: policies that choose, with the propensity of every choice; ``off_policy`` says what
             another policy would have earned on a log.
May import:  statistics, domain; numpy, scipy.
Must not:    know another engine, keep state of its own, draw from anything but the passed generator.
Called by:   flows, services/bidding, bootstrap.
Tests:       tests/bandit/
"""

from adplat.bandit.belief import Belief
from adplat.bandit.delay import DELAYS, DelayCurve, delay_counts, learn_delays
from adplat.bandit.knowledge import NOTHING_KNOWN, Count, Fading, Knowledge
from adplat.bandit.learn_prior import learn_prior
from adplat.bandit.learned_prior import DEFAULT_PRIOR_STRENGTH, UNTAUGHT, LearnedPrior
from adplat.bandit.objective import OBJECTIVES
from adplat.bandit.policies import POLICIES, policy_fitting, policy_named
from adplat.bandit.policy import Bools, Choice, Context, Policy
from adplat.bandit.thompson_with_prior import ThompsonWithPrior
from adplat.bandit.thompson_without_prior import ThompsonWithoutPrior
from adplat.bandit.uniform import Uniform

__all__ = [
    "DEFAULT_PRIOR_STRENGTH",
    "DELAYS",
    "NOTHING_KNOWN",
    "OBJECTIVES",
    "POLICIES",
    "UNTAUGHT",
    "Belief",
    "Bools",
    "Choice",
    "Context",
    "Count",
    "DelayCurve",
    "Fading",
    "Knowledge",
    "LearnedPrior",
    "Policy",
    "ThompsonWithPrior",
    "ThompsonWithoutPrior",
    "Uniform",
    "delay_counts",
    "learn_delays",
    "learn_prior",
    "policy_fitting",
    "policy_named",
]
