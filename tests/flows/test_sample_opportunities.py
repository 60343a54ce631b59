"""From a lake to a sample: whole people, true totals, one rate whatever the rows' own, and what is refused."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from adplat.data import Lake
from adplat.domain import ConfigRejected, MissingInput, TableRejected, Targeting
from adplat.flows.sample_opportunities import (
    read_opportunity_sample,
    sample_opportunities,
    write_opportunity_sample,
)

START = datetime(2026, 3, 2, tzinfo=UTC)


def silent(done: int, total: int, what: str) -> None:
    """Progress that nobody watches."""


def requests(count: int, seed: int = 1, **facts: Any) -> pl.DataFrame:
    """Two days; 2,000 people, some far keener than others, a tenth of the rows nobody's. ``facts`` are of all rows."""
    rng = np.random.default_rng(seed)
    person = np.floor(2_000 * rng.random(count) ** 2).astype(int)
    frame = pl.DataFrame(
        {
            "request_id": [f"r{seed}-{number}" for number in range(count)],
            "ts": [START + timedelta(seconds=float(s)) for s in np.sort(rng.uniform(0, 172_800, count))],
            "user_key": np.where(rng.random(count) < 0.1, "", np.char.add("u", person.astype(str))),
            "placement": rng.choice(["feed", "story", "rare"], count, p=[0.6, 0.399, 0.001]),
            "device": rng.choice(["phone", "desktop"], count),
            "region": rng.choice(["north", "south", None], count),
            "segments": [["s1"] if keen else [] for keen in person % 3 == 0],
            "floor_micros": 700,
            "hour": 3,
            "position": 0,
            "auction": "second_price",
            "currency": "EUR",
        }
    )
    return frame.with_columns(**{name: pl.lit(value) for name, value in facts.items()})


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("world")
    Lake(folder / "lake").write("requests", requests(40_000), "a")
    return folder


def test_a_person_is_kept_with_every_opportunity_or_not_at_all(world: Path) -> None:
    everybody = sample_opportunities(world, silent, most_rows=100_000)
    some = sample_opportunities(world, silent, most_rows=10_000)
    assert everybody.rate == 1.0
    assert len(everybody) == 40_000
    assert 8_000 < len(some) <= 10_000
    often = np.sort(np.bincount(everybody.user[everybody.user >= 0]))
    kept = np.bincount(some.user[some.user >= 0])
    moments = {tuple(everybody.at_s[everybody.user == person]) for person in range(int(everybody.user.max()) + 1)}
    assert all(tuple(some.at_s[some.user == person]) in moments for person in range(len(kept)))
    assert len(kept) / some.rate == pytest.approx(len(often), rel=0.15)
    assert some.users == everybody.users == len(often)


def test_totals_do_not_suffer_from_sampling(world: Path) -> None:
    everybody = sample_opportunities(world, silent, most_rows=100_000)
    some = sample_opportunities(world, silent, most_rows=5_000)
    assert some.opportunities == 40_000
    assert np.array_equal(some.cells.counts, everybody.cells.counts)
    feed = Targeting(placements=("feed",), devices=("phone",))
    met = some.cells_met(feed)
    assert np.isin(met, [0.0, 1.0]).mean() > 0.5
    assert np.nansum(some.cells.counts @ np.where(np.isnan(met), 0, met)) == pytest.approx(
        everybody.mask(feed, "UTC").sum(), rel=0.01
    )


def test_rare_cells_are_pooled_and_lose_nothing(world: Path) -> None:
    sample = sample_opportunities(world, silent)
    assert sample.cells.counts.shape[1] <= 12 + 3
    assert (np.bincount(sample.cell) == sample.cells.counts.sum(axis=0)).all()


def test_the_sample_is_the_same_bytes_each_time_and_read_back(world: Path, tmp_path: Path) -> None:
    first, second = tmp_path / "a", tmp_path / "b"
    told = write_opportunity_sample(world, first, silent, most_rows=9_000)
    write_opportunity_sample(world / "lake", second, silent, most_rows=9_000)
    assert first.read_bytes() == second.read_bytes()
    back = read_opportunity_sample(first)
    assert told["source"] == "requests"
    assert told["opportunities"] == 40_000
    assert told["sampled"] == len(back)
    assert back.currency == "EUR"
    assert set(back.texts_of("region")) == {"north", "south", ""}
    assert set(back.floor_micros.tolist()) == {700}


def test_rows_that_stand_for_several_count_so(tmp_path: Path) -> None:
    """A writer that kept one person in four from the second day on."""
    lake = Lake(tmp_path)
    lake.write("requests", requests(20_000), "whole")
    lake.write("requests", requests(5_000, seed=2, sample_rate=0.25), "quarter")
    sample = sample_opportunities(tmp_path, silent)
    assert sample.opportunities == 40_000
    assert sample.rate == 0.25
    assert len(sample) / sample.rate == pytest.approx(40_000, rel=0.1)


def test_only_the_last_days_are_read(tmp_path: Path) -> None:
    Lake(tmp_path).write("requests", requests(2_000), "a")
    sample = sample_opportunities(tmp_path, silent, days=1)
    assert sample.data_from >= START + timedelta(days=1)
    assert len(sample) == pytest.approx(1_000, abs=150)
    assert len(sample) == sample.opportunities


def test_without_requests_bids_stand_in_and_say_so(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    asked = [f"r{number // 2}" for number in range(2_000)]  # two campaigns bid on each
    frame = pl.DataFrame(
        {
            "request_id": asked,
            "ts": [START + timedelta(seconds=number // 2) for number in range(2_000)],
            "placement": "feed",
            "device": "phone",
            "bid_micros": 5,
        }
    )
    lake.write("bids", frame, "a")
    alone = sample_opportunities(tmp_path, silent)
    assert alone.opportunities == 1_000
    assert alone.users is None
    won = pl.DataFrame(
        {
            "decision_id": [f"d{number}" for number in range(100)],
            "request_id": [f"r{number}" for number in range(100)],
            "ts": START,
            "placement": "feed",
            "user_key": [f"u{number % 10}" for number in range(100)],
            "region": "north",
        }
    )
    lake.write("impressions", won, "a")
    sample = sample_opportunities(tmp_path, silent)
    assert sample.source == "bids"
    assert sample.users is None
    assert len(np.unique(sample.user)) == 11
    assert sample.mask(Targeting(regions=("north",)), "UTC").sum() == 100


def test_floors_in_several_currencies_need_a_choice(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    lake.write("requests", requests(300), "a")
    lake.write("requests", requests(200, seed=2, currency="CNY"), "b")
    with pytest.raises(ConfigRejected, match="CNY, EUR"):
        sample_opportunities(tmp_path, silent)
    assert sample_opportunities(tmp_path, silent, currency="CNY").opportunities == 200
    with pytest.raises(ConfigRejected, match="USD"):
        sample_opportunities(tmp_path, silent, currency="USD")


def test_what_cannot_be_read_is_refused(tmp_path: Path) -> None:
    with pytest.raises(MissingInput, match="no opportunities"):
        sample_opportunities(tmp_path, silent)
    with pytest.raises(MissingInput, match="no such sample"):
        read_opportunity_sample(tmp_path / "none")
    lake = Lake(tmp_path)
    lake.write("requests", requests(10, sample_rate=0.0), "a")
    with pytest.raises(TableRejected, match="sample_rate"):
        sample_opportunities(tmp_path, silent)
    lake.write("requests", requests(3_000, user_key="robot"), "a")
    with pytest.raises(TableRejected, match="one person"):
        sample_opportunities(tmp_path, silent, most_rows=1_000)
