"""A folder's catalogue comes into SQL: as before, with the columns added later, and with one line for a bad value."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from adplat.domain import Attribution, Campaign, Copy, Creative, FrequencyCap, TableRejected, Targeting
from adplat.flows.load_catalogue import LoadedCatalogue, load_catalogue
from adplat.storage import FolderObjects, SqlCatalogue, open_database, upgrade_database

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)

# The columns every folder has had from the start.
ADVERTISER: dict[str, Any] = {"advertiser_id": "a1", "name": "Tea House", "currency": "CNY", "domain": "tea.example"}
AD: dict[str, Any] = {"ad_id": "ad1", "campaign_id": "k1", "name": "Green", "landing_url": "https://tea.example"}
CAMPAIGN: dict[str, Any] = {
    "campaign_id": "k1",
    "advertiser_id": "a1",
    "name": "Spring",
    "status": "live",
    "daily_budget_micros": 5_000_000,
    "total_budget_micros": None,
    "currency": "CNY",
    "start": NOON,
    "end": None,
    "bid_kind": "max_cpc",
    "target_micros": 300_000,
    "target_ratio": 0.0,
    "placements": "feed|search",
    "languages": "zh",
}
CREATIVE: dict[str, Any] = {
    "creative_id": "c1",
    "ad_id": "ad1",
    "campaign_id": "k1",
    "advertiser_id": "a1",
    "status": "live",
    "image_path": None,
    "headline": "春茶上市",
    "body": "",
    "cta": "",
    "language": "zh",
    "category": "tea",
}


def load(
    folder: Path, *, campaigns: list[dict[str, Any]] | None = None, creatives: list[dict[str, Any]] | None = None
) -> SqlCatalogue:
    """Write a catalogue with these columns beside the first ones, and load it into a new database."""
    (folder / "catalogue").mkdir(parents=True)
    tables = {
        "advertisers": [ADVERTISER],
        "campaigns": [CAMPAIGN | more for more in campaigns or [{}]],
        "ads": [AD],
        "creatives": [CREATIVE | more for more in creatives or [{}]],
    }
    for name, table in tables.items():
        pl.DataFrame(table, infer_schema_length=None).write_parquet(folder / "catalogue" / f"{name}.parquet")
    url = f"sqlite:///{folder / 'adplat.db'}"
    upgrade_database(url)
    catalogue = SqlCatalogue(open_database(url))
    loaded = load_catalogue(folder, catalogue, FolderObjects(folder / "objects"), lambda *_: None)
    assert loaded == LoadedCatalogue(1, len(tables["campaigns"]), 1, len(tables["creatives"]))
    return catalogue


def the_campaign(folder: Path, **columns: Any) -> Campaign:
    [campaign] = load(folder, campaigns=[columns]).campaigns()
    return campaign


def the_creative(folder: Path, **columns: Any) -> Creative:
    [creative] = load(folder, creatives=[columns]).creatives()
    return creative


def test_a_folder_without_the_later_columns_loads_as_before(tmp_path: Path) -> None:
    catalogue = load(tmp_path)

    [campaign], [creative] = catalogue.campaigns(), catalogue.creatives()
    assert campaign.targeting == Targeting(languages=("zh",), placements=("feed", "search"))
    assert (campaign.time_zone, campaign.frequency_caps, campaign.attribution) == ("UTC", (), Attribution())
    assert (creative.content_categories, creative.attributes) == ((), ())


def test_later_columns_without_values_are_as_if_absent(tmp_path: Path) -> None:
    empty = dict.fromkeys(
        ["countries", "hours_of_week", "time_zone", "frequency_caps", "attribution_click_s", "attribution_view_s"]
    )
    campaign = the_campaign(tmp_path, **empty)

    assert campaign.targeting == Targeting(languages=("zh",), placements=("feed", "search"))
    assert (campaign.time_zone, campaign.frequency_caps, campaign.attribution) == ("UTC", (), Attribution())


WORD_COLUMNS = (
    *("countries", "regions", "devices", "operating_systems", "segments"),
    *("sites", "excluded_sites", "excluded_content", "languages", "placements"),
)


@pytest.mark.parametrize("column", WORD_COLUMNS)
@pytest.mark.parametrize("written", [["x", "y"], "x|y", "x | y"])
def test_each_word_of_targeting_may_be_a_list_or_joined(tmp_path: Path, column: str, written: Any) -> None:
    campaign = the_campaign(tmp_path, **{column: written})

    assert getattr(campaign.targeting, column) == ("x", "y")


@pytest.mark.parametrize("written", [[9, 10, 167], "9|10|167", [9.0, 10.0, 167.0], ["9", "10", "167"]])
def test_hours_of_the_week_are_whole_numbers(tmp_path: Path, written: Any) -> None:
    assert the_campaign(tmp_path, hours_of_week=written).targeting.hours_of_week == (9, 10, 167)


@pytest.mark.parametrize(
    "written",
    [
        "3/86400s, 1/3600s per creative",
        " 3 / 86400 s,1/3600s  per  creative ",
        ["3/86400s", "1/3600s per creative"],
        [
            {"limit": 3, "window_s": 86_400, "per_creative": False},
            {"limit": 1, "window_s": 3600, "per_creative": True},
        ],
    ],
)
def test_caps_may_be_texts_or_structs(tmp_path: Path, written: Any) -> None:
    caps = the_campaign(tmp_path, frequency_caps=written).frequency_caps

    assert caps == (FrequencyCap(3, 86_400), FrequencyCap(1, 3600, per_creative=True))


def test_a_cap_without_per_creative_is_one_of_the_campaign(tmp_path: Path) -> None:
    caps = the_campaign(tmp_path, frequency_caps=[{"limit": 3, "window_s": 86_400}]).frequency_caps

    assert caps == (FrequencyCap(3, 86_400),)


def test_time_zone_and_attribution_windows_are_taken(tmp_path: Path) -> None:
    campaign = the_campaign(tmp_path, time_zone="Asia/Shanghai", attribution_click_s=86_400, attribution_view_s=3600)

    assert campaign.time_zone == "Asia/Shanghai"
    assert campaign.attribution == Attribution(click_s=86_400, view_s=3600)


def test_a_window_of_nothing_is_not_the_usual_one(tmp_path: Path) -> None:
    assert the_campaign(tmp_path, attribution_click_s=0).attribution == Attribution(click_s=0)


def test_what_a_seller_may_block_is_taken(tmp_path: Path) -> None:
    creative = the_creative(tmp_path, content_categories="IAB8-18|IAB18", attributes=[3, 13])

    assert creative.content_categories == ("IAB8-18", "IAB18")
    assert creative.attributes == (3, 13)


@pytest.mark.parametrize(
    "told", ["template=hero | background=beach", {"template": "hero", "background": "beach", "mascot": None}]
)
def test_what_a_creative_is_made_of_is_taken_beside_its_words_and_its_picture(tmp_path: Path, told: Any) -> None:
    creative = the_creative(tmp_path, elements=told)

    assert creative.elements == {"template": "hero", "background": "beach"}
    assert creative.made_of.items() >= creative.elements.items()
    assert creative.made_of["headline"] == creative.copy.headline
    assert "cta" not in replace(creative, copy=Copy("Tea")).made_of
    assert replace(creative, elements={"headline": "loud"}).made_of["headline"] == "loud"


@pytest.mark.parametrize(
    ("column", "value", "what"),
    [
        ("regions", [""], r"regions holds \[''\]"),
        ("sites", "a.example||b.example", "sites holds 'a.example||b.example'"),
        ("languages", ["zh", None], "languages holds"),
        ("countries", [1, 2], "countries holds"),
        ("hours_of_week", [168], "an hour of the week is none"),
        ("hours_of_week", [-1], "hours_of_week holds"),
        ("hours_of_week", [9.5], "hours_of_week holds"),
        ("hours_of_week", [float("inf")], "hours_of_week holds"),
        ("hours_of_week", [None, 3], "hours_of_week holds"),
        ("hours_of_week", "Monday", "hours_of_week holds 'Monday'"),
        ("time_zone", "Mars/Olympus", "time_zone 'Mars/Olympus' is none"),
        ("time_zone", "../etc/passwd", "time_zone"),
        ("time_zone", "Europe", "time_zone"),
        ("time_zone", 8, "time_zone 8 is none"),
        ("frequency_caps", "3 a day", "frequency_caps holds '3 a day'"),
        ("frequency_caps", "3/86400s,", "frequency_caps holds ''"),
        ("frequency_caps", "0/60s", "a cap of 0 impressions in 60 s"),
        ("frequency_caps", "1/60s, 9/7776001s", "a frequency cap over 7776001 s"),
        ("frequency_caps", [{"limit": 1, "window_s": 10**9}], "a frequency cap over 1000000000 s"),
        ("frequency_caps", 3, "frequency_caps holds 3"),
        ("frequency_caps", [{"limit": 3}], "frequency_caps holds"),
        ("frequency_caps", [{"limit": 3, "window_s": None}], "frequency_caps holds"),
        ("frequency_caps", [{"limit": 1.5, "window_s": 60}], "frequency_caps holds"),
        ("attribution_click_s", -1, "attribution_click_s holds -1"),
        ("attribution_view_s", 0.5, "attribution_view_s holds 0.5"),
        ("attribution_view_s", "soon", "attribution_view_s holds 'soon'"),
    ],
)
def test_a_bad_value_of_a_campaign_is_one_line_with_table_and_row(
    tmp_path: Path, column: str, value: Any, what: str
) -> None:
    with pytest.raises(TableRejected, match=what) as caught:
        load(tmp_path, campaigns=[{column: None}, {"campaign_id": "k2", column: value}])

    assert caught.value.where.endswith("campaigns.parquet, row 2")
    assert caught.value.hint
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("content_categories", ["IAB1", ""]),
        ("attributes", [0]),
        ("attributes", "loud"),
        ("attributes", [1.5]),
        ("elements", "hero"),
        ("elements", "template="),
        ("elements", "template=hero|template=plain"),
    ],
)
def test_a_bad_value_of_a_creative_is_one_line_with_table_and_row(tmp_path: Path, column: str, value: Any) -> None:
    with pytest.raises(TableRejected, match=f"{column} holds") as caught:
        load(tmp_path, creatives=[{column: None}, {"creative_id": "c2", column: value}])

    assert caught.value.where.endswith("creatives.parquet, row 2")


def test_a_first_column_that_is_missing_is_named(tmp_path: Path) -> None:
    load(tmp_path)
    path = tmp_path / "catalogue" / "campaigns.parquet"
    pl.read_parquet(path).drop("languages").write_parquet(path)
    catalogue = SqlCatalogue(open_database(f"sqlite:///{tmp_path / 'adplat.db'}"))

    with pytest.raises(TableRejected, match="'languages' is not there"):
        load_catalogue(tmp_path, catalogue, FolderObjects(tmp_path / "objects"), lambda *_: None)
