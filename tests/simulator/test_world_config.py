"""What a world's YAML may say."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest

from adplat.data import configs_folder, read_config
from adplat.domain import ConfigRejected
from adplat.simulator import WorldConfig
from tests.simulator.builders import a_tiny_config

WORLDS = sorted((configs_folder() / "worlds").glob("*.yaml"))


@pytest.mark.parametrize("path", WORLDS, ids=lambda path: path.stem)
def test_every_shipped_world_reads_and_is_named_after_its_file(path: Path) -> None:
    assert read_config(path, WorldConfig).name == path.stem


def test_the_log_runs_over_whole_local_days() -> None:
    config = a_tiny_config(days=3, utc_offset_hours=8)
    assert config.log_start == datetime(2026, 9, 6, 16, tzinfo=UTC)
    assert config.log_end - config.log_start == timedelta(days=3)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"click_rate": 0.2}, "click_rate is 0.2"),
        ({"users": 3}, "users is 3"),
        ({"creatives_per_campaign": 1}, "creatives_per_campaign is 1"),
        ({"no_consent_share": -0.1}, "no_consent_share is -0.1"),
    ],
)
def test_a_value_out_of_range_is_refused_by_name(change: dict[str, float], message: str) -> None:
    with pytest.raises(ConfigRejected, match=message):
        a_tiny_config(**change)


def test_an_unknown_key_is_refused_with_the_nearest_known_one(tmp_path: Path) -> None:
    path = tmp_path / "world.yaml"
    path.write_text("name: x\nstart: 2026-09-07\nimpresions: 5\n")
    with pytest.raises(ConfigRejected, match="did you mean 'impressions'"):
        read_config(path, WorldConfig)


def test_the_config_has_a_json_schema() -> None:
    schema = msgspec.json.schema(WorldConfig)
    assert schema["$defs"]["WorldConfig"]["properties"]["start"]["format"] == "date"
