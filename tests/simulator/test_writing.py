"""The world folder: whole, reproducible, in the agreed shape, with the truth apart."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import polars as pl
import pytest

from adplat.data import check_folder, configs_folder, read_feature_schema, training_rows
from adplat.domain import InputError
from adplat.simulator import WeatherConfig, World, build_world, write_world
from tests.simulator.builders import a_small_config, a_tiny_config, catalogued, logged, silent, true_of

LAKE_TABLES = ("impressions", "choices", "bids", "requests", "clicks", "conversions")
CATALOGUE_TABLES = ("advertisers", "campaigns", "ads", "creatives", "users")


def written(folder: Path, seed: int = 1) -> Path:
    write_world(build_world(a_tiny_config(), seed), folder, silent)
    return folder


def test_equal_seeds_give_equal_worlds_and_other_seeds_others(tmp_path: Path) -> None:
    one, same, other = (written(tmp_path / name, seed) for name, seed in (("a", 1), ("b", 1), ("c", 2)))
    for table in LAKE_TABLES:
        assert logged(one, table).equals(logged(same, table)), table
    for table in CATALOGUE_TABLES:
        assert catalogued(one, table).equals(catalogued(same, table)), table
    for table in ("creatives", "users", "impressions", "conversions"):
        assert true_of(one, table).equals(true_of(same, table)), table
    assert not logged(one, "impressions").equals(logged(other, "impressions"))
    assert not catalogued(one, "users").equals(catalogued(other, "users"))
    pictures = [sorted((folder / "images").iterdir()) for folder in (one, same, other)]
    assert [path.read_bytes() for path in pictures[0]] == [path.read_bytes() for path in pictures[1]]
    assert [path.read_bytes() for path in pictures[0]] != [path.read_bytes() for path in pictures[2]]


def test_the_lake_has_exactly_the_agreed_columns(small_folder: Path) -> None:
    assert logged(small_folder, "impressions").columns == [
        *("decision_id", "request_id", "ts", "user_key", "advertiser_id", "campaign_id", "creative_id"),
        *("placement", "position", "bid_micros", "price_micros", "propensity", "p_ctr", "p_cvr", "policy"),
        *("bundle_id", "device", "region", "hour", "weekday", "language", "consent", "experiments"),
    ]
    assert logged(small_folder, "clicks").columns == ["decision_id", "ts"]
    assert logged(small_folder, "conversions").columns == ["decision_id", "ts", "value_micros", "kind"]
    impressions = logged(small_folder, "impressions")
    assert impressions["policy"].unique().to_list() == ["uniform"]
    assert impressions["p_ctr"].null_count() == impressions.height
    assert impressions.schema["ts"] == pl.Datetime("us", "UTC")


def test_every_impression_tells_what_stood_for_choice(small_folder: Path) -> None:
    shown = logged(small_folder, "impressions").join(logged(small_folder, "choices"), on="decision_id", validate="1:1")
    assert shown.height == logged(small_folder, "impressions").height
    assert shown["p_ctr_right"].null_count() == shown.height
    campaign_of = dict(catalogued(small_folder, "creatives").select("creative_id", "campaign_id").iter_rows())
    for row in shown.head(500).iter_rows(named=True):
        assert row["creative_id"] in row["candidates"]
        assert {campaign_of[name] for name in row["candidates"]} == {row["campaign_id"]}
        assert row["propensities"] == [row["propensity"]] * len(row["candidates"])
        assert sum(row["propensities"]) == pytest.approx(1.0)


def test_every_opportunity_of_the_log_stands_in_requests(small_world: World, small_folder: Path) -> None:
    requests, bids = logged(small_folder, "requests"), logged(small_folder, "bids")
    assert requests.height == bids.height
    both = requests.join(bids, on="request_id", validate="1:1")
    assert both.height == requests.height
    for column in ("ts", "placement", "device"):
        assert (both[column] == both[f"{column}_right"]).all()
    shown = requests.join(logged(small_folder, "impressions"), on="request_id", validate="1:1")
    assert shown.height == small_world.config.impressions
    for column in ("user_key", "position", "region", "language", "hour", "weekday"):
        assert (shown[column] == shown[f"{column}_right"]).all()
    assert requests["auction"].unique().to_list() == ["second_price"]
    assert requests["sample_rate"].unique().to_list() == [1.0]
    assert requests["floor_micros"].null_count() == requests.height


def test_the_catalogue_has_exactly_the_agreed_columns(small_folder: Path) -> None:
    assert catalogued(small_folder, "creatives").columns == [
        *("creative_id", "ad_id", "campaign_id", "advertiser_id", "status", "image_path", "headline", "body"),
        *("cta", "landing_url", "language", "category", "created"),
    ]
    assert catalogued(small_folder, "users").columns == [
        *("user_key", "gender", "age_band", "city_tier", "language", "segments"),
    ]


def test_no_truth_stands_in_lake_or_catalogue(small_folder: Path) -> None:
    """Neither a column of the truth's own, nor a painted word, nor the name of an element."""
    seen = {column for table in CATALOGUE_TABLES for column in catalogued(small_folder, table).columns}
    seen |= {column for table in LAKE_TABLES for column in logged(small_folder, table).columns}
    hidden = {
        column for table in ("creatives", "users", "impressions") for column in true_of(small_folder, table).columns
    }
    assert hidden & seen == {"creative_id", "user_key", "decision_id", "consent"}
    truth = true_of(small_folder, "creatives")
    creatives = catalogued(small_folder, "creatives").join(truth, on="creative_id")
    for row in creatives.iter_rows(named=True):
        said = " ".join(str(row[name]) for name in ("headline", "body", "cta", "image_path", "landing_url"))
        assert not row["badge_text"] or row["badge_text"] not in said
        assert not {row["background"], row["layout"], row["appeal"]} & set(row["image_path"].split("/"))


