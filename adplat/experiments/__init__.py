"""Card
This room:   creative tests: what two or more arms' sums say, with intervals that may be believed, and how long to run.
May import:  statistics, domain; numpy, scipy, msgspec.
Must not:    read files or the clock, draw random numbers, assign users, know another engine.
Called by:   flows.
Tests:       tests/experiments/
"""

from adplat.experiments.analysis import analyze
from adplat.experiments.group_sequential import (
    BoundaryState,
    Look,
    first_boundary_state,
    next_look,
    obrien_fleming_like,
    pocock_like,
)
from adplat.experiments.plan_spec import PlanSpec, parse_plan
from adplat.experiments.planning import plan
from adplat.experiments.sample_ratio import anytime_sample_ratio, sample_ratio
from adplat.experiments.spec import ExperimentSpec, parse_spec

__all__ = [
    "BoundaryState",
    "ExperimentSpec",
    "Look",
    "PlanSpec",
    "analyze",
    "anytime_sample_ratio",
    "first_boundary_state",
    "next_look",
    "obrien_fleming_like",
    "parse_plan",
    "parse_spec",
    "plan",
    "pocock_like",
    "sample_ratio",
]
