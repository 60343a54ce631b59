"""Pictures: whole, different, readable, and showing what the truth says they show."""

from __future__ import annotations

import io
import time
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from adplat.artwork import font_file
from adplat.domain import MissingInput
from adplat.simulator import World
from adplat.simulator.colour import colour_distance
from adplat.simulator.elements import BACKGROUNDS, LAYOUTS
from adplat.simulator.pictures import badge_text, picture_of, png_of
from adplat.simulator.rendering import SIZE, render
from adplat.simulator.seeds import stream
from adplat.simulator.shapes import MASK_PX, drawings, silhouette
from adplat.simulator.trade import PRODUCTS


@pytest.fixture(scope="module")
def pngs(small_world: World) -> list[bytes]:
    return [png_of(small_world.catalogue, row, small_world.seed) for row in range(len(small_world.creative_ids))]


def test_every_picture_opens_and_no_two_are_equal(pngs: list[bytes]) -> None:
    pictures = [Image.open(io.BytesIO(png)) for png in pngs]
    assert {picture.size for picture in pictures} == {SIZE}
    assert len({picture.convert("RGB").tobytes() for picture in pictures}) == len(pngs)


def test_a_picture_is_the_same_bytes_every_time_and_others_with_another_seed(
    small_world: World, pngs: list[bytes]
) -> None:
    assert png_of(small_world.catalogue, 3, small_world.seed) == pngs[3]
    busy = int(np.argmax(small_world.catalogue.creatives.elements.decorations))
    assert png_of(small_world.catalogue, busy, small_world.seed + 1) != pngs[busy]


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("background", BACKGROUNDS)
def test_badge_and_words_are_in_the_pixels(small_world: World, layout: str, background: str) -> None:
    plain = replace(picture_of(small_world.catalogue, 0), layout=layout, background=background, badge_text="")
    badged = replace(plain, badge="discount", badge_text="-30%")
    renamed = replace(plain, product="另一种东西")
    one, two, three = (
        np.asarray(render(picture, stream(1, "test")), dtype=int) for picture in (plain, badged, renamed)
    )
    assert 500 < (np.abs(one - two).sum(axis=2) > 0).sum() < 6000  # a badge, and nothing but a badge
    assert (np.abs(one - three).sum(axis=2) > 0).sum() > 200


def test_the_true_contrast_is_the_contrast_that_is_seen(small_world: World, pngs: list[bytes]) -> None:
    """The upper and lower rims hold background only; their distance to the brand colour is the truth's."""
    catalogue = small_world.catalogue
    brand = catalogue.advertisers.rgb[catalogue.campaigns.advertiser[catalogue.creatives.campaign]]
    rims = []
    for png in pngs:
        pixels = np.asarray(Image.open(io.BytesIO(png)).convert("RGB"))
        rims.append(np.median(np.concatenate([pixels[:2].reshape(-1, 3), pixels[-2:].reshape(-1, 3)]), axis=0))
    seen = colour_distance(np.array(rims).astype(np.uint8), brand) / 100.0
    assert np.corrcoef(seen, catalogue.creatives.elements.contrast)[0, 1] > 0.75


def test_badges_are_written_in_the_language_of_the_creative(small_world: World) -> None:
    texts = [badge_text(small_world.catalogue, row) for row in range(len(small_world.creative_ids))]
    languages = small_world.catalogue.creatives.language
    chinese = {text for text, language in zip(texts, languages, strict=True) if language == 0}
    english = {text for text, language in zip(texts, languages, strict=True) if language == 1}
    assert chinese & {"新品", "限时特卖", "全国包邮"}
    assert all(text.isascii() or text.startswith("¥") for text in english)


def test_no_headline_repeats_a_badge(small_world: World) -> None:
    for row, words in enumerate(small_world.catalogue.creatives.words):
        text = badge_text(small_world.catalogue, row)
        assert not text or text not in f"{words.headline} {words.body} {words.cta}"


def test_every_product_has_a_silhouette_that_fills_its_square() -> None:
    assert {product.drawing for product in PRODUCTS} == set(drawings())
    for drawing in drawings():
        together = np.max([np.asarray(mask) for _, mask in silhouette(drawing)], axis=0)
        assert together.shape == (MASK_PX, MASK_PX)
        assert 0.15 < (together > 128).mean() < 0.8, drawing


def test_a_picture_costs_a_few_milliseconds(small_world: World) -> None:
    seconds = []
    for row in range(30):
        begin = time.perf_counter()
        png_of(small_world.catalogue, row, small_world.seed)
        seconds.append(time.perf_counter() - begin)
    assert np.median(seconds) < 0.025


def test_without_the_font_the_error_says_what_to_install() -> None:
    with pytest.raises(MissingInput, match="pip install no-such-font-package"):
        font_file("no_such_font_package")
