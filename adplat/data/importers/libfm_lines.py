"""Lines of libFM and libFFM text, parsed and refused one by one."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from adplat.domain import TableRejected


@dataclass(frozen=True, slots=True)
class Line:
    """One row: its 0/1 label and its entries ``(field, index, value)``; ``field`` is empty in libFM."""

    number: int
    label: int
    entries: tuple[tuple[str, str, float], ...]


def read_entries(path: Path) -> Iterator[Line]:
    """Yield the rows of a file; blank lines and ``#`` comments are passed over.

    Labels may be 0/1 or -1/1. Raises TableRejected with the line's number.
    """
    try:
        with path.open(encoding="utf-8") as file:
            for number, text in enumerate(file, start=1):
                content = text.partition("#")[0].split()
                if content:
                    yield _line(content, number, path)
    except UnicodeDecodeError:
        raise TableRejected("not a text file", where=str(path), hint="give libFM text in UTF-8") from None


def _line(content: list[str], number: int, path: Path) -> Line:
    label = _number(content[0])
    if label not in (-1.0, 0.0, 1.0):
        raise _refused(f"label {content[0][:40]!r} is not 0, 1 or -1", number, path)
    entries = []
    for token in content[1:]:
        parts = token.split(":")
        value = _number(parts[-1])
        if len(parts) not in (2, 3) or not all(parts) or value is None:
            raise _refused(f"{token[:40]!r} is neither index:value nor field:index:value", number, path)
        entries.append((parts[0] if len(parts) == 3 else "", parts[-2], value))
    if len({bool(field) for field, _, _ in entries}) > 1:
        raise _refused("index:value and field:index:value stand in one line", number, path)
    return Line(number, int(label > 0.0), tuple(entries))


def _number(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def _refused(what: str, number: int, path: Path) -> TableRejected:
    return TableRejected(what, where=f"{path}, line {number}", hint="give libFM or libFFM text")
