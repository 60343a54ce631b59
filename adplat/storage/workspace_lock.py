"""One process at a time: a lock file that the kernel lets go of when its holder dies, however it dies."""

from __future__ import annotations

import fcntl
import json
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType

from adplat.domain import MissingInput, StoreUnreachable, WorkspaceBusy

_LONGEST_COMMAND = 200
_LOOK_S = 0.02


class WorkspaceLock:
    """``with WorkspaceLock(folder / "lock"): …``; a second holder, in this process or another, is told who has it.

    The file stays behind and says nothing: what counts is the ``flock`` on it, which also a SIGKILL releases.
    A child made by a bare ``fork`` shares the lock until it ends too; one started by ``exec`` does not.

    Args:
        path: the lock file; its folder is made when absent.
        command: how to name the holder to others; by default this process's command line.
    """

    def __init__(self, path: Path, command: str = "") -> None:
        self.path = path
        self._command = command or _this_command()
        self._file: int | None = None

    @property
    def is_held(self) -> bool:
        """Whether this object holds it."""
        return self._file is not None

    def acquire(self) -> None:
        """Take it or raise WorkspaceBusy at once; never waits. Taking it again changes nothing."""
        if self._file is not None:
            return
        file = self._open()
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            holder = _holder(file)
            os.close(file)
            raise WorkspaceBusy(
                f"in use by {holder}", where=str(self.path.parent), hint="stop it, or choose another folder"
            ) from error
        os.ftruncate(file, 0)
        os.pwrite(file, json.dumps({"pid": os.getpid(), "command": self._command}).encode(), 0)
        self._file = file

    def release(self) -> None:
        """Let it go; releasing what is not held changes nothing."""
        if self._file is not None:
            # The file is not removed: somebody may have opened it already and would lock a file without a name.
            os.ftruncate(self._file, 0)
            os.close(self._file)
            self._file = None

    def __enter__(self) -> WorkspaceLock:
        self.acquire()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()

    def _open(self) -> int:
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            return os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        except (FileExistsError, NotADirectoryError) as error:
            raise MissingInput(
                "a file stands where a folder is needed", where=str(self.path.parent), hint="name a folder"
            ) from error
        except OSError as error:
            raise StoreUnreachable(
                f"the folder cannot be written to: {error.strerror}",
                where=str(self.path.parent),
                hint="choose another folder or change its permissions",
            ) from error


@contextmanager
def held_soon(lock: WorkspaceLock, patience_s: float = 3.0) -> Iterator[WorkspaceLock]:
    """The block with the lock, which others hold for moments only. Raises WorkspaceBusy after ``patience_s``."""
    end = time.monotonic() + patience_s
    while not lock.is_held:
        try:
            lock.acquire()
        except WorkspaceBusy:
            if time.monotonic() >= end:
                raise
            time.sleep(_LOOK_S)
    with lock:
        yield lock


def _holder(file: int) -> str:
    try:
        told = json.loads(os.pread(file, 4096, 0))
        return f"process {told['pid']} ({told['command']})"
    except (ValueError, KeyError, TypeError):
        # Between taking the lock and writing its name the holder is nameless for a moment.
        return "another process"


def _this_command() -> str:
    program = Path(sys.argv[0]).name if sys.argv and sys.argv[0] else "python"
    return " ".join([program, *sys.argv[1:]])[:_LONGEST_COMMAND]
