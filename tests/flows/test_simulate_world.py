"""One verb: a YAML file in, a world folder and its counts out."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from adplat.domain import ConfigRejected, MissingInput
from adplat.flows.simulate_world import simulate_world

TINY = """
name: tiny
start: 2026-09-07
days: 2
advertisers: 2
campaigns_per_advertiser: 1
creatives_per_campaign: 3
new_creatives_per_campaign: 1
users: 60
impressions: 500
"""


def silent(done: int, total: int, what: str) -> None:
    """Progress that nobody watches."""


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "tiny.yaml"
    path.write_text(TINY)
    return path


def test_a_world_is_written_and_counted(config: Path, tmp_path: Path) -> None:
    summary = simulate_world(config, tmp_path / "out", progress=silent)
    assert json.loads(json.dumps(summary)) == summary
    assert summary["impressions"] == 500
    assert summary["creatives"] == 8
    assert {path.name for path in (tmp_path / "out").iterdir()} == {
        "lake",
        "catalogue",
        "images",
        "schema.yaml",
        "truth",
    }


def test_the_seed_can_be_given_from_outside(config: Path, tmp_path: Path) -> None:
    assert simulate_world(config, tmp_path / "out", seed=9, progress=silent)["seed"] == 9


def test_progress_reaches_its_end(config: Path, tmp_path: Path) -> None:
    calls: list[tuple[int, int, str]] = []
    simulate_world(config, tmp_path / "out", progress=lambda *call: calls.append(call))
    for what in ("painting creatives", "playing history"):
        done, total, _ = [call for call in calls if call[2] == what][-1]
        assert done == total


def test_bad_files_are_refused_before_anything_is_written(tmp_path: Path) -> None:
    with pytest.raises(MissingInput):
        simulate_world(tmp_path / "none.yaml", tmp_path / "out", progress=silent)
    broken = tmp_path / "broken.yaml"
    broken.write_text(TINY + "budget: 5\n")
    with pytest.raises(ConfigRejected, match="budget"):
        simulate_world(broken, tmp_path / "out", progress=silent)
    assert not (tmp_path / "out").exists()
