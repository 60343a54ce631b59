"""The faces of the pictures: a bold one that writes Chinese and Latin, and a regular one for Latin.

The bold face is Noto Sans CJK Bold (SIL Open Font Licence), from a wheel. The regular one is Aileron (CC0), which
stands inside Pillow and knows no more than Latin without accents: text that it cannot write is set in the bold face.
"""

from __future__ import annotations

from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

from PIL import ImageFont

from adplat.domain import MissingInput

FONT_PACKAGE = "cvttf_NotoSansCJK_Bold"
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
            hint="install it with: pip install cvttf-notosanscjk-bold",
        )
    return found[0]


@lru_cache(maxsize=256)
def font(size_px: int, bold: bool = True) -> ImageFont.FreeTypeFont:
    """The bold or the regular face at one size. Raises MissingInput."""
    if bold:
        return ImageFont.truetype(str(font_file()), size_px)
    face = ImageFont.load_default(size_px)
    if not isinstance(face, ImageFont.FreeTypeFont):
        raise MissingInput(
            "Pillow was built without FreeType",
            where="Pillow",
            hint="install Pillow from its wheel: pip install pillow",
        )
    return face


@lru_cache(maxsize=8192)
def _has(character: str, bold: bool) -> bool:
    face = font(20, bold)
    return character.isspace() or bytes(face.getmask(character)) != bytes(face.getmask(_UNWRITABLE))


def unwritable(text: str) -> str:
    """The characters of ``text`` that no face can write (emoji, Arabic …), each once, in order. Raises MissingInput."""
    return "".join(dict.fromkeys(character for character in text if not _has(character, True)))


@lru_cache(maxsize=4096)
def set_bold(text: str, bold: bool) -> bool:
    """Whether ``text`` is set in the bold face: as wished, or because the regular one lacks a letter of it."""
    return bold or not all(_has(character, False) for character in text)
