"""A policy in a world's folder: the same people for all, days that add up, pictures of it."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from adplat.domain import ConfigRejected, InputError, ManualClock, MissingInput
from adplat.flows.draw_simulation import draw_simulation
from adplat.flows.simulate_policy import SimulatedPolicy, simulate_policies, world_of
from adplat.simulator import WorldConfig, build_world, write_world

NAMES = ("thompson-without-prior", "uniform")


def quiet(done: int, total: int, what: str) -> None:
    """Nobody listens."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    config = WorldConfig(
        "little",
        date(2026, 9, 7),
        days=2,
        advertisers=2,
        campaigns_per_advertiser=1,
        creatives_per_campaign=6,
        users=200,
        impressions=1000,
        click_rate=0.1,
    )
    place = tmp_path_factory.mktemp("worlds") / "little"
    write_world(build_world(config, 4), place, quiet)
    return place


def simulated(folder: Path, names: tuple[str, ...] = NAMES, requests: int = 1500) -> list[SimulatedPolicy]:
    return simulate_policies(
        folder, names, requests=requests, seed=2, bundle=None, cache_dir=folder / "cache", progress=quiet
    )


@pytest.fixture(scope="module")
def found(folder: Path) -> list[SimulatedPolicy]:
    return simulated(folder)


def test_the_world_that_was_written_is_the_world_that_is_played(folder: Path) -> None:
    again = world_of(folder)
    assert again.seed == 4
    assert again.config.start == date(2026, 9, 7)
    assert again.creative_ids
    facts = json.loads((folder / "truth" / "world.json").read_bytes())
    assert again.response.base == facts["intercept"]


def test_every_policy_meets_the_same_people(found: list[SimulatedPolicy]) -> None:
    learner, uniform = found
    assert learner.log.times == uniform.log.times
    assert learner.log.creative_ids != uniform.log.creative_ids


def test_a_day_is_part_of_the_whole(found: list[SimulatedPolicy]) -> None:
    document = found[0].document()
    assert document["requests"] == 1500
    for key in ("requests", "clicks", "regret", "regret_of_uniform"):
        assert sum(day[key] for day in document["by_day"]) == pytest.approx(document[key])
    assert len(document["by_day"]) > 1
    assert document["uniform_ctr"] < document["best_ctr"]
    lost = document["requests"] * (document["best_ctr"] - document["ctr"])
    assert document["regret"] == pytest.approx(lost)


def test_uniform_loses_what_a_random_candidate_does_and_learning_loses_less(found: list[SimulatedPolicy]) -> None:
    learner, uniform = (one.document() for one in found)
    assert uniform["regret"] == pytest.approx(uniform["regret_of_uniform"], rel=0.05)
    assert learner["regret"] < 0.95 * uniform["regret"]


def test_equal_seeds_are_equal_runs(folder: Path, found: list[SimulatedPolicy]) -> None:
    assert simulated(folder, NAMES[:1])[0].document() == found[0].document()


@pytest.mark.parametrize(("name", "begin"), [("a.svg", b"<?xml"), ("a.png", b"\x89PNG"), ("a.html", b"<!doctype")])
def test_a_picture_of_the_kind_that_its_name_says(
    tmp_path: Path, found: list[SimulatedPolicy], name: str, begin: bytes
) -> None:
    draw_simulation(found, tmp_path / name, ManualClock(datetime(2026, 9, 9, tzinfo=UTC)))
    content = (tmp_path / name).read_bytes()
    assert content[: len(begin)].lower() == begin.lower()
    if name != "a.png":
        assert b"thompson-without-prior" in content


def test_what_is_no_world_is_refused_before_anything_is_played(tmp_path: Path, folder: Path) -> None:
    with pytest.raises(MissingInput, match="no simulated world"):
        simulated(tmp_path)
    (tmp_path / "truth").mkdir()
    (tmp_path / "truth" / "world.json").write_text("{}")
    with pytest.raises(InputError, match="cannot be read"):
        simulated(tmp_path)
    with pytest.raises(ConfigRejected, match="unknown policy"):
        simulated(folder, ("best",))
    with pytest.raises(ConfigRejected, match="0 requests"):
        simulated(folder, requests=0)
    with pytest.raises(ConfigRejected, match="no policy"):
        simulated(folder, ())
