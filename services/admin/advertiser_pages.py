"""The form that makes an advertiser: who pays, and in what money. It leads on to a campaign of theirs."""

from __future__ import annotations

from urllib.parse import urlencode

from fastapi import APIRouter, Request, Response

from adplat.domain import CURRENCIES, Advertiser, InputError, Right
from adplat.flows.edit_campaigns import create_advertiser
from services.admin.asking import Asker
from services.admin.forms import Form
from services.admin.pages import Browsing, Sending
from services.admin.refusals import refusal
from services.admin.rendering import page, to

router = APIRouter(include_in_schema=False)


@router.get("/advertisers/new")
def new_advertiser(request: Request, asker: Browsing) -> Response:
    """An empty form."""
    asker.viewer.require(Right.EDIT_ADVERTISERS)
    return _form_page(request, asker, {})


@router.post("/advertisers/new")
def create(request: Request, sent: Sending) -> Response:
    """On to a new campaign of theirs; what is wrong is said above the form, which keeps what was written."""
    asker, form = sent
    parts = asker.may(Right.EDIT_ADVERTISERS)
    try:
        made = create_advertiser(parts, _told(form), form.text("once"))
    except InputError as error:
        return _form_page(request, asker, form.fields, error)
    return to(f"/campaigns/new?{urlencode({'advertiser': made.advertiser_id})}", "created")


def _told(form: Form) -> Advertiser:
    """What the form says. Raises ConfigRejected."""
    currency = form.text("currency").upper()
    if currency not in CURRENCIES:
        raise refusal("form_no_currency", "currency", currency=form.text("currency")[:40])
    return Advertiser("", form.text("name"), currency, form.text("domain"))


def _form_page(request: Request, asker: Asker, fields: dict[str, str], error: InputError | None = None) -> Response:
    told = dict.fromkeys(("name", "currency", "domain"), "") | fields
    once = fields.get("once", "") or asker.seen.draw(16).hex()
    return page(request, "advertiser_form.html", asker, error=error, told=told, once=once)
