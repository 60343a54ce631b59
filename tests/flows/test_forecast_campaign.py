"""A plan's forecast from a lake: whole, honest about what is not known, the same twice, refused where it must be."""

from __future__ import annotations

import csv
import io
import json
import math
import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from adplat.domain import ConfigRejected, InputError, Metric, MissingInput, UnknownReference
from adplat.flows.campaign_document import days_csv
from adplat.flows.forecast_campaign import forecast_campaign, read_correction
from adplat.flows.sample_opportunities import IN_WORKSPACE
from adplat.forecast import CampaignCorrection, MetricCorrection, correction_bytes, correction_id
from adplat.market import PriceLaw, ShadingModel
from adplat.snapshots import LearnedShading, ShadingFile
from tests.flows.campaign_market import a_plan, silent, written_market

LEVELS = ["p2.5", "p5", "p10", "p25", "p50", "p75", "p90", "p95", "p97.5"]
METRICS = ["impressions", "reach", "clicks", "conversions", "value_micros", "spend_micros"]


@pytest.fixture(scope="module")
def market(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return written_market(tmp_path_factory.mktemp("campaigns") / "market")


def told(market: Path, folder: Path, correction: Path | None = None, seed: int = 0, **changes: Any) -> dict[str, Any]:
    run = forecast_campaign(
        a_plan(folder, **changes), market, silent, correction_path=correction, cache_dir=folder / "cache", seed=seed
    )
    # Nothing in it that JSON does not know.
    document: dict[str, Any] = json.loads(json.dumps(run.document, allow_nan=False))
    return document


def test_days_and_total_of_every_metric_are_told_as_rising_whole_numbers(market: Path, tmp_path: Path) -> None:
    document = told(market, tmp_path)
    assert document["refused"] is False
    assert document["reasons"] == []
    assert [day["date"] for day in document["daily"]] == ["2026-09-21", "2026-09-22", "2026-09-23", "2026-09-24"]
    for part in (*document["daily"], document["total"]):
        for metric in METRICS:
            values = [part[metric][level] for level in LEVELS]
            assert values == sorted(values), metric
            assert all(isinstance(value, int) for value in values), metric
        assert part["reach"]["p50"] <= part["impressions"]["p50"]
        assert part["clicks"]["p97.5"] <= part["impressions"]["p97.5"]
    assert document["total"]["spend_micros"]["p97.5"] <= 16_000_000
    assert all(day["spend_micros"]["p97.5"] <= 4_000_000 for day in document["daily"])
    days = sum(day["impressions"]["p50"] for day in document["daily"])
    assert document["total"]["impressions"]["p50"] == pytest.approx(days, rel=0.15)


def test_the_curve_rises_bends_one_way_and_holds_the_point_forecast(market: Path, tmp_path: Path) -> None:
    for budget in (1_000_000, 4_000_000, 400_000_000):
        document = told(market, tmp_path, daily_budget_micros=budget)
        curve = document["curve"]
        (planned,) = [point for point in curve if point["planned"]]
        assert planned["budget_micros"] == 4 * budget
        for metric in ("impressions", "reach", "clicks"):
            assert planned[metric] == pytest.approx(document["total"][metric]["p50"], abs=1.0)
            assert planned[metric] == pytest.approx(document["point"][metric], abs=1.0)
            money = np.array([0.0, *(point["spend_micros"] for point in curve)])
            got = np.array([0.0, *(point[metric] for point in curve)])
            assert np.all(np.diff(got) >= -1e-6)
            moved = np.diff(money) > 1.0
            slopes = np.diff(got)[moved] / np.diff(money)[moved]
            assert np.all(np.diff(slopes) <= 1e-4 * slopes[0])
        assert planned["spend_micros"] == document["total"]["spend_micros"]["p50"]


def test_holidays_beside_the_lake_are_told_and_a_table_that_is_none_is_refused(market: Path, tmp_path: Path) -> None:
    shop = tmp_path / "market"
    shutil.copytree(market, shop)
    assert told(shop, tmp_path)["inputs"]["holidays"] == {}
    (shop / "holidays.csv").write_text("date,name\n2026-09-10,Past\n2026-09-22,Moon\n2027-01-01,New Year\n")

    with_moon = told(shop, tmp_path)

    assert with_moon["inputs"]["holidays"] == {"2026-09-22": "Moon"}
    assert with_moon["daily"] != told(market, tmp_path)["daily"]
    (shop / "holidays.csv").write_text("day\n1\n")
    with pytest.raises(InputError, match="date"):
        told(shop, tmp_path)


def test_people_seen_more_often_are_fewer_and_a_cap_bounds_them(market: Path, tmp_path: Path) -> None:
    rich = {"daily_budget_micros": 400_000_000}
    free = told(market, tmp_path, **rich)["total"]
    capped = told(market, tmp_path, frequency_caps=[{"limit": 1, "window_s": 86_400}], **rich)["total"]
    for level in LEVELS:
        times = [free["reach_times"][str(number)][level] for number in range(1, 11)]
        assert times == sorted(times, reverse=True)
    assert free["reach_times"]["1"] == free["reach"]
    assert capped["impressions"]["p50"] < free["impressions"]["p50"]
    assert capped["reach"]["p50"] <= free["reach"]["p50"]
    assert capped["frequency"]["p50"] < free["frequency"]["p50"]


def test_the_same_seed_tells_the_same_and_inputs_say_from_what(market: Path, tmp_path: Path) -> None:
    one, other = told(market, tmp_path, seed=3), told(market, tmp_path, seed=3)
    assert one == other
    inputs = one["inputs"]
    assert (inputs["seed"], inputs["bundle_id"], inputs["correction_id"]) == (3, "", "")
    assert inputs["data_from"][:10] == "2026-09-07"
    assert inputs["data_to"][:10] == "2026-09-20"
    assert inputs["opportunities"]["source"] == "requests"
    assert one["total"] != told(market, tmp_path, seed=4)["total"]
    assert told(market, tmp_path, end="2026-09-25")["inputs"]["plan_digest"] != inputs["plan_digest"]


def test_a_correction_moves_what_is_told(market: Path, tmp_path: Path) -> None:
    moved = CampaignCorrection(metrics={Metric.CLICKS: MetricCorrection(offset=1.0)}, campaigns=60)
    path = tmp_path / "correction.json"
    path.write_bytes(correction_bytes(moved))
    plain, corrected = told(market, tmp_path), told(market, tmp_path, path)
    assert corrected["total"]["clicks"]["p50"] > 1.1 * plain["total"]["clicks"]["p50"]
    assert corrected["daily"][1]["clicks"]["p50"] > 1.1 * plain["daily"][1]["clicks"]["p50"]
    assert corrected["total"]["impressions"] == plain["total"]["impressions"]
    assert corrected["inputs"]["correction_id"] == correction_id(moved)
    assert corrected["inputs"]["corrected_by_campaigns"] == 60


def test_trees_over_other_features_are_refused(tmp_path: Path) -> None:
    from adplat.forecast.correction_trees import fit_score_trees

    rng = np.random.default_rng(0)
    trees = fit_score_trees(rng.normal(size=(60, 2)), rng.normal(size=60), 1, 0)
    path = tmp_path / "correction.json"
    metrics = {Metric.CLICKS: MetricCorrection(trees=trees)}
    path.write_bytes(correction_bytes(CampaignCorrection(("one", "two"), metrics, 60)))
    with pytest.raises(ConfigRejected, match="other features"):
        read_correction(path)


def test_days_are_those_of_the_plan_and_money_is_spread(market: Path, tmp_path: Path) -> None:
    document = told(market, tmp_path, time_zone="Asia/Tokyo", daily_budget_micros=None, total_budget_micros=2_000_000)
    assert len(document["daily"]) == 4
    for day in document["daily"]:
        assert day["spend_micros"]["p50"] == pytest.approx(500_000, rel=0.35)
    assert document["total"]["spend_micros"]["p97.5"] <= 2_000_000


def test_the_log_is_read_once(market: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = told(market, tmp_path)

    def never(*_: object, **__: object) -> None:
        raise AssertionError("read again")

    monkeypatch.setattr("adplat.flows.campaign_sources.sample_opportunities", never)
    monkeypatch.setattr("adplat.flows.campaign_sources.fit_landscape", never)
    assert told(market, tmp_path) == first


def test_a_row_of_the_csv_is_a_day(market: Path, tmp_path: Path) -> None:
    document = told(market, tmp_path)
    rows = list(csv.DictReader(io.StringIO(days_csv(document).decode())))
    assert [row["date"] for row in rows] == [day["date"] for day in document["daily"]]
    assert int(rows[2]["clicks_p90"]) == document["daily"][2]["clicks"]["p90"]


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"end": "2027-03-24"}, "horizon_too_long"),
        ({"targeting": {"placements": ["home_600x500"], "hours_of_week": [3]}}, "too_few_requests"),
        ({"creatives": [], "new_creatives": [{"headline": "Sail", "category": "boats"}]}, "no_comparable_campaign"),
    ],
)
def test_what_cannot_be_known_is_refused_with_its_reason(
    market: Path, tmp_path: Path, changes: dict[str, Any], reason: str
) -> None:
    if "new_creatives" in changes:
        changes = {**changes, "advertiser_id": ""}
    document = told(market, tmp_path, **changes)
    assert document["refused"] is True
    assert reason in [one["reason"] for one in document["reasons"]]
    assert all(one["what"] and one["hint"] for one in document["reasons"])
    assert not {"total", "daily", "curve"} & set(document)


