"""One Ray of our own for all tests of this room: starting it takes longer than most of them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from adplat.runners import RayMachines


@pytest.fixture(scope="session")
def machines() -> Iterator[RayMachines]:
    """Two workers, started."""
    with RayMachines(2) as started:
        started.start()
        yield started
