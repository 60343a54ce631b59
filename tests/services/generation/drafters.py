"""The plain deployment over a real database and objects, with a catalogue of one campaign, and how tests ask it."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import msgspec

from adplat import bootstrap
from adplat.bootstrap import Settings
from adplat.domain import ManualClock
from adplat.flows.draft_parts import DRAFT
from adplat.flows.run_jobs import run_next_job
from adplat.snapshots import KeyFile
from services.generation.deployment import GenerationDeployment
from services.hosting.answers import Reply
from services.hosting.computing import Computing
from services.hosting.key_gate import KeyGate
from tests.flows.draft_rig import BRIEF, PICTURES, PLACEMENTS
from tests.storage.builders import a_campaign, an_ad, an_advertiser

Asked = Callable[[GenerationDeployment], Awaitable[Reply]]


def a_body(brief: dict[str, Any] | None = None, **changes: Any) -> bytes:
    """An order of drafts for one place; ``brief`` changes fields of the brief."""
    told = msgspec.to_builtins(BRIEF) | {"placements": ["iab_300x250"], "product": {"names": BRIEF.product.names}}
    body = {"brief": told | (brief or {}), "product_image": in_base64(PICTURES.product), "variants": 2}
    return msgspec.json.encode(body | changes)


def in_base64(content: bytes) -> str:
    return base64.b64encode(content).decode()


def with_campaign(settings: Settings) -> Settings:
    """A catalogue with advertiser a1 and its campaign k1."""
    with bootstrap.opened_drafts(settings) as parts:
        parts.catalogue.save([an_advertiser()], [a_campaign()], [an_ad()], [])
    return settings


@asynccontextmanager
async def a_deployment(settings: Settings, computing: Computing | None = None) -> AsyncIterator[GenerationDeployment]:
    """With the keys of the workspace, if it has any."""
    threads = computing or Computing(2, 120.0)
    with bootstrap.opened_drafts(settings) as parts:
        gate = KeyGate(KeyFile(settings.workspace), parts.clock, settings.keys)
        async with gate.watching():
            yield GenerationDeployment(parts, PLACEMENTS, threads, gate.admit, names_models=settings.generation_models)
    threads.close()


def asked(settings: Settings, ask: Asked, computing: Computing | None = None) -> tuple[int, Any]:
    """The status and the document of one answer; of a picture its bytes."""

    async def run() -> Reply:
        async with a_deployment(settings, computing) as deployment:
            return await ask(deployment)

    reply = asyncio.run(run())
    is_json = reply.media_type == "application/json"
    return reply.status, msgspec.json.decode(reply.body) if is_json else reply.body


def do_next_job(settings: Settings) -> None:
    """What the worker does with one order."""
    with bootstrap.opened_drafts(settings) as parts:
        handlers = {DRAFT: lambda job, tell: bootstrap.do_draft_job(settings, parts, job, tell)}
        clock = ManualClock(parts.clock.now())
        assert run_next_job(parts.jobs, handlers, "w1", clock, lease_s=60.0) is not None
