"""Rollouts ordered from afar: looked at when ordered, done later by a job, one at a time, by the commands' own flows.

::

    ordered (what was live is named) ▸ job ▸ workspace lock ▸ still as it was seen? ▸ promote, roll back, shadow …

Nothing is ever done twice or late by itself: a rollout that was refused, or whose worker was lost, is ordered anew.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from adplat.domain import (
    BundleRegistry,
    ChangedMeanwhile,
    ConfigRejected,
    InputError,
    Job,
    JobOrder,
    JobQueue,
    JobState,
    LiveBundles,
    MissingInput,
    RolloutDeed,
    ServingReplica,
    StoreUnreachable,
)
from adplat.flows.registry_parts import RegistryParts
from adplat.snapshots import DeploymentPointer, ShadowPointer

_SEED = 7  # of the bootstrap, as the commands have it
_LONGEST_REASON = 2000
# A replica tells its state every second; one that is gone is forgotten some time later.
_STILL_THERE = timedelta(minutes=1)


@dataclass(frozen=True)
class RolloutParts:
    """What a worker does rollouts with.

    Args:
        opened: the registry on behalf of whoever ordered it.
        alone: nobody else deploys meanwhile; raises WorkspaceBusy.
        data: folder or file with the later rows that bundles are judged on; rows come from nowhere else.
        lake_of: the folder that holds the lake.
    """

    opened: Callable[[str], AbstractContextManager[RegistryParts]]
    alone: Callable[[], AbstractContextManager[object]]
    data: Path
    lake_of: Path


class RolloutOrder(msgspec.Struct, frozen=True):
    """What the job is told. ``seen`` is the version of what was live; empty for what changes nothing."""

    deed: RolloutDeed
    bundle_id: str = ""
    reason: str = ""
    seen: str = ""
    share: float = 1.0
    force: bool = False


def live_bundles(bundles: BundleRegistry, workspace: Path) -> LiveBundles:
    """What is live, pointed to, and looking on. Raises InternalFault for a pointer that is damaged."""
    changes, live = bundles.deployments()
    try:
        served = DeploymentPointer(workspace).read()
    except MissingInput:
        served = None
    shadow = ShadowPointer(workspace).read()
    return LiveBundles(
        live=live,
        changes=changes,
        served="" if served is None else served.bundle_id,
        snapshot_id="" if served is None else served.snapshot_id,
        published=None if served is None else served.published,
        shadow="" if shadow is None else shadow.bundle_id,
        shadow_share=0.0 if shadow is None else shadow.share,
        shadow_since=None if shadow is None else shadow.since,
    )


class _ReplicaState(msgspec.Struct):
    type: str
    at: float
    bundle_id: str = ""
    snapshot_id: str = ""


def replicas_among(states: Mapping[str, bytes], now: datetime) -> list[ServingReplica]:
    """Those of the processes that are replicas and told something in the last minute, by name."""
    found = []
    for name, content in sorted(states.items()):
        try:
            state = msgspec.json.decode(content, type=_ReplicaState)
        except msgspec.DecodeError:  # of another version of the service
            continue
        told = datetime.fromtimestamp(state.at, UTC)
        if state.type == "replica" and now - told < _STILL_THERE:
            found.append(ServingReplica(name, told, state.bundle_id, state.snapshot_id))
    return found


def order_rollout(
    jobs: JobQueue, bundles: BundleRegistry, live: LiveBundles, order: RolloutOrder, now: datetime, by: str, once: str
) -> Job:
    """Queue it; what can be refused at once is refused here.

    ``once``: the same key of the same person is the same rollout; another order of what waits or runs already is
    refused, since only one of the two could be done. Raises ConfigRejected, UnknownReference.
    """
    deed, bundle_id = order.deed, ""
    if deed.of_a_bundle:
        bundle_id = bundles.find(order.bundle_id).bundle.bundle_id
    elif order.bundle_id:
        raise ConfigRejected(f"{deed.value} names no bundle", where="bundle_id", hint="leave it out")
    if deed.changes and not order.reason.strip():
        raise ConfigRejected("no reason is given", where="reason", hint="say why, for the history and the audit trail")
    if len(order.reason) > _LONGEST_REASON:
        raise ConfigRejected("the reason is too long", where="reason", hint=f"at most {_LONGEST_REASON} letters")
    if order.force and deed is not RolloutDeed.PROMOTE:
        raise ConfigRejected("only a promotion passes over gates", where="force", hint="leave it out")
    if bundle_id and bundle_id == live.live and deed is not RolloutDeed.SHADOW_REPORT:
        raise ConfigRejected("this bundle is live already", where=bundle_id[:20], hint="nothing is to be done")
    if deed is RolloutDeed.SHADOW and not 0.0 < order.share <= 1.0:
        raise ConfigRejected(f"{order.share} is no share", where="share", hint="give more than 0 and at most 1")
    if deed is RolloutDeed.SHADOW_OFF and not live.shadow:
        raise ConfigRejected("no bundle looks on", where="shadow", hint="nothing is to be done")
    seen = live.version if deed.changes else ""
    told = RolloutOrder(deed, bundle_id, order.reason.strip(), seen, order.share, order.force)
    key = f"{by} {once}" if once else None
    if deed.changes:
        _require_not_ordered(jobs, deed, bundle_id, key)
    payload: dict[str, Any] = msgspec.to_builtins(told)
    return jobs.add(JobOrder(deed.kind, bundle_id, now, by, payload, key, most_attempts=1), now)


def _require_not_ordered(jobs: JobQueue, deed: RolloutDeed, bundle_id: str, key: str | None) -> None:
    """Raises ConfigRejected where the same waits or runs already, and was not ordered with this key."""
    latest = jobs.latest(deed.kind, bundle_id)
    if latest is None or latest.state.is_over or (key is not None and latest.order.idempotency_key == key):
        return
    how_far = "waits" if latest.state is JobState.QUEUED else "runs"
    raise ConfigRejected(
        f"the same was ordered already by {latest.order.by}, and {how_far}",
        where=f"rollout {latest.job_id}",
        hint="wait for it, or cancel its job and order it anew",
    )


def do_rollout_job(parts: RolloutParts, job: Job, tell: Callable[[float], None]) -> Mapping[str, Any]:
    """The result of the job: what the deed gives, or ``refused`` with why; then nothing was changed.

    Raises StoreUnreachable and InternalFault.
    """
    order = msgspec.convert(job.order.payload, RolloutOrder)
    with parts.opened(job.order.by) as registry:
        try:
            return {"done": _done(parts, registry, order, _Progress(tell))}
        except StoreUnreachable:
            raise
        except InputError as refused:
            if order.deed.changes:
                detail = {"what": refused.what, "reason": order.reason}
                subject = order.bundle_id or order.deed.value
                registry.audit.record(registry.clock.now(), registry.by, f"{order.deed.value} refused", subject, detail)
            others = refused.for_others()
            told = {"what": others.what, "where": others.where, "hint": others.hint}
            return {"refused": told | {"detail": dict(refused.detail or {})}}


def _done(parts: RolloutParts, registry: RegistryParts, order: RolloutOrder, progress: _Progress) -> dict[str, Any]:
    # Late: they bring the models' libraries, and whoever only orders needs none.
    if order.deed is RolloutDeed.CHECK:
        from adplat.flows.check_bundle import check_bundle

        return check_bundle(registry, order.bundle_id, parts.data, np.random.default_rng(_SEED), progress)
    if order.deed is RolloutDeed.SHADOW_REPORT:
        from adplat.flows.report_shadow import report_shadow

        told = report_shadow(parts.lake_of, np.random.default_rng(_SEED), progress)
        return {key: value.isoformat() if isinstance(value, datetime) else value for key, value in told.items()}
    with parts.alone():
        if live_bundles(registry.bundles, registry.workspace).version != order.seen:
            raise ChangedMeanwhile(
                "what is live was changed since this was ordered",
                where="rollout",
                hint="look at what is live now, and order it again",
            )
        return _changed(parts, registry, order, progress)


def _changed(parts: RolloutParts, registry: RegistryParts, order: RolloutOrder, progress: _Progress) -> dict[str, Any]:
    from adplat.flows.promote_bundle import promote_bundle, roll_back
    from adplat.flows.shadow_bundle import start_shadow, stop_shadow

    if order.deed is RolloutDeed.PROMOTE:
        rng = np.random.default_rng(_SEED)
        return promote_bundle(
            registry,
            order.bundle_id,
            parts.data,
            rng,
            progress,
            force=order.force,
            reason=order.reason,
            going_live=progress.changing,
        ).as_json()
    progress.changing()
    if order.deed is RolloutDeed.ROLLBACK:
        return roll_back(registry, progress, reason=order.reason).as_json()
    if order.deed is RolloutDeed.SHADOW:
        shadow = asdict(start_shadow(registry, order.bundle_id, order.share, progress))
        return shadow | {"since": shadow["since"].isoformat()}
    ended = stop_shadow(registry)
    return {"ended": None if ended is None else ended.bundle_id}


class _Progress:
    """Tells the job how far it is, and so hears that nobody wants it any more; not while something is being changed."""

    def __init__(self, tell: Callable[[float], None]) -> None:
        self._tell = tell
        self._changing = False

    def __call__(self, done: int, total: int, _: str) -> None:
        # One step's share, not the whole's: the steps are of unlike length.
        if not self._changing:
            self._tell(min(0.99, done / total) if total else 0.0)

    def changing(self) -> None:
        """From here on it is done to its end."""
        self._tell(0.99)
        self._changing = True
