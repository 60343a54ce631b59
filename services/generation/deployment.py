"""The service as a plain class: bytes in, status and bytes out. Needs neither Ray nor a web server to be tested."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from typing import Any

from adplat import __version__
from adplat.domain import Caller, Job, Permission, PlacementRules, UnknownReference
from adplat.flows.decide_drafts import approve_draft, reject_draft
from adplat.flows.describe_drafts import draft_story, kept_document
from adplat.flows.draft_orders import order_drafts, require_model_free
from adplat.flows.draft_parts import DRAFT, DraftParts
from adplat.flows.draft_round import BriefPictures, DraftPlan
from adplat.flows.read_brief import brief_from
from adplat.flows.review_upload import HandedIn, review_upload, words_of
from services.generation.openapi import openapi
from services.generation.own_things import own_draft, require_own_advertiser
from services.generation.pictures import picture_in
from services.generation.schemas import (
    ApproveBody,
    DraftBody,
    HealthAnswer,
    RejectBody,
    ReviewBody,
    encoded,
    read_limit,
    read_status,
)
from services.hosting.answering import answered
from services.hosting.answers import ErrorAnswer, Reply, read_body
from services.hosting.asked_jobs import job_answer, own_job
from services.hosting.computing import Computing
from services.hosting.key_gate import Admit, let_all_in, require_placements

_LATE_HINT = "send it again without reading letters, or later"
_BUSY = ErrorAnswer("all reviewers are busy", "", "send it again in a moment")


class GenerationDeployment:
    """Answers with injected stores.

    ::

        200  done                                   404  an id that names nothing
        202  a job that will be done                422  the request is wrong, or was decided already
        401  no API key, or none that holds         403  the caller may not do this
        503  busy, or a store is away: send it again
        504  not within the deadline                500  our fault

    Args:
        names_models: callers may name weights of painters and copywriters.
    """

    def __init__(
        self,
        parts: DraftParts,
        placements: Mapping[str, PlacementRules],
        computing: Computing,
        admit: Admit = let_all_in,
        *,
        names_models: bool = False,
    ) -> None:
        self._parts = parts
        self._placements = placements
        self._computing = computing
        self._admit = admit
        self._names_models = names_models
        self._openapi = openapi(__version__)

    async def draft(self, body: bytes, key: str | None = None) -> Reply:
        """``POST /v1/drafts``."""

        async def work(caller: Caller) -> Reply:
            told: DraftBody = read_body(body, DraftBody)
            job = await self._computing.within_deadline(lambda _: self._order(told, caller))
            return Reply(202, encoded(job_answer(job)))

        return await self._answer(work, key, Permission.DRAFT)

    async def drafts(self, query: Mapping[str, str], key: str | None = None) -> Reply:
        """``GET /v1/drafts``."""

        async def work(caller: Caller) -> Reply:
            return Reply(200, encoded(await asyncio.to_thread(self._list, query, caller)))

        return await self._answer(work, key, Permission.DRAFT)

    async def one_draft(self, draft_id: str, key: str | None = None) -> Reply:
        """``GET /v1/drafts/{id}``."""

        async def work(caller: Caller) -> Reply:
            return Reply(200, encoded(await asyncio.to_thread(self._story, draft_id, caller)))

        return await self._answer(work, key, Permission.DRAFT)

    async def picture(self, draft_id: str, key: str | None = None) -> Reply:
        """``GET /v1/drafts/{id}/picture``: the file as it would be delivered, sealed."""

        async def work(caller: Caller) -> Reply:
            return await asyncio.to_thread(self._picture, draft_id, caller)

        return await self._answer(work, key, Permission.DRAFT)

    async def approve(self, draft_id: str, body: bytes, key: str | None = None) -> Reply:
        """``POST /v1/drafts/{id}/approve``."""

        async def work(caller: Caller) -> Reply:
            told: ApproveBody = read_body(body, ApproveBody)

            def decide() -> dict[str, Any]:
                own_draft(caller, self._parts.drafts, draft_id)
                return kept_document(approve_draft(self._named(caller), draft_id, told.reason, ad_id=told.ad_id))

            return Reply(200, encoded(await asyncio.to_thread(decide)))

        return await self._answer(work, key, Permission.APPROVE)

    async def reject(self, draft_id: str, body: bytes, key: str | None = None) -> Reply:
        """``POST /v1/drafts/{id}/reject``."""

        async def work(caller: Caller) -> Reply:
            told: RejectBody = read_body(body, RejectBody)

            def decide() -> dict[str, Any]:
                own_draft(caller, self._parts.drafts, draft_id)
                return kept_document(reject_draft(self._named(caller), draft_id, told.reason))

            return Reply(200, encoded(await asyncio.to_thread(decide)))

        return await self._answer(work, key, Permission.APPROVE)

    async def review(self, body: bytes, key: str | None = None) -> Reply:
        """``POST /v1/reviews``."""

        async def work(caller: Caller) -> Reply:
            told: ReviewBody = read_body(body, ReviewBody)
            require_placements(caller, [told.placement])
            return Reply(200, encoded(await self._computing.within_deadline(lambda _: self._review(told))))

        return await self._answer(work, key, Permission.DRAFT)

    async def job(self, job_id: str, key: str | None = None) -> Reply:
        """``GET /v1/jobs/{id}``."""

        async def work(caller: Caller) -> Reply:
            job = await asyncio.to_thread(own_job, caller, self._parts.jobs, job_id, DRAFT)
            return Reply(200, encoded(job_answer(job)))

        return await self._answer(work, key, Permission.DRAFT)

    async def cancel(self, job_id: str, key: str | None = None) -> Reply:
        """``POST /v1/jobs/{id}/cancel``."""

        async def work(caller: Caller) -> Reply:
            return Reply(200, encoded(job_answer(await asyncio.to_thread(self._cancel, job_id, caller))))

        return await self._answer(work, key, Permission.DRAFT)

    async def health(self) -> Reply:
        """``GET /v1/health``."""
        return Reply(200, encoded(HealthAnswer("ok", __version__)))

    async def openapi(self) -> Reply:
        """``GET /openapi.json``."""
        return Reply(200, self._openapi)

    def _order(self, told: DraftBody, caller: Caller) -> Job:
        plan = DraftPlan(told.variants, told.seed, told.painter, told.copywriter, told.tries)
        if not self._names_models:
            require_model_free(plan)
        brief = brief_from(
            {**told.brief, "product": _with_path(told.brief.get("product"), "image_path", "product_image")},
            where="brief",
            placements=self._placements,
        )
        require_own_advertiser(caller, brief.advertiser_id)
        require_placements(caller, brief.placements)
        product = picture_in(told.product_image, "product_image").content
        logo = picture_in(told.logo_image, "logo_image").content if told.logo_image else b""
        return order_drafts(
            self._named(caller), brief, BriefPictures(product, logo), plan, key=told.idempotency_key or None
        )

    def _list(self, query: Mapping[str, str], caller: Caller) -> dict[str, Any]:
        limit, after = read_limit(query.get("limit", "")), query.get("after", "")
        if after:
            own_draft(caller, self._parts.drafts, after)
        found = self._parts.drafts.drafts(
            status=read_status(query.get("status", "")),
            advertisers=caller.advertisers,
            campaign_id=query.get("campaign_id", ""),
            brief_id=query.get("brief_id", ""),
            after=after,
            limit=limit + 1,
        )
        shown = found[:limit]
        return {
            "drafts": [kept_document(one) for one in shown],
            "next": shown[-1].draft_id if len(found) > limit else None,
        }

    def _story(self, draft_id: str, caller: Caller) -> dict[str, Any]:
        own_draft(caller, self._parts.drafts, draft_id)
        return draft_story(self._parts, draft_id)

    def _picture(self, draft_id: str, caller: Caller) -> Reply:
        kept = own_draft(caller, self._parts.drafts, draft_id)
        if not kept.draft.file_sha256:
            raise UnknownReference(
                "the draft is words alone",
                where=f"draft {draft_id[:64]}",
                hint="its copy stands in GET /v1/drafts/{id}",
            )
        return Reply(200, self._parts.objects.get(kept.draft.file_sha256), kept.draft.media_type)

    def _review(self, told: ReviewBody) -> dict[str, Any]:
        given = HandedIn(
            placement=told.placement,
            picture=picture_in(told.image, "image", told.name) if told.image else None,
            words=words_of([(line.part, line.text) for line in told.copy], told.language) or None,
            facts=None if told.facts is None else tuple(told.facts),
            brand=told.brand,
            special_category=told.special_category,
        )
        return review_upload(given, self._placements, reads_letters=told.read_letters)

    def _cancel(self, job_id: str, caller: Caller) -> Job:
        job = own_job(caller, self._parts.jobs, job_id, DRAFT)
        return self._parts.jobs.cancel(job.job_id, self._parts.clock.now(), self._named(caller).by)

    def _named(self, caller: Caller) -> DraftParts:
        return replace(self._parts, by=caller.caller_id) if caller.caller_id else self._parts

    async def _answer(
        self, work: Callable[[Caller], Awaitable[Reply]], key: str | None, permission: Permission
    ) -> Reply:
        async def admitted() -> Reply:
            return await work(self._admit(key, permission))

        return await answered(admitted, self._computing.deadline_s, _LATE_HINT, _BUSY)


def _with_path(content: Any, field: str, name: str) -> Any:
    """A brief names its picture by a path; here it comes beside it, and needs none."""
    return {field: name, **content} if isinstance(content, dict) else content
