"""What keeps the forecasters from being started, told in one line before anything runs."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from adplat.bootstrap import Settings
from adplat.domain import ConfigRejected, MissingInput, PortTaken
from services.forecasting.run import serve_forecasting
from services.hosting.run_folder import run_folder
from tests.services.forecasting.forecasters import settings_of


def test_without_opportunities_or_a_place_that_is_named_nothing_is_started(tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    with pytest.raises(MissingInput, match="no opportunities"):
        serve_forecasting(settings_of(tmp_path / "ws", empty))
    with pytest.raises(MissingInput, match="ADPLAT_FORECAST_DATA"):
        serve_forecasting(settings_of(tmp_path / "ws", tmp_path / "nowhere"))
    with pytest.raises(MissingInput, match="ADPLAT_FORECAST_CORRECTION"):
        serve_forecasting(settings_of(tmp_path / "ws", empty, forecast_correction=str(tmp_path / "none")))
    assert not (tmp_path / "ws").exists()


def test_a_taken_port_and_one_given_twice_are_refused(settings: Settings) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(PortTaken):
            serve_forecasting(settings.model_copy(update={"forecast_port": port}))
    with pytest.raises(ConfigRejected, match="given twice"):
        serve_forecasting(settings.model_copy(update={"forecast_port": 8101}))
    with pytest.raises(ConfigRejected, match="open to the whole network"):
        serve_forecasting(settings.model_copy(update={"http_host": "0.0.0.0"}))  # noqa: S104
    assert not run_folder(settings.workspace, "forecasting").exists()


def test_the_forecasters_ray_lives_beside_the_bidders(tmp_path: Path) -> None:
    assert run_folder(tmp_path, "forecasting") != run_folder(tmp_path)
