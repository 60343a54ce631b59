"""Pages of drafts: the form of a brief, an order on its way, what came of it by placement, one of them, and release."""

from __future__ import annotations

from collections import defaultdict
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response

from adplat.domain import (
    Campaign,
    CampaignStatus,
    Comparison,
    Condition,
    ConfigRejected,
    CreativeStatus,
    FactKind,
    InputError,
    Job,
    KeptDraft,
    ListRequest,
    Right,
    SpecialCategory,
    UnknownReference,
)
from adplat.flows.describe_drafts import kept_document, review_document
from adplat.flows.draft_orders import MODEL_FREE
from adplat.flows.draft_parts import RELEASE
from adplat.flows.draft_round import BriefPictures
from adplat.flows.order_brief import BriefOrder, cancel_order, drafts_of, order_brief, order_named, orders
from adplat.flows.release_orders import order_release
from adplat.flows.watch_workers import untaken_jobs
from services.admin.asking import Asker
from services.admin.draft_bodies import FACTS, OF_A_FACT, PLAIN, brief_of, plan_of, require_filled
from services.admin.etags import etag_of
from services.admin.filters import Asked, Filters, is_text
from services.admin.forms import Form
from services.admin.pages import Browsing, Sending, trail_of
from services.admin.refusals import DETAILS_IN, refusal
from services.admin.rendering import our_path, page, to, words_for
from services.admin.wording import Say
from services.admin.works_api import job_number

router = APIRouter(include_in_schema=False)
ORDERS = Filters()
_ORDERS, _APPROVED = 20, 100
# How the reasons begin that are no fault of a brief: their hints are for whoever runs the machine.
_UNSCORED = {
    "no model is deployed": "unscored_no_model",
    "the folder has no impressions": "unscored_no_impressions",
    "no such folder": "unscored_no_impressions",
}
_MAY_RUN = tuple(one.value for one in CampaignStatus if one is not CampaignStatus.ENDED)


@router.get("/drafts")
def drafts(request: Request, asker: Browsing, asked: Annotated[Asked, Depends(ORDERS.asked)]) -> Response:
    """Orders, newest first; and what is approved and may be released."""
    return _drafts_page(request, asker, asked)


def _drafts_page(
    request: Request, asker: Asker, asked: Asked, form: Form | None = None, error: InputError | None = None
) -> Response:
    parts = asker.may(Right.SEE_DRAFTS)
    approved = Condition("status", Comparison.IS, (CreativeStatus.APPROVED.value,))
    facts: dict[str, Any] = {
        "shown": asked.page(partial(orders, parts), _ORDERS),
        "approved": parts.drafts.draft_page(ListRequest([approved], limit=_APPROVED)).items,
        "release": RELEASE,
        "once": parts.draw(16).hex(),
        "ticked": () if form is None else form.every("draft"),
        "original_percent": "" if form is None else form.text("original_percent"),
    }
    return page(request, "drafts.html", asker, error=error, asked=asked, **facts)


@router.get("/drafts/new")
def new_order(request: Request, asker: Browsing, campaign: str = "") -> Response:
    """An empty brief."""
    asker.viewer.require(Right.MAKE_DRAFTS)
    told = {"campaign_id": campaign, "palette": "#1f6f5c, #ffffff", "variants": "3", "seed": "0"}
    return _form_page(request, asker, Form(told, pairs=[("language", "en")]))


@router.post("/drafts/new")
def order(request: Request, sent: Sending) -> Response:
    """Checked before it is queued; what is wrong is said above the form, which keeps what was written but no files."""
    asker, form = sent
    parts = asker.may(Right.MAKE_DRAFTS)
    once = form.text("once")
    if form.text("campaign_id") and not form.text("document"):
        parts.edits.campaign(form.text("campaign_id"))  # another's is not there, whatever else is written
    try:
        require_filled(form)
        pictures = BriefPictures(form.file("product_image"), form.file("logo_image"))
        brief_id = f"brief-{once[:8] or parts.draw(4).hex()}"
        if form.text("document"):
            told = brief_of(form, "", "", brief_id)
        else:
            campaign = parts.edits.campaign(form.text("campaign_id"))
            currency = parts.edits.advertiser(campaign.advertiser_id).currency
            told = brief_of(form, campaign.advertiser_id, currency, brief_id)
        made = order_brief(parts, BriefOrder(told, pictures, plan_of(form)), once)
    except UnknownReference:
        raise
    except InputError as error:
        return _form_page(request, asker, form, error)
    return to(f"/drafts/orders/{made.job_id}", "ordered")


