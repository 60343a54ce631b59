"""From a lake to a kept landscape and back: what teaches, what is left out, and what is refused."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from adplat.data import IMPORTERS, Lake
from adplat.domain import ConfigRejected, MissingInput, TableRejected
from adplat.flows.fit_bid_landscape import fit_bid_landscape
from adplat.flows.landscape_auctions import read_auctions
from adplat.flows.show_bid_landscape import read_landscape, show_bid_landscape

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
RIGHT_HERE = {"placement": "feed", "device": "phone"}


class Noon:
    def now(self) -> datetime:
        return NOON


def silent(done: int, total: int, what: str) -> None:
    """Progress that nobody watches."""


def bids(count: int, seed: int = 1, **facts: Any) -> pl.DataFrame:
    """Feed costs 1,000 micros or so, the story three times as much; of losses nothing is told. ``facts`` are of all."""
    rng = np.random.default_rng(seed)
    feed = rng.random(count) < 0.5
    price = np.ceil(np.where(feed, 1_000, 3_000) * np.exp(0.3 * rng.standard_normal(count))).astype(int)
    bid = np.ceil(1_700 * np.exp(0.7 * rng.standard_normal(count))).astype(int)
    won = bid >= price
    frame = pl.DataFrame(
        {
            "request_id": [f"r{seed}-{number}" for number in range(count)],
            "ts": [NOON + timedelta(seconds=number % 3_000) for number in range(count)],
            "bid_micros": bid,
            "value_micros": bid * 2,
            "won": won,
            "min_to_win_micros": [int(one) if is_won else None for one, is_won in zip(price, won, strict=True)],
            "placement": np.where(feed, "feed", "story"),
            "device": rng.choice(["phone", "desktop"], count),
            "auction": "second_price",
            "currency": "CNY",
            "deal_id": "",
            "has_fixed_price": False,
        }
    )
    return frame.with_columns(**{name: pl.lit(value) for name, value in facts.items()})


def fitted(folder: Path, **options: Any) -> dict[str, Any]:
    return fit_bid_landscape(folder, folder / "landscape", Noon(), silent, **options)


@pytest.fixture(scope="module")
def lake_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("world")
    Lake(folder / "lake").write("bids", bids(8_000), "a")
    fitted(folder)
    return folder


def test_a_landscape_learned_from_a_lake_knows_its_places(lake_folder: Path) -> None:
    told = show_bid_landscape(lake_folder / "landscape", bids_micros=[1_000.0, 3_000.0], context=RIGHT_HERE)
    feed = [row["win_probability"] for row in told["bids"]]
    story = show_bid_landscape(
        lake_folder / "landscape", bids_micros=[1_000.0, 3_000.0], context=RIGHT_HERE | {"placement": "story"}
    )["bids"]
    assert feed[0] == pytest.approx(0.5, abs=0.06)
    assert feed[1] == pytest.approx(1.0, abs=0.03)
    assert story[0]["win_probability"] < 0.03
    assert story[1]["win_probability"] == pytest.approx(0.5, abs=0.06)
    assert story[1]["expected_price_micros"] == pytest.approx(2_400, rel=0.05)
    assert told["source"]["fitted"] == NOON.isoformat()
    assert told["unknown"] == []
    nowhere = show_bid_landscape(lake_folder / "landscape", context={"placement": "nowhere", "device": "phone"})
    assert nowhere["unknown"] == ["placement"]
    # Both places together, and with an interval.
    both = show_bid_landscape(lake_folder / "landscape", bids_micros=[1_000.0])["bids"][0]
    assert both["low"] < both["win_probability"] < both["high"]
    assert both["win_probability"] == pytest.approx(0.25, abs=0.03)


def test_without_bids_of_the_caller_the_usual_chances_are_shown(lake_folder: Path) -> None:
    rows = show_bid_landscape(lake_folder / "landscape")["bids"]
    assert [row["win_probability"] for row in rows] == pytest.approx(
        [0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95], abs=0.01
    )


@pytest.mark.parametrize("name", ["curve.png", "curve.svg"])
def test_the_picture_is_drawn(lake_folder: Path, tmp_path: Path, name: str) -> None:
    show_bid_landscape(lake_folder / "landscape", context=RIGHT_HERE, picture=tmp_path / name)
    content = (tmp_path / name).read_bytes()
    assert content.startswith(b"\x89PNG") if name.endswith("png") else b"<svg" in content
    with pytest.raises(ConfigRejected, match=r"\.pdf"):
        show_bid_landscape(lake_folder / "landscape", picture=tmp_path / "curve.pdf")


@pytest.mark.parametrize(
    ("facts", "why"),
    [
        ({"won": None}, "has not ended"),
        ({"has_fixed_price": True}, "a fixed price is no price of the market"),
        ({"won": False, "loss_reason": 103, "min_to_win_micros": None}, "lost for another reason"),
        ({"placement": "quiet", "won": True}, "no loss is ever told there"),
    ],
)
def test_what_says_nothing_of_prices_is_left_out(tmp_path: Path, facts: dict[str, Any], why: str) -> None:
    lake = Lake(tmp_path / "lake")
    lake.write("bids", bids(2_000), "a")
    before = read_auctions(tmp_path).auctions
    lake.write("bids", bids(500, seed=2, **facts), "b")
    assert len(read_auctions(tmp_path).auctions) == len(before), why


def test_a_seller_whose_wins_alone_are_told_is_named(tmp_path: Path) -> None:
    lake = Lake(tmp_path / "lake")
    lake.write("bids", bids(1_000), "a")
    lake.write("bids", bids(500, seed=2, placement="quiet", won=True), "b")
    assert read_auctions(tmp_path).told["silent_places"] == 1


def test_each_currency_is_learned_by_itself(tmp_path: Path) -> None:
    lake = Lake(tmp_path / "lake")
    lake.write("bids", bids(1_000), "a")
    lake.write("bids", bids(300, seed=2, currency="USD"), "b")
    with pytest.raises(ConfigRejected, match="CNY, USD"):
        read_auctions(tmp_path)
    assert len(read_auctions(tmp_path, currency="USD").auctions) == 300
    with pytest.raises(ConfigRejected, match="EUR"):
        read_auctions(tmp_path, currency="EUR")


def test_only_the_last_days_are_read_when_asked(tmp_path: Path) -> None:
    lake = Lake(tmp_path / "lake")
    lake.write("bids", bids(1_000), "a")
    old = bids(400, seed=2).with_columns(ts=pl.col("ts") - timedelta(days=9))
    lake.write("bids", old, "b")
    assert len(read_auctions(tmp_path).auctions) == 1_400
    assert len(read_auctions(tmp_path, since_days=3).auctions) == 1_000


def test_columns_are_chosen_and_those_that_know_the_end_are_refused(lake_folder: Path) -> None:
    assert read_auctions(lake_folder, by=["placement"]).told["columns"] == ["placement"]
    assert read_auctions(lake_folder).told["columns"] == [
        "placement", "device", "hour", "weekday", "auction", "in_deal",
    ]  # fmt: skip
    for name in ("won", "min_to_win_micros", "colour"):
        with pytest.raises(ConfigRejected, match=name):
            read_auctions(lake_folder, by=[name])


def test_a_table_of_known_prices_is_learned_as_well(tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    p_ctr = rng.choice([0.001, 0.004], 4_000)
    price = np.ceil(np.where(p_ctr < 0.002, 30, 120) * np.exp(0.3 * rng.standard_normal(4_000))).astype(int)
    lines = [f"0 {one} {rate}" for one, rate in zip(price, p_ctr, strict=True)]
    (tmp_path / "auctions.txt").write_text("\n".join(lines))
    IMPORTERS["ipinyou"](tmp_path / "auctions.txt", tmp_path / "in", schema_path=None, progress=silent)
    told = fit_bid_landscape(tmp_path / "in", tmp_path / "landscape", Noon(), silent)
    assert told["by_context"] == ["p_ctr"]
    assert (told["auctions"], told["told"], told["won"]) == (4_000, 4_000, 0)
    landscape, _ = read_landscape(tmp_path / "landscape")
    cheap, dear = landscape.win_probability([600.0, 600.0], {"p_ctr": [0.001, 0.004]})
    assert cheap > 0.9
    assert dear < 0.1
    # Prices come in steps of ten micros, and so do quantiles.
    assert landscape.bids_to_win([0.5], {"p_ctr": [0.001]})[0] % 10 == 0


def test_what_cannot_teach_is_refused_and_nothing_is_written(tmp_path: Path) -> None:
    with pytest.raises(MissingInput, match="no bids here"):
        fitted(tmp_path)
    Lake(tmp_path / "lake").write("bids", bids(300).with_columns(won=pl.lit(None, pl.Boolean)), "a")
    with pytest.raises(TableRejected, match="no auction has ended"):
        fitted(tmp_path)
    assert not (tmp_path / "landscape").exists()


def test_a_context_that_the_landscape_does_not_know_is_refused(lake_folder: Path, tmp_path: Path) -> None:
    file = lake_folder / "landscape"
    # All of these auctions were at noon: the hour tells none apart.
    for context in ({"colour": "red"}, {"hour": "12"}):
        with pytest.raises(ConfigRejected):
            show_bid_landscape(file, context=context)
    with pytest.raises(ConfigRejected, match="positive"):
        show_bid_landscape(file, bids_micros=[0.0])
    with pytest.raises(MissingInput):
        read_landscape(tmp_path / "nothing")
