"""Pages of experiments: the list, one of them with its results, the form that plans one, and the steps of its life."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response

from adplat.bandit import POLICIES
from adplat.domain import (
    Comparison,
    Condition,
    ConfigRejected,
    CreativeStatus,
    ExperimentState,
    InputError,
    KeptExperiment,
    ListRequest,
    Right,
    UnknownReference,
    condition_from,
)
from adplat.flows.admin_parts import SeenParts
from adplat.flows.create_experiments import create_experiment_once
from adplat.flows.describe_experiments import experiment_document, experiment_told
from adplat.flows.experiment_health import Health, health_checks, health_of
from adplat.flows.experiment_metrics import EXPERIMENT_METRICS, experiment_metric
from adplat.flows.manage_experiments import (
    NO_WINNER,
    decide_experiment,
    pause_arm,
    raise_traffic,
    start_experiment,
    stop_experiment,
)
from adplat.flows.plan_experiment import plan_with_power
from adplat.flows.watch_experiments import order_analysis
from services.admin import experiment_telling as telling
from services.admin.asking import Asker
from services.admin.etags import etag_of
from services.admin.experiment_bodies import PastIn
from services.admin.experiment_form import (
    ARMS,
    DEFAULTS,
    GUARDRAILS,
    METHODS,
    MOST_ARMS,
    alike_told,
    effect_as_written,
    is_of_layers,
    layers_told,
    plan_told,
    scale_of,
    setup_told,
    share_told,
    taking_part,
)
from services.admin.experiments_api import as_seen, past_document
from services.admin.filters import Asked, Filters, one_of, text
from services.admin.forms import Form
from services.admin.pages import Browsing, Sending, trail_of
from services.admin.refusals import told_to_people
from services.admin.rendering import language_asked, page, to, words_for
from services.admin.reports_api import in_turn

router = APIRouter(include_in_schema=False)
MOST_LOOKS = 120
PAST_DAYS = 7
_MOST_CREATIVES = 200
LISTED = Filters(
    (
        one_of("state", "state", {one.value: one.value for one in ExperimentState}, "state"),
        text("name", "name", "experiment_id"),
    )
)


@router.get("/experiments")
def experiments(request: Request, asker: Browsing, asked: Annotated[Asked, Depends(LISTED.asked)]) -> Response:
    """Newest first, each with what its latest result says of its health."""
    parts = asker.may(Right.SEE_EXPERIMENTS)
    shown = asked.page(parts.experiments.experiment_page, 50)
    latest = parts.experiments.latest_results([one.experiment_id for one in shown.items])
    facts: dict[str, Any] = {
        "shown": shown,
        "states": list(ExperimentState),
        "health": {one.experiment_id: _health(latest.get(one.experiment_id)) for one in shown.items},
        "verdicts": {key: one.document["analysis"]["decision"]["verdict"] for key, one in latest.items()},
        "at": {key: one.at for key, one in latest.items()},
    }
    return page(request, "experiments.html", asker, asked=asked, **facts)


@router.get("/experiments/new")
def new_experiment(request: Request, asker: Browsing) -> Response:
    """First of which campaigns, then everything else."""
    parts = asker.may(Right.RUN_EXPERIMENTS)
    chosen = tuple(one for one in request.query_params.getlist("campaign")[:50] if one)
    pairs = tuple(("campaign", one) for one in chosen)
    return _form_page(request, asker, parts, Form({}, pairs=pairs))


@router.post("/experiments/new")
def create(request: Request, sent: Sending) -> Response:
    """Created; or, by the other buttons, only planned, or filled in from the past. What was written stays."""
    asker, form = sent
    parts = asker.may(Right.RUN_EXPERIMENTS)
    wanted = form.text("do")
    try:
        if wanted == "past":
            return _form_page(request, asker, parts, _from_the_past(request, parts, form))
        if wanted in {"plan", "more"}:
            return _form_page(request, asker, parts, form)
        setup = setup_told(form)
        with effect_as_written(form):
            made = create_experiment_once(parts, setup, form.text("once"))
    except InputError as error:
        return _form_page(request, asker, parts, form, error)
    return to(f"/experiments/{made.experiment_id}", "created")


@router.post("/experiments/plan")
def live_plan(request: Request, sent: Sending) -> Response:
    """The part of the form that tells how long it takes, for whoever changes a field."""
    asker, form = sent
    asker.may(Right.RUN_EXPERIMENTS)
    return page(request, "experiment_plan.html", asker, **_planned(request, form))


@router.get("/experiments/{experiment_id}")
def experiment(experiment_id: str, request: Request, asker: Browsing) -> Response:
    """Set-up, life, and what its analyses say."""
    return _page_of(request, asker, asker.may(Right.SEE_EXPERIMENTS).experiments.find(experiment_id))


@router.post("/experiments/{experiment_id}/{step}")
def take_step(experiment_id: str, step: str, request: Request, sent: Sending) -> Response:
    """A step of its life, with its reason; or an analysis at once."""
    asker, form = sent
    parts = asker.may(Right.RUN_EXPERIMENTS)
    kept = parts.experiments.find(experiment_id)
    if step not in _STEPS:
        raise UnknownReference("no such step", where="step", hint=f"one of {', '.join(_STEPS)}")
    reason, seen = form.text("reason"), as_seen(form.text("etag"))
    try:
        changing = parts.experiment_parts()
        if step == "analyses":
            order_analysis(changing, experiment_id)
        elif not reason:
            raise ConfigRejected("why?", where="reason", hint="say it in a few words: it stands in the audit trail")
        elif step == "start":
            start_experiment(changing, experiment_id, reason, seen)
        elif step == "raise":
            share, despite = share_told(form), bool(form.text("despite_alarms"))
            raise_traffic(changing, experiment_id, share, reason, seen, despite_alarms=despite)
        elif step == "pause":
            pause_arm(changing, experiment_id, form.text("arm"), reason, seen)
        elif step == "stop":
            stop_experiment(changing, experiment_id, reason, seen)
        else:
            _require_analysis(parts, experiment_id, form)
            decide_experiment(changing, experiment_id, form.text("winner"), reason, seen)
    except InputError as error:
        return _page_of(request, asker, parts.experiments.find(kept.experiment_id), error)
    return to(f"/experiments/{experiment_id}", _STEPS[step])


_STEPS = {
    "start": "experiment_started",
    "raise": "traffic_raised",
    "pause": "arm_paused",
    "stop": "experiment_stopped",
    "decide": "experiment_decided",
    "analyses": "analysis_ordered",
}


def _require_analysis(parts: SeenParts, experiment_id: str, form: Form) -> None:
    """Raises ConfigRejected where no result is there to decide by and nobody has said that this is meant."""
    if not form.text("unanalyzed") and not parts.experiments.latest_results([experiment_id]):
        raise ConfigRejected(
            "nothing has been analysed yet",
            where="unanalyzed",
            hint="refresh the results first, or tick that you decide without an analysis",
        )


def _page_of(request: Request, asker: Asker, kept: KeptExperiment, error: InputError | None = None) -> Response:
    parts, name = asker.seen, kept.experiment_id
    told = experiment_told(kept, parts.experiments, parts.jobs)
    results, count = parts.experiments.results_over_time(name, MOST_LOOKS)
    facts: dict[str, Any] = {
        "told": told,
        "etag": etag_of(experiment_document(kept)),
        "entries": trail_of(asker, name),
        "no_winner": NO_WINNER,
        "pausable": [arm.name for arm in kept.experiment.arms[1:] if not arm.paused],
        "analysis": told["setup"].get("analysis", {}),
        "metric": told["setup"].get("analysis", {}).get("metric", {}),
        "guards": told["setup"].get("guardrails", []),
        "unit": kept.experiment.unit.value,
        "traffic": telling.of_hundred(kept.experiment.traffic),
        "raised": telling.raises_told(kept, words_for(request)),
        "found": None if not results else _results(request, kept, results, count),
    }
    return page(request, "experiment.html", asker, error=error, **facts)


def _results(request: Request, kept: KeptExperiment, results: list[Any], count: int) -> dict[str, Any]:
    language = language_asked(request)
    say = words_for(request)
    latest = results[-1].document
    analysis = latest["analysis"]
    question = latest.get("question") or kept.setup.get("analysis") or {}
    weights = {arm.name: arm.weight for arm in kept.experiment.arms if not arm.paused}
    total = sum(weights.values()) or 1.0
    guards = {one["metric"]["name"]: one for one in kept.setup.get("guardrails", [])}
    data = analysis.get("data") or {}
    return {
        "at": results[-1].at,
        "verdict": analysis["decision"]["verdict"],
        "winner": analysis["decision"].get("winner"),
        "why": [telling.reason_told(one, language) for one in analysis["decision"].get("why", ())],
        "lower": question.get("metric", {}).get("direction") == "lower",
        "method": question.get("method", "fixed"),
        "compared": telling.compared(analysis, question),
        "arms": telling.arms_told(analysis, question, {one: weight / total for one, weight in weights.items()}),
        "chart": telling.intervals_chart(analysis, question, say),
        "over_time": telling.over_time_chart(results, question, say, kept.raises),
        "looks": [(one.at, one.document["analysis"]["decision"]["verdict"],
                   telling.compared(one.document["analysis"], question)) for one in reversed(results)],
        "count": count,
        "checks": [(one, telling.check_sentence(one, say)) for one in health_checks(latest)],
        "guardrails": [
            (one["metric"], guards.get(one["metric"], {}), one["breached_by"],
             telling.compared(one["analysis"], _guard_question(guards.get(one["metric"], {}))))
            for one in latest.get("guardrails", ())
        ],
        "units": data.get("units"),
        "planned": kept.setup["planned"].get("units"),
        "excluded": _excluded(data),
        "maturity": data.get("maturity") or {},
        "health": health_of(latest).value,
    }  # fmt: skip


def _guard_question(guard: dict[str, Any]) -> dict[str, Any]:
    told = {name: guard[name] for name in ("metric", "difference", "alpha") if name in guard}
    return {"method": "sequential"} | told


def _excluded(data: dict[str, Any]) -> list[tuple[str, str, int]]:
    """What was left out of what, and how much of it; what was not is not told."""
    return [
        (what, reason, count)
        for what, counts in (data.get("excluded") or {}).items()
        for reason, count in counts.items()
        if count
    ]


def _health(result: Any) -> Health:
    return health_of(None if result is None else result.document)


def _form_page(
    request: Request, asker: Asker, parts: SeenParts, form: Form, error: InputError | None = None
) -> Response:
    chosen = form.many("campaign")
    arms = min(MOST_ARMS, ARMS + (1 if form.text("do") == "more" else 0) + _told_arms(form) - ARMS)
    facts: dict[str, Any] = {
        "campaigns": [parts.edits.campaign(one) for one in dict.fromkeys(chosen)],
        "all_campaigns": [] if chosen else parts.catalogue.campaign_page(ListRequest(order="name", limit=500)).items,
        "creatives": _live_creatives(parts, chosen) if chosen else [],
        "told": DEFAULTS | form.fields,
        "many": form.many,
        "arms": range(1, max(arms, ARMS) + 1),
        "guards": range(1, GUARDRAILS + 1),
        "metrics": list(EXPERIMENT_METRICS),
        "methods": METHODS,
        "policies": list(POLICIES),
        "layers": layers_told(form, parts.experiment_parts().running_book()) if error and is_of_layers(error) else None,
        "once": form.text("once") or parts.draw(16).hex(),
    }
    return page(request, "experiment_form.html", asker, error=error, **facts, **_planned(request, form))


def _told_arms(form: Form) -> int:
    return max((number for number in range(1, MOST_ARMS + 1) if f"arm{number}_name" in form.fields), default=ARMS)


def _planned(request: Request, form: Form) -> dict[str, Any]:
    """The plan, or what is wrong with it; nothing before anything was written."""
    if not form.fields.get("mean", "").strip():
        return {"plan": None, "plan_trouble": None}
    try:
        asked = plan_told(form)
        with effect_as_written(form):
            plan = plan_with_power(asked, where="plan")
    except InputError as error:
        return {"plan": None, "plan_trouble": told_to_people(error, language_asked(request))}
    return {
        "plan": plan | {"chart": telling.power_chart(plan, words_for(request))},
        "alike_arms": alike_told(form),
        "plan_trouble": None,
    }


def _from_the_past(request: Request, parts: SeenParts, form: Form) -> Form:
    """The form with the metric's mean and deviation as they were. Raises as ``past_metric`` does."""
    metric = experiment_metric(form.text("metric"))
    campaigns = list(form.many("campaign"))
    if not campaigns or form.text("unit") not in {"user", "request"}:
        raise ConfigRejected("of which campaigns?", where="campaign", hint="choose one or more")
    asked = PastIn.model_validate(
        {"campaign_ids": campaigns[:50], "metric": metric.name, "unit": form.text("unit"), "days": PAST_DAYS}
    )
    found, scale = in_turn(request, lambda: past_document(parts, asked)), scale_of(metric.name)
    daily_units = found["daily_units"] * taking_part(form)
    numbers = {"mean": found["mean"] / scale, "std": found["std"] / scale, "daily_units": daily_units}
    return Form(form.fields | {name: f"{value:.6g}" for name, value in numbers.items()}, pairs=form.pairs)


def _live_creatives(parts: SeenParts, campaigns: tuple[str, ...]) -> list[Any]:
    wanted = [
        Condition("campaign_id", Comparison.IS, campaigns[:50]),
        condition_from(f"status={CreativeStatus.LIVE.value}"),
    ]
    return list(parts.catalogue.creative_page(ListRequest(wanted, limit=_MOST_CREATIVES)).items)
