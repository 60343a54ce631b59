"""The desk: loads once, notices what is replaced, and goes on from what it knew when it cannot load."""

from __future__ import annotations

import os
import shutil
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest

from adplat.domain import InputError
from adplat.flows.campaign_sources import campaign_sources
from adplat.flows.forecast_desk import DeskPlaces, ForecastDesk
from adplat.flows.sample_opportunities import IN_WORKSPACE, read_opportunity_sample
from adplat.forecast import CampaignCorrection, CampaignPlan, correction_bytes
from adplat.market import PriceLaw, ShadingModel
from adplat.snapshots import LearnedShading, ShadingFile
from adplat.storage import FolderObjects
from tests.flows.campaign_market import PLAN, silent, written_market

A_PLAN = msgspec.convert(PLAN, CampaignPlan)


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = written_market(tmp_path_factory.mktemp("desk") / "market")
    campaign_sources(folder, silent)
    return folder


@pytest.fixture
def market(written: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(written, tmp_path / "market"))


def a_desk(market: Path, correction: Path | None = None) -> ForecastDesk:
    return ForecastDesk(
        DeskPlaces(market, lambda: None, correction, market / "cache", FolderObjects(market / "objects"))
    )


def never(*_: object, **__: object) -> None:
    """Nobody may load anything."""
    raise AssertionError("it was loaded once more")


def test_it_loads_once_until_a_stored_file_is_replaced(market: Path) -> None:
    desk = a_desk(market)
    assert desk.data_to is None
    assert [desk.look(silent), desk.look(silent)] == [True, False]
    assert desk.data_to == read_opportunity_sample(market / IN_WORKSPACE).data_to
    for changed in (market / IN_WORKSPACE, market / "catalogue" / "creatives.parquet"):
        content = changed.read_bytes()
        changed.unlink()
        changed.write_bytes(content)
        assert [desk.look(silent), desk.look(silent)] == [True, False], changed


def test_newer_rows_of_the_lake_wait_for_a_refresh(market: Path) -> None:
    desk = a_desk(market)
    desk.look(silent)
    kept = market / IN_WORKSPACE
    before = kept.stat().st_mtime_ns
    for part in (market / "lake" / "requests").rglob("*.parquet"):
        os.utime(part, ns=(before + 10**9, before + 10**9))
    assert desk.look(silent) is False
    other = a_desk(market)
    other.look(silent)
    assert kept.stat().st_mtime_ns == before
    desk.refresh(silent)
    assert kept.stat().st_mtime_ns > before
    assert desk.look(silent) is False


def test_what_was_known_goes_on_when_nothing_can_be_loaded(market: Path) -> None:
    desk = a_desk(market)
    told = desk.forecast(A_PLAN, silent)
    catalogue = market / "catalogue" / "creatives.parquet"
    catalogue.write_bytes(b"no table")
    for _ in range(2):
        with pytest.raises(InputError):
            desk.look(silent)
    assert desk.forecast(A_PLAN, silent) == told


def test_a_correction_that_is_learned_holds_from_the_next_look_on(market: Path, tmp_path: Path) -> None:
    file = tmp_path / "correction"
    desk = a_desk(market, file)
    before = desk.forecast(A_PLAN, silent)["inputs"]["correction_id"]
    assert before == ""  # nothing is learned yet: the file is not there
    learned = CampaignCorrection(campaigns=40)
    file.write_bytes(correction_bytes(learned))
    assert desk.forecast(A_PLAN, silent)["inputs"]["correction_id"] == before
    assert desk.look(silent) is True
    assert desk.forecast(A_PLAN, silent)["inputs"]["corrected_by_campaigns"] == 40


def test_newly_learned_prices_are_taken_up_and_nothing_else_is_loaded_for_them(
    market: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = a_desk(market)
    desk.look(silent)
    assert desk.forecast(A_PLAN, silent)["inputs"]["shading"] is None
    monkeypatch.setattr("adplat.flows.forecast_desk.campaign_sources", never)
    model = ShadingModel(PriceLaw(7.0, 0.3, 600), {})
    ShadingFile(market).write(LearnedShading({"": model}, {"": datetime(2026, 9, 20, tzinfo=UTC)}))
    assert [desk.look(silent), desk.look(silent)] == [True, False]
    assert desk.forecast(A_PLAN, silent)["inputs"]["shading"]["auctions"] == 600
    ShadingFile(market).remove()
    assert [desk.look(silent), desk.look(silent)] == [True, False]
    assert desk.forecast(A_PLAN, silent)["inputs"]["shading"] is None