@router.get("/drafts/orders/{job_id}")
def one_order(job_id: str, request: Request, asker: Browsing) -> Response:
    """How far it is; it asks for itself again until it is over."""
    parts = asker.may(Right.SEE_DRAFTS)
    job = order_named(parts, job_number(job_id))
    by_place: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for kept in drafts_of(parts, job):
        by_place[kept.draft.placement_id].append(
            {"kept": kept, "review": review_document(kept.review), "etag": etag_of(kept_document(kept))}
        )
    facts: dict[str, Any] = {
        "job": job,
        "is_release": job.order.kind == RELEASE,
        "nobody": bool(untaken_jobs(parts, [job])),
        "by_place": by_place,
        "not_available": _not_available(job),
        "unscored": _unscored(job, words_for(request)),
    }
    return page(request, "draft_order.html", asker, **facts)


@router.post("/drafts/orders/{job_id}/cancel")
def cancel(job_id: str, sent: Sending) -> Response:
    """Nobody wants it any more."""
    asker, _ = sent
    made = cancel_order(asker.may(Right.MAKE_DRAFTS), job_number(job_id))
    return to(f"/drafts/orders/{made.job_id}", "cancelled")


@router.post("/drafts/release")
def release(request: Request, sent: Sending) -> Response:
    """Approved ones that are ticked, with a share for the originals in percent; what is refused is said above them."""
    asker, form = sent
    parts = asker.may(Right.REVIEW_CREATIVES)
    try:
        if not form.every("draft"):
            raise refusal("nothing_ticked", "")
        made = order_release(parts.draft_parts(), form.every("draft"), _share(form), key=form.text("once")[:128])
    except InputError as error:
        return _drafts_page(request, asker, ORDERS.read([], asker), form, error)
    return to(f"/drafts/orders/{made.job_id}", "ordered")


@router.get("/drafts/{draft_id}")
def draft(draft_id: str, request: Request, asker: Browsing) -> Response:
    """One of them: its words and the facts they rest on, how it was made, what its review found."""
    return draft_page(request, asker, draft_id)


def draft_page(
    request: Request, asker: Asker, draft_id: str, form: Form | None = None, error: InputError | None = None
) -> Response:
    """As it is now; of a decision that was refused the form, and why. Raises UnknownReference."""
    parts = asker.may(Right.SEE_DRAFTS)
    kept: KeptDraft = parts.drafts.find(draft_id)
    facts: dict[str, Any] = {
        "kept": kept,
        "review": review_document(kept.review),
        "etag": etag_of(kept_document(kept)),
        "entries": trail_of(asker, draft_id),
        "back": "" if form is None else our_path(form.text("back"), ""),
    }
    return page(request, "draft.html", asker, error=error, **facts)


def _form_page(request: Request, asker: Asker, form: Form, error: InputError | None = None) -> Response:
    told = {name: form.fields.get(name, "") for name in PLAIN}
    told |= {
        name: form.fields.get(name, "") for one in OF_A_FACT for number in FACTS if (name := f"fact_{one}_{number}")
    }
    facts: dict[str, Any] = {
        "told": told,
        "campaigns": _campaigns(asker, told["campaign_id"]),
        "placements": asker.seen.placements,
        "ticked": set(form.every("placement")),
        "languages": set(form.every("language")),
        "kinds": list(FactKind),
        "categories": list(SpecialCategory),
        "copywriters": MODEL_FREE["copywriter"],
        "facts": FACTS,
        "once": form.text("once") or asker.seen.draw(16).hex(),
    }
    return page(request, "draft_form.html", asker, error=error, **facts)


def _campaigns(asker: Asker, chosen: str) -> list[Campaign]:
    """Those that may still run, 500 at most; the one that is chosen is among them."""
    wanted = ListRequest([Condition("status", Comparison.IS, _MAY_RUN)], order="name", limit=500)
    found = list(asker.seen.catalogue.campaign_page(wanted).items)
    if is_text(chosen) and chosen not in {one.campaign_id for one in found}:
        named = ListRequest([Condition("campaign_id", Comparison.IS, (chosen[:256],))])
        found = [*asker.seen.catalogue.campaign_page(named).items, *found]
    return found


def _share(form: Form) -> float | None:
    told = form.text("original_percent")
    if not told:
        return None
    try:
        return float(told) / 100.0
    except ValueError:
        raise ConfigRejected(f"{told[:20]!r} is no share", where="original_percent", hint="write it as 10") from None


def _unscored(job: Job, say: Say) -> tuple[str, str]:
    """Why no rate is told, and what its words are in: known reasons in those of the page, others as they were told."""
    told = str((job.result or {}).get("unscored") or "")
    known = next((word for begin, word in _UNSCORED.items() if told.startswith(begin)), "")
    if known:
        return say(known), ""
    # Orders of before told where files lie.
    return ConfigRejected(told, hint="").for_others().what, DETAILS_IN


def _not_available(job: Job) -> list[dict[str, Any]]:
    return list((job.result or {}).get("not_available", []))
