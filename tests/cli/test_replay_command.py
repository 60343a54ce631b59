"""``adplat replay`` on a workspace: what it says, and with which exit code."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest

from adplat import bootstrap
from adplat.cli import run
from adplat.cli.replay import _window
from adplat.domain import ConfigRejected
from adplat.storage import EmbeddedValkey
from tests.flows.model_market import ModelMarket, a_model_market
from tests.flows.replay_rig import CLICK, IMPRESSION, ReplayRig


@pytest.fixture(scope="module")
def valkey() -> Iterator[EmbeddedValkey]:
    folder = Path(tempfile.mkdtemp(prefix="adp-"))
    with EmbeddedValkey(folder) as server:
        yield server
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="module")
def market(tmp_path_factory: pytest.TempPathFactory) -> ModelMarket:
    return a_model_market(tmp_path_factory.mktemp("market"))


@pytest.fixture
def logged(market: ModelMarket, valkey: EmbeddedValkey, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ReplayRig:
    monkeypatch.setenv("ADPLAT_WORKSPACE", str(tmp_path / "ws"))
    settings = bootstrap.read_settings(redis_url=valkey.url, namespace=tmp_path.name)
    rig = ReplayRig(market, settings, datetime(2026, 9, 10, 8, tzinfo=UTC))
    decisions = rig.rank([rig.a_request(user_key) for user_key in rig.users[:5]])
    rig.tell(decisions, IMPRESSION, CLICK)
    rig.fold()
    return rig


def test_served_and_offline_agree(logged: ReplayRig, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["replay", "--date", "2026-09-10", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["holds"], told["decisions"], told["features"]["differing"]) == (True, 5, {})
    assert told["rows"]["identical"] == told["rows"]["replayed"] == told["rows"]["from_impressions"]
    assert run(["replay"]) == 0
    assert "agree" in capsys.readouterr().err


def test_a_difference_is_exit_code_1_and_names_feature_example_and_both_values(
    logged: ReplayRig, capsys: pytest.CaptureFixture[str]
) -> None:
    path = logged.settings.workspace / "catalogue" / "users.parquet"
    pl.read_parquet(path).with_columns(gender=pl.lit("nobody")).write_parquet(path)
    assert run(["replay", "--json"]) == 1
    told = json.loads(capsys.readouterr().out)
    assert list(told["features"]["differing"]) == ["gender"] and not told["holds"]
    assert run(["replay"]) == 1
    shown = capsys.readouterr().out
    example = told["features"]["examples"]["gender"][0]
    assert all(word in shown for word in ("Features that differ", "gender", example["decision_id"]))


def test_a_day_without_requests_is_told_in_one_line(logged: ReplayRig, capsys: pytest.CaptureFixture[str]) -> None:
    assert logged.settings.workspace.is_dir()
    assert run(["replay", "--date", "2026-09-11"]) == 2
    assert "no logged request in this time" in capsys.readouterr().err


def test_a_day_is_a_day_of_utc_and_moments_have_a_zone() -> None:
    start, end = datetime(2026, 9, 10, tzinfo=UTC), datetime(2026, 9, 11, tzinfo=UTC)
    assert _window("2026-09-10", "", "") == (start, end)
    assert _window("", "2026-09-10T08:00+08:00", "2026-09-11") == (start, end)
    for wrong in (("2026-09-10", "2026-09-10", ""), ("soon", "", ""), ("", "2026-09-11", "2026-09-10")):
        with pytest.raises(ConfigRejected):
            _window(*wrong)
