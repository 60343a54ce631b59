"""Where the Ray and the HAProxy of a workspace live: one short folder, the same at every start."""

from __future__ import annotations

import hashlib
import os
import tempfile
from pathlib import Path

_LONGEST_BASE_BYTES = 20  # Ray adds some 70 for its sockets, and the kernel takes 107


def run_folder(workspace: Path) -> Path:
    """The folder for this workspace; not made here."""
    name = hashlib.sha256(os.fsencode(workspace.resolve())).hexdigest()[:10]
    base = Path(tempfile.gettempdir())
    if len(os.fsencode(base)) > _LONGEST_BASE_BYTES:
        base = Path("/tmp")  # noqa: S108 - a folder of our own inside, made private by whoever makes it
    return base / f"adplat-{os.getuid()}-{name}"
