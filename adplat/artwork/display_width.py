"""How wide words are, in the measure of the networks' limits: a Latin letter is one, a full-width character two.

The widths are those of Unicode's East Asian Width [UAX11]_; what is drawn onto the letter before it has none. Letters
whose width depends on the font (``A`` in the standard: Greek, Cyrillic, ``§``) count one, as in a Latin font.

.. [UAX11] Unicode Standard Annex 11, East Asian Width.
"""

from __future__ import annotations

import unicodedata

_ZERO_WIDTH = frozenset({"Mn", "Me", "Cf", "Cc"})  # drawn onto the one before, or not drawn
_JOINER = "\u200d"
_AS_PICTURE = "\ufe0f"  # asks that the character before be drawn as an emoji
_SKIN_TONES = range(0x1F3FB, 0x1F400)
_FLAG_LETTERS = range(0x1F1E6, 0x1F200)  # two of them are one flag


def display_width(text: str) -> int:
    """The width of ``text``; one emoji is two, of however many code points it is made."""
    width = last = 0
    joined = False
    open_flag = False
    for letter in unicodedata.normalize("NFC", text):
        code = ord(letter)
        if letter == _JOINER:
            joined = last == 2  # only pictures are joined; between other letters it is not seen
            continue
        if letter == _AS_PICTURE:
            width += 2 - last if last == 1 else 0
            last = max(last, 2) if last else 0
            continue
        own = _width_of(letter)
        if code in _FLAG_LETTERS:
            own, open_flag = (0, False) if open_flag else (2, True)
        else:
            open_flag = False
        if (joined and own == 2) or (code in _SKIN_TONES and last == 2):
            own = 0
        joined = False
        width += own
        last = own or last
    return width


def _width_of(letter: str) -> int:
    if unicodedata.category(letter) in _ZERO_WIDTH:
        return 0
    return 2 if unicodedata.east_asian_width(letter) in {"W", "F"} else 1
