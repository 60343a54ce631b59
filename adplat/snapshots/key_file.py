"""``keys.json``: which callers there are and which keys open what, as replicas read it. Absent: no key was ever made.

A copy of what stands in SQL, so that no request and no replica asks the database. It holds hashes, no key.
"""

from __future__ import annotations

from pathlib import Path

import msgspec

from adplat.domain import ConfigRejected, InternalFault, KeyBook
from adplat.snapshots.watched_file import WatchedFile

KEYS_NAME = "keys.json"


class KeyFile:
    """The keys of one workspace, for whoever changes them and for pollers; made like ``DeploymentPointer``."""

    def __init__(self, workspace: Path) -> None:
        self.path = workspace / KEYS_NAME
        self._file = WatchedFile(self.path)

    def write(self, book: KeyBook) -> None:
        """Let these hold from the readers' next look on."""
        self._file.write(book)

    def read(self) -> KeyBook | None:
        """The current ones, ``None`` where there is no file. Raises InternalFault for one that is damaged."""
        content = self._file.read()
        if content is None:
            return None
        try:
            return msgspec.json.decode(content, type=KeyBook)
        except (msgspec.DecodeError, ConfigRejected) as reason:
            raise InternalFault(
                f"the published keys cannot be read: {reason}",
                where=str(self.path),
                hint="run 'adplat key publish', which writes them again",
            ) from None

    def has_moved(self) -> bool:
        """Whether it changed since the last ``read``."""
        return self._file.has_moved()
