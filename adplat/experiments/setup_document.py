"""The document that a kept experiment is created from: who gets what, what is measured, how it is judged, how it ends.

``experiment`` is what units are assigned by; ``analysis`` the question as in ``adplat schema experiment``, without what
only rows can say (arms, age, looks); ``plan`` what ``adplat schema experiment-plan`` adds to it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import Any, Literal, NoReturn

import msgspec

from adplat.domain import AssignmentUnit, ConfigRejected, Experiment, ExperimentArm, ExperimentState
from adplat.experiments.plan_spec import parse_plan
from adplat.experiments.planning import plan
from adplat.experiments.spec import ExperimentSpec, Gates, Metric, parse_spec

Outcome = Literal["click", "conversion", "value"]
_FROM_ROWS = ("arms", "allocation", "name", "looks", "age_days", "group_sequential")
_PLANNED = ("metric", "difference", "alternative", "alpha", "correction")
_OF_THE_LIFE = ("state", "started_at", "stopped_at")


class Guardrail(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What must not get worse, judged anytime-valid at ``alpha``.

    An arm breaches it when its whole confidence sequence lies on the bad side of ``margin`` (in the unit of
    ``difference``), after ``gates``; the experiment is then stopped.
    """

    metric: Metric
    outcome: Outcome = "click"
    difference: Literal["relative", "absolute"] = "relative"
    margin: float = 0.0
    alpha: float = 0.05
    sequential_tuning: float = 5000
    gates: Gates = Gates(minimum_units=100, minimum_events=20)


