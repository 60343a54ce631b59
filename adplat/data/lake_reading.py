"""What of a lake cannot be read, in one line: the part by its name within the lake, the lake in ``where`` alone."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import polars as pl

from adplat.domain import TableRejected, in_one_line


@contextmanager
def reading_lake(root: Path) -> Iterator[None]:
    """What polars or the disk refuse within the block, of the lake at ``root``, becomes TableRejected."""
    try:
        yield
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError) as reason:
        raise unreadable_lake(root, in_one_line(reason, root)) from None


def unreadable_lake(root: Path, said: str) -> TableRejected:
    """The error for a lake or a table of it at ``root``; ``said`` is one line that names no folder."""
    return TableRejected(f"the lake cannot be read: {said}", where=str(root), hint="write the damaged part again")
