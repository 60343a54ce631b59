"""A ground that never saw the product cannot go on with it, however like it is."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from PIL import Image

from adplat.artwork import picture_hash
from adplat.data import load_placements
from adplat.domain import Artwork, Box, Element, ElementKind, Making
from adplat.review import Subject, review_creative, rules_named


def a_white_product_on_a_white_podium() -> Subject:
    product = Image.new("RGBA", (80, 120), (250, 250, 250, 255))
    pixels = np.full((250, 300, 3), (60, 90, 140), np.uint8)
    pixels[200:215, 90:190] = 250  # the podium begins where the product ends
    ground = Image.fromarray(pixels)
    assets = {picture_hash(one): one for one in (product, ground)}
    elements = (
        Element("background", ElementKind.BACKGROUND, Box(0, 0, 300, 250), asset=picture_hash(ground)),
        Element("product", ElementKind.PRODUCT, Box(100, 80, 80, 120), asset=picture_hash(product)),
    )
    return Subject(load_placements()["iab_300x250"], artwork=Artwork(300, 250, elements), assets=assets)


def found(subject: Subject) -> list[str]:
    return [one.rule for one in review_creative(subject, rules=rules_named(["product.growth"])).objections]


def test_only_a_ground_that_saw_the_product_can_have_made_it_grow() -> None:
    subject = a_white_product_on_a_white_podium()
    drawn, written = Making("procedural", 1), Making("language_model", 1, "smollm2", "apache-2.0")
    painted = Making("diffusers inpaint", 1, "sdxl", "openrail++")
    assert found(subject) == ["product.growth"]
    assert found(replace(subject, makings=(drawn, written))) == []
    assert found(replace(subject, makings=(painted, written))) == ["product.growth"]