class ExperimentSetup(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All that is said of an experiment before it begins.

    ``outcome`` is what the metric counts: clicks, conversions or their value in micros. A ``proportion`` is the share
    of units with one, a ``mean`` is of units, a ``ratio`` is per impression with the units as clusters.
    """

    experiment: Experiment
    analysis: dict[str, Any]
    plan: dict[str, Any]
    outcome: Outcome = "click"
    guardrails: list[Guardrail] = []
    pause_losers: bool = False


def parse_setup(content: Mapping[str, Any], *, where: str) -> tuple[ExperimentSetup, dict[str, Any]]:
    """The set-up with defaults filled in, and its plan document (units, days, power).

    A sequential analysis that names no ``sequential_tuning`` gets the one of the plan.

    Raises:
        ConfigRejected: an unknown or missing field, a wrong type, an impossible value, a plan without a size.
    """
    try:
        setup = msgspec.convert(dict(content), ExperimentSetup, strict=True)
    except msgspec.ValidationError as reason:
        _refuse(" ".join(str(reason).split()), where, "compare the document with: adplat schema experiment-setup")
    told = content["experiment"]
    _known_fields(told, Experiment, f"{where}: experiment", _OF_THE_LIFE)
    for arm in told["arms"]:
        _known_fields(arm, ExperimentArm, f"{where}: arms", ())
    if setup.experiment.state is not ExperimentState.DRAFT or not setup.experiment.arms[0].takes_units:
        _refuse("its control takes no units", f"{where}: arms", "give the first arm a weight, and do not pause it")
    for field in _FROM_ROWS:
        if field in setup.analysis:
            _refuse(f"{field!r} is not said beforehand", f"{where}: analysis", "leave it out: it follows from the rows")
    planned = _plan(setup, where)
    analysis = dict(setup.analysis)
    if analysis.get("method") == "sequential" and planned["sequential_tuning"] is not None:
        analysis.setdefault("sequential_tuning", planned["sequential_tuning"])
    if analysis.get("method", "fixed") == "fixed":
        # One look, at the size that was planned: before it the verdict is to wait.
        analysis["gates"] = _raised(analysis.get("gates") or {}, min(planned["units_per_arm"]))
    setup = msgspec.structs.replace(setup, analysis=analysis)
    spec = question(setup, [{"name": arm.name, "n": 0} for arm in setup.experiment.arms], where=where)
    _check(setup, spec, where)
    return setup, planned


def setup_of(document: Mapping[str, Any]) -> ExperimentSetup:
    """The set-up of a kept document, which was checked when it was created."""
    return msgspec.convert({name: document[name] for name in ExperimentSetup.__struct_fields__}, ExperimentSetup)


def question(setup: ExperimentSetup, arms: list[dict[str, Any]], *, where: str, **of_the_rows: Any) -> ExperimentSpec:
    """The analysis to ask for, once the rows have said what the ``arms`` came to."""
    told = {"name": setup.experiment.experiment_id, "arms": arms, **of_the_rows}
    if setup.analysis.get("metric", {}).get("kind") != "quantile":
        told["arms"] = [_NOTHING | arm for arm in arms]
    return parse_spec(setup.analysis | told, where=f"{where}: analysis")


def guardrail_question(guardrail: Guardrail, arms: list[dict[str, Any]], *, where: str) -> ExperimentSpec:
    """The analysis of a guardrail: sequential and two-sided, whatever the experiment's own method."""
    told = {"metric": msgspec.to_builtins(guardrail.metric), "arms": [_NOTHING | arm for arm in arms]}
    asked = {"method": "sequential", "difference": guardrail.difference, "alpha": guardrail.alpha}
    tuning = {"sequential_tuning": guardrail.sequential_tuning, "gates": msgspec.to_builtins(guardrail.gates)}
    return parse_spec(told | asked | tuning, where=f"{where}: guardrail {guardrail.metric.name}")


_NO_SUMS = {"sum": 0.0, "sum_squares": 0.0, "sum_products": 0.0}
_NOTHING: dict[str, Any] = {"sum": 0.0, "sum_squares": 0.0, "denominator": _NO_SUMS}


def _check(setup: ExperimentSetup, spec: ExperimentSpec, where: str) -> None:
    kinds = {spec.metric.kind: "analysis", **{one.metric.kind: "guardrails" for one in setup.guardrails}}
    if "quantile" in kinds:
        _refuse("quantiles have no sums over the lake", f"{where}: {kinds['quantile']}", "take a mean or a ratio")
    names = [guardrail.metric.name for guardrail in setup.guardrails]
    if len(set(names)) < len(names):
        _refuse("two guardrails have one name", f"{where}: guardrails", "give each metric a name of its own")
    for guardrail in setup.guardrails:
        guardrail_question(guardrail, [{"name": arm.name, "n": 0} for arm in setup.experiment.arms], where=where)
        if guardrail.margin < 0.0:
            _refuse(f"margin is {guardrail.margin}", f"{where}: guardrails", "give 0 or more")
    if spec.method == "group-sequential":
        _refuse(
            "a group-sequential test has a few looks that were planned, and this one is looked at all the time",
            f"{where}: analysis",
            'take "sequential"',
        )
    if setup.pause_losers and spec.method != "sequential":
        _refuse(
            f"pause_losers with the method {spec.method!r}",
            where,
            'take "sequential": arms are paused at looks that nobody planned, and no other method allows for them',
        )
    if setup.pause_losers and spec.gates is None:
        _refuse("pause_losers without gates", f"{where}: analysis", "say from which age, units and events on")
    if setup.experiment.unit is AssignmentUnit.REQUEST and spec.metric.kind == "ratio":
        _refuse(
            "a ratio over requests, each its own unit",
            f"{where}: analysis",
            'take "proportion" or "mean", or assign users',
        )


def _plan(setup: ExperimentSetup, where: str) -> dict[str, Any]:
    asked = {name: setup.analysis[name] for name in _PLANNED if name in setup.analysis}
    method = setup.analysis.get("method", "fixed")
    shares = [arm.weight for arm in setup.experiment.arms if arm.takes_units]
    # A Bayesian test is planned as the fixed one whose interval it has under a flat prior.
    told = {"method": "fixed" if method == "bayesian" else method, "allocation": shares}
    spec = parse_plan(asked | told | setup.plan, where=f"{where}: plan")
    if spec.effect is None:
        _refuse("the plan names no effect", f"{where}: plan", "give the smallest difference that matters as effect")
    return plan(spec)


def _raised(gates: Mapping[str, Any], units: int) -> dict[str, Any]:
    told = gates.get("minimum_units")
    return {**gates, "minimum_units": max(told, units) if isinstance(told, int | float) else units}


def _known_fields(told: Mapping[str, Any], kind: type, where: str, without: tuple[str, ...]) -> None:
    known = [field.name for field in fields(kind) if field.name not in without] if is_dataclass(kind) else []
    for name in told:
        if name not in known:
            _refuse(f"unknown field {name!r}", where, f"known fields: {', '.join(known)}")


def _refuse(what: str, where: str, hint: str) -> NoReturn:
    raise ConfigRejected(what, where=where, hint=hint)
