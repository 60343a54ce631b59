"""What our drawer and most networks cannot take: emoji, letters written from the right, letters that are not seen.

The drawer sets glyphs one after another from the left in two fonts, Latin and CJK: it neither shapes Arabic nor has
pictures for emoji.
"""

from __future__ import annotations

import unicodedata

_PICTURES = (
    range(0x2600, 0x27C0),  # miscellaneous symbols and dingbats: stars, hearts, ticks
    range(0x2B00, 0x2C00),
    range(0x1F000, 0x20000),
)
_JOINING = frozenset("\u200d\ufe0f\u20e3")
_FROM_THE_RIGHT = frozenset({"R", "AL", "AN", "RLE", "RLO", "RLI", "LRE", "LRO", "LRI", "PDF", "PDI", "FSI"})


def first_emoji(text: str) -> str:
    """The first emoji or symbol drawn as a picture; empty where there is none."""
    return next((letter for letter in text if letter in _JOINING or any(ord(letter) in run for run in _PICTURES)), "")


def first_from_the_right(text: str) -> str:
    """The first letter of a script written from the right, or mark of direction; empty where there is none."""
    return next((letter for letter in text if unicodedata.bidirectional(letter) in _FROM_THE_RIGHT), "")


def first_unseen(text: str) -> str:
    """The first control character, line break or other code point that draws nothing; empty where there is none."""
    return next((letter for letter in text if unicodedata.category(letter) in {"Cc", "Cf", "Cs", "Co", "Cn"}), "")
