"""A small JSON file that is replaced whole, and a cheap way to notice that it was."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec

from adplat.data.atomic import write_bytes
from adplat.domain import ConfigRejected


class _Format(msgspec.Struct, frozen=True):
    format: int


def require_format(content: bytes, wanted: int, *, what: str, where: str, hint: str) -> None:
    """Raises ConfigRejected for what another version wrote, and what msgspec raises for what nobody wrote."""
    found = msgspec.json.decode(content, type=_Format).format
    if found != wanted:
        raise ConfigRejected(f"{what} of format {found}, not {wanted}", where=where, hint=hint)


class WatchedFile:
    """One file: ``read`` remembers what was seen, ``has_moved`` costs one ``stat`` and compares.

    Works on any shared file system, and needs no server to tell the readers.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._seen: tuple[int, int, int] | None = None

    def write(self, content: Any) -> None:
        """Replace it: a reader sees the old or the new one."""
        write_bytes(self.path, msgspec.json.format(msgspec.json.encode(content)) + b"\n")

    def read(self) -> bytes | None:
        """The bytes, ``None`` where there is no file."""
        # The mark is taken before the content: a write in between is then noticed at the next look.
        self._seen = self._mark()
        try:
            return self.path.read_bytes()
        except FileNotFoundError:
            return None

    def look(self) -> None:
        """Remember what is there without reading it: for a large file that another part reads."""
        self._seen = self._mark()

    def has_moved(self) -> bool:
        """Whether it was replaced, made or removed since the last ``read``."""
        return self._mark() != self._seen

    def _mark(self) -> tuple[int, int, int] | None:
        try:
            status = self.path.stat()
        except FileNotFoundError:
            return None
        return status.st_mtime_ns, status.st_ino, status.st_size
