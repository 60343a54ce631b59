"""``deployment.json``: which snapshot is served now. Replaced whole, so that a reader sees the old or the new one.

Readers poll it: a look costs one ``stat``, works on any shared file system, and needs no server to tell them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import msgspec

from adplat.data.atomic import write_bytes
from adplat.domain import InternalFault, MissingInput

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
        self._seen: tuple[int, int, int] | None = None

    def write(self, deployment: Deployment) -> None:
        """Point to another snapshot."""
        write_bytes(self.path, msgspec.json.format(msgspec.json.encode(deployment)) + b"\n")

    def read(self) -> Deployment:
        """The current one. Raises MissingInput when nothing was published."""
        # The mark is taken before the content: a write in between is then noticed at the next look.
        self._seen = self._mark()
        try:
            return msgspec.json.decode(self.path.read_bytes(), type=Deployment)
        except FileNotFoundError:
            raise MissingInput(
                "nothing is published in this workspace",
                where=str(self.path),
                hint="train a bundle and deploy it first: adplat deploy BUNDLE --catalogue DIR",
            ) from None
        except msgspec.DecodeError as reason:
            raise InternalFault(
                f"the deployment pointer is damaged: {reason}",
                where=str(self.path),
                hint="publish the catalogue again",
            ) from None

    def has_moved(self) -> bool:
        """Whether the file was replaced since the last ``read``."""
        return self._mark() != self._seen

    def folder_of(self, deployment: Deployment) -> Path:
        """Where the snapshot lies."""
        return self.workspace / deployment.folder

    def _mark(self) -> tuple[int, int, int] | None:
        try:
            status = self.path.stat()
        except FileNotFoundError:
            return None
        return status.st_mtime_ns, status.st_ino, status.st_size
