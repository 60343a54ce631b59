"""Elements that reach beyond the canvas."""

from __future__ import annotations

from collections.abc import Iterator

from adplat.artwork import text_box
from adplat.domain import Box, Element, ElementKind, Objection, Weight
from adplat.review.cannot_look import CannotLook
from adplat.review.eyes import Eyes
from adplat.review.rule import Rule, Saying
from adplat.review.subject import Subject

# Grounds and shadows may be cut; so may a product that is meant to run off the picture, which a person sees.
_FREE = {ElementKind.BACKGROUND, ElementKind.SHADOW, ElementKind.PANEL}


def look(subject: Subject, eyes: Eyes) -> Iterator[Objection]:
    """Words and logos beyond it fail; a product that is cut goes to a person."""
    artwork = subject.artwork
    if artwork is None:
        raise CannotLook("the picture came without its tree")
    for element in artwork.elements:
        box = shown_box(element)
        if element.kind in _FREE or box.within(artwork.canvas):
            continue
        outside = 1 - box.overlap(artwork.canvas) / max(box.area, 1)
        yield RULE.objection(
            Weight.HOLD if element.kind is ElementKind.PRODUCT else Weight.FAIL,
            "outside",
            {"element": element.element_id, "outside": outside},
            {"outside": round(outside, 4)},
            [box],
        )


def shown_box(element: Element) -> Box:
    """What an element takes: the lines of its words (or its area, where it has one), otherwise its box."""
    if not element.text.strip() or not element.font_px:
        return element.box
    lines = text_box(element)
    if not element.fill:
        return lines
    left, top = min(lines.left, element.box.left), min(lines.top, element.box.top)
    right, bottom = max(lines.right, element.box.right), max(lines.bottom, element.box.bottom)
    return Box(left, top, right - left, bottom - top)


RULE: Rule = Rule(
    "layout.canvas",
    "no words, logo or product reach beyond the canvas",
    look,
    {
        "outside": Saying("{element} stands {outside:.0%} outside the canvas", "move it in, or make it smaller"),
    },
)
