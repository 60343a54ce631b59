"""Keeping hold of every process we start, also of those that our processes start, so that none is left behind.

Ray starts a dozen processes over three generations. When one in the middle is killed, its children would be
handed to the machine's init process and out of our sight; as their *subreaper* (Linux, ``prctl(2)``) we get
them instead. What a killed owner left behind is found by the run folder, in its command or among its open files.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import sys
from pathlib import Path

import psutil  # type: ignore[import-untyped]  # it ships no types

_PR_SET_CHILD_SUBREAPER = 36
_PATIENCE_S = 5.0
_ROUNDS = 5


def adopt_orphans() -> None:
    """Become the parent of descendants whose own parent dies. Linux only; elsewhere nothing happens."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def descendants() -> frozenset[int]:
    """Process ids of all our descendants now."""
    return frozenset(process.pid for process in psutil.Process().children(recursive=True))


def end_descendants(but: frozenset[int]) -> list[str]:
    """End every descendant that still lives, ``but`` those: first asked, then made to. Returns their names."""
    names: list[str] = []
    for _ in range(_ROUNDS):
        # One that was just being started while we looked is seen in the next round.
        living = [process for process in psutil.Process().children(recursive=True) if process.pid not in but]
        if not living:
            break
        names += _end(living)
    return names


def end_leftovers(folder: Path) -> list[str]:
    """End processes of an owner that was killed: those of this user that work in ``folder``. Returns their names.

    To be called by the holder of the workspace lock only, before it starts its own.
    """
    found = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            own = process.uids().real == os.getuid() and process.pid != os.getpid()
            if own and _works_in(process, f"{folder}/"):
                found.append(process)
    return _end(found)


def _works_in(process: psutil.Process, folder: str) -> bool:
    # Ray's processes overwrite their command line; their logs they keep open.
    if any(folder in word for word in process.cmdline()):
        return True
    return any(file.path.startswith(folder) for file in process.open_files())


def _end(processes: list[psutil.Process]) -> list[str]:
    names = []
    for process in processes:
        with contextlib.suppress(psutil.Error):
            names.append(process.name())
            process.terminate()
    _, alive = psutil.wait_procs(processes, timeout=_PATIENCE_S)
    for process in alive:
        with contextlib.suppress(psutil.Error):
            process.kill()
    psutil.wait_procs(alive, timeout=_PATIENCE_S)
    return names
