"""What goes over the wire: strict on the way in, plain on the way out."""

from __future__ import annotations

from dataclasses import fields
from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct

from adplat.domain import ConfigRejected
from adplat.flows.what_if_forecasts import MOST_CHANGES, PlanChange
from adplat.forecast import CampaignPlan, Objective
from services.hosting.answers import read_body

Name = Annotated[str, Meta(min_length=1, max_length=256)]
Text = Annotated[str, Meta(max_length=5000)]
Micros = Annotated[int, Meta(ge=0, le=10**17)]
# A picture of 5 MiB as base64, its words, and some air.
LARGEST_BODY_BYTES = 8 * 1024 * 1024
MOST_FORECASTS = 100
MOST_CREATIVES = 500
_PLAN_FIELDS = frozenset(field.name for field in fields(CampaignPlan))


class WhatIfBody(Struct, forbid_unknown_fields=True):
    """``POST /v1/forecasts/what-if``. The same ``idempotency_key`` is the same job, however often it is sent."""

    plan: CampaignPlan
    changes: Annotated[list[PlanChange], Meta(max_length=MOST_CHANGES)] = []
    objective: Objective = Objective.CLICKS
    idempotency_key: Annotated[str, Meta(max_length=128)] = ""


class SplitBody(Struct, forbid_unknown_fields=True):
    """``POST /v1/budget-splits``: ids of kept forecasts, documents by a name, or both; bounds by these names.

    A kept forecast is named by its id.
    """

    budget_micros: Annotated[int, Meta(ge=1, le=10**17)]
    forecast_ids: Annotated[list[Name], Meta(max_length=MOST_FORECASTS)] = []
    forecasts: Annotated[dict[Name, dict[str, Any]], Meta(max_length=MOST_FORECASTS)] = {}
    objective: Objective = Objective.CLICKS
    at_least_micros: dict[Name, Micros] = {}
    at_most_micros: dict[Name, Micros] = {}


class CreativeBody(Struct, forbid_unknown_fields=True):
    """``POST /v1/creatives/predict``; ``image`` is a PNG, JPEG or WebP file as base64."""

    headline: Annotated[str, Meta(min_length=1, max_length=5000)]
    body: Text = ""
    cta: Text = ""
    category: Annotated[str, Meta(max_length=256)] = ""
    language: Annotated[str, Meta(max_length=256)] = ""
    placement: Annotated[str, Meta(max_length=256)] = ""
    advertiser_id: Annotated[str, Meta(max_length=256)] = ""
    image: str = ""


class ForecastAnswer(Struct):
    """The document of ``adplat forecast run``; ``forecast_id`` where it was kept, else null."""

    refused: bool
    reasons: list[dict[str, Any]]
    plan: dict[str, Any]
    forecast_id: str | None
    daily: list[dict[str, Any]] = []
    total: dict[str, Any] = {}
    curve: list[dict[str, Any]] = []
    inputs: dict[str, Any] = {}


class KeptForecastAnswer(Struct):
    """A kept forecast; ``document`` and ``plan`` only where one is asked for by its id."""

    forecast_id: str
    name: str
    made_at: str
    advertiser_id: str | None
    campaign_id: str | None
    flight_start: str
    flight_end: str
    scores: list[dict[str, Any]]
    scored_at: str | None = None
    plan: dict[str, Any] = {}
    document: dict[str, Any] = {}


class KeptForecastsAnswer(Struct):
    """Newest first; ``more`` where there are others."""

    forecasts: list[KeptForecastAnswer]
    more: bool


class SplitAnswer(Struct):
    """The document of ``adplat forecast split``."""

    objective: str
    currency: str
    budget_micros: int
    unspent_micros: int
    outcome: dict[str, float]
    gain: dict[str, float]
    campaigns: list[dict[str, Any]]
    next_money: dict[str, Any]
    evidence: dict[str, Any]
    advice: list[dict[str, Any]]


class CreativeAnswer(Struct):
    """The document of ``adplat forecast creative``."""

    ctr: dict[str, float]
    cvr: dict[str, float] | None
    cvr_unknown: str
    model_p_ctr: float | None
    model_p_cvr: float | None
    elements: list[dict[str, Any]]
    neighbours: list[dict[str, Any]]
    inputs: dict[str, Any]


class HealthAnswer(Struct):
    """``GET /v1/health`` of the replica that answered; ``data_to`` null while it loads."""

    status: str
    data_to: str | None
    version: str


def read_plan(content: bytes) -> CampaignPlan:
    """A plan, of which no field is unknown. Raises ConfigRejected."""
    told = read_body(content, dict[str, Any])
    require_known_fields(told, "")
    plan: CampaignPlan = read_body(content, CampaignPlan)
    require_few_creatives(plan, "")
    return plan


def read_what_if(content: bytes) -> WhatIfBody:
    """Raises ConfigRejected."""
    told = read_body(content, dict[str, Any])
    if isinstance(told.get("plan"), dict):
        require_known_fields(told["plan"], "plan.")
    body: WhatIfBody = read_body(content, WhatIfBody)
    require_few_creatives(body.plan, "plan.")
    return body


def require_known_fields(plan: dict[str, Any], below: str) -> None:
    """A budget that is spelt wrongly must not be none. Raises ConfigRejected."""
    unknown = sorted(set(plan) - _PLAN_FIELDS)
    if unknown:
        raise ConfigRejected(
            f"a plan has no field {unknown[0]!r}", where=f"{below}{unknown[0]}", hint="see /openapi.json for the fields"
        )


def require_few_creatives(plan: CampaignPlan, below: str) -> None:
    """Raises ConfigRejected for more than can be answered while somebody waits."""
    count = len(plan.creatives) + len(plan.new_creatives)
    if count > MOST_CREATIVES:
        raise ConfigRejected(
            f"a plan of {count} creatives", where=f"{below}creatives", hint=f"give {MOST_CREATIVES} at most"
        )


def encoded(document: Any) -> bytes:
    """As JSON; moments are ISO 8601."""
    return msgspec.json.encode(document)
