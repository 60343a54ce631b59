"""Card
This room:   the maths several rooms share: ranking and calibration measures, intervals, quadrature.
May import:  domain; numpy, scipy.
Must not:    read files, read the clock, draw random numbers except from a passed generator.
Called by:   data, ctr, bandit, reporting, simulator, flows.
Tests:       tests/statistics/
"""

from adplat.statistics.calibration import (
    ReliabilityBin,
    pcoc,
    relative_ece,
    reliability_curve,
)
from adplat.statistics.cholesky import cholesky_factor, inverse_of_factor
from adplat.statistics.clustered_proportions import clustered_proportion
from adplat.statistics.columns import Float64
from adplat.statistics.coverage_evidence import CoverageEvidence, coverage_evidence
from adplat.statistics.empirical_bernstein import bernstein_interval
from adplat.statistics.metric_intervals import has_interval, metric_interval
from adplat.statistics.multiple_tests import benjamini_hochberg, holm
from adplat.statistics.pair_order import PairOrder, pair_order
from adplat.statistics.pcoc_evidence import pcoc_interval, pcoc_outside
from adplat.statistics.proper_scores import logloss, normalised_entropy
from adplat.statistics.proportions import newcombe_difference, relative_lift_interval, wilson_interval
from adplat.statistics.quadrature import DECIDING, probability_of_largest_power, probability_of_maximum
from adplat.statistics.quadrature_rows import probabilities_of_maximum
from adplat.statistics.quantile_scores import inside_interval, pinball_losses
from adplat.statistics.ranking import auc, grouped_auc
from adplat.statistics.ratio_resampling import ratio_intervals
from adplat.statistics.resampling import bootstrap_interval, paired_difference

__all__ = [
    "DECIDING",
    "CoverageEvidence",
    "Float64",
    "PairOrder",
    "ReliabilityBin",
    "auc",
    "benjamini_hochberg",
    "bernstein_interval",
    "bootstrap_interval",
    "cholesky_factor",
    "clustered_proportion",
    "coverage_evidence",
    "grouped_auc",
    "has_interval",
    "holm",
    "inside_interval",
    "inverse_of_factor",
    "logloss",
    "metric_interval",
    "newcombe_difference",
    "normalised_entropy",
    "pair_order",
    "paired_difference",
    "pcoc",
    "pcoc_interval",
    "pcoc_outside",
    "pinball_losses",
    "probabilities_of_maximum",
    "probability_of_largest_power",
    "probability_of_maximum",
    "ratio_intervals",
    "relative_ece",
    "relative_lift_interval",
    "reliability_curve",
    "wilson_interval",
]
