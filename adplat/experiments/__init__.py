"""Card
This room:   creative tests: what two or more arms' sums say, or their rows where a bandit moved shares, with intervals
             that may be believed, how long to run, and which unit gets which arm.
May import:  statistics, domain; numpy, scipy, msgspec.
Must not:    read files or the clock, draw random numbers, know another engine.
Called by:   flows.
Tests:       tests/experiments/
"""

from adplat.experiments.adaptive_analysis import analyze_adaptive
from adplat.experiments.adaptive_arms import WeightedSums, moments_of_sums
from adplat.experiments.adaptive_inference import adaptive_inference, arm_limits
from adplat.experiments.adaptive_rows import ANOTHER, AdaptiveRows
from adplat.experiments.adaptive_spec import AdaptiveData, AdaptiveSpec, as_plain, is_adaptive, parse_adaptive_spec
from adplat.experiments.adaptive_weights import stabilising_weights
from adplat.experiments.analysis import analyze
from adplat.experiments.assignment import Assigner, RequestUnits
from adplat.experiments.balance import Balance, category_balance, mean_balance
from adplat.experiments.best_arm import chances_of_best
from adplat.experiments.cuped import MeanSums, adjusted_means
from adplat.experiments.effects import Effects, effects
from adplat.experiments.group_sequential import (
    BoundaryState,
    Look,
    first_boundary_state,
    next_look,
    obrien_fleming_like,
    pocock_like,
)
from adplat.experiments.history import history_baseline
from adplat.experiments.inference import Inference, student
from adplat.experiments.lots import lots_for
from adplat.experiments.maturity import MaturityCurve, maturity_curve
from adplat.experiments.moments import Moments, RatioSums, mean_moments, proportion_moments, ratio_moments
from adplat.experiments.mover import Limits
from adplat.experiments.plan_spec import PlanSpec, parse_plan
from adplat.experiments.planning import plan, power_at, power_curve
from adplat.experiments.proportion_tests import score_p_value
from adplat.experiments.quantiles import quantile_sums
from adplat.experiments.rows_spec import CONTEXT_COLUMNS, Filter, Measure, RowArms, RowData
from adplat.experiments.sample_ratio import anytime_sample_ratio, sample_ratio
from adplat.experiments.sequential import confidence_sequence, watched
from adplat.experiments.setup_document import (
    UNIT_COLUMNS,
    ExperimentSetup,
    Guardrail,
    guardrail_question,
    parse_setup,
    planned_spec,
    question,
    setup_of,
)
from adplat.experiments.spec import (
    Arm,
    Covariate,
    CovariateDenominator,
    Denominator,
    ExperimentSpec,
    Metric,
    Stratum,
    parse_spec,
)
from adplat.experiments.spec_checks import check_spec
from adplat.experiments.verdict import harmed_arms, losing_arms

__all__ = [
    "ANOTHER",
    "CONTEXT_COLUMNS",
    "UNIT_COLUMNS",
    "AdaptiveData",
    "AdaptiveRows",
    "AdaptiveSpec",
    "Arm",
    "Assigner",
    "Balance",
    "BoundaryState",
    "Covariate",
    "CovariateDenominator",
    "Denominator",
    "Effects",
    "ExperimentSetup",
    "ExperimentSpec",
    "Filter",
    "Guardrail",
    "Inference",
    "Limits",
    "Look",
    "MaturityCurve",
    "MeanSums",
    "Measure",
    "Metric",
    "Moments",
    "PlanSpec",
    "RatioSums",
    "RequestUnits",
    "RowArms",
    "RowData",
    "Stratum",
    "WeightedSums",
    "adaptive_inference",
    "adjusted_means",
    "analyze",
    "analyze_adaptive",
    "anytime_sample_ratio",
    "arm_limits",
    "as_plain",
    "category_balance",
    "chances_of_best",
    "check_spec",
    "confidence_sequence",
    "effects",
    "first_boundary_state",
    "guardrail_question",
    "harmed_arms",
    "history_baseline",
    "is_adaptive",
    "losing_arms",
    "lots_for",
    "maturity_curve",
    "mean_balance",
    "mean_moments",
    "moments_of_sums",
    "next_look",
    "obrien_fleming_like",
    "parse_adaptive_spec",
    "parse_plan",
    "parse_setup",
    "parse_spec",
    "plan",
    "planned_spec",
    "pocock_like",
    "power_at",
    "power_curve",
    "proportion_moments",
    "quantile_sums",
    "question",
    "ratio_moments",
    "sample_ratio",
    "score_p_value",
    "setup_of",
    "stabilising_weights",
    "student",
    "watched",
]
