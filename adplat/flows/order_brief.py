"""Drafts as people order and follow them: a brief checked against what they see, its job, what came of it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from adplat.artwork import open_upload
from adplat.domain import (
    Comparison,
    Condition,
    ConfigRejected,
    Job,
    JobState,
    KeptDraft,
    ListRequest,
    Page,
    UnknownReference,
)
from adplat.flows.admin_parts import SeenParts
from adplat.flows.draft_orders import order_drafts, ordered, require_model_free
from adplat.flows.draft_parts import DRAFT, RELEASE
from adplat.flows.draft_round import BriefPictures, DraftPlan
from adplat.flows.made_once import LONGEST_KEY
from adplat.flows.read_brief import brief_from

MOST_PICTURE_BYTES = 10 * 1024 * 1024
KINDS = (DRAFT, RELEASE)
_MOST_DRAFTS = 500


@dataclass(frozen=True, slots=True)
class BriefOrder:
    """What somebody asks for; ``brief`` as in ``adplat schema brief``, its pictures beside it as bytes.

    Paths of pictures in the brief only name them, and may be left out.
    """

    brief: Mapping[str, Any]
    pictures: BriefPictures
    plan: DraftPlan


def order_brief(parts: SeenParts, asked: BriefOrder, key: str = "") -> Job:
    """Queue it for a campaign that the viewer sees; the same ``key`` and order is the same job.

    Raises UnknownReference (the campaign), ConfigRejected (the brief, the plan, a key of another order),
    UploadRefused (a picture that cannot be opened).
    """
    if key and (len(key) > LONGEST_KEY or not key.isascii() or not key.isprintable()):
        raise ConfigRejected("the idempotency key is no key", where="Idempotency-Key", hint="such as a UUID")
    require_model_free(asked.plan)
    if not asked.pictures.product:
        raise ConfigRejected("no picture of the product", where="product_image", hint="send a PNG, JPEG or WebP file")
    brief = brief_from(_with_paths(asked), where="brief", placements=parts.placements)
    campaign = parts.edits.campaign(brief.campaign_id)
    if campaign.advertiser_id != brief.advertiser_id:
        raise ConfigRejected(
            f"campaign {campaign.campaign_id} is not of advertiser {brief.advertiser_id}",
            where="brief: advertiser_id",
            hint=f"it is of {campaign.advertiser_id}",
        )
    for content, where in ((asked.pictures.product, "product_image"), (asked.pictures.logo, "logo_image")):
        if len(content) > MOST_PICTURE_BYTES:
            raise ConfigRejected(
                f"the picture is larger than {MOST_PICTURE_BYTES // 2**20} MiB", where=where, hint="send a smaller one"
            )
        if content:
            open_upload(content, where)
    job = order_drafts(parts.draft_parts(), brief, asked.pictures, asked.plan, key=key or None)
    logo = _name_of(asked.pictures.logo) if asked.pictures.logo else ""
    if ordered(job.order.payload) != (brief, _name_of(asked.pictures.product), logo, asked.plan):
        raise ConfigRejected(
            "this idempotency key was used for another request",
            where="Idempotency-Key",
            hint="give each request a key of its own, and the same only when you send it again",
        )
    return job


def order_named(parts: SeenParts, job_id: int) -> Job:
    """An order of drafts or of their release. Raises UnknownReference, for jobs of other kinds too."""
    unknown = UnknownReference("no job has this id", where=f"job {job_id}", hint="see the list")
    try:
        job = parts.jobs.find(job_id)
    except UnknownReference:
        raise unknown from None
    if job.order.kind not in KINDS:
        raise unknown
    return job


def orders(parts: SeenParts, request: ListRequest) -> Page[Job]:
    """Of drafts and their releases, newest first. Raises ConfigRejected."""
    kinds = Condition("kind", Comparison.IS, KINDS)
    return parts.jobs.job_page(ListRequest([*request.conditions, kinds], request.order, request.limit, request.cursor))


def cancel_order(parts: SeenParts, job_id: int) -> Job:
    """Nobody wants it any more; once cancelled it stays so. Raises UnknownReference, ConfigRejected (it is over)."""
    found = order_named(parts, job_id)
    if found.state is JobState.CANCELLED:
        return found
    return parts.jobs.cancel(job_id, parts.clock.now(), parts.by)


def drafts_of(parts: SeenParts, job: Job) -> list[KeptDraft]:
    """What came of an order, as it is now, in the order in which it was made; none before it is done."""
    named = [str(one) for one in (job.result or {}).get("drafts", [])][:_MOST_DRAFTS]
    if job.order.kind != DRAFT or not named:
        return []
    wanted = Condition("draft_id", Comparison.IS, tuple(named))
    found = {one.draft_id: one for one in parts.drafts.draft_page(ListRequest([wanted], limit=len(named))).items}
    return [found[name] for name in named if name in found]


def _name_of(content: bytes) -> str:
    """What the object store calls it."""
    return hashlib.sha256(content).hexdigest()


def _with_paths(asked: BriefOrder) -> dict[str, Any]:
    told = dict(asked.brief)
    if isinstance(told.get("product"), Mapping):
        told["product"] = {"image_path": "product_image", **told["product"]}
    if asked.pictures.logo and isinstance(told.get("brand"), Mapping):
        told["brand"] = {"logo_path": "logo_image", **told["brand"]}
    elif isinstance(told.get("brand"), Mapping):
        told["brand"] = {**told["brand"], "logo_path": ""}  # nothing lies beside a brief that was sent
    return told
