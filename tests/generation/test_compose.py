"""A creative at every size: readable, whole, its product untouched, and the same each time."""

from __future__ import annotations

import hashlib
import io
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from adplat.artwork import (
    changed_pixels,
    contrast_over,
    draw,
    enough_for,
    glyph_mask,
    ground_under,
    rgb_of,
    text_box,
)
from adplat.domain import ConfigRejected
from adplat.domain.artwork import Element, ElementKind
from adplat.domain.drafts import Making, PaintOrder
from adplat.generation import (
    PALETTES,
    SIZES,
    TEMPLATES,
    Composed,
    Cutout,
    ProceduralPainter,
    compose,
    cut_out,
)
from adplat.generation.layouts import Words
from adplat.generation.variants import plan_variants
from tests.generation.builders import CHINESE, ENGLISH, a_bottle, a_crate, a_limit, some_parts, the_bottle

PAINTER = ProceduralPainter()
EVERY = [
    (template, size, PAINTER.styles[(row + column) % len(PAINTER.styles)], PALETTES[(row + 2 * column) % len(PALETTES)])
    for row, template in enumerate(TEMPLATES)
    for column, size in enumerate(SIZES)
]


@pytest.fixture(scope="module")
def bottle() -> Cutout:
    return the_bottle()


def lettered(composed: Composed) -> list[Element]:
    return [element for element in composed.artwork.elements if element.text]


def words_boxes(composed: Composed) -> list[Element]:
    return [
        element for element in composed.artwork.elements if element.kind.is_text or element.kind is ElementKind.LOGO
    ]


@pytest.mark.parametrize(("template", "size", "style", "palette"), EVERY)
def test_words_can_be_read_and_nothing_stands_in_anothers_way(
    template: str, size: tuple[int, int], style: str, palette: str
) -> None:
    words = CHINESE if (size[0] + len(template)) % 2 else ENGLISH
    product = cut_out(a_crate() if size[1] % 20 else a_bottle())
    made = compose(some_parts(words, template, style, palette), product, a_limit(*size), PAINTER)
    assert made.picture.size == size
    kinds = {element.kind for element in made.artwork.elements}
    assert {ElementKind.HEADLINE, ElementKind.CTA, ElementKind.PRODUCT, ElementKind.BACKGROUND} <= kinds
    (standing,) = made.artwork.of_kind(ElementKind.PRODUCT)
    areas = {}
    for element in lettered(made):
        areas[element.element_id] = element.box if element.fill else text_box(element)
        assert areas[element.element_id].within(made.artwork.canvas), element.element_id
        assert areas[element.element_id].overlap(standing.box) == 0, element.element_id
        under = np.asarray(ground_under(made.artwork, element, made.assets))[glyph_mask(made.artwork, element)]
        assert contrast_over(rgb_of(element.colour), under) >= enough_for(element.font_px, element.bold)
    for one, other in combinations(areas, 2):
        assert areas[one].overlap(areas[other]) == 0, (one, other)
    for area in made.artwork.of_kind(ElementKind.PANEL):
        assert area.box.overlap(standing.box) == 0
    assert standing.box.within(made.artwork.canvas)
    assert standing.box.area > 0.02 * size[0] * size[1]


@pytest.mark.parametrize("template", TEMPLATES)
@pytest.mark.parametrize("size", [(300, 250), (320, 50), (1080, 1080)])
def test_the_products_own_pixels_stand_in_the_picture(template: str, size: tuple[int, int], bottle: Cutout) -> None:
    made = compose(some_parts(template=template, style="podium"), bottle, a_limit(*size), PAINTER)
    (standing,) = made.artwork.of_kind(ElementKind.PRODUCT)
    own = np.asarray(made.assets[standing.asset])
    assert (own[..., 3] == 255).sum() > 0.3 * standing.box.area
    assert changed_pixels(np.asarray(made.picture), own, standing.box.left, standing.box.top) == 0


def test_the_same_parts_give_the_same_bytes_and_the_tree_draws_them_again(bottle: Cutout) -> None:
    first, again = (compose(some_parts(style="bokeh"), bottle, a_limit(300, 600), PAINTER) for _ in range(2))
    assert first.artwork == again.artwork
    assert first.picture.tobytes() == again.picture.tobytes() == draw(first.artwork, first.assets).tobytes()
    other = compose(some_parts(style="bokeh", seed=4), bottle, a_limit(300, 600), PAINTER)
    assert other.picture.tobytes() != first.picture.tobytes()


def test_variants_differ_in_one_element_by_id_and_in_pixels(bottle: Cutout) -> None:
    base = some_parts()
    options = {
        "template": tuple(TEMPLATES),
        "background": ("studio", "shapes"),
        "palette": ("light", "deep"),
        "headline": (ENGLISH.headline, "A softer winter"),
        "cta": (ENGLISH.cta, "Buy it"),
    }
    _same, *others = plan_variants(options, 99)
    made = [(one.differs, base.with_elements(one.elements)) for one in others]
    assert len(made) == len(TEMPLATES) - 1 + 4
    pictures = {hashlib.sha256(compose(base, bottle, a_limit(336, 280), PAINTER).picture.tobytes()).digest()}
    for element, parts in made:
        differing = [name for name, value in parts.made_of.items() if value != base.made_of[name]]
        assert differing == [element]
        pictures.add(hashlib.sha256(compose(parts, bottle, a_limit(336, 280), PAINTER).picture.tobytes()).digest())
    assert len(pictures) == len(made) + 1


