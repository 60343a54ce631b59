"""The drawer: the same tree, the same pixels; pictures as they are, letters where they belong."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from adplat.artwork import changed_pixels, contact_sheet, draw, glyph_mask, ground_under, grown_share, picture_hash
from adplat.domain import MissingInput
from adplat.domain.artwork import Artwork, Box, Element, ElementKind

GROUND = Element("ground", ElementKind.BACKGROUND, Box(0, 0, 200, 120), fill="#e0f0e8")
BUTTON = Element(
    "cta",
    ElementKind.CTA,
    Box(20, 60, 120, 40),
    "Buy now",
    18,
    colour="#ffffff",
    fill="#204020",
    radius_px=20,
    align="centre",
)
WORDS = Element("headline", ElementKind.HEADLINE, Box(20, 10, 160, 40), "Tea 茶", 24, colour="#101010")


def a_product() -> Image.Image:
    rng = np.random.default_rng(3)
    pixels = rng.integers(0, 255, (50, 40, 4), dtype=np.uint8)
    pixels[..., 3] = 255
    pixels[0], pixels[-1] = 0, 0
    return Image.fromarray(pixels)


def test_the_same_tree_gives_the_same_bytes() -> None:
    artwork = Artwork(200, 120, (GROUND, WORDS, BUTTON))
    assert draw(artwork, {}).tobytes() == draw(artwork, {}).tobytes()
    moved = replace(artwork, elements=(GROUND, replace(WORDS, box=Box(21, 10, 160, 40)), BUTTON))
    assert draw(moved, {}).tobytes() != draw(artwork, {}).tobytes()


def test_a_picture_at_its_size_keeps_every_whole_pixel() -> None:
    product = a_product()
    name = picture_hash(product)
    artwork = Artwork(200, 120, (GROUND, Element("p", ElementKind.PRODUCT, Box(150, 30, 40, 50), asset=name)))
    drawn = np.asarray(draw(artwork, {name: product}))
    assert changed_pixels(drawn, np.asarray(product), 150, 30) == 0
    assert (drawn[30, 150:190] == (0xE0, 0xF0, 0xE8)).all()  # where alpha is nothing the ground is seen
    assert changed_pixels(np.roll(drawn, 1, axis=1), np.asarray(product), 150, 30) > 1000


def test_a_picture_that_is_not_at_hand_is_said() -> None:
    artwork = Artwork(200, 120, (Element("p", ElementKind.PRODUCT, Box(0, 0, 40, 50), asset="ab" * 32),))
    with pytest.raises(MissingInput, match="not at hand"):
        draw(artwork, {})


def test_letters_are_where_the_mask_says_and_nowhere_else() -> None:
    artwork = Artwork(200, 120, (GROUND, WORDS))
    drawn = np.asarray(draw(artwork, {})).astype(int)
    under = np.asarray(ground_under(artwork, WORDS, {})).astype(int)
    changed = np.abs(drawn - under).max(axis=-1)
    mask = glyph_mask(artwork, WORDS)
    assert mask.shape == (120, 200)
    assert changed[mask].min() > 60
    assert (changed[~mask] > 130).sum() == 0
    assert not glyph_mask(artwork, GROUND).any()


def test_what_is_under_a_buttons_letters_is_its_own_area() -> None:
    artwork = Artwork(200, 120, (GROUND, WORDS, BUTTON))
    under = np.asarray(ground_under(artwork, BUTTON, {}))[glyph_mask(artwork, BUTTON)]
    assert (under == (0x20, 0x40, 0x20)).all()


def test_a_buttons_words_stand_in_its_middle() -> None:
    mask = glyph_mask(Artwork(200, 120, (BUTTON,)), replace(BUTTON, text="HH"))
    rows, columns = np.nonzero(mask)
    assert abs((rows.min() + rows.max()) / 2 - (BUTTON.box.top + BUTTON.box.height / 2)) <= 1.5
    assert abs((columns.min() + columns.max()) / 2 - (BUTTON.box.left + BUTTON.box.width / 2)) <= 1.5


def test_corners_are_round_and_smooth() -> None:
    drawn = np.asarray(draw(Artwork(200, 120, (GROUND, BUTTON)), {}))
    assert tuple(drawn[60, 20]) == (0xE0, 0xF0, 0xE8)
    assert tuple(drawn[80, 22]) == (0x20, 0x40, 0x20)
    edge = {tuple(colour) for colour in drawn[60:80, 20:40].reshape(-1, 3)}
    assert len(edge) > 5  # some pixels are in between


def test_a_product_that_grew_is_told_from_one_that_did_not() -> None:
    product = np.zeros((60, 40, 4), dtype=np.uint8)
    product[...] = (180, 30, 50, 255)
    ground = np.full((120, 120, 3), 235, dtype=np.uint8)
    ground[30:90, 40:80] = (180, 30, 50)
    assert grown_share(ground, product, 40, 30) == 0
    grown = ground.copy()
    grown[30:90, 37:83] = (178, 32, 52)
    assert 0.1 < grown_share(grown, product, 40, 30) < 0.3
    apart = ground.copy()
    apart[5:15, 5:15] = (180, 30, 50)  # the same colour elsewhere is not the product
    assert grown_share(apart, product, 40, 30) == 0


def test_a_contact_sheet_holds_every_picture() -> None:
    pictures = [(f"no {index}", Image.new("RGB", (90 + 40 * index, 700), (255, 0, index))) for index in range(5)]
    sheet = np.asarray(contact_sheet(pictures, 400, 200))
    assert sheet.shape[1] == 400
    for index in range(5):
        assert (sheet == (255, 0, index)).all(axis=-1).sum() > 2000