def test_users_without_consent_leave_no_key_and_no_attributes(small_folder: Path) -> None:
    impressions, people = logged(small_folder, "impressions"), true_of(small_folder, "users")
    assert (impressions["consent"] == (impressions["user_key"] != "")).all()
    assert 0.03 < 1 - impressions["consent"].mean() < 0.2
    refused = set(people.filter(~pl.col("consent"))["user_key"])
    assert refused
    assert not refused & set(catalogued(small_folder, "users")["user_key"])
    assert not refused & set(impressions["user_key"])
    assert not refused & set(logged(small_folder, "requests")["user_key"])


def test_both_languages_are_there_and_campaigns_keep_to_theirs(small_folder: Path) -> None:
    creatives = catalogued(small_folder, "creatives")
    assert set(creatives["language"]) == {"zh", "en"}
    english = creatives.filter(pl.col("language") == "en")
    assert all(headline.isascii() for headline in english["headline"])
    allowed = creatives.join(catalogued(small_folder, "campaigns").select("campaign_id", "languages"), on="campaign_id")
    assert all(row["language"] in row["languages"].split("|") for row in allowed.iter_rows(named=True))


def test_new_creatives_are_live_and_never_in_the_log(small_world: World, small_folder: Path) -> None:
    creatives = catalogued(small_folder, "creatives")
    new = creatives.filter(pl.col("created") == small_world.config.log_end)
    assert new.height > 0
    assert set(new["status"]) == {"live"}
    assert not set(new["creative_id"]) & set(logged(small_folder, "impressions")["creative_id"])
    assert set(new["creative_id"]) == set(true_of(small_folder, "creatives").filter("is_new")["creative_id"])


def test_the_folder_trains_and_passes_the_quality_report(small_folder: Path) -> None:
    rows = training_rows(small_folder)
    assert rows["click"].sum() == logged(small_folder, "clicks").height
    assert check_folder(small_folder, silent).passes
    marketplace = read_feature_schema(configs_folder() / "schemas" / "marketplace.yaml")
    assert read_feature_schema(small_folder / "schema.yaml").digest() == marketplace.digest()


def test_an_older_world_is_replaced_and_anything_else_left_alone(tmp_path: Path) -> None:
    folder = written(tmp_path / "world")
    before = logged(folder, "impressions")
    written(folder, seed=2)
    assert not logged(folder, "impressions").equals(before)
    (folder / "notes.txt").write_text("mine")
    with pytest.raises(InputError, match=r"notes\.txt"):
        written(folder)
    assert (folder / "notes.txt").read_text() == "mine"


def test_what_forecasts_keep_goes_with_a_world_and_a_workspace_does_not(tmp_path: Path) -> None:
    folder = written(tmp_path / "world")
    (folder / ".adplat" / "forecast").mkdir(parents=True)
    written(folder, 2)
    assert not (folder / ".adplat").exists()
    (folder / ".adplat" / "valkey").mkdir(parents=True)
    with pytest.raises(InputError, match=r"\.adplat"):
        written(folder)
    assert (folder / ".adplat" / "valkey").is_dir()


def test_holidays_of_the_weather_stand_beside_the_lake(tmp_path: Path) -> None:
    config = a_tiny_config()
    write_world(build_world(replace(config, weather=WeatherConfig(holidays=(1, 30)))), tmp_path / "world", silent)
    days = [f"{config.start + timedelta(days=number)},holiday" for number in (1, 30)]
    assert (tmp_path / "world" / "holidays.csv").read_text().splitlines() == ["date,name", *days]


def test_a_file_in_the_way_is_refused(tmp_path: Path) -> None:
    (tmp_path / "world").write_text("mine")
    with pytest.raises(InputError, match="a file of this name"):
        written(tmp_path / "world")


def test_a_world_that_breaks_midway_leaves_nothing(tmp_path: Path) -> None:
    class Stopped(Exception):
        """Somebody pressed a key."""

    def stop(done: int, total: int, what: str) -> None:
        if what == "playing history":
            raise Stopped

    with pytest.raises(Stopped):
        write_world(build_world(a_tiny_config()), tmp_path / "world", stop)
    assert list(tmp_path.iterdir()) == []


def test_a_small_world_has_the_impressions_asked_for_and_new_creatives(tmp_path: Path) -> None:
    summary = write_world(build_world(a_small_config()), tmp_path / "world", silent)
    assert summary.impressions == 20_000
    assert summary.new_creatives > 0