class ChequeredPainter:
    """A ground on which no colour can be read: black and white squares of a few pixels."""

    styles = ("chequered",)

    def paint(self, order: PaintOrder) -> tuple[bytes, Making]:
        y, x = np.indices((order.height_px, order.width_px)) // 4
        file = io.BytesIO()
        Image.fromarray(((x + y) % 2 * 255).astype(np.uint8)).convert("RGB").save(file, "PNG")
        return file.getvalue(), Making(by="chequered", seed=order.seed)


@pytest.mark.parametrize("template", TEMPLATES)
@pytest.mark.parametrize("size", [(300, 250), (320, 50), (160, 600), (970, 250)])
def test_where_no_colour_can_be_read_words_get_an_area_and_the_product_stays_uncovered(
    template: str, size: tuple[int, int], bottle: Cutout
) -> None:
    made = compose(some_parts(template=template, style="chequered"), bottle, a_limit(*size), ChequeredPainter())
    (standing,) = made.artwork.of_kind(ElementKind.PRODUCT)
    for area in made.artwork.of_kind(ElementKind.PANEL):
        assert area.box.overlap(standing.box) < 0.02 * standing.box.area
    for element in lettered(made):
        under = np.asarray(ground_under(made.artwork, element, made.assets))[glyph_mask(made.artwork, element)]
        assert contrast_over(rgb_of(element.colour), under) >= enough_for(element.font_px, element.bold)


def test_what_does_not_fit_a_small_strip_is_left_out_and_said(bottle: Cutout) -> None:
    made = compose(some_parts(), bottle, a_limit(320, 50), PAINTER)
    assert "body" in made.left_out
    assert made.artwork.of_kind(ElementKind.HEADLINE)
    assert made.artwork.of_kind(ElementKind.CTA)
    roomy = compose(some_parts(), bottle, a_limit(1200, 628), PAINTER)
    assert roomy.left_out == ()
    assert {"headline", "body", "cta", "price", "logo"} <= {element.element_id for element in roomy.artwork.elements}


def test_nothing_that_matters_stands_in_the_safe_margins(bottle: Cutout) -> None:
    made = compose(some_parts(CHINESE, "side"), bottle, a_limit(1080, 1920, (0, 250, 0, 250)), PAINTER)
    for element in words_boxes(made):
        assert element.box.top >= 250
        assert element.box.bottom <= 1920 - 250


def test_the_disclosure_is_never_left_out(bottle: Cutout) -> None:
    for size in SIZES:
        made = compose(some_parts(CHINESE), bottle, a_limit(*size), PAINTER)
        assert made.artwork.of_kind(ElementKind.DISCLOSURE)[0].text == "广告"


def test_a_logo_is_drawn_as_it_is_in_place_of_the_name(bottle: Cutout) -> None:
    logo = Image.new("RGBA", (400, 100), (10, 120, 60, 255))
    made = compose(some_parts(), bottle, a_limit(300, 250), PAINTER, logo)
    (mark,) = made.artwork.of_kind(ElementKind.LOGO)
    assert mark.text == ""
    assert mark.box.width / mark.box.height == pytest.approx(4, rel=0.08)
    assert made.picture.getpixel((mark.box.left + 5, mark.box.top + 5)) == (10, 120, 60)


@pytest.mark.parametrize(
    ("words", "where"),
    [
        (Words("x" * 10_000, "Buy"), "copy"),
        (Words("A very long headline indeed " * 40, "Buy"), "copy"),
        (Words("Hello 😀", "Buy"), "copy"),
        (Words("مرحبا بالعالم", "Buy"), "copy"),
        (Words("Fine", "An endless call to action that no button holds, ever, on any size " * 3), "copy"),
    ],
)
def test_words_that_cannot_stand_there_are_one_clear_error(words: Words, where: str, bottle: Cutout) -> None:
    with pytest.raises(ConfigRejected) as refused:
        compose(some_parts(words), bottle, a_limit(300, 250), PAINTER)
    assert refused.value.where == where


def test_an_element_that_there_is_not_is_refused() -> None:
    with pytest.raises(ConfigRejected, match="no element is called 'music'"):
        some_parts().with_elements({"music": "loud"})


def test_unknown_ids_are_refused_with_those_that_there_are(bottle: Cutout) -> None:
    for wrong in (some_parts(template="nosuch"), some_parts(style="nosuch"), some_parts(palette="nosuch")):
        with pytest.raises(ConfigRejected, match="take one of"):
            compose(wrong, bottle, a_limit(300, 250), PAINTER)


@settings(max_examples=25)
@given(
    lead=st.integers(0, 0xFFFFFF),
    second=st.integers(0, 0xFFFFFF),
    palette=st.sampled_from(PALETTES),
    style=st.sampled_from(PAINTER.styles),
    template=st.sampled_from(tuple(TEMPLATES)),
)
def test_any_brand_colours_leave_words_readable(
    lead: int, second: int, palette: str, style: str, template: str
) -> None:
    parts = some_parts(ENGLISH, template, style, palette)
    parts = type(parts)(parts.words, template, style, palette, (f"#{lead:06x}", f"#{second:06x}"), 1)
    made = compose(parts, the_bottle(), a_limit(300, 250), PAINTER)
    for element in lettered(made):
        under = np.asarray(ground_under(made.artwork, element, made.assets))[glyph_mask(made.artwork, element)]
        assert contrast_over(rgb_of(element.colour), under) >= enough_for(element.font_px, element.bold)
