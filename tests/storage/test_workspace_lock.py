"""One holder at a time, and a dead one holds nothing."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from adplat.domain import MissingInput, WorkspaceBusy
from adplat.storage import WorkspaceLock

HOLD = """
import sys, pathlib
from adplat.storage.workspace_lock import WorkspaceLock
lock = WorkspaceLock(pathlib.Path(sys.argv[1]), "adplat serve")
lock.acquire()
print("held", flush=True)
sys.stdin.read()
"""


def test_a_second_holder_is_told_who_has_it(tmp_path: Path) -> None:
    with WorkspaceLock(tmp_path / "lock", "adplat worker"), pytest.raises(WorkspaceBusy) as caught:
        WorkspaceLock(tmp_path / "lock").acquire()

    assert f"process {os.getpid()} (adplat worker)" in str(caught.value)
    assert str(tmp_path) in str(caught.value)


def test_it_can_be_taken_again_after_it_was_let_go(tmp_path: Path) -> None:
    lock = WorkspaceLock(tmp_path / "lock")
    for _ in range(2):
        with lock:
            assert lock.is_held
        assert not lock.is_held

    lock.release()
    WorkspaceLock(tmp_path / "lock").acquire()


def test_a_killed_holder_holds_nothing(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "lock"
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(WorkspaceBusy, match=rf"process {holder.pid} \(adplat serve\)"):
            WorkspaceLock(path).acquire()
        os.kill(holder.pid, signal.SIGKILL)
        holder.wait()

    with WorkspaceLock(path) as lock:
        assert lock.is_held


def test_a_file_in_the_way_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    with pytest.raises(MissingInput):
        WorkspaceLock(tmp_path / "file" / "lock").acquire()
