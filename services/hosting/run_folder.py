"""Where the Ray and the HAProxy of a workspace live: one short folder, the same at every start."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from adplat.runners import ray_base_folder


def run_folder(workspace: Path, service: str = "") -> Path:
    """The folder for this workspace and a service that has a Ray beside the bidders'; not made here."""
    name = hashlib.sha256(os.fsencode(workspace.resolve())).hexdigest()[:10]
    return ray_base_folder() / f"adplat-{os.getuid()}-{name}{service[:1]}"
