"""Card
This room:   which creative next: policies that choose, with the propensity of every choice; ``off_policy`` says what
             another policy would have earned on a log.
May import:  statistics, domain; numpy, scipy.
Must not:    know another engine, keep state of its own, draw from anything but the passed generator.
Called by:   flows, services/bidding, bootstrap.
Tests:       tests/bandit/
"""

from adplat.bandit.belief import Belief
from adplat.bandit.beta_posterior import expected_shortfall, probability_of_highest_share
from adplat.bandit.beta_thompson import BetaThompson
from adplat.bandit.choices import Choices
from adplat.bandit.delay import DELAYS, delay_counts, learn_delays, matured
from adplat.bandit.delay_curve import AT_ONCE, DelayCurve
from adplat.bandit.element_effects import ElementEffects, learn_elements
from adplat.bandit.elements_thompson import ElementsThompson
from adplat.bandit.epsilon_greedy import EpsilonGreedy
from adplat.bandit.gaussian_thompson import GaussianThompson
from adplat.bandit.knowledge import NOTHING_KNOWN, Count, Fading, Knowledge
from adplat.bandit.learn_prior import learn_prior
from adplat.bandit.learned_prior import DEFAULT_PRIOR_STRENGTH, UNTAUGHT, LearnedPrior
from adplat.bandit.lin_ucb import LinUcb
from adplat.bandit.linear_evidence import LINEAR, linear_sums
from adplat.bandit.linear_thompson import LinearThompson
from adplat.bandit.many import choose_many
from adplat.bandit.objective import OBJECTIVES
from adplat.bandit.places import PLACES, PlaceEffects, learn_places, place_clicks
from adplat.bandit.policies import POLICIES, described_policies, policy_fitting, policy_named
from adplat.bandit.policy import Bools, Choice, Context, Policy, Reads
from adplat.bandit.thompson_with_prior import ThompsonWithPrior
from adplat.bandit.thompson_without_prior import ThompsonWithoutPrior
from adplat.bandit.top_two_thompson import TopTwoThompson
from adplat.bandit.ucb1 import Ucb1
from adplat.bandit.uniform import Uniform

__all__ = [
    "AT_ONCE",
    "DEFAULT_PRIOR_STRENGTH",
    "DELAYS",
    "LINEAR",
    "NOTHING_KNOWN",
    "OBJECTIVES",
    "PLACES",
    "POLICIES",
    "UNTAUGHT",
    "Belief",
    "BetaThompson",
    "Bools",
    "Choice",
    "Choices",
    "Context",
    "Count",
    "DelayCurve",
    "ElementEffects",
    "ElementsThompson",
    "EpsilonGreedy",
    "Fading",
    "GaussianThompson",
    "Knowledge",
    "LearnedPrior",
    "LinUcb",
    "LinearThompson",
    "PlaceEffects",
    "Policy",
    "Reads",
    "ThompsonWithPrior",
    "ThompsonWithoutPrior",
    "TopTwoThompson",
    "Ucb1",
    "Uniform",
    "choose_many",
    "delay_counts",
    "described_policies",
    "expected_shortfall",
    "learn_delays",
    "learn_elements",
    "learn_places",
    "learn_prior",
    "linear_sums",
    "matured",
    "place_clicks",
    "policy_fitting",
    "policy_named",
    "probability_of_highest_share",
]
