"""A random key of a workspace, made by whoever asks first and readable by its owner alone."""

from __future__ import annotations

import os
import secrets
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

SECRET_BYTES = 32


def _random_key() -> bytes:
    return secrets.token_hex(SECRET_BYTES).encode()


def kept_secret(path: Path, make: Callable[[], bytes] = _random_key) -> bytes:
    """The key at ``path``; made, whole or not at all, where there is none. Raises OSError, and what ``make`` raises."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        made = make()
        handle, temporary = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)  # mode 0600
        with os.fdopen(handle, "wb") as file:
            file.write(made)
            file.flush()
            os.fsync(file.fileno())
        # Linked, not renamed: of two who make one at once, the second takes what the first made.
        with suppress(FileExistsError):
            path.hardlink_to(temporary)
        Path(temporary).unlink()
    return path.read_bytes()
