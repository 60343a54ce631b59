"""A shadow scores what the live bundle answered, exactly as it would have answered itself, and decides nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from adplat import bootstrap
from adplat.bootstrap import Settings
from adplat.ctr import FitConfig, ModelConfig, Scorer, TrainConfig, train_bundle
from adplat.data import DataConfig, Lake, load_training_tables
from adplat.domain import (
    ConfigRejected,
    CreativeStatus,
    Event,
    EventKind,
    InternalFault,
    MissingInput,
    SchemaMismatch,
    UnknownReference,
    UserContext,
)
from adplat.features import EncoderConfig, FeatureEncoding
from adplat.flows.bid_book import BidBook
from adplat.flows.fold_events import FoldProgress, fold_events
from adplat.flows.promote_bundle import promote_bundle
from adplat.flows.publish_catalogue import KEPT_SNAPSHOTS, publish_catalogue
from adplat.flows.rank_creatives import (
    RankRequest,
    Serving,
    falls_in_share,
    new_decision_id,
    policies_of,
    rank_creatives,
)
from adplat.flows.registry_parts import RegistryParts
from adplat.flows.report_shadow import report_shadow
from adplat.flows.shadow_bundle import follow_catalogue, start_shadow, stop_shadow
from adplat.flows.shadow_decisions import ShadowModel
from adplat.flows.write_shadow_page import write_shadow_page
from adplat.snapshots import PolicySettings, ShadowPointer, load_snapshot
from adplat.storage import EmbeddedValkey, RedisStreamState, open_bid_state, open_online_state
from tests.flows.model_market import ModelMarket, quiet

START = datetime(2026, 9, 10, 8, tzinfo=UTC)
USERS = 40


@pytest.fixture
def settings(market: ModelMarket, tmp_path: Path) -> Settings:
    return market.settings(tmp_path / "ws")


@pytest.fixture
def parts(settings: Settings) -> Iterator[RegistryParts]:
    with bootstrap.opened_registry(settings) as opened:
        yield opened


@dataclass
class Traffic:
    """Requests answered by the live bundle of a workspace, reported back, and folded with its shadow."""

    parts: RegistryParts
    market: ModelMarket
    url: str
    namespace: str
    stream: RedisStreamState

    def serving(self, folder: Path, share: float = 0.0) -> Serving:
        snapshot = load_snapshot(folder)
        return Serving(
            snapshot, Scorer.load(snapshot.bundle_path), policies_of(snapshot.policy), BidBook.of(snapshot), share
        )

    def live(self, share: float) -> Serving:
        from adplat.snapshots import DeploymentPointer

        pointer = DeploymentPointer(self.parts.workspace)
        return self.serving(pointer.folder_of(pointer.read()), share)

    def shadow(self) -> Serving:
        pointer = ShadowPointer(self.parts.workspace)
        found = pointer.read()
        assert found is not None
        return self.serving(pointer.folder_of(found))

    def requests(self, count: int) -> list[RankRequest]:
        campaign = next(iter(self.live(0.0).snapshot.campaign_rows))
        return [
            RankRequest(
                request_id=f"r{n}",
                ts=START + timedelta(seconds=n),
                user=UserContext(f"u{n % USERS}" if n % 5 else "", {"gender": "f"}),
                placement="feed_300x250",
                campaign_id=campaign,
                context={"device": "phone"},
            )
            for n in range(count)
        ]

    def play(self, count: int, share: float, *, shown: bool = True) -> None:
        """Answer, and report an impression of each and a click of every fourth."""
        serving = self.live(share)

        async def run() -> None:
            online = open_online_state(self.url, namespace=self.namespace, timeout_s=10.0)
            bids = open_bid_state(self.url, namespace=self.namespace, timeout_s=10.0)
            rng = np.random.default_rng([3, count])  # other ids for other calls
            try:
                for number, request in enumerate(self.requests(count)):
                    decision = (await rank_creatives(online, serving, request, rng)).decision
                    name = decision.decision_id
                    kinds = [EventKind.IMPRESSION, EventKind.CLICK][: 2 if number % 4 == 0 else 1]
                    events = [Event(f"{name}:{kind}", kind, name, request.ts) for kind in kinds]
                    await bids.record_notices(events if shown else [], request.ts)
            finally:
                await online.close()
                await bids.close()

        asyncio.run(run())

    def fold(self, *, with_shadow: bool = True) -> FoldProgress:
        serving = self.shadow() if with_shadow else None
        model = ShadowModel(serving.snapshot, serving.scorer) if serving else None
        ledger = bootstrap.open_ledger(self.parts.bundles._database)  # type: ignore[attr-defined]
        encoding = FeatureEncoding.load(Path(self.market.first.path))
        return fold_events(self.stream, ledger, self.lake, encoding, START, wait_ms=0, shadow=model)

    @property
    def lake(self) -> Lake:
        return Lake(self.parts.workspace / "lake")


@pytest.fixture
def traffic(
    parts: RegistryParts, market: ModelMarket, valkey: EmbeddedValkey, namespace: str, stream: RedisStreamState
) -> Traffic:
    return Traffic(parts, market, valkey.url, namespace, stream)


def test_the_shadow_says_what_it_would_have_answered(traffic: Traffic, parts: RegistryParts) -> None:
    start_shadow(parts, traffic.market.second.path, 1.0, quiet)
    traffic.play(30, share=1.0)

    assert traffic.fold().shadowed == 30

    rows = traffic.lake.scan("shadow").collect().sort("ts")
    assert set(rows["shadow_bundle_id"]) == {traffic.market.second.bundle_id}
    assert set(rows["bundle_id"]) == {traffic.market.first.bundle_id}
    shadow = traffic.shadow()

    async def run() -> list[dict[str, float]]:
        online = open_online_state(traffic.url, namespace=traffic.namespace + "-none")
        rng = np.random.default_rng(1)
        try:
            answers = [(await rank_creatives(online, shadow, r, rng)).decision for r in traffic.requests(30)]
        finally:
            await online.close()
        return [dict(zip(answer.candidates, answer.p_ctr, strict=True)) for answer in answers]

    for row, answer in zip(rows.rows(named=True), asyncio.run(run()), strict=True):
        assert row["shadow_p_ctr"] == pytest.approx(answer[row["creative_id"]], abs=1e-9)
        assert row["candidates"] == len(answer)
        assert row["shadow_p_cvr"] is not None
    assert (rows["p_ctr"] != rows["shadow_p_ctr"]).any()
    impressions = traffic.lake.scan("impressions").collect()
    assert set(rows["decision_id"]) == set(impressions["decision_id"])


def test_only_the_share_is_scored_and_folding_goes_on_without_a_shadow(traffic: Traffic, parts: RegistryParts) -> None:
    start_shadow(parts, traffic.market.second.path, 0.3, quiet)
    traffic.play(60, share=0.3)
    progress = traffic.fold()
    assert 5 <= progress.shadowed <= 35
    stop_shadow(parts)
    traffic.play(5, share=1.0)
    assert traffic.fold(with_shadow=False).shadowed == 0
    assert traffic.lake.scan("impressions").collect().height == 65


def test_a_share_is_that_share_of_all_decisions() -> None:
    rng = np.random.default_rng(2)
    ids = [new_decision_id(START + timedelta(milliseconds=n), rng) for n in range(4000)]
    for share in (0.0, 0.1, 0.5, 1.0):
        found = sum(falls_in_share(decision_id, share) for decision_id in ids) / len(ids)
        assert found == pytest.approx(share, abs=0.03)
    assert not any(falls_in_share(decision_id, 0.0) for decision_id in ids)
    assert all(falls_in_share(decision_id, 1.0) for decision_id in ids)


def test_the_report_holds_both_against_what_came_back(traffic: Traffic, parts: RegistryParts, tmp_path: Path) -> None:
    with pytest.raises(MissingInput, match="no shadow"):
        report_shadow(parts.workspace, np.random.default_rng(1), quiet)
    start_shadow(parts, traffic.market.second.path, 1.0, quiet)
    traffic.play(20, share=1.0, shown=False)
    traffic.fold()
    told = report_shadow(parts.workspace, np.random.default_rng(1), quiet)
    assert (told["scored"], told["shown"], told["outcomes"]) == (20, 0, None)
    write_shadow_page(tmp_path / "early.html", told, parts.workspace, START)

    traffic.play(200, share=1.0)
    traffic.fold()

    told = report_shadow(parts.workspace, np.random.default_rng(1), quiet)
    assert (told["scored"], told["shown"]) == (220, 200)
    overall = told["outcomes"]["overall"]
    assert told["outcomes"]["positives"] == 50
    rows = traffic.lake.scan("shadow").collect().join(traffic.lake.scan("impressions").collect(), on="decision_id")
    assert overall["pcoc"]["a"] == pytest.approx(float(rows["p_ctr"].sum()) / 50)
    assert overall["pcoc"]["b"] == pytest.approx(float(rows["shadow_p_ctr"].sum()) / 50)
    assert overall["pcoc"]["interval_b"][0] < overall["pcoc"]["b"] < overall["pcoc"]["interval_b"][1]
    assert "placement=feed_300x250" in told["outcomes"]["slices"]
    assert told["scores"]["a"]["p5"] <= told["scores"]["a"]["p50"] <= told["scores"]["a"]["p95"]
    with pytest.raises(UnknownReference, match="no single shadow"):
        report_shadow(parts.workspace, np.random.default_rng(1), quiet, bundle="zz")
    write_shadow_page(tmp_path / "page.html", told, parts.workspace, START)
    assert "<svg" in (tmp_path / "page.html").read_text() or "image/svg" in (tmp_path / "page.html").read_text()


def test_the_shadow_follows_the_catalogue_and_outlives_old_snapshots(traffic: Traffic, parts: RegistryParts) -> None:
    first = start_shadow(parts, traffic.market.second.path, 0.5, quiet)
    for strength in range(KEPT_SNAPSHOTS + 2):
        publish_catalogue(
            parts.catalogue,
            traffic.market.first,
            parts.objects,
            parts.workspace,
            parts.cache_dir,
            parts.clock,
            policy=PolicySettings(prior_strength=1.0 + strength),
        )
    assert len(traffic.shadow().snapshot.listed) == len(traffic.live(0.0).snapshot.listed)
    [creative, *_] = parts.catalogue.live_catalogue().creatives
    parts.catalogue.save([], [], [], [replace(creative, status=CreativeStatus.PAUSED)])

    moved = follow_catalogue(parts.catalogue, parts.objects, parts.workspace, parts.cache_dir, parts.clock, quiet)

    assert moved is not None
    assert (moved.bundle_id, moved.share) == (first.bundle_id, 0.5)
    assert creative.creative_id not in traffic.shadow().snapshot.listed


def test_a_promoted_shadow_is_a_shadow_no_more(traffic: Traffic, parts: RegistryParts, tmp_path: Path) -> None:
    start_shadow(parts, traffic.market.second.path, 1.0, quiet)
    rows = traffic.market.later_rows_after(traffic.market.second, tmp_path / "rows.parquet")
    promote_bundle(
        parts, traffic.market.second.path, rows, np.random.default_rng(5), quiet, tables_dir=traffic.market.world
    )
    assert ShadowPointer(parts.workspace).read() is None


def test_who_cannot_be_a_shadow_is_told_so(market: ModelMarket, parts: RegistryParts, tmp_path: Path) -> None:
    with pytest.raises(ConfigRejected, match="its own shadow"):
        start_shadow(parts, market.first.path, 1.0, quiet)
    for share in (0.0, 1.5, float("nan")):
        with pytest.raises(ConfigRejected, match="share"):
            start_shadow(parts, market.second.path, share, quiet)
    schema = FeatureEncoding.load(Path(market.first.path)).schema
    other = replace(schema, features=tuple(f for f in schema.features if f.name != "device"))
    config = TrainConfig(
        schema="",
        data=DataConfig(kind="world", sample=800),
        encoders=EncoderConfig(image="none", text="none"),
        model=ModelConfig(embedding=2, tower=0, interest=2, hidden=(4,)),
        training=FitConfig(epochs=1, batch=512),
    )
    tables = load_training_tables(other, config.data, market.early)
    foreign = train_bundle(config, other, tables, tmp_path / "bundles", tmp_path / "cache", quiet).bundle
    with pytest.raises(SchemaMismatch, match="another feature schema"):
        start_shadow(parts, foreign.path, 1.0, quiet)
    with (
        bootstrap.opened_registry(bootstrap.read_settings(workspace=tmp_path / "empty")) as empty,
        pytest.raises(MissingInput, match="nothing is published"),
    ):
        start_shadow(empty, market.second.path, 1.0, quiet)
    assert ShadowPointer(parts.workspace).read() is None


def test_ending_a_shadow_that_is_not_there_is_no_trouble_and_a_damaged_one_is_named(parts: RegistryParts) -> None:
    assert stop_shadow(parts) is None
    (parts.workspace / "shadow.json").write_text("{")
    with pytest.raises(InternalFault, match="shadow pointer is damaged"):
        ShadowPointer(parts.workspace).read()
    assert stop_shadow(parts) is None
    assert ShadowPointer(parts.workspace).read() is None


def test_a_damaged_shadow_does_not_stand_in_the_way_of_a_deployment(market: ModelMarket, settings: Settings) -> None:
    (settings.workspace / "shadow.json").write_text("{")
    told = bootstrap.deploy_bundle(settings, Path(market.first.path), market.world, quiet)
    assert told["bundle_id"] == market.first.bundle_id
    assert ShadowPointer(settings.workspace).read() is None
