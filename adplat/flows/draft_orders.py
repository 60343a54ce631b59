"""Drafting as a job, since it takes seconds to minutes: what is asked for, checked before it is queued.

The work itself is in ``draft_job.py``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from adplat.domain import Brief, ConfigRejected, Job, JobOrder
from adplat.flows.draft_parts import DRAFT, DraftParts
from adplat.flows.draft_round import BriefPictures, DraftPlan

MODEL_FREE = {"painter": ("procedural",), "copywriter": ("template", "lm")}
"""What callers may name where the operator has not said that they may name models."""


def order_drafts(
    parts: DraftParts, brief: Brief, pictures: BriefPictures, plan: DraftPlan, *, key: str | None = None
) -> Job:
    """Queue it, its pictures kept as objects; the same ``key`` of the same caller is the same job."""
    payload: dict[str, Any] = {
        "brief": msgspec.json.decode(msgspec.json.encode(brief)),
        "product": parts.objects.put(pictures.product),
        "logo": parts.objects.put(pictures.logo) if pictures.logo else "",
        "plan": msgspec.to_builtins(plan),
    }
    now = parts.clock.now()
    idempotency = None if key is None else f"{parts.by}:{key}"
    order = JobOrder(
        DRAFT,
        brief.advertiser_id,
        now,
        parts.by,
        payload,
        idempotency_key=idempotency,
        most_attempts=3,
        advertiser_id=brief.advertiser_id or None,
    )
    return parts.jobs.add(order, now)


def require_model_free(plan: DraftPlan) -> None:
    """Raises ConfigRejected for weights named by one who may not: loading them is the operator's decision."""
    for what, allowed in MODEL_FREE.items():
        if getattr(plan, what) not in allowed:
            raise ConfigRejected(
                f"{what} {getattr(plan, what)[:60]!r} is not offered here",
                where=what,
                hint=f"use {' or '.join(allowed)}, or ask whoever runs this service to set ADPLAT_GENERATION_MODELS",
            )


def ordered(payload: Mapping[str, Any]) -> tuple[Brief, str, str, DraftPlan]:
    """Brief, names of the objects with its product and logo, and plan of an order."""
    return (
        msgspec.convert(payload["brief"], Brief),
        payload["product"],
        payload["logo"],
        msgspec.convert(payload["plan"], DraftPlan),
    )
