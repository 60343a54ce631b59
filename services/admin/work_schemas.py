"""What goes over the wire of forecasts and jobs."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

from adplat.domain import JobState


class ForecastOut(BaseModel):
    """As ``adplat forecast show --json`` tells it."""

    model_config = ConfigDict(extra="allow")
    forecast_id: str
    name: str
    advertiser_id: str | None
    campaign_id: str | None
    made_at: str


class JobOut(BaseModel):
    """As ``adplat job show --json`` tells it."""

    model_config = ConfigDict(extra="allow")
    job_id: int
    kind: str
    subject: str
    state: JobState
    progress: float
    error: str | None
