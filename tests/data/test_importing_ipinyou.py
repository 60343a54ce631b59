"""iPinYou's logs: the published days, and auctions as bidding research trades them."""

from __future__ import annotations

import bz2
import gzip
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from adplat.data import IMPORTERS, Lake, read_feature_schema
from adplat.domain import ConfigRejected, MissingInput, TableRejected
from tests.data.builders import real_data, refusal, silent


def imported(source: Path, out: Path) -> pl.DataFrame:
    IMPORTERS["ipinyou"](source, out, schema_path=None, progress=silent)
    return pl.read_parquet(out / "rows.parquet")


def impression(bid_id: str, *, at: str = "20130606230104000", bid: int = 300, paid: int = 70, floor: int = 5) -> str:
    told = [bid_id, at, "1", "person", "Mozilla/5.0 (Windows)", "1.2.3.*", "3", "7", "2", "site", "page", "null"]
    slot = ["slot 9", "300", "250", "1", "0", str(floor), "picture", str(bid), str(paid), "landing", "2259", "10,20"]
    return "\t".join(told + slot)


def bid_of(line: str) -> str:
    """The same in the bid log: no log type, no paying price, no key page."""
    cells = line.split("\t")
    return "\t".join(cell for place, cell in enumerate(cells) if place not in (2, 20, 21))


@pytest.fixture
def season(tmp_path: Path) -> Path:
    folder = tmp_path / "training2nd"
    folder.mkdir()
    won = [impression("a", paid=70), impression("b", paid=20, bid=294)]
    lost = impression("c", bid=227, floor=80)
    (folder / "imp.20130606.txt").write_text("\n".join([*won, won[0]]) + "\n")
    (folder / "clk.20130606.txt.gz").write_bytes(gzip.compress((won[1] + "\n").encode()))
    (folder / "conv.20130606.txt").write_text("")
    (folder / "bid.20130606.txt.bz2").write_bytes(bz2.compress("\n".join(map(bid_of, [*won, lost])).encode()))
    (folder / "imp.20130607.txt").write_text(impression("d", at="20130607000000001") + "\n")
    return folder


def test_a_day_becomes_impressions_with_their_clicks(season: Path, tmp_path: Path) -> None:
    rows = imported(season, tmp_path / "out")
    assert rows["click"].to_list() == [0, 1, 0]
    assert rows["conversion"].to_list() == [0, 0, 0]
    assert rows["price_micros"].to_list() == [700, 200, 700]
    assert rows["floor_micros"].to_list() == [50, 50, 50]
    assert rows["hour"].to_list() == [23, 23, 0]
    # A Thursday evening in China is a Thursday afternoon in Greenwich.
    assert rows["weekday"].to_list() == [3, 3, 4]
    assert rows["ts"][0] == datetime(2013, 6, 6, 15, 1, 4, tzinfo=UTC)
    schema = read_feature_schema(tmp_path / "out" / "schema.yaml")
    assert {"price_micros", "bid_micros"}.isdisjoint(feature.name for feature in schema.features)


def test_bids_tell_the_price_of_wins_and_nothing_of_losses(season: Path, tmp_path: Path) -> None:
    imported(season, tmp_path / "out")
    bids = Lake(tmp_path / "out" / "lake").scan("bids").sort("request_id").collect()
    assert bids["request_id"].to_list() == ["a", "b", "c", "d"]
    assert bids["won"].to_list() == [True, True, False, True]
    assert bids["min_to_win_micros"].to_list() == [700, 200, None, 700]
    assert bids["bid_micros"].to_list() == [3000, 2940, 2270, 3000]
    assert bids["floor_micros"].to_list() == [50, 50, 800, 50]
    assert bids["auction"].unique().to_list() == ["second_price"]


def test_a_day_without_bids_says_that_it_tells_of_wins_alone(season: Path, tmp_path: Path) -> None:
    summary = IMPORTERS["ipinyou"](season, tmp_path / "out", schema_path=None, progress=silent)
    assert summary.rows == {"rows.parquet": 3, "lake/bids": 4}
    assert "won auctions only" in summary.notes[0]


def test_season_one_and_broken_files_are_refused_in_one_line(season: Path, tmp_path: Path) -> None:
    (season / "imp.20130607.txt").write_text("a\tb\tc\n")
    assert "3 columns" in refusal(TableRejected, lambda: imported(season, tmp_path / "out"))
    (season / "imp.20130607.txt").write_text(impression("d", at="yesterday") + "\n")
    assert "row 1 lacks" in refusal(TableRejected, lambda: imported(season, tmp_path / "out"))
    (season / "imp.20130607.txt").unlink()
    (season / "bid.20130606.txt.bz2").write_bytes(bz2.compress(b"nothing")[:-9])
    assert "not a whole log" in refusal(TableRejected, lambda: imported(season, tmp_path / "out"))
    (season / "imp.20130606.txt").unlink()
    assert "without impressions" in refusal(MissingInput, lambda: imported(season, tmp_path / "out"))
    assert not (tmp_path / "out").exists()


def test_auctions_keep_their_order_and_prices(tmp_path: Path) -> None:
    (tmp_path / "auctions.txt").write_text("0 70 0.0021\n1 6 0.0033\n0 6 3e-05\n")
    rows = imported(tmp_path / "auctions.txt", tmp_path / "out")
    assert rows.to_dict(as_series=False) == {
        "click": [0, 1, 0],
        "price_micros": [700, 60, 60],
        "p_ctr": [0.0021, 0.0033, 3e-05],
    }


@pytest.mark.parametrize("line", ["2 70 0.1", "0 70 1.5", "0 70", "0 -3 0.1", "0 x 0.1", "0 1 0.1 9"])
def test_a_line_that_is_no_auction_is_refused(tmp_path: Path, line: str) -> None:
    (tmp_path / "auctions.txt").write_text(f"0 70 0.0021\n{line}\n")
    refusal(TableRejected, lambda: imported(tmp_path / "auctions.txt", tmp_path / "out"))


def test_the_format_brings_its_own_schema(tmp_path: Path) -> None:
    (tmp_path / "auctions.txt").write_text("0 70 0.0021\n")
    with pytest.raises(ConfigRejected):
        IMPORTERS["ipinyou"](tmp_path / "auctions.txt", tmp_path / "o", schema_path=tmp_path / "s", progress=silent)


def test_the_public_auctions_are_all_there(tmp_path: Path) -> None:
    source = real_data("ipinyou") / "2997.auctions.txt"
    rows = imported(source, tmp_path / "out")
    told = np.loadtxt(source)
    assert rows.height == 156_063
    assert rows["price_micros"].sum() == int(told[:, 1].sum()) * 10
    assert rows["click"].sum() == int(told[:, 0].sum())
