"""One written market for all tests of the forecasters; each has a workspace of its own."""

from __future__ import annotations

from pathlib import Path

import pytest

from adplat import bootstrap
from adplat.bootstrap import Settings
from adplat.flows.forecast_desk import ForecastDesk
from tests.flows.campaign_market import silent, written_market
from tests.services.forecasting.forecasters import settings_of


@pytest.fixture(scope="session")
def market(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return written_market(tmp_path_factory.mktemp("forecasters") / "market")


@pytest.fixture
def settings(market: Path, tmp_path: Path) -> Settings:
    return settings_of(tmp_path / "ws", market)


@pytest.fixture(scope="session")
def desk(market: Path, tmp_path_factory: pytest.TempPathFactory) -> ForecastDesk:
    """Loaded once. Its objects are those of ``settings`` only where a test makes a desk of its own."""
    made = bootstrap.forecast_desk(settings_of(tmp_path_factory.mktemp("desk"), market))
    made.look(silent)
    return made
