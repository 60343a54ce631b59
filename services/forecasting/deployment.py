"""The service as a plain class: bytes in, status and bytes out. Needs neither Ray nor a web server to be tested."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

from adplat import __version__
from adplat.domain import (
    Caller,
    ConfigRejected,
    Counts,
    InputError,
    JobState,
    KeptForecast,
    ObjectStore,
    Permission,
    Progress,
    UnknownReference,
)
from adplat.flows.describe_forecasts import forecast_document, score_document
from adplat.flows.forecast_campaign import refuse_unknown_campaign
from adplat.flows.forecast_desk import ForecastDesk
from adplat.flows.forecast_parts import ForecastParts
from adplat.flows.keep_forecast import keep_forecast
from adplat.flows.plan_pictures import keep_pictures, picture_of
from adplat.flows.split_forecast_budget import split_told_forecasts
from adplat.flows.watch_forecasts import WHAT_IF
from adplat.flows.what_if_forecasts import order_what_if
from adplat.forecast import CampaignPlan, NewCreative, SplitBounds
from services.forecasting.metrics import REFUSALS, REQUEST_SECONDS, REQUESTS, ForecasterState
from services.forecasting.openapi import openapi
from services.forecasting.own_things import (
    own_forecast,
    own_neighbours,
    require_own_advertiser,
    require_own_plan,
)
from services.forecasting.schemas import (
    CreativeBody,
    HealthAnswer,
    SplitBody,
    encoded,
    read_plan,
    read_what_if,
)
from services.hosting.answering import answered
from services.hosting.answers import ErrorAnswer, Reply, read_body, refused
from services.hosting.asked_jobs import JobAnswer, job_answer, own_job
from services.hosting.computing import Computing
from services.hosting.counts_desk import CountsDesk
from services.hosting.key_gate import Admit, admit_watcher, let_all_in

log = logging.getLogger(__name__)
MOST_LISTED = 200
_LATE_HINT = "ask for a job with POST /v1/forecasts/what-if, also without a change, or send it again later"
_BUSY = ErrorAnswer("all forecasters are busy", "", "send it again in a moment, or ask for a job")
_NOT_COUNTED = UnknownReference("nothing is counted here", where="/metrics", hint="ask 'adplat serve forecasting'")


class ForecastingDeployment:
    """Answers with an injected desk and stores.

    ::

        200  done                                   404  an id that names nothing
        202  a job that will be done                422  the request is wrong
        401  no API key, or none that holds         403  the caller may not do this
        503  busy, or a store is away: send it again
        504  not within the deadline                500  our fault
    """

    def __init__(
        self,
        desk: ForecastDesk,
        parts: ForecastParts,
        objects: ObjectStore,
        computing: Computing,
        admit: Admit = let_all_in,
        counts: Counts | None = None,
        counting: CountsDesk[ForecasterState] | None = None,
    ) -> None:
        self._desk = desk
        self._parts = parts
        self._objects = objects
        self._computing = computing
        self._admit = admit
        self._counts = Counts() if counts is None else counts
        self._counting = counting
        self._openapi = openapi(__version__)

    async def forecast(self, body: bytes, key: str | None = None, *, keep: bool = False) -> Reply:
        """``POST /v1/forecasts``."""

        async def work(caller: Caller) -> Reply:
            plan = read_plan(body)
            document = await self._computing.within_deadline(
                lambda progress: self._forecast(plan, caller, progress, keep=keep)
            )
            for reason in document["reasons"]:
                self._counts.add(REFUSALS, reason["reason"])
            return Reply(200, encoded(document))

        return await self._answer("forecast", work, key)

    async def kept(self, forecast_id: str, key: str | None = None) -> Reply:
        """``GET /v1/forecasts/{id}``."""

        async def work(caller: Caller) -> Reply:
            return Reply(200, encoded(await asyncio.to_thread(self._kept, forecast_id, caller)))

        return await self._answer("kept", work, key)

    async def kept_forecasts(self, advertiser_id: str = "", key: str | None = None) -> Reply:
        """``GET /v1/forecasts``."""

        async def work(caller: Caller) -> Reply:
            return Reply(200, encoded(await asyncio.to_thread(self._list, advertiser_id, caller)))

        return await self._answer("kept_forecasts", work, key)

    async def what_if(self, body: bytes, key: str | None = None) -> Reply:
        """``POST /v1/forecasts/what-if``."""

        async def work(caller: Caller) -> Reply:
            told = read_what_if(body)

            def order(progress: Progress) -> JobAnswer:
                plan = self._own_plan(told.plan, caller, progress)
                by, now = self._named(caller).by, self._parts.clock.now()
                key = told.idempotency_key or None
                job = order_what_if(self._parts.jobs, plan, told.changes, told.objective, now=now, by=by, key=key)
                return JobAnswer(job.job_id, job.state.value, job.progress)

            return Reply(202, encoded(await self._computing.within_deadline(order)))

        return await self._answer("what_if", work, key)

    async def job(self, job_id: str, key: str | None = None) -> Reply:
        """``GET /v1/jobs/{id}``."""

        async def work(caller: Caller) -> Reply:
            return Reply(200, encoded(await asyncio.to_thread(self._job, job_id, caller)))

        return await self._answer("job", work, key)

    async def cancel(self, job_id: str, key: str | None = None) -> Reply:
        """``POST /v1/jobs/{id}/cancel``."""

        async def work(caller: Caller) -> Reply:
            return Reply(200, encoded(await asyncio.to_thread(self._cancel, job_id, caller)))

        return await self._answer("cancel", work, key)

    async def split(self, body: bytes, key: str | None = None) -> Reply:
        """``POST /v1/budget-splits``."""

        async def work(caller: Caller) -> Reply:
            told: SplitBody = read_body(body, SplitBody)
            document = await self._computing.within_deadline(lambda progress: self._split(told, caller, progress))
            return Reply(200, encoded(document))

        return await self._answer("split", work, key)

    async def predict(self, body: bytes, key: str | None = None) -> Reply:
        """``POST /v1/creatives/predict``."""

        async def work(caller: Caller) -> Reply:
            told: CreativeBody = read_body(body, CreativeBody)
            require_own_advertiser(caller, told.advertiser_id)
            document = await self._computing.within_deadline(lambda progress: self._predict(told, caller, progress))
            return Reply(200, encoded(document))

        return await self._answer("predict", work, key)

    async def health(self) -> Reply:
        """``GET /v1/health``; ``loading`` until the first plan could be answered at once."""
        data_to = self._desk.data_to
        told = None if data_to is None else data_to.isoformat()
        return Reply(200, encoded(HealthAnswer("loading" if told is None else "ok", told, __version__)))

    async def metrics(self, key: str | None = None) -> Reply:
        """``GET /metrics`` for Prometheus, of all replicas; not for a caller of its own part."""
        try:
            admit_watcher(self._admit, key)
        except InputError as error:
            return refused(error)
        if self._counting is None:
            return refused(_NOT_COUNTED)
        return Reply(200, await self._counting.page())

    async def openapi(self) -> Reply:
        """``GET /openapi.json``."""
        return Reply(200, self._openapi)

    def _forecast(self, told: CampaignPlan, caller: Caller, progress: Progress, *, keep: bool) -> dict[str, Any]:
        plan = self._own_plan(told, caller, progress)
        document = self._desk.forecast(plan, progress)
        kept = keep_forecast(self._named(caller), plan, document) if keep and not document["refused"] else None
        return document | {"forecast_id": None if kept is None else kept.forecast_id}

    def _own_plan(self, told: CampaignPlan, caller: Caller, progress: Progress) -> CampaignPlan:
        require_own_plan(caller, told, lambda name: self._desk.owner_of(name, progress), self._parts.catalogue)
        if told.campaign_id and caller.advertisers is None:
            deployed = {one.campaign_id for one in self._parts.catalogue.campaigns()}
            refuse_unknown_campaign(told, self._desk.campaigns(progress) | deployed, where="plan")
        return keep_pictures(told, self._objects)

    def _kept(self, forecast_id: str, caller: Caller) -> dict[str, Any]:
        kept = own_forecast(caller, self._parts.forecasts, forecast_id)
        return self._with_scores(kept) | {"plan": dict(kept.plan), "document": dict(kept.document)}

    def _list(self, advertiser_id: str, caller: Caller) -> dict[str, Any]:
        if advertiser_id:
            require_own_advertiser(caller, advertiser_id)
        found = [
            kept
            for kept in reversed(self._parts.forecasts.forecasts())
            if caller.may_see(kept.advertiser_id) and (not advertiser_id or kept.advertiser_id == advertiser_id)
        ]
        return {
            "forecasts": [self._with_scores(kept) for kept in found[:MOST_LISTED]],
            "more": len(found) > MOST_LISTED,
        }

    def _with_scores(self, kept: KeptForecast) -> dict[str, Any]:
        scores = self._parts.forecasts.scores(kept.forecast_id)
        return forecast_document(kept) | {"scores": [score_document(score) for score in scores]}

    def _job(self, job_id: str, caller: Caller) -> JobAnswer:
        return job_answer(own_job(caller, self._parts.jobs, job_id, WHAT_IF))

    def _cancel(self, job_id: str, caller: Caller) -> JobAnswer:
        job, parts = own_job(caller, self._parts.jobs, job_id, WHAT_IF), self._named(caller)
        if job.state is JobState.CANCELLED:  # sent once more
            return job_answer(job)
        return job_answer(parts.jobs.cancel(job.job_id, parts.clock.now(), parts.by))

    def _split(self, told: SplitBody, caller: Caller, progress: Progress) -> dict[str, Any]:
        forecasts = dict(told.forecasts)
        for name in told.forecast_ids:
            if name in forecasts:
                raise ConfigRejected("a forecast is given twice", where=name, hint="give each once")
            forecasts[name] = dict(own_forecast(caller, self._parts.forecasts, name).document)
        bounds = SplitBounds(told.at_least_micros, told.at_most_micros)
        return split_told_forecasts(forecasts, told.budget_micros, told.objective, progress, bounds=bounds)

    def _predict(self, told: CreativeBody, caller: Caller, progress: Progress) -> dict[str, Any]:
        picture = picture_of(told.image, where="image") if told.image else None
        creative = NewCreative(told.headline, told.body, told.cta, "", told.language, told.category)
        document = self._desk.predict(
            creative, picture, progress, advertiser_id=told.advertiser_id, placement=told.placement
        )
        return own_neighbours(caller, document, lambda name: self._desk.owner_of(name, progress))

    def _named(self, caller: Caller) -> ForecastParts:
        return replace(self._parts, by=caller.caller_id) if caller.caller_id else self._parts

    async def _answer(self, method: str, work: Callable[[Caller], Awaitable[Reply]], key: str | None) -> Reply:
        async def admitted() -> Reply:
            return await work(self._admit(key, Permission.FORECAST))

        begun_s = time.perf_counter()
        reply = await answered(admitted, self._computing.deadline_s, _LATE_HINT, _BUSY)
        self._counts.took(REQUEST_SECONDS, method, seconds=time.perf_counter() - begun_s)
        self._counts.add(REQUESTS, method, str(reply.status))
        return reply
