"""``/v1/drafts/orders`` and ``/v1/drafts/release``: drafts ordered from a brief, followed, cancelled, and released."""

from __future__ import annotations

import base64
import binascii
from typing import Any

from fastapi import APIRouter

from adplat.domain import ConfigRejected, Job, Right
from adplat.flows.admin_parts import SeenParts
from adplat.flows.describe_drafts import kept_document
from adplat.flows.describe_jobs import job_document
from adplat.flows.draft_round import BriefPictures
from adplat.flows.order_brief import BriefOrder, cancel_order, drafts_of, order_brief, order_named, orders
from adplat.flows.release_orders import order_release
from adplat.flows.watch_workers import untaken_jobs
from services.admin.asking import Asking
from services.admin.draft_bodies import OrderIn, OrderOut, ReleaseIn
from services.admin.etags import IdempotencyKey
from services.admin.lists import Listed, page_document
from services.admin.problems import responses
from services.admin.schemas import PageOut
from services.admin.work_schemas import JobOut
from services.admin.works_api import job_number

router = APIRouter(prefix="/v1/drafts", tags=["creatives"])


@router.get("/orders", responses=responses(), response_model=PageOut[JobOut])
def list_orders(asker: Asking, wanted: Listed) -> dict[str, Any]:
    """Of drafts and of releases, newest first."""
    return page_document(orders(asker.may(Right.SEE_DRAFTS), wanted), job_document)


@router.post("/orders", status_code=202, responses=responses(404), response_model=OrderOut)
def order_drafts(body: OrderIn, asker: Asking, key: IdempotencyKey = "") -> dict[str, Any]:
    """Checked now, drafted by a worker (``adplat serve generation`` or ``adplat worker``); until one runs it waits."""
    parts = asker.may(Right.MAKE_DRAFTS)
    pictures = BriefPictures(_bytes_of(body.product_image, "product_image"), _bytes_of(body.logo_image, "logo_image"))
    return _order(parts, order_brief(parts, BriefOrder(body.brief, pictures, body.plan()), key))


@router.get("/orders/{job_id}", responses=responses(404), response_model=OrderOut)
def read_order(job_id: str, asker: Asking) -> dict[str, Any]:
    """How far it is, and the drafts that came of it."""
    parts = asker.may(Right.SEE_DRAFTS)
    return _order(parts, order_named(parts, job_number(job_id)))


@router.post("/orders/{job_id}/cancel", responses=responses(404), response_model=OrderOut)
def cancel_an_order(job_id: str, asker: Asking) -> dict[str, Any]:
    """Nobody wants it any more; once cancelled it stays so."""
    parts = asker.may(Right.MAKE_DRAFTS)
    return _order(parts, cancel_order(parts, job_number(job_id)))


@router.post("/release", status_code=202, responses=responses(404), response_model=OrderOut)
def release(body: ReleaseIn, asker: Asking, key: IdempotencyKey = "") -> dict[str, Any]:
    """Approved drafts go live, and a share of the people keeps the originals; done by a worker."""
    parts = asker.may(Right.REVIEW_CREATIVES)
    return _order(parts, order_release(parts.draft_parts(), body.drafts, body.original_share, key=key))


def _order(parts: SeenParts, job: Job) -> dict[str, Any]:
    made = [kept_document(one) for one in drafts_of(parts, job)]
    return job_document(job) | {"drafts": made, "nobody_takes": bool(untaken_jobs(parts, [job]))}


def _bytes_of(image: str, where: str) -> bytes:
    try:
        return base64.b64decode(image, validate=True)
    except (binascii.Error, ValueError):
        raise ConfigRejected("the picture is not base64", where=where, hint="send the file as base64") from None
