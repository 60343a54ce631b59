"""The learned senses, with their real weights."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from PIL import Image

from adplat.review.senses.abuse import abuse_of
from adplat.review.senses.faces import faces_in
from adplat.review.senses.letters import read_lines
from adplat.review.senses.meanings import nearness_of
from adplat.review.senses.nudity import nudity_of
from tests.review.planted.bad_pictures import good_scene

ROOT = Path(__file__).resolve().parents[2]


def test_letters_of_both_languages_are_read_with_their_spaces_and_places() -> None:
    drawn = good_scene(0, "iab_300x250")
    lines = {line.text: line for line in read_lines(drawn.drawn())}
    assert "Shop now" in lines
    button, box = drawn.element("cta").box, lines["Shop now"].box
    assert button.left - 3 <= box.left
    assert box.right <= button.right + 3
    assert any("山顶" in line.text for line in read_lines(good_scene(1, "iab_300x250").drawn()))


def test_drawn_banners_have_no_face_and_no_nudity() -> None:
    for number in range(4):
        drawn = good_scene(number, "iab_300x600").drawn()
        assert faces_in(drawn) == ()
        assert nudity_of(drawn) < 0.2


def test_abuse_and_meaning_tell_apart() -> None:
    assert abuse_of("you are a stupid bitch") > 0.9 > abuse_of("a warm coat for winter")
    gambling, coffee = nearness_of("扑克和老虎机，真钱游戏", ("online casino with poker and slots", "fresh coffee"))
    assert gambling > coffee


def test_photographs_of_clothes_without_heads_are_hardly_ever_taken_for_people() -> None:
    folder = Path(os.environ.get("ADPLAT_DATA", ROOT.parent / "shared" / "data")) / "product_images/fashion/images"
    if not folder.is_dir():
        pytest.skip(f"no product photos in {folder}; set ADPLAT_DATA")
    found = [path.name for path in sorted(folder.iterdir())[:60] if faces_in(Image.open(path))]
    assert len(found) <= 2, found
