"""What the figures say follows from what callers saw; the crowd is the world many times over."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from adplat.data import configs_folder, read_table
from adplat.flows.bench_bidding import DOORS, Round, bid_figures, handler_figures
from adplat.flows.bench_bidding_services import COUNTRIES, ServedAs, crowded
from adplat.flows.load_generator import LoadSeen
from adplat.flows.simulate_world import simulate_world
from adplat.storage import FolderObjects, SqlCatalogue, open_database, upgrade_database


def seen(latency_ms: list[float], status: list[int], elapsed_s: float = 1.0) -> LoadSeen:
    return LoadSeen(np.array(latency_ms), np.array(status, dtype=np.int32), elapsed_s)


def test_ratios_are_taken_within_a_round_and_their_spread_is_told() -> None:
    rounds = {(kind, door): [Round(1.0, 100.0)] * 3 for kind in ServedAs for door in DOORS}
    rounds[ServedAs.OURS, "grpc"] = [Round(1.2, 90.0), Round(1.4, 60.0), Round(1.3, 80.0)]
    rounds[ServedAs.RAY_PROXY, "grpc"] = [Round(5.0, 20.0)] * 3
    figures = {one.figure_id: one for one in handler_figures(rounds, 0.2, seen([1.0] * 99 + [40.0], [200] * 100))}
    bare = figures["bidding.1.grpc.bare"]
    assert (bare.value, bare.interval, bare.rival_value, bare.holds) == (0.8, (0.6, 0.9), 100.0, True)
    assert (figures["bidding.1.grpc.proxy"].value, figures["bidding.1.grpc.proxy"].holds) == (4.0, True)
    assert (figures["bidding.1.http.proxy"].value, figures["bidding.1.http.proxy"].holds) == (1.0, False)
    assert figures["bidding.1.grpc.alone"].value == 1.3
    assert figures["bidding.1.handler"].holds
    assert figures["bidding.1.open_p99"].value == pytest.approx(1.39)


def test_a_refusal_is_not_in_time_and_overload_tells_answers_from_refusals() -> None:
    steady = seen([5.0] * 998 + [150.0, 5.0], [200] * 999 + [503])
    flooded = seen([20.0] * 50 + [120.0] + [4.0] * 49, [200] * 51 + [503] * 49)
    in_time, answered, refused = bid_figures("told", steady, flooded)
    assert (in_time.value, in_time.holds) == (pytest.approx(0.998), False)
    assert (answered.value, answered.n) == (pytest.approx(50 / 51), 51)
    assert (refused.value, refused.n, refused.holds) == (4.0, 49, True)


def test_a_crowd_can_be_loaded_and_a_fiftieth_of_it_aims_at_each_country(tmp_path: Path) -> None:
    from adplat.flows.load_catalogue import load_catalogue

    simulate_world(configs_folder() / "worlds" / "small.yaml", tmp_path / "world", progress=lambda *_: None)
    count = crowded(tmp_path / "world", tmp_path / "crowd", 2_000)
    assert 2_000 <= count < 2_100
    campaigns = read_table(tmp_path / "crowd" / "catalogue" / "campaigns.parquet")
    assert 30 <= campaigns["countries"].n_unique() <= COUNTRIES
    url = f"sqlite:///{tmp_path / 'adplat.db'}"
    upgrade_database(url)
    catalogue = SqlCatalogue(open_database(url))
    load_catalogue(tmp_path / "crowd", catalogue, FolderObjects(tmp_path / "objects"), lambda *_: None)
    live = catalogue.live_catalogue()
    assert len(live.creatives) == count
    aimed = pl.Series([campaign.targeting.countries for campaign in live.campaigns])
    assert set(aimed.list.len()) == {1}
