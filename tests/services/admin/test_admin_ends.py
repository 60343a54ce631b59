"""``adplat admin`` that is asked to end leaves no process behind that would write into its workspace."""

from __future__ import annotations

import shutil
from pathlib import Path

import psutil

from adplat.flows.bench_admin_service import running_admin


def test_whoever_ends_it_by_sigterm_finds_its_helpers_ended_too(made_workspace: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(made_workspace, tmp_path / "ws"))
    with running_admin(folder, f"sqlite:///{folder / 'adplat.db'}") as service:
        helpers = psutil.Process(service.pid).children(recursive=True)
        assert helpers
    assert [one for one in helpers if one.is_running() and one.status() != psutil.STATUS_ZOMBIE] == []
