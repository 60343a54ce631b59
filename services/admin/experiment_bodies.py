"""Bodies of experiments: the documents of ``adplat schema experiment-setup`` and ``experiment-plan`` over the wire.

What an analysis, a plan or a guardrail may say is checked where it is read (``adplat/experiments``); here stands only
what can be wrong beforehand.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from adplat.domain import LAYER_BUCKETS, AssignmentUnit, ExperimentState
from services.admin.schemas import Name

_Number = Annotated[float, Field(allow_inf_nan=False)]
_Share = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
_Weight = Annotated[float, Field(ge=0, le=10**6, allow_inf_nan=False)]
_Ids = Annotated[list[Name], Field(max_length=500)]
NAME_PATTERN = r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$"
ExperimentName = Annotated[str, Field(pattern=NAME_PATTERN)]
Why = Annotated[str, Field(min_length=1, max_length=2000)]


class _In(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=False, hide_input_in_errors=True)


class ArmIn(_In):
    """``creative_ids`` empty: all of the campaigns; ``policy`` empty: whichever chooses anyway."""

    name: ExperimentName
    weight: _Weight = 1.0
    creative_ids: _Ids = []
    policy: Annotated[str, Field(max_length=64)] = ""


class BucketRangeIn(_In):
    """Buckets of the layer, ``end`` excluded."""

    first: Annotated[int, Field(ge=0, lt=LAYER_BUCKETS)] = 0
    end: Annotated[int, Field(ge=1, le=LAYER_BUCKETS)] = LAYER_BUCKETS


class AssignmentIn(_In):
    """Who gets what; the first arm is the control. ``experiment_id`` null: one is drawn."""

    experiment_id: ExperimentName | None = None
    arms: Annotated[list[ArmIn], Field(min_length=2, max_length=32)]
    campaign_ids: _Ids = []
    layer: ExperimentName = "default"
    salt: Annotated[str, Field(max_length=64)] = ""
    unit: AssignmentUnit = AssignmentUnit.USER
    traffic: _Share = 1.0
    layer_ranges: Annotated[list[BucketRangeIn], Field(min_length=1, max_length=100)] = [BucketRangeIn()]


class ExperimentIn(_In):
    """A set-up as ``adplat schema experiment-setup`` tells it; it becomes a draft."""

    experiment: AssignmentIn
    analysis: dict[str, Any]
    plan: dict[str, Any]
    guardrails: Annotated[list[dict[str, Any]], Field(max_length=10)] = []
    pause_losers: bool = False


class PlannedMetricIn(_In):
    name: Name
    kind: Literal["proportion", "mean", "ratio"]
    direction: Literal["higher", "lower"] = "higher"


class BaselineIn(_In):
    """The metric without a treatment; ``std`` of one unit, null for a proportion."""

    mean: _Number
    std: _Number | None = None
    explained: _Share = 0.0


class ExperimentPlanIn(_In):
    """As ``adplat schema experiment-plan`` tells it; give ``effect``, or ``units`` to learn which effect they show."""

    metric: PlannedMetricIn
    baseline: BaselineIn
    effect: _Number | None = None
    units: _Number | None = None
    power: _Number = 0.8
    method: Literal["fixed", "sequential", "group-sequential"] = "fixed"
    difference: Literal["relative", "absolute"] = "relative"
    alternative: Literal["two-sided", "greater", "less"] = "two-sided"
    alpha: _Number = 0.05
    correction: Literal["none", "holm", "bh"] = "none"
    allocation: Annotated[list[_Number], Field(min_length=2, max_length=32)] = [0.5, 0.5]
    daily_units: _Number | None = None
    looks: Annotated[int, Field(ge=1, le=100)] = 14


class PastIn(_In):
    """Of everything that these campaigns showed on the last days of which outcomes are known."""

    campaign_ids: Annotated[list[Name], Field(min_length=1, max_length=50)]
    metric: Literal["ctr", "cvr", "cpc", "cpa", "roas", "buyers", "value_per_unit"]
    unit: AssignmentUnit = AssignmentUnit.USER
    days: Annotated[int, Field(ge=1, le=28)] = 7


class PastOut(BaseModel):
    """What a plan's ``baseline`` and ``daily_units`` may be."""

    mean: float
    std: float
    units: int
    daily_units: float
    since: str
    until: str


class PlanOut(BaseModel):
    """``power_by_units``: what fewer and more units would show of the same effect."""

    model_config = ConfigDict(extra="allow")
    method: str
    units: int
    units_per_arm: list[int]
    duration_days: float | None
    expected_units: float
    effect: float
    power: float
    minimum_detectable_effect: float
    power_by_units: list[dict[str, float | None]]


class StartIn(_In):
    """Why now; it stands in the audit trail."""

    reason: Annotated[str, Field(max_length=2000)] = ""


class RaiseIn(_In):
    """``traffic``: the share of its units that takes part from now on, larger than the one of before.

    ``despite_alarms``: also where the latest result is unhealthy.
    """

    traffic: _Share
    reason: Why
    despite_alarms: bool = False


class PauseIn(_In):
    """``arm``: not the control; its units go to the others."""

    arm: Annotated[str, Field(min_length=1, max_length=64)]
    reason: Why


class StopIn(_In):
    reason: Why


class DecideIn(_In):
    """``winner``: the name of an arm, or none."""

    winner: Annotated[str, Field(min_length=1, max_length=64)]
    reason: Why


class RaiseOut(BaseModel):
    """From ``at`` on ``share`` of its units takes part."""

    at: str
    share: float
    by: str
    why: str


class ExperimentOut(BaseModel):
    """As ``adplat experiment show --json`` tells it. ``traffic`` is the share that takes part now."""

    model_config = ConfigDict(extra="allow")
    experiment_id: str
    state: ExperimentState
    traffic: float
    raises: list[RaiseOut]
    campaign_ids: list[str]
    created_at: str
    winner: str | None


class ExpectedEndOut(BaseModel):
    """``at``: when a running one will have its planned units; ``first_at``: when, had its traffic not been raised.

    ``units``: that will have come at ``first_at``, and ``power`` with which they show the planned effect.
    """

    at: str
    first_at: str
    units: int
    power: float


class ExperimentStoryOut(ExperimentOut):
    """``latest`` is the latest result, ``health`` what its checks say: unknown, healthy, doubtful, unhealthy.

    ``alike_arms``: names of arms that show the same, chosen in the same way, so that only chance is between them.
    """

    setup: dict[str, Any]
    results: int
    latest: dict[str, Any] | None
    health: str
    expected: ExpectedEndOut | None
    next_analysis: dict[str, Any] | None
    alike_arms: list[list[str]]


class ResultOut(BaseModel):
    """What one analysis said; later ones change no earlier one."""

    result_id: int
    at: str
    data_since: str | None
    data_until: str | None
    job_id: int | None
    verdict: str
    document: dict[str, Any]
