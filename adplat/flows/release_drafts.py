"""Approved drafts go live: the bandit may choose them, and a share of the people sees the originals alone.

A new creative starts with what the model predicts of it, for the default policy's prior is the prediction (see
docs/bandits.md). The share that stays with what people made is an experiment of its own, ``originals-CAMPAIGN``: its
control shows only creatives that were not generated, whoever is in it stays in it, and its analysis says what the
generated ones brought beside the originals, as no bandit's log alone could.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from adplat.domain import (
    CatalogueStore,
    ConfigRejected,
    CreativeStatus,
    ExperimentState,
    InputError,
    KeptDraft,
    MissingInput,
    Progress,
)
from adplat.flows.decide_drafts import GENERATED
from adplat.flows.draft_parts import DraftParts
from adplat.flows.experiment_parts import ExperimentParts
from adplat.flows.manage_experiments import create_experiment_of, start_experiment
from adplat.flows.publish_catalogue import publish_catalogue
from adplat.flows.registry_parts import RegistryParts, named_bundle
from adplat.flows.shadow_bundle import follow_catalogue
from adplat.snapshots import DeploymentPointer, PolicySettings, load_snapshot

LAYER = "originals"
CONTROL, REST = "originals", "all"
_NAME = re.compile(r"[^A-Za-z0-9._-]")


@dataclass(frozen=True)
class Release:
    """What went live; ``snapshot_id`` is empty where nothing is served here yet.

    ``originals``: by campaign the experiment that keeps a share for the originals, or why there is none.
    """

    drafts: tuple[KeptDraft, ...]
    snapshot_id: str
    originals: dict[str, str]

    def document(self) -> dict[str, Any]:
        """As ``adplat drafts release --json`` tells it."""
        return {
            "released": [one.draft_id for one in self.drafts],
            "snapshot_id": self.snapshot_id or None,
            "originals": self.originals,
        }


def release_drafts(
    parts: DraftParts,
    registry: RegistryParts,
    experiments: ExperimentParts,
    draft_ids: Sequence[str],
    progress: Progress,
    *,
    original_share: float,
) -> Release:
    """Put approved drafts live, publish them with the live bundle, and keep ``original_share`` for the originals.

    The share's experiment is started first, so that no moment is without it. Raises UnknownReference, ConfigRejected (a
    draft that is not approved, a share outside 0 to 1), and what publishing raises.
    """
    if not 0.0 <= original_share < 1.0:
        raise ConfigRejected(
            f"a share of {original_share:g} for the originals", where="original_share", hint="give 0 to below 1"
        )
    if not draft_ids:
        raise ConfigRejected("no draft is named", where="drafts", hint="name approved drafts")
    found = [parts.drafts.find(name) for name in draft_ids]
    for one in found:
        one.released()  # refused here, before an experiment is started for it
    originals = {
        name: _keep_share(experiments, name, original_share) for name in sorted({one.campaign_id for one in found})
    }
    live = parts.drafts.release(draft_ids, parts.clock.now(), parts.by)
    return Release(tuple(live), publish_anew(registry, progress), originals)


def _keep_share(experiments: ExperimentParts, campaign_id: str, share: float) -> str:
    stem = f"originals-{_NAME.sub('-', campaign_id)}"[:58]
    known = {one.experiment_id: one.experiment.state for one in experiments.experiments.experiments()}
    names = [stem, *(f"{stem}-{number}" for number in range(2, len(known) + 3))]
    for name in names:
        if known.get(name) is ExperimentState.RUNNING:
            return f"experiment {name} runs already"
    name = next(one for one in names if one not in known)  # what was tested under a name stays told
    if share == 0.0:
        return "none: the share is 0"
    human = _originals_of(experiments.catalogue, campaign_id)
    if not human:
        return "none: the campaign has no live creative that people made"
    try:
        create_experiment_of(experiments, _setup(name, campaign_id, human, share), where=name)
        start_experiment(experiments, name)
    except InputError as reason:  # another experiment of the campaign has its people: it must be told, not hidden
        return f"none: {reason}"
    return f"experiment {name} keeps {share:.0%} of the people for {len(human)} originals"


def _originals_of(catalogue: CatalogueStore, campaign_id: str) -> list[str]:
    return sorted(
        one.creative_id
        for one in catalogue.creatives()
        if one.campaign_id == campaign_id and one.status is CreativeStatus.LIVE and one.provenance.origin != GENERATED
    )


def _setup(name: str, campaign_id: str, human: list[str], share: float) -> dict[str, Any]:
    return {
        "experiment": {
            "experiment_id": name,
            "layer": LAYER,
            "campaign_ids": [campaign_id],
            "arms": [
                {"name": CONTROL, "weight": share, "creative_ids": human},
                {"name": REST, "weight": 1.0 - share},
            ],
        },
        "analysis": {
            "metric": {"name": "ctr", "kind": "ratio"},
            "method": "sequential",
            "data": {"measure": "clicks", "per": "impressions"},
            "gates": {"minimum_age_days": 7, "minimum_events": 100},
        },
        # A click rate of one in a hundred, and a difference of a fifth: what its intervals are sharpest for.
        "plan": {"baseline": {"mean": 0.01, "std": 0.1}, "effect": 0.2, "daily_units": 10_000},
    }


def publish_anew(parts: RegistryParts, progress: Progress) -> str:
    """The live catalogue anew with the live bundle and the policy of before; empty where none is deployed."""
    live = parts.bundles.deployed()
    if live is None:
        return ""
    pointer = DeploymentPointer(parts.workspace)
    try:
        policy = load_snapshot(pointer.folder_of(pointer.read())).policy
    except MissingInput:
        policy = PolicySettings()
    bundle = named_bundle(parts.bundles, live.bundle_id)
    where = parts.workspace, parts.cache_dir, parts.clock
    publication = publish_catalogue(parts.catalogue, bundle, parts.objects, *where, policy=policy, progress=progress)
    follow_catalogue(parts.catalogue, parts.objects, *where, progress)
    return publication.deployment.snapshot_id
