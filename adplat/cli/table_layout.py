"""How wide the columns of a table stand: figures whole, words broken between them, and what can be spared left out.

Widths are those of a terminal: a Chinese character takes two places.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

BETWEEN = 2
"""Places between two columns."""
LEAST_BROKEN = 12
_LONGEST_WHOLE = 36  # a UUID: longer words, such as digests, go on in the next line
_FIGURE = re.compile(r"(?:[\d\s.,:%+\-−–<>≤≥∞()/]|(?<=\d)[TeZ]|\bto\b)*")
# Chinese and its like go on in the next line wherever they stand.
_WORD = re.compile(r"[^\s\u2e80-\u9fff\uac00-\ud7a3\uf900-\ufaff\ufe30-\uffef]+")


@dataclass(frozen=True, slots=True)
class Shown:
    """One column as it is shown: its place among all of them, its width, and whether it is set flush right."""

    place: int
    width: int
    is_figures: bool


@dataclass(frozen=True, slots=True)
class _Wish:
    """``whole``: on one line with its name; ``least``: no figure and no word is broken; ``broken``: long words are."""

    whole: int
    least: int
    broken: int
    is_figures: bool


def laid_out(
    columns: Sequence[str], lines: Sequence[Sequence[str]], room: int | None, spare: Sequence[str] = ()
) -> list[Shown]:
    """The columns that are shown within ``room`` places; ``None``: all of them whole, as wide as that becomes.

    What is spared goes in the order of ``spare``, and no more of it than must. Where the rest is too wide even so, long
    words are broken; figures never are, and the table is then wider than the room.
    """
    wishes = [_wish(column, [line[place] for line in lines]) for place, column in enumerate(columns)]
    places = list(range(len(columns)))
    if room is None:
        return [Shown(place, wishes[place].whole, wishes[place].is_figures) for place in places]
    going = [columns.index(name) for name in spare if name in columns]
    while going and not _fit([wishes[place].least for place in places], room):
        places.remove(going.pop(0))
    fit = _fit([wishes[place].least for place in places], room)
    least = {place: wishes[place].least if fit else wishes[place].broken for place in places}
    widths = dict(least)
    # Whoever has least gets more first, until nobody wants more or the room is full.
    for most in range(max((wishes[place].whole for place in places), default=0) + 1):
        wider = {place: max(least[place], min(wishes[place].whole, most)) for place in places}
        if not _fit(list(wider.values()), room):
            break
        widths = wider
    return [Shown(place, widths[place], wishes[place].is_figures) for place in places]


def _fit(widths: Sequence[int], room: int) -> bool:
    return sum(widths) + BETWEEN * (len(widths) - 1) <= room


def _wish(column: str, cells: Sequence[str]) -> _Wish:
    from rich.cells import cell_len

    def longest_word(text: str) -> int:
        return max((cell_len(word) for word in _WORD.findall(text)), default=0)

    is_figures = all(_FIGURE.fullmatch(cell) for cell in cells)
    longest, name = max((cell_len(cell) for cell in cells), default=0), longest_word(column)
    whole = max(longest, cell_len(column))
    if is_figures:
        return _Wish(whole, max(longest, name), max(longest, name), is_figures=True)
    broken = max(name, min(longest, LEAST_BROKEN))
    word = max(map(longest_word, cells))
    return _Wish(whole, max(broken, min(word, _LONGEST_WHOLE)), broken, is_figures=False)
