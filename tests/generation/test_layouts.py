"""Every layout holds the longest copy that the placements' rules let through, in Latin and in Chinese."""

from __future__ import annotations

import pytest

from adplat.artwork import display_width, text_box
from adplat.data import load_placements
from adplat.domain import DraftCopy, Making, Sentence
from adplat.domain.artwork import Element
from adplat.generation import SIZES, TEMPLATES, Words, words_of
from adplat.generation.layouts import Aspect, aspect_of, lay_out
from tests.generation.builders import CHINESE, ENGLISH

PLACEMENTS = {
    name: rules
    for name, rules in load_placements().items()
    if name.startswith("iab_") and rules.image is not None and (rules.image.width_px, rules.image.height_px) in SIZES
}
_LATIN = "Spring comes softly to every tired hand that works outdoors in winter wind "
_CHINESE = "春天来到每一双在寒风里劳作的手心温润柔软不油腻随身携带四季可用"


def as_wide_as(most: int, of: str) -> str:
    """Words of just that display width, or a letter less."""
    text = ""
    for letter in of * 4:
        if display_width(text + letter) > most:
            break
        text += letter
    return text.strip()


@pytest.mark.parametrize("letters", [_LATIN, _CHINESE], ids=["latin", "chinese"])
@pytest.mark.parametrize("template", TEMPLATES)
@pytest.mark.parametrize("placement_id", sorted(PLACEMENTS))
def test_the_longest_copy_that_may_be_drafted_fits(placement_id: str, template: str, letters: str) -> None:
    rules = PLACEMENTS[placement_id]
    most = {limit.part: limit.most_width for limit in rules.texts}
    words = Words(
        headline=as_wide_as(most["headline"], letters),
        cta=as_wide_as(most["cta"], letters),
        brand=as_wide_as(most["business_name"], letters),
        body=as_wide_as(most.get("body", 1), letters) if "body" in most else "",
        price="￥12,999",
        disclosure="广告",
    )
    assert rules.image is not None
    for ratio in (0.4, 1.0, 1.8):
        laid = lay_out(template, words, (rules.image.width_px, rules.image.height_px), (0, 0, 0, 0), ratio)
        kinds = {element.element_id for element in laid.elements}
        assert {"headline", "cta", "disclosure"} <= kinds


def test_sizes_fall_into_the_classes_they_are_laid_out_for() -> None:
    by_class = {aspect: [size for size in SIZES if aspect_of(*size) is aspect] for aspect in Aspect}
    assert by_class[Aspect.STRIP] == [(728, 90), (320, 50), (970, 90)]
    assert by_class[Aspect.WIDE] == [(970, 250), (320, 100), (1200, 628)]
    assert by_class[Aspect.SQUARE] == [(300, 250), (336, 280), (1080, 1080)]
    assert by_class[Aspect.TALL] == [(160, 600), (300, 600), (300, 1050), (1080, 1920)]


def test_drafted_copy_becomes_the_words_of_a_layout() -> None:
    making = Making(by="template", seed=1)
    parts = {"headline": "Quiet keys", "cta": "See it", "body": "88 of them"}
    copy = DraftCopy("en", tuple(Sentence(part, text, "en", (), making) for part, text in parts.items()))
    assert words_of(copy, "Loudan", "$399") == Words("Quiet keys", "See it", "Loudan", "88 of them", "$399")
    assert words_of(DraftCopy("en", copy.sentences[:2])).body == ""


@pytest.mark.parametrize("words", [ENGLISH, CHINESE], ids=["en", "zh"])
@pytest.mark.parametrize("template", TEMPLATES)
@pytest.mark.parametrize("size", SIZES)
def test_letters_keep_away_from_the_product(size: tuple[int, int], template: str, words: Words) -> None:
    least = 0.03 * (size[0] * size[1]) ** 0.5
    for ratio in (0.4, 1.0, 1.4, 2.2):
        laid = lay_out(template, words, size, (0, 0, 0, 0), ratio)
        room = laid.arrangement.product
        for element in laid.elements:
            if element.element_id == "disclosure":
                continue
            box = text_box(element) if element.text and element.element_id != "cta" else element.box
            across = max(room.left - box.right, box.left - room.right)
            down = max(room.top - box.bottom, box.top - room.bottom)
            assert max(across, down) >= least, (element.element_id, ratio)


@pytest.mark.parametrize("size", [(1200, 628), (1080, 1080)])
def test_short_words_grow_where_there_is_room_and_the_headline_still_leads(size: tuple[int, int]) -> None:
    def at(words: Words) -> dict[str, Element]:
        laid = lay_out("side", words, size, (0, 0, 0, 0), 0.6)
        assert not laid.left_out
        return {element.element_id: element for element in laid.elements}

    short = at(Words("Quiet keys", "See it", "Loudan", "88 of them", "$399"))
    long = at(Words("Quiet keys " * 7, "See it", "Loudan", "88 of them, and more to say of them " * 3, "$399"))
    assert short["body"].font_px > long["body"].font_px
    assert short["headline"].font_px >= 2.2 * short["body"].font_px
