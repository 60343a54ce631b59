"""Files and folders that are either whole or absent: write beside, flush, rename.

A rename inside one folder is atomic; the flush before it makes the content survive a power cut that
follows the rename. Temporary names begin with a dot, so that no reader's pattern matches them.
"""

from __future__ import annotations

import os
import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from adplat.domain import InputError, MissingInput


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Give a temporary path in the same folder; rename it to ``path`` if the block succeeds.

    On any error the temporary file is removed and ``path`` stays as it was. Raises MissingInput when
    the folder cannot be written.
    """
    temporary = path.with_name(f".{path.name}.{uuid.uuid4().hex[:12]}.tmp")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as reason:
        raise unwritable(path, reason) from None
    try:
        yield temporary
        flush_to_disk(temporary)
        temporary.replace(path)
        flush_to_disk(path.parent)
    except OSError as reason:
        raise unwritable(path, reason) from None
    finally:
        temporary.unlink(missing_ok=True)


def write_bytes(path: Path, content: bytes) -> None:
    """Write a whole file or nothing. Raises MissingInput when the folder cannot be written."""
    with replacing(path) as temporary:
        temporary.write_bytes(content)


@contextmanager
def building_folder(path: Path) -> Iterator[Path]:
    """Give a temporary sibling folder; rename it to ``path`` if the block succeeds, else remove it.

    An existing ``path`` is swapped out only after the new one is complete.
    """
    temporary = path.with_name(f".{path.name}.{uuid.uuid4().hex[:12]}.tmp")
    old = path.with_name(f".{path.name}.{uuid.uuid4().hex[:12]}.old")
    try:
        temporary.mkdir(parents=True)
    except OSError as reason:
        raise unwritable(path, reason) from None
    try:
        yield temporary
        if path.exists():
            path.replace(old)
        try:
            temporary.replace(path)
        except OSError:
            if old.exists():
                old.replace(path)
            raise
        flush_to_disk(path.parent)
    except OSError as reason:
        raise unwritable(path, reason) from None
    finally:
        for leftover in (temporary, old):
            if leftover.exists():
                shutil.rmtree(leftover)


def flush_to_disk(path: Path) -> None:
    """Ask the disk to keep a file or a folder's entries."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def unwritable(path: Path, reason: OSError) -> InputError:
    """The refusal for a place that cannot be written."""
    return MissingInput(
        f"cannot be written: {reason.strerror or type(reason).__name__}",
        where=str(path),
        hint="give a folder that exists or can be made, with room and permission to write",
    )
