"""``shadow.json``: which second bundle looks at requests too, and at how many. Absent: none does."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import msgspec

from adplat.domain import InternalFault
from adplat.snapshots.watched_file import WatchedFile

SHADOW_NAME = "shadow.json"


@dataclass(frozen=True, slots=True)
class ShadowDeployment:
    """``share`` of the decisions (0 to 1) are scored again with the bundle of the snapshot in ``folder``."""

    bundle_id: str
    snapshot_id: str
    folder: str
    share: float
    since: datetime


class ShadowPointer:
    """The shadow of one workspace, for writers and for pollers; made like ``DeploymentPointer``."""

    def __init__(self, workspace: Path) -> None:
        self.workspace = workspace
        self.path = workspace / SHADOW_NAME
        self._file = WatchedFile(self.path)

    def write(self, shadow: ShadowDeployment) -> None:
        """Let this one look on."""
        self._file.write(shadow)

    def remove(self) -> bool:
        """Let none look on; says whether one did."""
        there = self.path.exists()
        self.path.unlink(missing_ok=True)
        return there

    def read(self) -> ShadowDeployment | None:
        """The current one, ``None`` where there is none."""
        content = self._file.read()
        if content is None:
            return None
        try:
            return msgspec.json.decode(content, type=ShadowDeployment)
        except msgspec.DecodeError as reason:
            raise InternalFault(
                f"the shadow pointer is damaged: {reason}",
                where=str(self.path),
                hint="run 'adplat model shadow --off', then choose a shadow again",
            ) from None

    def has_moved(self) -> bool:
        """Whether it changed since the last ``read``."""
        return self._file.has_moved()

    def folder_of(self, shadow: ShadowDeployment) -> Path:
        """Where its snapshot lies."""
        return self.workspace / shadow.folder
