"""What another policy would have earned, read off a log of choices whose propensities are known.

One estimator a file, all made from the same ``Evidence``; ``gate`` says when none of them may be believed. Letters
used in shapes: ``N`` logged rows, ``A`` actions (creatives) of the log, ``M`` pairs of a row and an action that stood
for choice in it, row after row, ``w = π/p`` weights of the evaluated policy's probability over the logged one.
"""

from adplat.bandit.off_policy.choice_log import ChoiceLog, Offered, refuse_unusable
from adplat.bandit.off_policy.evaluation import ESTIMATORS, Estimate, Evaluation, evaluate_target
from adplat.bandit.off_policy.evidence import Contributions, Evidence
from adplat.bandit.off_policy.gate import LEAST_ESS, MOST_WEIGHT_SHARE
from adplat.bandit.off_policy.replay import Replay
from adplat.bandit.off_policy.table_target import TableTarget
from adplat.bandit.off_policy.target import Target, TargetBlock

__all__ = [
    "ESTIMATORS",
    "LEAST_ESS",
    "MOST_WEIGHT_SHARE",
    "ChoiceLog",
    "Contributions",
    "Estimate",
    "Evaluation",
    "Evidence",
    "Offered",
    "Replay",
    "TableTarget",
    "Target",
    "TargetBlock",
    "evaluate_target",
    "refuse_unusable",
]
