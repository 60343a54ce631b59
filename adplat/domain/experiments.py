"""Tests of creatives and of policies on live traffic: who may take part, and what each arm changes.

A layer is a full deck of units, dealt out by a hash of its own: the experiments of one layer own disjoint ranges of its
buckets, so that no unit is in two of them; experiments of different layers meet as if by chance. How a unit finds its
arm stands in ``adplat/experiments/assignment.py``.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from itertools import combinations, pairwise

from adplat.domain.errors import ConfigRejected

# Whole buckets, so that two ranges that touch are seen not to overlap, whatever share they are.
LAYER_BUCKETS = 10_000
# A bit each where they are looked up; a test of so many arms would never end anyway.
_MOST_ARMS = 32
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


class ExperimentState(StrEnum):
    """``draft ▸ running ▸ stopped ▸ decided``.

    Only a running experiment assigns. A stopped one assigns nobody any more and still waits for late outcomes; a
    decided one has its verdict.
    """

    DRAFT = "draft"
    RUNNING = "running"
    STOPPED = "stopped"
    DECIDED = "decided"


class AssignmentUnit(StrEnum):
    """What gets an arm. ``user``: the user key; of a user who may not be recognised, the request id stands in."""

    USER = "user"
    REQUEST = "request"


@dataclass(frozen=True, slots=True)
class BucketRange:
    """Buckets ``first`` to below ``end`` of a layer's ``LAYER_BUCKETS``."""

    first: int = 0
    end: int = LAYER_BUCKETS

    def __post_init__(self) -> None:
        if not 0 <= self.first < self.end <= LAYER_BUCKETS:
            raise ConfigRejected(
                f"buckets {self.first} to {self.end} are no range of a layer",
                where="layer_ranges",
                hint=f"give first and end with 0 <= first < end <= {LAYER_BUCKETS}",
            )


@dataclass(frozen=True, slots=True)
class ExperimentArm:
    """What is done for the units of one arm.

    Args:
        weight: its share is this over the sum of all arms that are not paused.
        creative_ids: of the experiment's campaigns only these are candidates; empty: all.
        policy: chooses among them; empty: whichever chooses anyway.
        paused: takes nobody; its units go to the other arms until it goes on.
    """

    name: str
    weight: float = 1.0
    creative_ids: tuple[str, ...] = ()
    policy: str = ""
    paused: bool = False

    @property
    def takes_units(self) -> bool:
        """Whether any unit can be in this arm."""
        return not self.paused and self.weight > 0.0


def alike_arms(arms: Sequence[ExperimentArm]) -> list[list[str]]:
    """Names of arms that show the same, chosen in the same way: between them there is nothing to find but chance.

    Nothing forbids them: a test of the test itself (A/A) has no others.
    """
    alike: dict[tuple[frozenset[str], str], list[str]] = {}
    for arm in arms:
        alike.setdefault((frozenset(arm.creative_ids), arm.policy), []).append(arm.name)
    return [names for names in alike.values() if len(names) > 1]


