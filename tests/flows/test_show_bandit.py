"""What the bandit believes, for a person."""

from __future__ import annotations

import pytest

from adplat import bootstrap
from adplat.bandit import Knowledge
from adplat.domain import ArmStatistics, UnknownReference
from adplat.flows.show_bandit import bandit_document
from adplat.snapshots import DeploymentPointer, load_snapshot
from adplat.storage import EmbeddedValkey
from tests.flows.small_shop import Shop


def test_every_live_creative_is_told_with_its_factor_and_its_chance(shop: Shop) -> None:
    pointer = DeploymentPointer(shop.workspace)
    snapshot = load_snapshot(pointer.folder_of(pointer.read()))
    names = [creative.creative_id for creative in snapshot.catalogue.creatives]
    arms = {name: ArmStatistics(5000, 50, 0, 100.0) for name in names[:-1]}
    arms[names[0]] = ArmStatistics(5000, 300, 5, 100.0, spend_micros=7)

    told = bandit_document(snapshot, Knowledge.of(arms))
    assert told["creatives_shown"] == len(names) - 1
    assert told["policy"]["objective"] == "ctr" and 0.0 < told["prior"]["level"] < 3.0
    by_name = {line["creative_id"]: line for line in told["creatives"]}
    assert sorted(by_name) == sorted(names)
    best = by_name[names[0]]
    assert best["clicks"] == 300 and best["conversions"] == 5 and best["spend_micros"] == 7
    assert best["factor_low"] < best["factor"] < best["factor_high"]
    assert best["best"] == max(line["best"] for line in told["creatives"] if line["ad_id"] == best["ad_id"])
    for ad in {line["ad_id"] for line in told["creatives"]}:
        assert sum(line["best"] for line in told["creatives"] if line["ad_id"] == ad) == pytest.approx(1.0)

    alone = bandit_document(snapshot, Knowledge.of(arms), "k1")
    assert {line["campaign_id"] for line in alone["creatives"]} == {"k1"}
    with pytest.raises(UnknownReference, match="k99"):
        bandit_document(snapshot, Knowledge.of({}), "k99")


def test_people_are_told_it_while_somebody_serves_and_nothing_otherwise(shop: Shop, valkey: EmbeddedValkey) -> None:
    alone = bootstrap.read_settings(workspace=shop.workspace)
    assert bootstrap.bandit_belief(alone, "k1") is None
    serving = bootstrap.read_settings(workspace=shop.workspace, redis_url=valkey.url)
    told = bootstrap.bandit_belief(serving, "k1")
    assert told is not None and {line["campaign_id"] for line in told["creatives"]} == {"k1"}
    with pytest.raises(UnknownReference, match="k99"):
        bootstrap.bandit_belief(serving, "k99")
