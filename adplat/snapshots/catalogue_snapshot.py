"""The folder a replica serves from: item side of every feature, who owns which creative, which bundle, which policy.

``items/`` is the ItemBlock; ``snapshot.json`` the rest. The folder is named by the hash of its bytes, so that
the same catalogue with the same model is the same snapshot, and a changed byte is noticed when it is loaded.
"""

from __future__ import annotations

import hashlib
import shutil
import uuid
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import msgspec
import numpy as np

from adplat.data.atomic import flush_to_disk
from adplat.domain import ANYBODY, BundleRejected, Caller, Creative, LiveCatalogue, MissingInput, UnknownReference
from adplat.features import ItemBlock, load_items, save_items
from adplat.features.arrays import Int32

FORMAT = 2
SNAPSHOTS_FOLDER = "snapshots"


@dataclass(frozen=True, slots=True)
class PolicySettings:
    """How creatives are chosen when a request does not say; ``adplat.bandit`` says what the numbers mean.

    A policy takes those of them that it has.
    """

    name: str = "thompson-with-prior"
    prior_strength: float | None = None
    exploration_floor: float | None = None
    half_life_h: float | None = None
    objective: str = "ctr"
    least_ctr_share: float = 0.0
    click_worth_micros: float = 0.0
    conversion_worth_micros: float = 0.0
    value_share: float = 1.0


@dataclass(frozen=True)
class CatalogueSnapshot:
    """One loaded snapshot. Rows are rows of ``items``; only listed creatives are ever candidates."""

    snapshot_id: str
    bundle_id: str
    bundle_path: Path
    policy: PolicySettings
    items: ItemBlock
    catalogue: LiveCatalogue
    listed: Mapping[str, Creative]
    row_of: Mapping[str, int]
    campaign_rows: Mapping[str, Int32]

    @cached_property
    def owner_of_campaign(self) -> Mapping[str, str]:
        """Advertisers by campaign: whose money it spends."""
        return {campaign.campaign_id: campaign.advertiser_id for campaign in self.catalogue.campaigns}

    @cached_property
    def elements(self) -> Mapping[str, Mapping[str, str]]:
        """What every live creative is made of, by its id."""
        return {name: creative.made_of for name, creative in self.listed.items()}

    def shows(self, creative: Creative, caller: Caller) -> bool:
        """Whether a creative exists for a caller: its own advertiser must be the caller's, and its campaign's."""
        return caller.may_see(creative.advertiser_id) and caller.may_see(self.owner_of_campaign[creative.campaign_id])

    def rows_of_campaign(self, campaign_id: str, caller: Caller = ANYBODY) -> Int32:
        """All live creatives of a campaign that exist for the caller. Raises UnknownReference where none does."""
        rows = self.campaign_rows.get(campaign_id)
        if rows is not None and caller.advertisers is not None:
            own = [row for row in rows.tolist() if self.shows(self.listed[self.items.ids[row - 1]], caller)]
            rows = np.array(own, dtype=np.int32) if own else None
        if rows is None:
            raise UnknownReference(
                f"campaign {campaign_id!r} has no live creative",
                where=f"snapshot {self.snapshot_id[:12]}",
                hint="check the id, or publish the catalogue after the campaign went live",
            )
        return rows

    def rows_of(self, creative_ids: Sequence[str], caller: Caller = ANYBODY) -> Int32:
        """These creatives, in this order. Raises UnknownReference, naming the first that does not exist for the caller.

        What is another's is refused in the words for what is not live: whether it is stays unsaid.
        """
        row_of = self.row_of
        if caller.advertisers is not None:
            asked = [self.listed[one] for one in creative_ids if one in self.listed]
            row_of = {one.creative_id: row_of[one.creative_id] for one in asked if self.shows(one, caller)}
        try:
            return np.array([row_of[creative_id] for creative_id in creative_ids], dtype=np.int32)
        except KeyError as missing:
            raise UnknownReference(
                f"creative {missing.args[0]!r} is not live",
                where=f"snapshot {self.snapshot_id[:12]}",
                hint="check the id, or publish the catalogue after the creative went live",
            ) from None


class _Content(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    format: int
    bundle_id: str
    bundle_path: str
    policy: PolicySettings
    catalogue: LiveCatalogue


def write_snapshot(
    folder: Path,
    items: ItemBlock,
    catalogue: LiveCatalogue,
    policy: PolicySettings,
    bundle_id: str,
    bundle_path: Path,
) -> str:
    """Write a snapshot below ``folder`` and return its id, which names the sub-folder. Writing it again is free."""
    folder.mkdir(parents=True, exist_ok=True)
    temporary = folder / f".{uuid.uuid4().hex[:12]}.tmp"
    temporary.mkdir()
    try:
        save_items(items, temporary / "items")
        content = _Content(FORMAT, bundle_id, str(bundle_path), policy, catalogue)
        (temporary / "snapshot.json").write_bytes(msgspec.json.encode(content))
        for path in temporary.rglob("*"):
            flush_to_disk(path)
        snapshot_id = _content_hash(temporary)
        if not (folder / snapshot_id).exists():
            temporary.replace(folder / snapshot_id)
            flush_to_disk(folder)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
    return snapshot_id


def load_snapshot(folder: Path) -> CatalogueSnapshot:
    """Read a snapshot back. Raises MissingInput, or BundleRejected when a byte changed."""
    if not (folder / "snapshot.json").is_file():
        raise MissingInput("no such snapshot", where=str(folder), hint="publish the catalogue again")
    if _content_hash(folder) != folder.name:
        raise BundleRejected(
            "the snapshot does not match its name", where=str(folder), hint="publish the catalogue again"
        )
    try:
        content = msgspec.json.decode((folder / "snapshot.json").read_bytes(), type=_Content)
    except msgspec.DecodeError as reason:  # an older format too: its fields are others
        raise BundleRejected(
            f"the snapshot has another format: {reason}", where=str(folder), hint="publish the catalogue again"
        ) from None
    items = load_items(folder / "items")
    creatives = content.catalogue.creatives
    names = [creative.creative_id for creative in creatives]
    row_of = dict(zip(names, items.rows_of(names).tolist(), strict=True))
    campaigns: defaultdict[str, list[int]] = defaultdict(list)
    for creative in creatives:
        campaigns[creative.campaign_id].append(row_of[creative.creative_id])
    return CatalogueSnapshot(
        snapshot_id=folder.name,
        bundle_id=content.bundle_id,
        bundle_path=Path(content.bundle_path),
        policy=content.policy,
        items=items,
        catalogue=content.catalogue,
        listed={creative.creative_id: creative for creative in creatives},
        row_of=row_of,
        campaign_rows={name: np.array(rows, dtype=np.int32) for name, rows in campaigns.items()},
    )


def _content_hash(folder: Path) -> str:
    digest = hashlib.sha256()
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        digest.update(path.relative_to(folder).as_posix().encode() + b"\0")
        with path.open("rb") as file:
            digest.update(hashlib.file_digest(file, "sha256").digest())
    return digest.hexdigest()