@pytest.mark.parametrize(
    ("changes", "kind", "words"),
    [
        ({"creatives": ["c000O01"]}, UnknownReference, "did you mean"),
        ({"end": "2026-09-20"}, ConfigRejected, "before it starts"),
        ({"daily_budget_micros": -5}, ConfigRejected, "daily_budget_micros"),
        ({"daily_budget_micros": None}, ConfigRejected, "no budget"),
        ({"targeting": {"countries": ["XX"]}}, ConfigRejected, "meets the targeting"),
        ({"time_zone": "Mars/Olympus"}, ConfigRejected, "plan.json: time_zone"),
        ({"start": "tomorrow"}, ConfigRejected, "plan.json: start"),
        ({"frequency_caps": [{"limit": 0, "window_s": 60}]}, ConfigRejected, "plan.json"),
        ({"advertiser_id": "a00"}, UnknownReference, "did you mean 'a00"),
        ({"new_creatives": [{"headline": "Rain", "image_path": "rain.png"}]}, MissingInput, "no such picture"),
        ({"colour": "red"}, InputError, "colour"),
    ],
)
def test_a_plan_that_cannot_be_is_an_error_of_the_caller(
    market: Path, tmp_path: Path, changes: dict[str, Any], kind: type[InputError], words: str
) -> None:
    with pytest.raises(kind) as caught:
        told(market, tmp_path, **changes)
    assert words in str(caught.value)


