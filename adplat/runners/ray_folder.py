"""Where a Ray of our own may live: its socket paths may not exceed 107 bytes, and Ray adds some 70 itself."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

_LONGEST_BASE_BYTES = 20


def ray_base_folder() -> Path:
    """The folder for temporary files where its path is short enough, else ``/tmp``."""
    base = Path(tempfile.gettempdir())
    # Whoever makes a folder in there makes it private.
    return base if len(os.fsencode(base)) <= _LONGEST_BASE_BYTES else Path("/tmp")  # noqa: S108
