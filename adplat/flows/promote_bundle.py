"""A bundle becomes the live one, if later rows say that it may; or goes back to the one before.

Nothing changes before the gates have passed. Then: audit trail (it begins) ▸ snapshot written ▸ pointer moved (replicas
follow within about a second) ▸ history and audit trail (it ended), together. A kill in between leaves the pointer ahead
of the history; ``adplat model list`` says so, the trail has a beginning without an end, and promoting again heals it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from adplat.ctr import GateReport, KeptBundle, run_gates
from adplat.ctr.gates import ConversionRows
from adplat.ctr.judging import FITTED, Judged
from adplat.domain import (
    BundleDeployment,
    ConfigRejected,
    DeploymentKind,
    GatesFailed,
    MissingInput,
    ModelBundle,
    Progress,
    live_line,
)
from adplat.flows.judge_bundles import judge_bundles
from adplat.flows.load_catalogue import load_users
from adplat.flows.publish_catalogue import publish_catalogue
from adplat.flows.register_bundle import register_bundle
from adplat.flows.registry_parts import RegistryParts, named_bundle
from adplat.flows.shadow_bundle import follow_catalogue
from adplat.flows.tell_deployments import end_of, told_deployment
from adplat.snapshots import DeploymentPointer, PolicySettings, load_snapshot

NO_GATES: dict[str, Any] = {}


@dataclass(frozen=True)
class Promotion:
    """What is live now, what was before, and what was published (empty where the workspace serves nothing).

    ``gates`` is the report as plain data, with ``judged``: how the bundle knew those rows.
    """

    bundle: ModelBundle
    previous: str
    snapshot_id: str
    gates: dict[str, Any]

    def as_json(self) -> dict[str, Any]:
        """The document of ``adplat model promote --json`` and ``rollback --json``."""
        return {
            "bundle_id": self.bundle.bundle_id,
            "previous": self.previous or None,
            "snapshot_id": self.snapshot_id or None,
            "gates": self.gates or None,
        }


def promote_bundle(
    parts: RegistryParts,
    name: str,
    data: Path,
    rng: np.random.Generator,
    progress: Progress,
    *,
    force: bool = False,
    reason: str = "",
    tables_dir: Path | None = None,
    going_live: Callable[[], None] = lambda: None,
) -> Promotion:
    """Run the gates on the later rows of ``data`` and put the bundle into service.

    ``going_live`` is called once, when the gates have passed and nothing is changed yet; what it raises ends it there.

    With ``force`` a failed gate is written down and passed over; then a ``reason`` must be given. A bundle that is
    not yet registered is registered by this. Raises GatesFailed (nothing changed), ConfigRejected (already live; no
    reason; rows that it was fitted on) and what judging and publishing raise.
    """
    if force and not reason.strip():
        raise ConfigRejected("a forced promotion gives no reason", where="--reason", hint='add --reason "why"')
    bundle = named_bundle(parts.bundles, name)
    live = parts.bundles.deployed()
    if live is not None and live.bundle_id == bundle.bundle_id:
        raise ConfigRejected("this bundle is live already", where=bundle.bundle_id[:20], hint="nothing is to be done")
    report, judged = gates_of(bundle, live, data, rng, progress, parts.cache_dir, tables_dir)
    if not report.passes and not force:
        raise GatesFailed(
            refusal_of(report), where=bundle.bundle_id[:20], hint=_way_out(report), detail=report.as_json()
        )
    going_live()
    known = register_bundle(parts.bundles, bundle, parts.clock, by=parts.by)
    told = report.as_json() | {"judged": judged.how, "against": live.bundle_id if live else None, "forced": force}
    return _go_live(parts, known.bundle, DeploymentKind.PROMOTE, reason, told, live, progress)


def roll_back(parts: RegistryParts, progress: Progress, *, reason: str = "") -> Promotion:
    """Put the bundle back that was live before; no gates, since it is the known way out.

    Raises ConfigRejected where nothing was live before, BundleRejected where that bundle is no longer whole.
    """
    line = live_line(parts.bundles.history())
    live = parts.bundles.deployed()
    if live is None or len(line) < 2:
        raise ConfigRejected(
            "there is no earlier live bundle to go back to",
            where=line[-1][:20] if line else "registry",
            hint="see 'adplat model list'; promote another bundle instead",
        )
    before = named_bundle(parts.bundles, line[-2])
    return _go_live(parts, before, DeploymentKind.ROLLBACK, reason, NO_GATES, live, progress)


def gates_of(
    bundle: ModelBundle,
    live: ModelBundle | None,
    data: Path,
    rng: np.random.Generator,
    progress: Progress,
    cache_dir: Path,
    tables_dir: Path | None,
) -> tuple[GateReport, Judged]:
    """The gates of a bundle on the later rows of ``data``, beside the live one, and what both said of those rows.

    Raises ConfigRejected (rows that it was fitted on) and what judging raises.
    """
    rivals = [] if live is None else [live]
    judged = judge_bundles([*rivals, bundle], data, cache_dir=cache_dir, progress=progress, tables_dir=tables_dir)
    if judged.how == FITTED:
        raise ConfigRejected(
            "the bundle was fitted on all of these rows, so they prove nothing",
            where=str(data),
            hint="give rows that came later",
        )
    mine = judged.scores[-1]
    against = judged.scores[0].p_ctr if live is not None else None
    report = run_gates(
        judged.clicked, mine.p_ctr, judged.slices, against, rng, groups=judged.groups, conversions=_conversions(judged)
    )
    return report, judged


def _conversions(judged: Judged) -> ConversionRows | None:
    """The clicked rows of the newest bundle, where it predicts conversions and something is known of them."""
    p_cvr = judged.scores[-1].p_cvr
    if p_cvr is None or judged.late is None:
        return None
    clicked = judged.clicked > 0
    groups = None if judged.groups is None else judged.groups[clicked]
    return ConversionRows(judged.late[0][clicked], judged.late[1][clicked], p_cvr[clicked], groups)


def refusal_of(report: GateReport) -> str:
    """Which gates failed, and by how much, in one line."""
    told = [f"{gate.name} must be {gate.limit}: {gate.figure}" for gate in report.gates if not gate.passes]
    return f"{len(told)} of {len(report.gates)} gates failed on {report.rows:,} rows: " + " | ".join(told)


def _way_out(report: GateReport) -> str:
    undecided = any(not gate.decided and not gate.passes for gate in report.gates)
    first = "give more later rows, " if undecided else "train or calibrate on fresher rows, "
    return first + 'or pass over it with --force --reason "why"; nothing was changed'


def _go_live(
    parts: RegistryParts,
    bundle: ModelBundle,
    kind: DeploymentKind,
    reason: str,
    gates: dict[str, Any],
    live: ModelBundle | None,
    progress: Progress,
) -> Promotion:
    previous = live.bundle_id if live else ""
    detail = {"previous": previous, "reason": reason}
    if gates.get("failed"):
        detail["forced past"] = ", ".join(gates["failed"])
    with told_deployment(parts.audit, parts.clock, parts.by, kind.value, bundle.bundle_id, detail):
        snapshot_id = _publish(parts, bundle, live, progress)
        now = parts.clock.now()
        gone_live = BundleDeployment(bundle.bundle_id, now, kind, parts.by, reason, snapshot_id, gates)
        ended = end_of(gone_live, parts.by, kind.value, detail | {"snapshot_id": snapshot_id})
        parts.bundles.deploy(gone_live, ended)
    return Promotion(bundle, previous, snapshot_id, gates)


def _publish(parts: RegistryParts, bundle: ModelBundle, live: ModelBundle | None, progress: Progress) -> str:
    """Publish the catalogue's live creatives with this bundle, chosen by the policy of before.

    Gives the snapshot's id; empty where no catalogue was ever deployed, so that nothing is served here.
    """
    pointer = DeploymentPointer(parts.workspace)
    try:
        policy = load_snapshot(pointer.folder_of(pointer.read())).policy
    except MissingInput:
        if not parts.catalogue.live_catalogue().creatives:
            return ""
        policy = PolicySettings()
    if live is None or live.schema_digest != bundle.schema_digest:
        _pack_users(parts, bundle, progress)
    publication = publish_catalogue(
        parts.catalogue,
        bundle,
        parts.objects,
        parts.workspace,
        parts.cache_dir,
        parts.clock,
        policy=policy,
        progress=progress,
    )
    follow_catalogue(parts.catalogue, parts.objects, parts.workspace, parts.cache_dir, parts.clock, progress)
    return publication.deployment.snapshot_id


def _pack_users(parts: RegistryParts, bundle: ModelBundle, progress: Progress) -> None:
    """Users are packed per schema: with another one they are packed anew, from the catalogue beside the lake."""
    kept = KeptBundle.open(Path(bundle.path))
    with parts.open_stream() as stream:
        load_users(parts.workspace, kept.scorer.encoding, kept.histories, stream, progress)
