"""What is asked of the machine that this runs on: the time, who acts, the workspace and its locks, files."""

from __future__ import annotations

import getpass
from pathlib import Path
from typing import TYPE_CHECKING

from adplat.bootstrap.settings import Settings
from adplat.domain import Clock, ConfigRejected, SystemClock

if TYPE_CHECKING:
    from adplat.storage import WorkspaceLock


def clock() -> Clock:
    """The machine's clock. A test that wants another time replaces ``SystemClock`` here: every caller asks this."""
    return SystemClock()


def actor(settings: Settings) -> str:
    """Who acts: the setting, or the login name of whoever runs this."""
    if settings.actor:
        return settings.actor
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a user id without a name, as in many containers
        return "unknown"


def require_workspace(settings: Settings) -> None:
    """Make the workspace where it is absent. Raises ConfigRejected where it cannot be a folder."""
    try:
        settings.workspace.mkdir(parents=True, exist_ok=True)
    except OSError as reason:
        raise ConfigRejected(
            f"the workspace cannot be a folder: {reason.strerror}",
            where=str(settings.workspace),
            hint="give another folder with --workspace or ADPLAT_WORKSPACE",
        ) from None


def lock_workspace(settings: Settings, purpose: str) -> WorkspaceLock:
    """What only one process may hold, by purpose (``serve``, ``worker``). Raises WorkspaceBusy when entered twice."""
    from adplat.storage import WorkspaceLock

    require_workspace(settings)
    return WorkspaceLock(settings.workspace / f"{purpose}.lock")


def write_bytes(file: Path, data: bytes) -> None:
    """A file, whole or not at all. Raises MissingInput."""
    from adplat import data as files

    files.write_bytes(file, data)
