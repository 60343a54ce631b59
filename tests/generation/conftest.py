"""One tiny image model for all tests that paint with one; importing diffusers takes seconds."""

from __future__ import annotations

from pathlib import Path

import pytest

from adplat.flows.tiny_pipeline import write_tiny_pipeline


@pytest.fixture(scope="session")
def tiny_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pipeline") / "model"
    write_tiny_pipeline(folder)
    return folder
