"""Releasing approved drafts as a job: publishing them takes seconds, and is done where the workspace is."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from adplat.domain import ConfigRejected, CreativeStatus, Job, JobOrder
from adplat.flows.draft_parts import RELEASE, DraftParts
from adplat.flows.experiment_parts import ExperimentParts
from adplat.flows.registry_parts import RegistryParts
from adplat.flows.release_drafts import Release, publish_anew, release_drafts

MOST_AT_ONCE = 100


def order_release(
    parts: DraftParts, draft_ids: Sequence[str], original_share: float | None = None, *, key: str = ""
) -> Job:
    """Queue it; ``original_share`` ``None``: as the settings say. The same ``key`` of the same person is the same job.

    Raises UnknownReference, ConfigRejected (a draft that is not approved, a share outside 0 to 1, none or too many).
    """
    if original_share is not None and not 0.0 <= original_share < 1.0:
        raise ConfigRejected(
            f"a share of {original_share:g} for the originals", where="original_share", hint="give 0 to below 1"
        )
    names = list(dict.fromkeys(draft_ids))
    if not 1 <= len(names) <= MOST_AT_ONCE:
        raise ConfigRejected(f"{len(names)} drafts", where="drafts", hint=f"name 1 to {MOST_AT_ONCE} approved drafts")
    found = [parts.drafts.find(name) for name in names]
    for one in found:
        one.released()  # refused here, while somebody looks
    owners = {one.advertiser_id for one in found}
    campaigns = {one.campaign_id for one in found}
    now = parts.clock.now()
    order = JobOrder(
        RELEASE,
        min(campaigns) if len(campaigns) == 1 else "",
        now,
        parts.by,
        {"drafts": names, "original_share": original_share},
        idempotency_key=f"{parts.by}:{key}" if key else None,
        most_attempts=3,
        advertiser_id=min(owners) if len(owners) == 1 else None,
    )
    job = parts.jobs.add(order, now)
    if dict(job.order.payload) != dict(order.payload):
        raise ConfigRejected(
            "this idempotency key was used for another request",
            where="Idempotency-Key",
            hint="give each request a key of its own, and the same only when you send it again",
        )
    return job


def do_release_job(
    parts: DraftParts,
    registry: RegistryParts,
    experiments: ExperimentParts,
    job: Job,
    tell: Callable[[float], None],
    *,
    usual_share: float,
) -> Mapping[str, Any]:
    """What went live; done twice, what is live already is published again. Raises what ``release_drafts`` raises."""
    by = job.order.by
    mine = replace(parts, by=by), replace(registry, by=by), replace(experiments, by=by)
    told = job.order.payload.get("original_share")
    names = list(job.order.payload["drafts"])
    still = [name for name in names if parts.drafts.find(name).status is not CreativeStatus.LIVE]

    def share(done: int, total: int, _: str) -> None:
        tell(done / max(total, 1))

    if still:
        done = release_drafts(*mine, still, share, original_share=usual_share if told is None else float(told))
    else:
        done = Release((), publish_anew(mine[1], share), {})
    return done.document() | {"released": names}
