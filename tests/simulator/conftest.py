"""One written world for all tests that read one."""

from __future__ import annotations

from pathlib import Path

import pytest

from adplat.simulator import World, build_world, write_world
from tests.simulator.builders import a_small_config, silent


@pytest.fixture(scope="session")
def small_world() -> World:
    return build_world(a_small_config())


@pytest.fixture(scope="session")
def small_folder(small_world: World, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("world") / "small"
    write_world(small_world, folder, silent)
    return folder
