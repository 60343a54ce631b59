"""What goes over the wire of forecasts, jobs and workers."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel, ConfigDict

from adplat.domain import JobOutcome, JobState


class ForecastOut(BaseModel):
    """As ``adplat forecast show --json`` tells it."""

    model_config = ConfigDict(extra="allow")
    forecast_id: str
    name: str
    advertiser_id: str | None
    campaign_id: str | None
    made_at: str


class JobOut(BaseModel):
    """As ``adplat job show --json`` tells it; ``outcome`` and ``why``: what came of it, whatever its ``state``."""

    model_config = ConfigDict(extra="allow")
    job_id: int
    kind: str
    subject: str
    state: JobState
    outcome: JobOutcome
    why: str | None
    progress: float
    error: str | None


class JobInHandOut(BaseModel):
    job_id: int
    kind: str
    since: datetime


class WorkerOut(BaseModel):
    """A process that takes jobs of ``kinds``, as it last told; ``doing`` null: it waits for one."""

    worker_id: str
    kinds: list[str]
    version: str
    started: datetime
    seen: datetime
    lease_until: datetime
    doing: JobInHandOut | None
