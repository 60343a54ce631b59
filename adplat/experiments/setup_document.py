"""The document that a kept experiment is created from: who gets what, what is measured, how it is judged, how it ends.

``experiment`` is what units are assigned by; ``analysis`` the question to the lake's rows as in ``adplat schema
experiment``, without what follows from the experiment (its arms, times and lake); ``plan`` what ``adplat schema
experiment-plan`` adds to it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from datetime import UTC, datetime
from typing import Any, Literal, NoReturn

import msgspec

from adplat.domain import AssignmentUnit, ConfigRejected, Experiment, ExperimentArm
from adplat.experiments.document import document_of
from adplat.experiments.plan_spec import PlanSpec, parse_plan
from adplat.experiments.planning import plan
from adplat.experiments.spec import ExperimentSpec, Gates, Metric, parse_spec

UNIT_COLUMNS = {AssignmentUnit.USER: "user_key", AssignmentUnit.REQUEST: "request_id"}
_NOT_SAID = ("arms", "allocation", "name", "looks", "assigned", "age_days", "group_sequential", "share_covariance")
_NOT_SAID_OF_ROWS = ("lake", "experiment", "unit", "arms", "since", "until", "as_of")
_NOT_SAID_OF_THE_LIFE = ("state", "started_at", "stopped_at")
_SOME_START = datetime(2000, 1, 1, tzinfo=UTC)  # checked before anybody knows when it will start
_PLANNED = ("metric", "difference", "alternative", "alpha", "correction")


class Guardrail(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What must not get worse, judged anytime-valid at ``alpha``; ``data`` as in the analysis.

    An arm breaches it when its whole confidence sequence lies on the bad side of ``margin`` (in the unit of
    ``difference``), after ``gates``; the experiment is then stopped.
    """

    metric: Metric
    data: dict[str, Any]
    difference: Literal["relative", "absolute"] = "relative"
    margin: float = 0.0
    alpha: float = 0.05
    sequential_tuning: float = 5000
    gates: Gates = Gates(minimum_units=100, minimum_events=20)


