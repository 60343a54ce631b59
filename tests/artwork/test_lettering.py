"""Where lines break, and that what was measured is what is drawn."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adplat.artwork import block_width, fit_text, glyph_mask, text_box, text_height, text_width, unwritable, wrap
from adplat.domain.artwork import Artwork, Box, Element, ElementKind

CHINESE = "樱花护手霜，滋润不油腻！限时￥59（直播间专享），买二送一。"
ENGLISH = "A “soft” hand cream, 20% shea butter (and more) for don’t-touch days"


def flat(text: str) -> str:
    return "".join(text.split())


@settings(max_examples=60)
@given(
    text=st.text(alphabet="ab cd，。！（）“”樱花护手 12%￥.,", min_size=1, max_size=60).filter(
        lambda text: text.strip()
    ),
    width_px=st.integers(40, 400),
    size_px=st.integers(10, 40),
)
def test_wrapping_keeps_every_character_and_fits(text: str, width_px: int, size_px: int) -> None:
    broken = wrap(text, width_px, size_px)
    if broken is None:
        return
    assert flat(broken) == flat(text)
    assert block_width(broken, size_px) <= width_px


@pytest.mark.parametrize("width_px", range(70, 420, 25))
def test_no_chinese_line_begins_with_a_mark_or_ends_with_an_opening_one(width_px: int) -> None:
    broken = wrap(CHINESE, width_px, 20)
    assert broken is not None
    for line in broken.split("\n"):
        assert line[0] not in "，。！？）、%"
        assert line[-1] not in "（￥"


@pytest.mark.parametrize("width_px", range(110, 420, 25))
def test_latin_breaks_between_words_only(width_px: int) -> None:
    broken = wrap(ENGLISH, width_px, 16)
    assert broken is not None
    assert broken.replace("\n", " ") == ENGLISH


@pytest.mark.parametrize(
    ("text", "width_px"),
    [("The quick brown fox jumps over a", 210), ("轻装出行自在一整天啊", 190), ("Made for you and I", 150)],
)
def test_no_last_line_is_a_single_letter(text: str, width_px: int) -> None:
    broken = wrap(text, width_px, 20)
    assert broken is not None
    assert "\n" in broken
    assert len(broken.rsplit("\n", 1)[1]) > 1


@pytest.mark.parametrize("width_px", range(60, 330, 15))
@pytest.mark.parametrize(
    ("text", "whole"),
    [
        ("Only 240 g per shoe", "240 g"),
        ("Now at our store for $ 89 only", "$ 89"),
        ("From USD 129 a pair", "USD 129"),
        ("Holds 0.5 l, and more", "0.5 l,"),
        ("单只仅重240克的越野跑鞋", "240克"),
        ("官方商店售价89美元起", "89美元"),
        ("三十天内退货，30天免费", "30天"),
        ("鞋面采用 Gore-Tex 防水薄膜", "Gore-Tex"),
    ],
)
def test_no_break_parts_a_number_from_its_unit_or_a_latin_word(text: str, whole: str, width_px: int) -> None:
    broken = wrap(text, width_px, 20)
    if broken is not None:
        assert whole in broken


@pytest.mark.parametrize("width_px", range(90, 260, 10))
@pytest.mark.parametrize("text", ["轻便的鞋子走得更远更舒适了", "鞋面采用再生纱线的山脊越野跑鞋"])
def test_chinese_lines_have_three_characters_and_begin_with_no_particle(text: str, width_px: int) -> None:
    broken = wrap(text, width_px, 20)
    assert broken is not None
    for line in broken.split("\n"):
        assert len(line) >= 3
        assert line[0] not in "的了得"


def test_a_headline_of_two_clauses_breaks_between_them() -> None:
    assert fit_text("新季上新，价格不变", 150, 200, 36, 12, True, 4) is not None
    broken, _size = fit_text("新季上新，价格不变", 150, 200, 36, 12, True, 4) or ("", 0)
    assert broken == "新季上新，\n价格不变"


def test_what_fits_is_the_largest_that_does() -> None:
    found = fit_text("Quiet keys", 200, 60, 80, 10, True, 1)
    assert found is not None
    broken, size = found
    assert text_width(broken, size) <= 200
    assert text_width(broken, size + 1) > 200 or text_height(broken, size + 1) > 60
    assert fit_text("Quiet keys", 20, 60, 80, 10) is None


@pytest.mark.parametrize("bold", [True, False])
@pytest.mark.parametrize("text", ["Hand cream, gy", "樱花护手霜，滋润", "“résumé” 20%", "￥59 only"])
def test_letters_stand_inside_the_box_that_was_measured(text: str, bold: bool) -> None:
    element = Element("h", ElementKind.HEADLINE, Box(40, 30, 420, 80), text, 28, bold)
    artwork = Artwork(500, 140, (element,))
    rows, columns = np.nonzero(glyph_mask(artwork, element))
    box = text_box(element)
    assert len(rows) > 100
    assert box.top <= rows.min() + 1
    assert rows.max() < box.bottom + 1
    assert box.left <= columns.min() + 1
    assert columns.max() <= box.right + 1


def test_characters_that_no_face_has_are_named() -> None:
    assert unwritable("Tea 茶 😀 ok 😀 مر") == "😀مر"
    assert unwritable(CHINESE + ENGLISH + "€£½…—×™") == ""
