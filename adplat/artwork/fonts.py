"""The faces of the pictures: a bold and a regular one that both write Chinese and Latin.

They are Noto Sans CJK Bold and Regular (SIL Open Font Licence), each from a wheel.
"""

from __future__ import annotations

from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

from PIL import ImageFont

from adplat.domain import MissingInput

FONT_PACKAGE = "cvttf_NotoSansCJK_Bold"
REGULAR_PACKAGE = "cvttf_NotoSansCJK_Regular"
_UNWRITABLE = "\U0010ffff"  # no face has it, so its drawing is that of every missing character


def font_file(package: str = FONT_PACKAGE) -> Path:
    """The CJK font inside an installed wheel. Raises MissingInput when the wheel or the file is absent."""
    spec = find_spec(package)
    folders = list(spec.submodule_search_locations or []) if spec else []
    found = sorted(path for folder in folders for path in Path(folder).glob("*.[ot]tf"))
    if not found:
        raise MissingInput(
            "no font that can write Chinese is installed",
            where=package,
            hint=f"install it with: pip install {package.lower().replace('_', '-')}",
        )
    return found[0]


@lru_cache(maxsize=256)
def font(size_px: int, bold: bool = True) -> ImageFont.FreeTypeFont:
    """The bold or the regular face at one size. Raises MissingInput."""
    return ImageFont.truetype(str(font_file(FONT_PACKAGE if bold else REGULAR_PACKAGE)), size_px)


@lru_cache(maxsize=8192)
def _has(character: str) -> bool:
    face = font(20)
    return character.isspace() or bytes(face.getmask(character)) != bytes(face.getmask(_UNWRITABLE))


def unwritable(text: str) -> str:
    """The characters of ``text`` that no face can write (emoji, Arabic …), each once, in order. Raises MissingInput."""
    return "".join(dict.fromkeys(character for character in text if not _has(character)))
