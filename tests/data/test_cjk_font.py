"""The font wheel, and what is said without it."""

from __future__ import annotations

import pytest

from adplat.data import cjk_font_file
from adplat.domain import MissingInput


def test_the_font_lies_in_its_wheel() -> None:
    assert cjk_font_file().suffix in (".otf", ".ttf")


def test_without_the_font_the_error_says_what_to_install() -> None:
    with pytest.raises(MissingInput, match="pip install cvttf-notosanscjk-bold"):
        cjk_font_file("no_such_font_package")
