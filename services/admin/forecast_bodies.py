"""Forecasts of plans over the wire."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel

from services.admin.catalogue_schemas import CampaignIn


class ForecastPlanIn(CampaignIn):
    """A campaign that may never be booked; ``campaign_id``: the one whose next flight it is, with its creatives."""

    campaign_id: str = ""


class ForecastDocument(BaseModel):
    """As ``adplat forecast run --json`` tells it; ``reasons`` say why where it is ``refused``."""

    refused: bool
    reasons: list[dict[str, Any]]
    plan: dict[str, Any]
    daily: list[dict[str, Any]] = []
    total: dict[str, Any] = {}
    curve: list[dict[str, Any]] = []
    notes: list[str] = []
    inputs: dict[str, Any] = {}


class MadeForecastOut(ForecastDocument):
    """``forecast_id`` null: it was refused, and a refusal is not kept."""

    forecast_id: str | None


class CoverageOut(BaseModel):
    """By metric of whole flights: ``held_50``, ``held_80`` and ``held_95``, each a share with its own interval."""

    items: list[dict[str, Any]]
