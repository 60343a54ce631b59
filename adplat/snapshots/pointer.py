"""``deployment.json``: which snapshot is served now. Replaced whole, so that a reader sees the old or the new one.

Readers poll it: a look costs one ``stat``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import msgspec

from adplat.domain import InternalFault, MissingInput
from adplat.snapshots.watched_file import WatchedFile

POINTER_NAME = "deployment.json"


@dataclass(frozen=True, slots=True)
class Deployment:
    """What the pointer says: ``folder`` is the snapshot, relative to the folder of the pointer."""

    snapshot_id: str
    bundle_id: str
    folder: str
    published: datetime


class DeploymentPointer:
    """The pointer of one workspace, for writers and for pollers.

    Example::

        pointer = DeploymentPointer(workspace)
        current = pointer.read()                # raises MissingInput before the first publication
        if pointer.has_moved(): ...             # since the last read
    """

    def __init__(self, workspace: Path) -> None:
        self.workspace = workspace
        self.path = workspace / POINTER_NAME
        self._file = WatchedFile(self.path)

    def write(self, deployment: Deployment) -> None:
        """Point to another snapshot."""
        self._file.write(deployment)

    def read(self) -> Deployment:
        """The current one. Raises MissingInput when nothing was published."""
        content = self._file.read()
        if content is None:
            raise MissingInput(
                "nothing is published in this workspace",
                where=str(self.path),
                hint="train a bundle and deploy it first: adplat deploy BUNDLE --catalogue DIR",
            )
        try:
            return msgspec.json.decode(content, type=Deployment)
        except msgspec.DecodeError as reason:
            raise InternalFault(
                f"the deployment pointer is damaged: {reason}",
                where=str(self.path),
                hint="publish the catalogue again",
            ) from None

    def has_moved(self) -> bool:
        """Whether the file was replaced since the last ``read``."""
        return self._file.has_moved()

    def folder_of(self, deployment: Deployment) -> Path:
        """Where the snapshot lies."""
        return self.workspace / deployment.folder
