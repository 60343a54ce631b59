"""The font of the pictures: one face that writes both Chinese and Latin."""

from __future__ import annotations

from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

from PIL import ImageFont

from adplat.domain import MissingInput

FONT_PACKAGE = "cvttf_NotoSansCJK_Bold"


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


@lru_cache(maxsize=64)
def font(size_px: int) -> ImageFont.FreeTypeFont:
    """The face at one size. Raises MissingInput."""
    return ImageFont.truetype(str(font_file()), size_px)


@lru_cache(maxsize=4096)
def fitting_size(text: str, width_px: int, largest_px: int, smallest_px: int) -> int:
    """The largest size at which ``text`` fits into ``width_px`` on one line (at least ``smallest_px``)."""
    width_per_px = font(largest_px).getlength(text) / largest_px
    return max(smallest_px, min(largest_px, int(width_px / max(width_per_px, 1e-6))))