class ExperimentSetup(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All that is said of an experiment before it begins.

    ``pause_losers``: an arm that a sequential analysis knows to be worse, gates passed, is paused.
    """

    experiment: Experiment
    analysis: dict[str, Any]
    plan: dict[str, Any]
    guardrails: list[Guardrail] = []
    pause_losers: bool = False


def parse_setup(content: Mapping[str, Any], *, where: str) -> tuple[ExperimentSetup, dict[str, Any]]:
    """The set-up with defaults filled in, and its plan document (units, days, power).

    A sequential analysis that names no ``sequential_tuning`` gets the one of the plan; a fixed one may give a verdict
    only at the size that was planned.

    Raises:
        ConfigRejected: an unknown or missing field, a wrong type, an impossible value, a plan without a size.
    """
    setup = document_of(content, ExperimentSetup, schema="experiment-setup", where=where)
    told = content["experiment"]
    _require_known(told, Experiment, f"{where}: experiment", _NOT_SAID_OF_THE_LIFE)
    for arm in told["arms"]:
        _require_known(arm, ExperimentArm, f"{where}: arms", ("paused",))
    if not setup.experiment.arms[0].takes_units:
        _refuse("its control takes no units", f"{where}: arms", "give the first arm a weight")
    planned = plan(planned_spec(setup, where))
    analysis = dict(setup.analysis)
    method = analysis.setdefault("method", "fixed")
    if method == "sequential" and planned["sequential_tuning"] is not None:
        analysis.setdefault("sequential_tuning", planned["sequential_tuning"])
    if method == "fixed":
        # One look, at the size that was planned: before it the verdict is to wait.
        analysis["gates"] = _raised(analysis.get("gates") or {}, min(planned["units_per_arm"]))
    setup = msgspec.structs.replace(setup, analysis=analysis)
    _check(setup, where)
    return setup, planned


def setup_of(document: Mapping[str, Any]) -> ExperimentSetup:
    """The set-up of a kept document, which was checked when it was created."""
    return msgspec.convert({name: document[name] for name in ExperimentSetup.__struct_fields__}, ExperimentSetup)


def planned_spec(setup: ExperimentSetup, where: str) -> PlanSpec:
    """What the set-up's plan asks for, with what its analysis says. Raises ConfigRejected, also without an effect."""
    asked = {name: setup.analysis[name] for name in _PLANNED if name in setup.analysis}
    method = setup.analysis.get("method", "fixed")
    # A Bayesian test is planned as the fixed one whose interval it has under a flat prior.
    told = {
        "method": "fixed" if method == "bayesian" else method,
        "allocation": [arm.weight for arm in setup.experiment.arms if arm.takes_units],
    }
    spec = parse_plan(asked | told | setup.plan, where=f"{where}: plan")
    if spec.effect is None:
        _refuse("the plan names no effect", f"{where}: plan", "give the smallest difference that matters as effect")
    return spec


def question(setup: ExperimentSetup, experiment: Experiment, **times: Any) -> ExperimentSpec:
    """The analysis to ask of rows; ``experiment`` as it stands now, ``times``: since, until, as_of and age_days."""
    where = f"experiment {experiment.experiment_id}: analysis"
    _require_unsaid(setup.analysis, _NOT_SAID, where)
    return parse_spec(
        setup.analysis | _of_experiment(setup.analysis.get("data"), experiment, where, **times), where=where
    )


def guardrail_question(guardrail: Guardrail, experiment: Experiment, **times: Any) -> ExperimentSpec:
    """The analysis of a guardrail: sequential and two-sided, whatever the experiment's own method."""
    where = f"experiment {experiment.experiment_id}: guardrail {guardrail.metric.name}"
    asked = {
        "method": "sequential",
        "metric": msgspec.to_builtins(guardrail.metric),
        "difference": guardrail.difference,
        "alpha": guardrail.alpha,
        "sequential_tuning": guardrail.sequential_tuning,
        "gates": msgspec.to_builtins(guardrail.gates),
    }
    return parse_spec(asked | _of_experiment(guardrail.data, experiment, where, **times), where=where)


def _of_experiment(
    data: Any,
    experiment: Experiment,
    where: str,
    *,
    since: datetime,
    until: datetime | None = None,
    as_of: datetime | None = None,
    age_days: float | None = None,
) -> dict[str, Any]:
    """What follows from the experiment: arms that are not paused, with their shares; rows of its time.

    A paused arm's units have gone to the others in the proportion of their weights, so that these stay comparable.
    """
    if not isinstance(data, Mapping):
        _refuse("no data", where, 'add "data" with a "measure", as in: adplat schema experiment')
    _require_unsaid(data, _NOT_SAID_OF_ROWS, f"{where}: data")
    arms = [arm for arm in experiment.arms if not arm.paused]
    rows = {
        "experiment": experiment.experiment_id,
        "unit": UNIT_COLUMNS[experiment.unit],
        "arms": {"values": [arm.name for arm in arms]},
        "since": since,
        "until": until,
        "as_of": as_of,
    }
    return {
        "name": experiment.experiment_id,
        "allocation": [arm.weight for arm in arms],
        "age_days": age_days,
        "data": {**data, **rows},
    }


def _check(setup: ExperimentSetup, where: str) -> None:
    spec = question(setup, setup.experiment, since=_SOME_START)
    names = [guardrail.metric.name for guardrail in setup.guardrails]
    if len(set(names)) < len(names):
        _refuse("two guardrails have one name", f"{where}: guardrails", "give each metric a name of its own")
    for guardrail in setup.guardrails:
        guardrail_question(guardrail, setup.experiment, since=_SOME_START)
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


def _raised(gates: Mapping[str, Any], units: int) -> dict[str, Any]:
    told = gates.get("minimum_units")
    return {**gates, "minimum_units": max(told, units) if isinstance(told, int | float) else units}


def _require_unsaid(told: Mapping[str, Any], unsaid: tuple[str, ...], where: str) -> None:
    for name in unsaid:
        if name in told:
            _refuse(f"{name!r} is not said here", where, "leave it out: it follows from the experiment")


def _require_known(told: Mapping[str, Any], kind: type[Any], where: str, unsaid: tuple[str, ...]) -> None:
    known = [field.name for field in fields(kind) if field.name not in unsaid]
    for name in told:
        if name not in known:
            _refuse(f"unknown field {name!r}", where, f"known fields: {', '.join(known)}")


def _refuse(what: str, where: str, hint: str) -> NoReturn:
    raise ConfigRejected(what, where=where, hint=hint)
