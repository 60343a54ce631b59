"""Bodies of models and rollouts."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from adplat.domain import BundleState, DeploymentKind, JobOutcome, RolloutDeed


class DataSpanOut(BaseModel):
    rows: int
    later_rows: int
    since: datetime | None
    until: datetime | None
    fingerprint: str


class DeploymentOut(BaseModel):
    """``gates``: of a promotion, as they were then."""

    bundle_id: str
    at: datetime
    kind: DeploymentKind
    by: str
    reason: str
    snapshot_id: str
    gates: dict[str, Any] | None


class BundleOut(BaseModel):
    """As ``adplat model show --json`` tells it; ``kind`` is network, lightgbm or contrast."""

    bundle_id: str
    kind: str
    state: BundleState
    path: str
    schema_digest: str
    created: datetime
    data: DataSpanOut
    metrics: dict[str, float | None]
    parent: str | None
    registered: datetime
    registered_by: str
    deployed: DeploymentOut | None


class IntervalOut(BaseModel):
    """95 %; ``low`` and ``high`` null where too little is there to tell."""

    value: float | None
    low: float | None
    high: float | None


class BinOut(BaseModel):
    """One bin of a reliability curve."""

    rows: int
    positives: int
    predicted: float
    observed: float
    low: float
    high: float


class SliceOut(BaseModel):
    name: str
    rows: int
    positives: int
    pcoc: IntervalOut
    auc: float | None


class ChangesOut(BaseModel):
    """What going live would change, beside what clicks are told by."""

    is_live: bool
    instead_of: str | None
    other_schema: bool
    ends_shadow: str | None


class RolloutOut(BaseModel):
    """``refused`` says why it was not done, and ``detail`` there holds the gates; then nothing was changed."""

    rollout_id: int
    deed: RolloutDeed
    bundle_id: str | None
    outcome: JobOutcome
    reason: str
    force: bool
    share: float
    progress: float
    ordered_at: datetime
    ordered_by: str
    ended_at: datetime | None
    error: str | None
    refused: dict[str, Any] | None
    result: dict[str, Any] | None


class BundleCardOut(BundleOut):
    """``curves``, ``slices`` and ``baselines`` are of the later rows that it was made with; null: not kept with it."""

    config: dict[str, Any]
    config_sha256: str
    features: list[str] | None
    pcoc: IntervalOut
    curves: dict[str, list[BinOut]] | None
    slices: list[SliceOut] | None
    baselines: dict[str, dict[str, float | None]] | None
    history: list[DeploymentOut]
    changes: ChangesOut
    latest_check: RolloutOut | None
    trouble: str | None


class RolloutIn(BaseModel):
    """``bundle_id`` of check, promote and shadow; ``reason`` of what changes something; ``force`` passes over failed
    gates and is written down."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)
    deed: RolloutDeed
    bundle_id: Annotated[str, Field(max_length=256)] = ""
    reason: Annotated[str, Field(max_length=2000)] = ""
    share: Annotated[float, Field(gt=0, le=1, allow_inf_nan=False)] = 1.0
    force: bool = False


class ReplicaOut(BaseModel):
    name: str
    told: datetime
    bundle_id: str
    snapshot_id: str


class LiveOut(BaseModel):
    """``version`` is what ``If-Match`` of a rollout wants, without quotes; ``replicas`` null: nobody can tell."""

    version: str
    live: str | None
    changes: int
    served: str | None
    snapshot_id: str | None
    published: datetime | None
    shadow: str | None
    shadow_share: float | None
    shadow_since: datetime | None
    replicas: list[ReplicaOut] | None


class OnlineRowOut(BaseModel):
    """``surely_off``: the whole 99 % interval of PCOC, or of one over it, is above 1 by more than ``margin``."""

    name: str
    impressions: int
    clicks: int
    expected_clicks: float
    pcoc: IntervalOut
    surely_off: bool


class OnlineDayOut(OnlineRowOut):
    """``live`` is the bundle that was live as the day ended; ``changed``: another went live on that day."""

    day: date
    live: str | None
    changed: bool


class OnlineOut(BaseModel):
    """Expected over observed clicks, days of UTC; above 1 the model promised too much.

    ``judged`` is of the whole days since the live bundle went live, at most those of ``ADPLAT_ALERT_LATELY_DAYS``;
    null while there is none.
    """

    live: str | None
    since: date
    until: date
    margin: float
    judged_since: date | None
    days: list[OnlineDayOut]
    by: str
    rows: list[OnlineRowOut]
    judged: OnlineRowOut | None
    changes: list[DeploymentOut]
