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
    """``whole``: on one line with its name; ``least``: where words are broken; ``word``: its longest one."""

    whole: int
    least: int
    word: int
    is_figures: bool

    def at_least(self, longest_word: int) -> int:
        """Where words up to this length stay whole."""
        return max(self.least, min(self.word, longest_word))


def laid_out(
    columns: Sequence[str], lines: Sequence[Sequence[str]], room: int | None, spare: Sequence[str] = ()
) -> list[Shown]:
    """The columns that are shown within ``room`` places; ``None``: all of them whole, as wide as that becomes.

    What is spared goes in the order of ``spare``, and no more of it than must. Where the rest is too wide even so, long
    words are broken, the longest first; figures never are, and the table is then wider than the room.
    """
    wishes = [_wish(column, [line[place] for line in lines]) for place, column in enumerate(columns)]
    places = list(range(len(columns)))
    if room is None:
        return [Shown(place, wishes[place].whole, wishes[place].is_figures) for place in places]

    def fit(shown: Sequence[int], longest_word: int = _LONGEST_WHOLE) -> bool:
        return _fit([wishes[place].at_least(longest_word) for place in shown], room)

    going, gone = [columns.index(name) for name in spare if name in columns], list[int]()
    while going and not fit(places):
        gone.append(going.pop(0))
        places.remove(gone[-1])
    for place in reversed(gone):
        if fit([*places, place]):
            places.append(place)
    places.sort()
    word = next((longest for longest in range(_LONGEST_WHOLE, LEAST_BROKEN, -1) if fit(places, longest)), LEAST_BROKEN)
    widths = {place: wishes[place].at_least(word) for place in places}
    # Whoever has least gets more first, until nobody wants more or the room is full.
    for most in range(max((wishes[place].whole for place in places), default=0) + 1):
        wider = {place: max(widths[place], min(wishes[place].whole, most)) for place in places}
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
        return _Wish(whole, max(longest, name), 0, is_figures=True)
    return _Wish(whole, max(name, min(longest, LEAST_BROKEN)), max(map(longest_word, cells)), is_figures=False)
