"""What keeps the drafters from being started, told in one line before anything runs."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from adplat.bootstrap import Settings
from adplat.domain import ConfigRejected, MissingInput, PortTaken
from services.generation.run import serve_generation
from services.hosting.run_folder import run_folder


def test_a_taken_port_an_open_door_and_a_chain_that_does_not_fit_are_refused(
    settings: Settings, tmp_path: Path
) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(PortTaken):
            serve_generation(settings.model_copy(update={"generation_port": taken.getsockname()[1]}))
    with pytest.raises(ConfigRejected, match="open to the whole network"):
        serve_generation(settings.model_copy(update={"http_host": "0.0.0.0"}))  # noqa: S104
    with pytest.raises(MissingInput, match="ADPLAT_SEAL_CHAIN"):
        serve_generation(settings.model_copy(update={"seal_chain": str(tmp_path / "none.pem")}))
    (tmp_path / "bad.pem").write_text("no chain")
    with pytest.raises(ConfigRejected, match="not a key with its certificates"):
        serve_generation(settings.model_copy(update={"seal_chain": str(tmp_path / "bad.pem")}))
    assert not run_folder(settings.workspace, "generation").exists()
