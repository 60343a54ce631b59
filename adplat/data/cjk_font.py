"""Where the font is that writes both Chinese and Latin: inside an installed wheel, for whoever paints or draws."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

from adplat.domain import MissingInput

FONT_PACKAGE = "cvttf_NotoSansCJK_Bold"


def cjk_font_file(package: str = FONT_PACKAGE) -> Path:
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