def test_a_file_that_is_no_correction_or_not_there_is_refused(market: Path, tmp_path: Path) -> None:
    with pytest.raises(MissingInput):
        told(market, tmp_path, tmp_path / "none.json")
    (tmp_path / "other.json").write_text("{}")
    with pytest.raises(ConfigRejected):
        told(market, tmp_path, tmp_path / "other.json")


def test_what_auctions_taught_of_prices_shades_first_price_bids(market: Path, tmp_path: Path) -> None:
    shop, rich = tmp_path / "market", {"daily_budget_micros": 400_000_000}
    shutil.copytree(market, shop)
    (shop / IN_WORKSPACE).unlink(missing_ok=True)
    for part in (shop / "lake" / "requests").rglob("*.parquet"):
        pl.read_parquet(part).with_columns(auction=pl.lit("first_price")).write_parquet(part)
    plain = told(shop, tmp_path, **rich)
    assert plain["inputs"]["shading"] is None
    fitted = datetime(2026, 9, 20, tzinfo=UTC)
    # By these prices half of the value wins nearly everywhere.
    model = ShadingModel(PriceLaw(math.log(2_000.0), 0.2, 700), {})
    ShadingFile(shop).write(LearnedShading({"": model}, {"": fitted}))
    shaded = told(shop, tmp_path, **rich)
    assert shaded["inputs"]["shading"]["auctions"] == 700
    assert shaded["inputs"]["shading"]["fitted"] == fitted.isoformat()
    assert len(shaded["inputs"]["shading"]["model_id"]) == 64
    assert shaded["total"]["spend_micros"]["p50"] < 0.7 * plain["total"]["spend_micros"]["p50"]
    # Of another currency it says nothing, and one that cannot be read counts as none.
    ShadingFile(shop).write(LearnedShading({"EUR": model}, {"EUR": fitted}))
    assert told(shop, tmp_path, **rich)["total"] == plain["total"]
    (shop / "shading.json").write_text("{")
    assert told(shop, tmp_path, **rich)["inputs"]["shading"] is None
