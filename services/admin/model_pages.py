"""Pages of models: the registry, one bundle, what the clicks of live traffic say, and rollouts with their reasons."""

from __future__ import annotations

from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response

from adplat.domain import (
    BundleState,
    Comparison,
    Condition,
    ConfigRejected,
    Dimension,
    InputError,
    ListRequest,
    Right,
    RolloutDeed,
    live_line,
)
from adplat.flows.admin_parts import SeenParts
from adplat.flows.bundle_card import bundle_row, changes_of, slice_of
from adplat.flows.describe_rollouts import live_document, rollout_document
from adplat.flows.online_pcoc import MOST_DAYS, SPLITS
from adplat.flows.roll_out import RolloutOrder
from adplat.flows.watch_workers import untaken_jobs
from services.admin.filters import Asked, Filters, number, one_of, text
from services.admin.forms import Form
from services.admin.model_charts import online_chart, reliability, slices_chart, split_chart
from services.admin.models_api import bundle_story, online_story, ordered, rollout_of, rollout_page
from services.admin.pages import Browsing, Sending, trail_of
from services.admin.problems import Refused
from services.admin.rendering import page, to, words_for

router = APIRouter(include_in_schema=False)
_LATELY, _USUAL_DAYS = 5, 14
BUNDLES = Filters(
    (
        one_of("state", "state", {one.value: f"model_state_{one.value}" for one in BundleState}, "state"),
        text("name", "id", "bundle_id"),
    )
)
_SPLITS = {one.value: one.value for one in SPLITS}
ONLINE = Filters((number("days", "model_days", MOST_DAYS), one_of("by", "report_by", _SPLITS)), places=())
ROLLOUTS = Filters()


@router.get("/models")
def models(request: Request, asker: Browsing, asked: Annotated[Asked, Depends(BUNDLES.asked)]) -> Response:
    """What is live and who looks on, all bundles, and what was ordered lately."""
    parts = asker.may(Right.SEE_MODELS)
    shown = asked.page(parts.bundles.bundle_page, 50)
    report = parts.jobs.latest(RolloutDeed.SHADOW_REPORT.kind, "")
    lately = rollout_page(parts, ListRequest(limit=_LATELY)).items
    facts: dict[str, Any] = {
        "live": live_document(parts.live(), parts.replicas()),
        "before": _line_before(parts),
        "shown": shown,
        "rows": [bundle_row(one) for one in shown.items],
        "states": list(BundleState),
        "lately": [rollout_document(one) for one in lately],
        "untaken": untaken_jobs(parts, lately),
        "shadow_report": None if report is None else rollout_document(report),
    }
    return page(request, "models.html", asker, asked=asked, **facts)


@router.get("/models/online")
def online(request: Request, asker: Browsing, asked: Annotated[Asked, Depends(ONLINE.asked)]) -> Response:
    """Expected over observed clicks of the last days."""
    asker.may(Right.SEE_REPORTS)
    parts, say = asker.may(Right.SEE_MODELS), words_for(request)
    days, by = int(asked.chosen["days"] or _USUAL_DAYS), asked.chosen["by"] or Dimension.PLACEMENT.value
    told = online_story(parts, days, Dimension(by))
    names = _names_of(parts, told)
    facts: dict[str, Any] = {
        "told": told,
        "names": names,
        "by_day": online_chart(told["days"], say),
        "by_split": split_chart(told["rows"], names, say),
        "chosen": {"days": days, "by": by},
        "stretches": (7, 14, MOST_DAYS),
    }
    return page(request, "models_online.html", asker, asked=asked, **facts)


@router.get("/models/{bundle_id}")
def model(bundle_id: str, request: Request, asker: Browsing) -> Response:
    """One bundle: what made it, how good it was and where, and what promoting it would change."""
    parts, say = asker.may(Right.SEE_MODELS), words_for(request)
    told = bundle_story(parts, bundle_id)
    check = (told["latest_check"] or {}).get("result") or {}
    names = {told["bundle_id"]: say("model_this")}
    if check.get("comparison"):
        names |= {check["comparison"]["a"]: say("model_live_then")}
    slices = [slice_of(name, one) for name, one in (check.get("slices") or {}).items()]
    facts: dict[str, Any] = {
        "told": told,
        "check": check,
        "curve": reliability(told["curves"], {}, say) if told["curves"] else None,
        "checked_curve": reliability(check["curves"], names, say) if check.get("curves") else None,
        "slices_chart": slices_chart(told["slices"] or [], say),
        "checked_slices": slices_chart(slices, say),
        "entries": trail_of(asker, told["bundle_id"]),
    }
    return page(request, "model.html", asker, **facts)


