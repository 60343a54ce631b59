"""What an earlier round taught, as lines of a brief: ``prefer background: studio``, ``avoid cta: Buy``.

They steer which options are tried first and which last, and never forbid: where nothing else is left, what was to be
avoided is still drafted. Lines of any other form are notes for people.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

_LINE = re.compile(r"\s*(prefer|avoid)\s+([a-z_]+)\s*:\s*(.+?)\s*", re.IGNORECASE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class Direction:
    """One line: whether to prefer or to avoid which value of which kind of element."""

    prefers: bool
    kind: str
    value: str

    def __str__(self) -> str:
        return f"{'prefer' if self.prefers else 'avoid'} {self.kind}: {self.value}"


def read_directions(lines: Sequence[str]) -> tuple[Direction, ...]:
    """Those of the lines that steer."""
    found = (_LINE.fullmatch(line) for line in lines)
    return tuple(Direction(one[1].lower() == "prefer", one[2].lower(), one[3]) for one in found if one)


def steered(kind: str, options: Sequence[str], directions: Sequence[Direction]) -> tuple[str, ...]:
    """The options of a kind: those preferred first, in the order of the lines, those to be avoided last."""
    mine = [one for one in directions if one.kind == kind]
    wanted = [one.value.casefold() for one in mine if one.prefers]
    unwanted = [one.value.casefold() for one in mine if not one.prefers]

    def place(option: str) -> tuple[int, int]:
        first = next((number for number, value in enumerate(wanted) if _names(value, option)), None)
        if first is not None:
            return 0, first
        return (2, 0) if any(_names(value, option) for value in unwanted) else (1, 0)

    return tuple(sorted(options, key=place))


def _names(value: str, option: str) -> bool:
    """A ground that ran is called ``studio:7``, by its seed besides; the option is the style."""
    name = option.casefold()
    return value == name or value.startswith(f"{name}:")