@dataclass(frozen=True, slots=True)
class Experiment:
    """One test. Raises ConfigRejected for a set-up that cannot be run as it says.

    Args:
        salt: of the hashes for traffic and arm; another one deals every unit anew. Empty: the experiment's id.
        traffic: share (0 to 1) of the units in its ranges that take part; raising it moves nobody who is in.
        layer_ranges: its buckets of the layer, in rising order.
        campaign_ids: whose candidates it is about; empty: those of every campaign.
    """

    experiment_id: str
    arms: tuple[ExperimentArm, ...]
    layer: str = "default"
    salt: str = ""
    unit: AssignmentUnit = AssignmentUnit.USER
    traffic: float = 1.0
    layer_ranges: tuple[BucketRange, ...] = (BucketRange(),)
    campaign_ids: tuple[str, ...] = ()
    state: ExperimentState = ExperimentState.DRAFT
    started_at: datetime | None = None
    stopped_at: datetime | None = None

    def __post_init__(self) -> None:
        for what, where, hint in self._faults():
            raise ConfigRejected(what, where=f"experiment {self.experiment_id!r}: {where}", hint=hint)

    @property
    def arm_salt(self) -> str:
        """What its own hashes are salted with."""
        return self.salt or self.experiment_id

    @property
    def restricts_creatives(self) -> bool:
        """Whether some arm shows less than all creatives."""
        return any(arm.creative_ids for arm in self.arms)

    @property
    def names_policies(self) -> bool:
        """Whether some arm says which policy chooses."""
        return any(arm.policy for arm in self.arms)

    def exposure(self, arm: ExperimentArm) -> str:
        """How decisions tell that a unit was in this arm: ``experiment_id:arm``."""
        return f"{self.experiment_id}:{arm.name}"

    def shares_campaign(self, other: Experiment) -> bool:
        """Whether some campaign is of both."""
        mine, theirs = set(self.campaign_ids), set(other.campaign_ids)
        return not mine or not theirs or bool(mine & theirs)

    def _faults(self) -> Iterator[tuple[str, str, str]]:
        named = "start with a letter or digit; letters, digits, . _ - and at most 64 of them"
        names = [arm.name for arm in self.arms]
        ids = {"experiment_id": self.experiment_id, "layer": self.layer, "salt": self.arm_salt}
        for where, name in [*ids.items(), *(("arms", name) for name in names)]:
            if not _NAME.fullmatch(name):
                yield f"{name!r} is no name", where, named
        if len(names) < 2 or len(set(names)) < len(names):
            yield "fewer than two arms, or two of one name", "arms", "give a control and one treatment or more"
        if len(names) > _MOST_ARMS:
            yield f"{len(names)} arms", "arms", f"give at most {_MOST_ARMS}"
        if not all(0.0 <= arm.weight < math.inf for arm in self.arms) or not any(arm.weight for arm in self.arms):
            yield "a weight is negative or not finite, or all are 0", "arms", "give weights such as 1 and 1"
        if not 0.0 <= self.traffic <= 1.0:
            yield f"traffic is {self.traffic}", "traffic", "give a share from 0 to 1"
        if not self.layer_ranges or any(one.end > two.first for one, two in pairwise(self.layer_ranges)):
            yield "no range, or ranges that overlap or fall", "layer_ranges", "give disjoint ranges in rising order"
        if self.restricts_creatives and not self.campaign_ids:
            yield "arms name creatives, and no campaign is named", "campaign_ids", "name the campaigns they belong to"
        if any(moment is not None and moment.tzinfo is None for moment in (self.started_at, self.stopped_at)):
            yield "a time without zone", "started_at", "give aware UTC times"


@dataclass(frozen=True, slots=True)
class ExperimentBook:
    """Experiments that run together. Raises ConfigRejected where one would spoil another.

    Args:
        holdout: share (0 to 1) of all units that no experiment touches.
        layer_holdouts: the same for single layers, by name.
    """

    experiments: tuple[Experiment, ...] = ()
    holdout: float = 0.0
    layer_holdouts: Mapping[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for where, share in (("holdout", self.holdout), *self.layer_holdouts.items()):
            if not 0.0 <= share <= 1.0:
                raise ConfigRejected(f"a holdout of {share}", where=where, hint="give a share from 0 to 1")
        for one, two in combinations(self.experiments, 2):
            for what, hint in _conflicts(one, two):
                raise ConfigRejected(what, where=f"experiments {one.experiment_id} and {two.experiment_id}", hint=hint)

    def free_ranges(self, layer: str) -> tuple[BucketRange, ...]:
        """The buckets of a layer that none of them owns, in rising order."""
        owned = sorted((b for one in self.experiments if one.layer == layer for b in one.layer_ranges), key=_first)
        edges = [(0, 0), *((each.first, each.end) for each in owned), (LAYER_BUCKETS, LAYER_BUCKETS)]
        return tuple(BucketRange(end, first) for (_, end), (first, _) in pairwise(edges) if end < first)


def _first(buckets: BucketRange) -> int:
    return buckets.first


def _conflicts(one: Experiment, two: Experiment) -> Iterator[tuple[str, str]]:
    if one.experiment_id == two.experiment_id:
        yield "two experiments have one id", "name each differently"
    if one.arm_salt == two.arm_salt:
        yield "both deal their units with one salt, so that their arms are not independent", "give each its own"
    if one.layer == two.layer:
        if one.unit is not two.unit:
            yield "two units in one layer do not exclude each other", "give them one unit, or a layer each"
        if any(a.first < b.end and b.first < a.end for a in one.layer_ranges for b in two.layer_ranges):
            yield f"both own some bucket of layer {one.layer}", "give them disjoint ranges, or a layer each"
    elif one.shares_campaign(two):
        # What both would decide can only be decided by one of them, and the other's arms would say what was not done.
        hint = "put them into one layer with disjoint ranges"
        if one.restricts_creatives and two.restricts_creatives:
            yield "both choose the creatives of one campaign", hint
        if one.names_policies and two.names_policies:
            yield "both choose the policy of one campaign", hint
