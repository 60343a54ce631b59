"""Pages of campaigns: the list with its deeds, the form that makes and changes one, and the steps of its life."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Annotated, Any
from urllib.parse import parse_qsl, urlencode

from fastapi import APIRouter, Depends, Request, Response

from adplat.domain import (
    Ad,
    Campaign,
    CampaignStatus,
    ChangedMeanwhile,
    ConfigRejected,
    InputError,
    ListRequest,
    Right,
)
from adplat.flows.copy_campaign import MOST_AT_ONCE, Step, change_statuses, copy_campaign
from adplat.flows.describe_catalogue import campaign_document
from adplat.flows.edit_campaigns import change_campaign, create_ad, create_campaign
from services.admin.asking import Asker
from services.admin.campaign_form import campaign_from, empty_fields, fields_of, value_of
from services.admin.etags import require_match
from services.admin.filters import Asked, Filters, advertiser, one_of, text
from services.admin.forecast_pages import kept_with
from services.admin.forms import Form
from services.admin.overview_pages import delivered
from services.admin.pages import Browsing, Sending, owners_of
from services.admin.plan_form import form_page
from services.admin.refusals import Told, refusal, told_to_people
from services.admin.rendering import language_asked, page, to, words_for

router = APIRouter(include_in_schema=False)
PAGE = 100
BULK = (CampaignStatus.PAUSED, CampaignStatus.LIVE, CampaignStatus.SCHEDULED, CampaignStatus.ENDED)


@dataclass(frozen=True, slots=True)
class _Bulk:
    """What became of a deed on many: of each, where some were not changed, with why it was not."""

    done: str = ""
    became: Sequence[tuple[Campaign, Told]] = ()
    error: InputError | None = None
    picked: frozenset[str] = frozenset()


LISTED = Filters(
    (
        one_of("status", "status", {one.value: one.value for one in CampaignStatus}, "status"),
        text("name", "name", "name"),
        advertiser(),
    ),
    besides=frozenset({"changed"}),
)


@router.get("/campaigns")
def campaigns(
    request: Request, asker: Browsing, asked: Annotated[Asked, Depends(LISTED.asked)], changed: str = ""
) -> Response:
    """All that the viewer sees; ``changed`` tells how many a deed on many changed."""
    done = words_for(request)("bulk_done").format(done=int(changed)) if _is_number(changed) else ""
    return _list_page(request, asker, asked, _Bulk(done))


def _list_page(request: Request, asker: Asker, asked: Asked, bulk: _Bulk) -> Response:
    parts = asker.may(Right.SEE_CATALOGUE)
    shown = asked.page(parts.catalogue.campaign_page, PAGE)
    facts: dict[str, Any] = {
        "shown": shown,
        "statuses": list(CampaignStatus),
        "looked_at": urlencode(asked.chosen | asked.places),
        "advertisers": parts.edits.advertiser_page(ListRequest(limit=500)).items,
        "owners": owners_of(parts, shown.items),
        "delivered": delivered(request, asker, shown.items),
        "pace_share": parts.limits.pace_share,
        "bulk": BULK,
        "bulk_done": bulk.done,
        "became": bulk.became,
        "picked": bulk.picked,
    }
    return page(request, "campaigns.html", asker, error=bulk.error, asked=asked, **facts)


@router.post("/campaigns/bulk")
def change_many(request: Request, sent: Sending) -> Response:
    """One step for all that were chosen; those that may not take it stay as they were, and each is told with why."""
    asker, form = sent
    parts = asker.may(Right.EDIT_CAMPAIGNS)
    status = value_of(CampaignStatus, form.text("status"), "status")
    chosen = [form.text(name) for name in form.fields if name.startswith("pick_") and form.text(name)]
    if len(chosen) > MOST_AT_ONCE:
        raise ConfigRejected("too many at once", where="campaigns", hint=f"choose {MOST_AT_ONCE} at most")
    looked_at = LISTED.read(parse_qsl(form.text("looked_at")), asker)
    try:
        _require_sure(form, status)
    except ConfigRejected as error:
        return _list_page(request, asker, looked_at, _Bulk(error=error, picked=frozenset(chosen)))
    steps = change_statuses(parts, chosen, status)
    left = sum(step.why is not None for step in steps)
    if not left:
        return to(f"/campaigns?{urlencode({'changed': len(steps)})}")
    language = language_asked(request)
    became = [(one := parts.edits.campaign(step.campaign_id), _why(step, one, status, language)) for step in steps]
    done = words_for(request)("bulk_partly_done").format(done=len(steps) - left, left=left)
    return _list_page(request, asker, looked_at, _Bulk(done, became))


def _why(step: Step, one: Campaign, wanted: CampaignStatus, language: str) -> Told:
    """Why it stayed as it was: in words of the page where its life knows no such step, else as other refusals."""
    if step.why is not None and not one.status.may_become(wanted):
        return told_to_people(refusal("bulk_no_such_step", "", was=f":{one.status}", wanted=f":{wanted}"), language)
    return told_to_people(step.why, language)


def _require_sure(form: Form, wanted: CampaignStatus) -> None:
    """A status that nothing follows needs a tick. Raises ConfigRejected."""
    if not any(wanted.may_become(other) for other in CampaignStatus):
        form.require_sure(wanted)


@router.get("/campaigns/new")
def new_campaign(request: Request, asker: Browsing, advertiser: str = "") -> Response:
    """An empty form, of an advertiser where one is named."""
    asker.viewer.require(Right.EDIT_CAMPAIGNS)
    return form_page(request, asker, None, empty_fields(asker) | {"advertiser_id": advertiser})


@router.post("/campaigns/new")
def create(request: Request, sent: Sending) -> Response:
    """A draft; what is wrong is said above the form, which keeps what was written."""
    asker, form = sent
    parts = asker.may(Right.EDIT_CAMPAIGNS)
    try:
        owner = parts.edits.advertiser(form.text("advertiser_id"))
        wanted = campaign_from(form, None, owner.advertiser_id, owner.currency)
        made = create_campaign(parts, wanted, form.text("once"))
    except InputError as error:
        return form_page(request, asker, None, form.fields, error)
    return to(f"/campaigns/{made.campaign_id}", kept_with(request, asker, form, made))


@router.get("/campaigns/{campaign_id}/edit")
def edit_form(campaign_id: str, request: Request, asker: Browsing) -> Response:
    """The form with what is there."""
    one = asker.may(Right.EDIT_CAMPAIGNS).edits.campaign(campaign_id)
    return form_page(request, asker, one, fields_of(one))


@router.post("/campaigns/{campaign_id}/edit")
def edit(campaign_id: str, request: Request, sent: Sending) -> Response:
    """Changes what was seen; what somebody else changed meanwhile is shown before it can be changed again."""
    asker, form = sent
    parts = asker.may(Right.EDIT_CAMPAIGNS)
    before = parts.edits.campaign(campaign_id)
    currency = parts.edits.advertiser(before.advertiser_id).currency

    def step(there: Campaign) -> Campaign:
        require_match(form.text("etag"), campaign_document(there))
        return campaign_from(form, there, there.advertiser_id, currency)

    try:
        after = change_campaign(parts, campaign_id, step)
    except ChangedMeanwhile as error:
        there = parts.edits.campaign(campaign_id)
        return form_page(request, asker, there, fields_of(there), error)
    except InputError as error:
        return form_page(request, asker, before, form.fields, error, etag=form.text("etag"))
    return to(f"/campaigns/{campaign_id}", kept_with(request, asker, form, after))


@router.post("/campaigns/{campaign_id}/status")
def change_status(campaign_id: str, sent: Sending) -> Response:
    """One step of its life."""
    asker, form = sent
    parts = asker.may(Right.EDIT_CAMPAIGNS)
    wanted = value_of(CampaignStatus, form.text("status"), "status")

    def step(there: Campaign) -> Campaign:
        require_match(form.text("etag"), campaign_document(there))
        return replace(there, status=wanted)

    _require_sure(form, wanted)
    change_campaign(parts, campaign_id, step)
    return to(f"/campaigns/{campaign_id}", "saved")


@router.post("/campaigns/{campaign_id}/copy")
def copy(campaign_id: str, request: Request, sent: Sending) -> Response:
    """A draft like it, and its form."""
    asker, form = sent
    parts = asker.may(Right.EDIT_CAMPAIGNS)
    name = words_for(request)("copy_of").format(name=parts.edits.campaign(campaign_id).name)
    made = copy_campaign(parts, campaign_id, name, form.text("once"))
    return to(f"/campaigns/{made.campaign_id}/edit", "created")


@router.post("/campaigns/{campaign_id}/ads")
def add_ad(campaign_id: str, sent: Sending) -> Response:
    """One ad more."""
    asker, form = sent
    parts = asker.may(Right.EDIT_CAMPAIGNS)
    create_ad(parts, Ad("", campaign_id, form.text("name"), form.text("landing_url")), form.text("once"))
    return to(f"/campaigns/{campaign_id}", "saved")


def _is_number(told: str) -> bool:
    return told.isascii() and told.isdigit() and len(told) < 5