@router.get("/rollouts")
def rollouts(request: Request, asker: Browsing, asked: Annotated[Asked, Depends(ROLLOUTS.asked)]) -> Response:
    """What was ordered, newest first."""
    parts = asker.may(Right.SEE_MODELS)
    shown = asked.page(partial(rollout_page, parts), 50)
    rows, untaken = [rollout_document(one) for one in shown.items], untaken_jobs(parts, shown.items)
    return page(request, "rollouts.html", asker, asked=asked, shown=shown, rows=rows, untaken=untaken)


@router.get("/rollouts/new")
def confirm(request: Request, asker: Browsing, deed: str = "", bundle_id: str = "") -> Response:
    """What it would change, before it is ordered; those that were, where no deed is named."""
    asker.viewer.require(Right.PROMOTE_MODELS)
    if not deed:
        return to("/rollouts")
    return _confirm_page(request, asker, Form({"deed": deed, "bundle_id": bundle_id}))


@router.post("/rollouts/new")
def order(request: Request, sent: Sending) -> Response:
    """Orders it, as it was seen; a refusal is said above the form, which shows what is live now."""
    asker, form = sent
    parts = asker.may(Right.PROMOTE_MODELS)
    try:
        job = ordered(parts, _order_of(form), form.text("seen"), form.text("once"))
    except (InputError, Refused) as error:
        return _confirm_page(request, asker, form, error)
    return to(f"/rollouts/{job.job_id}")


@router.get("/rollouts/{rollout_id}")
def rollout(rollout_id: str, request: Request, asker: Browsing) -> Response:
    """How far one is, why it waits, and what came of it; a page that looks again by itself while it runs."""
    parts = asker.may(Right.SEE_MODELS)
    job = rollout_of(parts, rollout_id)
    told = rollout_document(job)
    result = told["result"] or {}
    gates = (told["refused"] or {}).get("detail") or result.get("gates")
    facts: dict[str, Any] = {
        "told": told,
        "gates": gates or None,
        "is_open": not job.state.is_over,
        "untaken": untaken_jobs(parts, [job]),
    }
    return page(request, "rollout.html", asker, **facts)


def _confirm_page(request: Request, asker: Any, form: Form, error: Exception | None = None) -> Response:
    parts: SeenParts = asker.may(Right.PROMOTE_MODELS)
    deed, live = _deed(form), parts.live()
    one = parts.bundles.find(form.text("bundle_id")) if deed.of_a_bundle else None
    before = None
    if deed is RolloutDeed.ROLLBACK:
        before = _line_before(parts)
    facts: dict[str, Any] = {
        "deed": deed,
        "live": live,
        "one": None if one is None else bundle_row(one),
        "changes": None if one is None else changes_of(one.bundle, live, parts.bundles.deployed()),
        "before": before,
        "form": form.fields,
        "once": parts.draw(16).hex(),
    }
    return page(request, "rollout_form.html", asker, error=error, **facts)


def _line_before(parts: SeenParts) -> str | None:
    """The bundle that a rollback would put back; ``None`` where there is none."""
    line = live_line(parts.bundles.history())
    return line[-2] if len(line) > 1 else None


def _deed(form: Form) -> RolloutDeed:
    try:
        return RolloutDeed(form.text("deed"))
    except ValueError:
        raise ConfigRejected("there is no such rollout", where="deed", hint="use the pages") from None


def _order_of(form: Form) -> RolloutOrder:
    """Raises ConfigRejected."""
    told = form.text("share_percent") or "100"
    try:
        share = float(told) / 100
    except ValueError:
        raise ConfigRejected(f"{told[:20]!r} is no number", where="share", hint="give 1 to 100") from None
    force = form.text("force") == "yes"
    return RolloutOrder(_deed(form), form.text("bundle_id"), form.text("reason"), "", share, force)


def _names_of(parts: SeenParts, told: dict[str, Any]) -> dict[str, str]:
    """Of the campaigns that are shown."""
    if told["by"] != Dimension.CAMPAIGN.value:
        return {}
    wanted = [one["name"] for one in told["rows"][:50]]
    if not wanted:
        return {}
    among = Condition("campaign_id", Comparison.IS, tuple(wanted))
    return {one.campaign_id: one.name for one in parts.catalogue.campaign_page(ListRequest([among], limit=50)).items}
