"""``/v1/models`` and ``/v1/rollouts``: bundles, what is live, what its clicks say, the way from one to the other."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query, Response

from adplat.domain import (
    ROLLOUT_KINDS,
    Comparison,
    Condition,
    ConfigRejected,
    Dimension,
    Job,
    ListRequest,
    Page,
    Right,
    RolloutDeed,
    UnknownReference,
)
from adplat.flows.admin_parts import SeenParts
from adplat.flows.bundle_card import bundle_card, bundle_row
from adplat.flows.describe_registry import deployment_document
from adplat.flows.describe_rollouts import live_document, rollout_document
from adplat.flows.online_pcoc import MOST_DAYS, online_pcoc
from adplat.flows.roll_out import RolloutOrder, order_rollout
from services.admin.asking import Asking
from services.admin.etags import IdempotencyKey, IfMatch
from services.admin.lists import Listed, page_document
from services.admin.model_bodies import (
    BundleCardOut,
    BundleOut,
    DeploymentOut,
    LiveOut,
    OnlineOut,
    RolloutIn,
    RolloutOut,
)
from services.admin.problems import Refused, responses
from services.admin.schemas import PageOut
from services.admin.works_api import job_number

router = APIRouter(prefix="/v1")
_DEPLOYMENTS_LOOKED_AT = 100


@router.get("/models", responses=responses(), response_model=PageOut[BundleOut], tags=["models"])
def list_models(asker: Asking, wanted: Listed) -> dict[str, Any]:
    """Registered bundles, newest first."""
    return page_document(asker.may(Right.SEE_MODELS).bundles.bundle_page(wanted), bundle_row)


@router.get("/models/online", responses=responses(), response_model=OnlineOut, tags=["models"])
def read_online_pcoc(
    asker: Asking,
    days: Annotated[int, Query(ge=1, le=MOST_DAYS)] = 14,
    by: Annotated[Dimension, Query(description="placement or campaign")] = Dimension.PLACEMENT,
) -> dict[str, Any]:
    """Expected over observed clicks of the last days, with exact intervals, beside the bundles that were live."""
    asker.may(Right.SEE_REPORTS)
    return online_story(asker.may(Right.SEE_MODELS), days, by)


@router.get("/models/{bundle_id}", responses=responses(404), response_model=BundleCardOut, tags=["models"])
def read_model(bundle_id: str, asker: Asking) -> dict[str, Any]:
    """One bundle: what made it, how good it was and where, when it was live, and what promoting it would change."""
    return bundle_story(asker.may(Right.SEE_MODELS), bundle_id)


@router.get("/rollouts", responses=responses(), response_model=PageOut[RolloutOut], tags=["rollouts"])
def list_rollouts(asker: Asking, wanted: Listed) -> dict[str, Any]:
    """What was ordered, newest first; the fields are those of jobs."""
    return page_document(rollout_page(asker.may(Right.SEE_MODELS), wanted), rollout_document)


@router.get("/rollouts/live", responses=responses(), response_model=LiveOut, tags=["rollouts"])
def read_live(asker: Asking, response: Response) -> dict[str, Any]:
    """What is live, with the ETag that a rollout has to bring along."""
    parts = asker.may(Right.SEE_MODELS)
    live = parts.live()
    response.headers["etag"] = f'"{live.version}"'
    return live_document(live, parts.replicas())


@router.get("/rollouts/history", responses=responses(), response_model=PageOut[DeploymentOut], tags=["rollouts"])
def list_deployments(asker: Asking, wanted: Listed) -> dict[str, Any]:
    """Every time a bundle went live, newest first."""
    return page_document(asker.may(Right.SEE_MODELS).bundles.deployment_page(wanted), deployment_document)


@router.post(
    "/rollouts", status_code=202, responses=responses(404, 412, 428), response_model=RolloutOut, tags=["rollouts"]
)
def order_a_rollout(body: RolloutIn, asker: Asking, match: IfMatch = "", key: IdempotencyKey = "") -> dict[str, Any]:
    """Check, promote, roll back, shadow: done by a job, under the gates of ``adplat model``.

    What changes what is live wants ``If-Match`` with the ETag of ``/v1/rollouts/live``, and is refused where something
    else goes live before it is done.
    """
    order = RolloutOrder(body.deed, body.bundle_id, body.reason, "", body.share, body.force)
    return rollout_document(ordered(asker.may(Right.PROMOTE_MODELS), order, match, key))


@router.get("/rollouts/{rollout_id}", responses=responses(404), response_model=RolloutOut, tags=["rollouts"])
def read_rollout(rollout_id: str, asker: Asking) -> dict[str, Any]:
    """How far one is, and what came of it."""
    return rollout_document(rollout_of(asker.may(Right.SEE_MODELS), rollout_id))


def ordered(parts: SeenParts, order: RolloutOrder, match: str, once: str) -> Job:
    """A rollout as it was seen by who orders it. Raises Refused (428, 412) where it was not, and what ordering does."""
    live = parts.live()
    if order.deed.changes:
        if not match.strip():
            hint = "send the ETag of /v1/rollouts/live"
            raise Refused(428, "what did you see live before you changed it?", "If-Match", hint)
        if match.strip() != "*" and live.version not in [one.strip().strip('"') for one in match.split(",")]:
            raise Refused(412, "what is live was changed since you looked", "If-Match", "look again, and decide then")
    return order_rollout(parts.jobs, parts.bundles, live, order, parts.clock.now(), parts.by, once)


def rollout_page(parts: SeenParts, wanted: ListRequest) -> Page[Job]:
    """Jobs that are rollouts."""
    mine = Condition("kind", Comparison.IS, ROLLOUT_KINDS)
    return parts.jobs.job_page(ListRequest((mine, *wanted.conditions), wanted.order, wanted.limit, wanted.cursor))


def rollout_of(parts: SeenParts, rollout_id: str) -> Job:
    """Raises UnknownReference for a job of another kind too."""
    try:
        found = parts.jobs.find(job_number(rollout_id))
    except UnknownReference:
        found = None
    if found is None or found.order.kind not in ROLLOUT_KINDS:
        raise UnknownReference("no rollout has this id", where=f"rollout {rollout_id[:64]}", hint="see the list")
    return found


def bundle_story(parts: SeenParts, name: str) -> dict[str, Any]:
    """One bundle with its card, its history and what was last found about it. Raises UnknownReference."""
    one = parts.bundles.find(name)
    bundle_id = one.bundle.bundle_id
    mine = Condition("bundle_id", Comparison.IS, (bundle_id,))
    history = parts.bundles.deployment_page(ListRequest([mine], limit=_DEPLOYMENTS_LOOKED_AT)).items
    check = parts.jobs.latest(RolloutDeed.CHECK.kind, bundle_id)
    told = bundle_card(one, history, parts.live(), parts.bundles.deployed())
    return told | {"latest_check": None if check is None else rollout_document(check)}


def online_story(parts: SeenParts, days: int, by: Dimension) -> dict[str, Any]:
    """The online PCOC of what the viewer sees. Raises ConfigRejected."""
    if by not in {Dimension.PLACEMENT, Dimension.CAMPAIGN}:
        raise ConfigRejected(f"not by {by.value}", where="by", hint="by placement or campaign")
    deployments = parts.bundles.deployment_page(ListRequest(limit=_DEPLOYMENTS_LOOKED_AT)).items
    return online_pcoc(parts.report, deployments, parts.clock.now(), parts.limits, days=days, by=by)
