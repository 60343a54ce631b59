"""Promotion changes everything or nothing; a rollback is one step; both are written down."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from adplat import bootstrap
from adplat.bootstrap import Settings
from adplat.domain import (
    BundleRejected,
    BundleState,
    ConfigRejected,
    DeploymentKind,
    GatesFailed,
    MissingInput,
    UnknownReference,
)
from adplat.flows.compare_bundles import compare_bundles
from adplat.flows.judge_bundles import judge_bundles
from adplat.flows.promote_bundle import Promotion, promote_bundle, roll_back
from adplat.flows.registry_parts import RegistryParts
from adplat.snapshots import Deployment, DeploymentPointer, load_snapshot
from adplat.storage import SqlAuditTrail
from tests.flows.model_market import ModelMarket, quiet


@pytest.fixture
def settings(market: ModelMarket, tmp_path: Path) -> Settings:
    return replace_actor(market.settings(tmp_path / "ws"), "mei")


@pytest.fixture
def parts(settings: Settings) -> Iterator[RegistryParts]:
    with bootstrap.opened_registry(settings) as opened:
        yield opened


def replace_actor(settings: Settings, name: str) -> Settings:
    return settings.model_copy(update={"actor": name})


def rng() -> np.random.Generator:
    return np.random.default_rng(5)


def served(parts: RegistryParts) -> Deployment:
    return DeploymentPointer(parts.workspace).read()


def promoted(parts: RegistryParts, market: ModelMarket, rows: Path, **more: object) -> Promotion:
    return promote_bundle(parts, market.second.path, rows, rng(), quiet, tables_dir=market.world, **more)  # type: ignore[arg-type]


def test_a_bundle_that_passes_is_published_and_written_down(
    market: ModelMarket, parts: RegistryParts, tmp_path: Path
) -> None:
    rows = market.later_rows_after(market.second, tmp_path / "rows.parquet")
    before = served(parts)

    done = promoted(parts, market, rows)

    assert done.gates["passes"]
    assert (done.gates["judged"], done.gates["against"]) == ("later", market.first.bundle_id)
    now = served(parts)
    assert (now.bundle_id, now.snapshot_id) == (market.second.bundle_id, done.snapshot_id)
    assert before.bundle_id == done.previous == market.first.bundle_id
    known = parts.bundles.find(market.second.bundle_id)
    assert (known.state, known.parent) == (BundleState.LIVE, market.first.bundle_id)
    assert known.latest is not None
    assert (known.latest.kind, known.latest.by) == (DeploymentKind.PROMOTE, "mei")
    assert known.latest.gates == done.gates
    assert trail(parts)[:2] == [("mei", "promote"), ("mei", "promote begun")]
    [entry, *_] = parts.audit.about(market.second.bundle_id)
    assert entry.detail == {"previous": market.first.bundle_id, "reason": ""}


class Killed(BaseException):
    """Nothing that would tidy up after an error sees it, as with a process that is gone."""


def test_whoever_is_killed_once_the_pointer_has_moved_has_told_that_it_began(
    market: ModelMarket, parts: RegistryParts, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = market.later_rows_after(market.second, tmp_path / "rows.parquet")
    with monkeypatch.context() as patched, pytest.raises(Killed):
        patched.setattr(type(parts.bundles), "deploy", dies)
        promoted(parts, market, rows)
    assert served(parts).bundle_id == market.second.bundle_id  # the deed was done
    assert trail(parts)[0] == ("mei", "promote begun")  # and is not untold
    promoted(parts, market, rows)
    assert trail(parts)[:2] == [("mei", "promote"), ("mei", "promote begun")]


def test_a_promotion_that_fails_half_way_says_so_in_the_trail(
    market: ModelMarket, parts: RegistryParts, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuses(*_: object, **__: object) -> None:
        raise MissingInput("the disk is full", where="ws", hint="make room")

    rows = market.later_rows_after(market.second, tmp_path / "rows.parquet")
    monkeypatch.setattr("adplat.flows.promote_bundle.publish_catalogue", refuses)
    with pytest.raises(MissingInput):
        promoted(parts, market, rows)
    assert trail(parts)[:2] == [("mei", "promote failed"), ("mei", "promote begun")]
    [*_, entry] = parts.audit.about(market.second.bundle_id)
    assert "the disk is full" in entry.detail["error"]


def dies(*_: object, **__: object) -> None:
    raise Killed


def trail(parts: RegistryParts) -> list[tuple[str, str]]:
    """Who did what, newest first."""
    entries = SqlAuditTrail(parts.bundles._database).entries()  # type: ignore[attr-defined]
    return [(one.actor, one.action) for one in entries]


def test_a_bundle_that_fails_changes_nothing_and_says_which_gate(
    market: ModelMarket, parts: RegistryParts, tmp_path: Path
) -> None:
    rows = market.later_rows_after(market.first, tmp_path / "rows.parquet")  # the live bundle is right here
    before, history = served(parts), parts.bundles.history()

    with pytest.raises(GatesFailed, match="normalised entropy") as refused:
        promoted(parts, market, rows)

    assert "normalised entropy" in refused.value.detail["failed"]
    assert "against" in str(refused.value)
    assert served(parts) == before
    assert parts.bundles.history() == history
    with pytest.raises(UnknownReference):
        parts.bundles.find(market.second.bundle_id)


def test_force_needs_a_reason_and_leaves_the_failures_in_the_history(
    market: ModelMarket, parts: RegistryParts, tmp_path: Path
) -> None:
    rows = market.later_rows_after(market.first, tmp_path / "rows.parquet")
    with pytest.raises(ConfigRejected, match="reason"):
        promoted(parts, market, rows, force=True, reason=" ")

    done = promoted(parts, market, rows, force=True, reason="the old one is broken")

    assert served(parts).bundle_id == market.second.bundle_id
    latest = parts.bundles.history()[-1]
    assert latest.reason == "the old one is broken"
    assert latest.gates["failed"] == done.gates["failed"] != []
    assert latest.gates["forced"]


def test_rolling_back_is_one_step_and_never_returns_to_what_was_left(
    market: ModelMarket, parts: RegistryParts, tmp_path: Path
) -> None:
    rows = market.later_rows_after(market.second, tmp_path / "rows.parquet")
    before = served(parts)
    promoted(parts, market, rows)

    done = roll_back(parts, quiet, reason="clicks fell")

    now = served(parts)
    # The same catalogue with the same bundle is the same snapshot.
    assert (now.bundle_id, now.snapshot_id) == (before.bundle_id, before.snapshot_id)
    assert (done.bundle.bundle_id, done.previous) == (market.first.bundle_id, market.second.bundle_id)
    assert parts.bundles.history()[-1].kind is DeploymentKind.ROLLBACK
    with pytest.raises(ConfigRejected, match="no earlier live bundle"):
        roll_back(parts, quiet)


def test_the_policy_of_the_served_snapshot_stays(market: ModelMarket, parts: RegistryParts, tmp_path: Path) -> None:
    from adplat.flows.publish_catalogue import publish_catalogue
    from adplat.snapshots import PolicySettings

    policy = PolicySettings(prior_strength=3.0)
    publish_catalogue(
        parts.catalogue, market.first, parts.objects, parts.workspace, parts.cache_dir, parts.clock, policy=policy
    )
    promoted(parts, market, market.later_rows_after(market.second, tmp_path / "rows.parquet"))
    pointer = DeploymentPointer(parts.workspace)
    assert load_snapshot(pointer.folder_of(pointer.read())).policy == policy


def test_a_live_bundle_cannot_be_promoted(market: ModelMarket, parts: RegistryParts) -> None:
    with pytest.raises(ConfigRejected, match="live already"):
        promote_bundle(parts, market.first.bundle_id[:10], market.world, rng(), quiet)


def test_rows_that_a_bundle_was_fitted_on_prove_nothing(
    market: ModelMarket, parts: RegistryParts, tmp_path: Path
) -> None:
    early = market.early / "lake" / "impressions"
    first_hours = tmp_path / "first"
    for hour in sorted(early.glob("hour=*"))[:20]:
        shutil.copytree(hour, first_hours / "lake" / "impressions" / hour.name)
        clicks = market.early / "lake" / "clicks" / hour.name
        if clicks.exists():
            shutil.copytree(clicks, first_hours / "lake" / "clicks" / hour.name)
    (first_hours / "catalogue").symlink_to(market.world / "catalogue")
    with pytest.raises(ConfigRejected, match="prove nothing"):
        promote_bundle(parts, market.second.path, first_hours, rng(), quiet)


def test_a_bundle_that_is_gone_or_altered_is_not_rolled_back_to(
    market: ModelMarket, settings: Settings, tmp_path: Path
) -> None:
    copy = Path(shutil.copytree(market.first.path, tmp_path / "copy"))
    bootstrap.deploy_bundle(settings, copy, market.world, quiet)
    with bootstrap.opened_registry(settings) as parts:
        promoted(parts, market, market.later_rows_after(market.second, tmp_path / "rows.parquet"))
        (copy / "metrics.json").write_text("{}")
        with pytest.raises(BundleRejected, match=r"metrics\.json"):
            roll_back(parts, quiet)
        shutil.rmtree(copy)
        with pytest.raises(MissingInput, match="no such bundle"):
            roll_back(parts, quiet)
        assert served(parts).bundle_id == market.second.bundle_id


def test_without_a_catalogue_a_promotion_is_a_line_in_the_registry(market: ModelMarket, tmp_path: Path) -> None:
    rows = market.later_rows_after(market.second, tmp_path / "rows.parquet")
    with bootstrap.opened_registry(bootstrap.read_settings(workspace=tmp_path / "empty")) as parts:
        done = promoted(parts, market, rows)
        assert (done.snapshot_id, done.previous) == ("", "")
        live = parts.bundles.deployed()
        assert live is not None
        assert live.bundle_id == market.second.bundle_id
        assert not DeploymentPointer(parts.workspace).path.exists()


def test_both_bundles_are_compared_on_the_same_rows(market: ModelMarket, parts: RegistryParts, tmp_path: Path) -> None:
    rows = market.later_rows_after(market.second, tmp_path / "rows.parquet")
    told = compare_bundles(
        parts.bundles,
        market.first.bundle_id[:12],
        market.second.path,
        rows,
        cache_dir=parts.cache_dir,
        rng=rng(),
        progress=quiet,
        tables_dir=market.world,
    )
    assert told["judged"] == {"a": "later", "b": "later"}
    assert told["drawn_by"] == "user"
    loss = told["overall"]["logloss"]
    assert loss["difference"] == pytest.approx(loss["b"] - loss["a"])
    assert loss["interval"][0] <= loss["difference"] <= loss["interval"][1]
    assert loss["better"] == "b"  # these clicks are what b promised
    assert told["overall"]["pcoc"]["b"] == pytest.approx(1.0, abs=0.02)
    assert any(name.startswith("placement=") for name in told["slices"])
    with pytest.raises(ConfigRejected, match="same bundle"):
        compare_bundles(
            parts.bundles,
            market.first.path,
            market.first.path,
            rows,
            cache_dir=parts.cache_dir,
            rng=rng(),
            progress=quiet,
        )


def test_on_the_training_folder_the_held_out_part_is_judged_without_its_own_outcomes(market: ModelMarket) -> None:
    later = judge_bundles(
        [market.first, market.second], market.world, cache_dir=market.folder / "cache", progress=quiet
    )
    assert later.how == "later"
    held_out = judge_bundles(
        [market.first, market.second], market.early, cache_dir=market.folder / "cache", progress=quiet
    )
    assert [scores.how for scores in held_out.scores] == ["held out", "held out"]
    assert len(held_out.clicked) == market.second.data.later_rows
    # The figures of the training run itself, but for calibration, which is mapped by other halves.
    from adplat.statistics import auc

    assert auc(held_out.clicked, held_out.scores[1].ranking) == pytest.approx(market.second.metrics["auc"], abs=1e-6)
