"""What the form of experiments says, as the set-up that flows read; it asks for what most tests need, the API for all.

Effects and margins are written in per cent of the control. Money is written in units of its currency.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from adplat.domain import (
    LAYER_BUCKETS,
    MICROS_PER_UNIT,
    AssignmentUnit,
    ConfigRejected,
    Experiment,
    ExperimentArm,
    ExperimentBook,
    InputError,
    alike_arms,
)
from adplat.flows.experiment_metrics import ExperimentMetric, experiment_metric
from services.admin.experiment_bodies import NAME_PATTERN
from services.admin.forms import Form
from services.admin.refusals import refusal

ARMS, MOST_ARMS, GUARDRAILS = 4, 8, 3
METHODS = ("sequential", "fixed", "bayesian")
MONEY = frozenset({"cpc", "cpa", "value_per_unit"})
DEFAULTS = {
    "experiment_id": "",
    "unit": "user",
    "traffic": "100",
    "layer": "default",
    "first": "0",
    "end": str(LAYER_BUCKETS),
    "metric": "ctr",
    "method": "sequential",
    "alpha": "0.05",
    "power": "0.8",
    "effect": "10",
    "age_days": "7",
    "events": "100",
    "mean": "",
    "std": "",
    "daily_units": "",
}
_PERCENT = 100.0
_ALPHA = (0, 0.5)
_LARGEST = 10**9
_A_LAYER = re.compile(r"\blayer\b")


def setup_told(form: Form) -> dict[str, Any]:
    """The whole set-up. Raises ConfigRejected for a field that is none; what no test can be, flows refuse."""
    metric, method = experiment_metric(form.text("metric")), _one_of(form, "method", METHODS)
    arms = arms_told(form)
    analysis: dict[str, Any] = {
        "metric": metric.metric_document(),
        "data": metric.data_document(),
        "method": method,
        "alpha": _between(form, "alpha", *_ALPHA),
        "gates": _gates(form),
    }
    if len(arms) > 2 and method != "bayesian":
        analysis["correction"] = "holm"
    experiment = {
        "campaign_ids": list(form.many("campaign")),
        "arms": arms,
        "unit": _one_of(form, "unit", [one.value for one in AssignmentUnit]),
        "traffic": share_told(form),
        "layer": form.text("layer") or DEFAULTS["layer"],
        "layer_ranges": [{"first": _whole(form, "first"), "end": _whole(form, "end")}],
    }
    if name := name_told(form, "experiment_id"):
        experiment["experiment_id"] = name
    return {
        "experiment": experiment,
        "analysis": analysis,
        "plan": _plan(form, metric),
        "guardrails": _guardrails(form),
        "pause_losers": bool(form.text("pause_losers")),
    }


def share_told(form: Form) -> float:
    """The share of traffic, written in per cent. Raises ConfigRejected."""
    share = _needed(form, "traffic") / _PERCENT
    if not 0.0 < share <= 1.0:
        raise refusal("form_share_beyond", "traffic", told=form.text("traffic")[:40])
    return share


def taking_part(form: Form) -> float:
    """The share of all units that the test gets: its traffic of its buckets. Raises ConfigRejected."""
    return share_told(form) * max(0, _whole(form, "end") - _whole(form, "first")) / LAYER_BUCKETS


def plan_told(form: Form) -> dict[str, Any]:
    """What is to be planned; what the test could not be kept with is refused here too. Raises ConfigRejected."""
    share_told(form)
    name_told(form, "experiment_id")
    metric, method = experiment_metric(form.text("metric")), _one_of(form, "method", METHODS)
    weights = [arm["weight"] for arm in arms_told(form)] or [1.0, 1.0]
    told = {
        "metric": metric.metric_document(),
        # A Bayesian test is planned as the fixed one whose interval it has under a flat prior.
        "method": "fixed" if method == "bayesian" else method,
        "alpha": _between(form, "alpha", *_ALPHA),
        "allocation": weights if len(weights) > 1 else [*weights, 1.0],
    }
    if len(weights) > 2 and method != "bayesian":
        told["correction"] = "holm"
    return told | _plan(form, metric)


def arms_told(form: Form) -> list[dict[str, Any]]:
    """The arms that have a name. Raises ConfigRejected."""
    found = []
    for number in range(1, MOST_ARMS + 1):
        name = name_told(form, f"arm{number}_name")
        if not name:
            continue
        arm: dict[str, Any] = {
            "name": name,
            "weight": 1.0 if (weight := form.number(f"arm{number}_weight")) is None else weight,
            "creative_ids": list(form.many(f"arm{number}_creatives")),
        }
        if policy := form.text(f"arm{number}_policy"):
            arm["policy"] = policy
        found.append(arm)
    return found


def name_told(form: Form, field: str) -> str:
    """Of a test or an arm; empty where none is told. Raises ConfigRejected."""
    told = form.text(field)
    if told and not re.fullmatch(NAME_PATTERN, told):
        raise refusal("form_test_name", field, name=told[:40])
    return told


def alike_told(form: Form) -> list[list[str]]:
    """Names of arms that would show the same, chosen in the same way. Raises ConfigRejected."""
    arms = [
        ExperimentArm(arm["name"], 1.0, tuple(arm["creative_ids"]), arm.get("policy", "")) for arm in arms_told(form)
    ]
    return alike_arms(arms)


@contextmanager
def effect_as_written(form: Form) -> Iterator[None]:
    """While something is planned: an effect that no test shows is told as the form has it. Raises ConfigRejected."""
    try:
        yield
    except ConfigRejected as error:
        if error.where != "effect":
            raise
        raise refusal("form_effect_unseen", "effect", effect=form.text("effect")[:40]) from None


def scale_of(metric: str) -> float:
    """What a number of the form is multiplied by: money is written in units, and kept in micros."""
    return float(MICROS_PER_UNIT) if metric in MONEY else 1.0


def is_of_layers(error: InputError) -> bool:
    """Whether it is about the fields of layer and buckets, which are folded away until somebody needs them."""
    field = error.where.rpartition(": ")[2]
    return field in {"first", "end", "layer", "layer_ranges"} or bool(_A_LAYER.search(f"{error.what} {error.hint}"))


def layers_told(form: Form, running: ExperimentBook) -> dict[str, Any]:
    """What could be written there: ranges ``free`` in the layer that was named, those who ``own`` the others, and
    whether a layer of its own would do, which is not so beside a test of the same campaigns."""
    layer, campaigns = form.text("layer") or DEFAULTS["layer"], set(form.many("campaign"))
    beside = [one for one in running.experiments if not one.campaign_ids or campaigns & set(one.campaign_ids)]
    # Tests of one campaign share a layer: the layer that the other one has is where room is to be found.
    layer = beside[0].layer if beside else layer
    in_layer = [one for one in running.experiments if one.layer == layer]
    name, taken = form.text("experiment_id") or "second", {one.layer for one in running.experiments}
    return {
        "layer": layer,
        "free": [(one.first, one.end) for one in running.free_ranges(layer)] if _fits(form, in_layer) else [],
        "owners": [one.experiment_id for one in in_layer],
        "own": "" if beside else f"{name}-2" if name in taken else name,
    }


def _fits(form: Form, others: Sequence[Experiment]) -> bool:
    """Whether they deal the same unit; others share no layer."""
    return all(one.unit.value == form.text("unit") for one in others)


def _plan(form: Form, metric: ExperimentMetric) -> dict[str, Any]:
    scale, effect = scale_of(metric.name), abs(_needed(form, "effect")) / _PERCENT
    if not effect:
        raise refusal("form_effect_unseen", "effect", effect=form.text("effect")[:40])
    if not form.text("mean"):
        raise ConfigRejected("what is the metric now?", where="mean", hint="tell it, or take it from the last days")
    is_share = metric.kind == "proportion"
    baseline: dict[str, Any] = {"mean": _between(form, "mean", 0, 1 if is_share else _LARGEST) * scale}
    if not is_share:
        if not form.text("std"):
            raise ConfigRejected(
                "how much do units differ?", where="std", hint="tell the deviation, or take it from the last days"
            )
        baseline["std"] = _between(form, "std", 0, _LARGEST) * scale
    plan = {
        "baseline": baseline,
        "effect": -effect if metric.direction == "lower" else effect,
        "power": _between(form, "power", _between(form, "alpha", *_ALPHA), 1),
    }
    if form.text("daily_units"):
        plan["daily_units"] = _between(form, "daily_units", 0, _LARGEST)
    return plan


def _between(form: Form, name: str, low: float, high: float) -> float:
    """A number that is neither of the two. Raises ConfigRejected."""
    value = _needed(form, name)
    if not low < value < high:
        told = form.text(name)[:40]
        raise refusal("form_number_beyond", name, told=told, low=f"{low:,}", high=f"{high:,}")
    return value


def _gates(form: Form) -> dict[str, Any]:
    told = {"minimum_age_days": form.number("age_days"), "minimum_events": form.number("events")}
    return {name: value for name, value in told.items() if value is not None}


def _guardrails(form: Form) -> list[dict[str, Any]]:
    found = []
    for number in range(1, GUARDRAILS + 1):
        name = form.text(f"guard{number}_metric")
        if not name:
            continue
        metric = experiment_metric(name)
        margin = form.number(f"guard{number}_margin") or 0.0
        found.append({"metric": metric.metric_document(), "data": metric.data_document(), "margin": margin / _PERCENT})
    return found


def _needed(form: Form, name: str) -> float:
    value = form.number(name)
    if value is None:
        raise ConfigRejected("nothing is told", where=name, hint="give a number")
    return value


def _whole(form: Form, name: str) -> int:
    told = form.text(name) or DEFAULTS[name]
    if not (told.isascii() and told.isdigit() and len(told) < 10):
        raise ConfigRejected(f"{told[:40]!r} is no whole number", where=name, hint=f"give 0 to {LAYER_BUCKETS}")
    return int(told)


def _one_of(form: Form, name: str, known: Any) -> str:
    told = form.text(name)
    if told not in known:
        raise ConfigRejected(f"{told[:40]!r} is none", where=name, hint=f"one of {', '.join(known)}")
    return told
