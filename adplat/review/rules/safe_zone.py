"""Bands at the edge that the place covers with its own buttons."""

from __future__ import annotations

from collections.abc import Iterator

from adplat.domain import Box, ElementKind, Objection, Weight
from adplat.review.cannot_look import CannotLook
from adplat.review.eyes import Eyes
from adplat.review.rule import Rule, Saying
from adplat.review.rules.canvas import shown_box
from adplat.review.spoken import quoted
from adplat.review.subject import Subject


def look(subject: Subject, eyes: Eyes) -> Iterator[Objection]:
    """Words and logos within the bands: from the tree, or as read."""
    image = subject.placement.image
    if image is None or not any(image.safe_margin_px):
        return
    found: list[tuple[str, Box]]
    if subject.artwork is not None:
        width, height = subject.artwork.width_px, subject.artwork.height_px
        found = [
            (element.element_id, shown_box(element))
            for element in subject.artwork.elements
            if element.text.strip() or element.kind is ElementKind.LOGO
        ]
    elif subject.picture is not None:
        width, height = subject.picture.size
        found = [(quoted(line.text), line.box) for line in eyes.lines()]
    else:
        raise CannotLook("no picture was given")
    scale = width / image.width_px  # bands are told for the size of the rules
    left, top, right, bottom = (round(band * scale) for band in image.safe_margin_px)
    safe = Box(left, top, width - left - right, height - top - bottom)
    for told, box in found:
        outside = 1 - box.overlap(safe) / max(box.area, 1)
        if outside > 0.01:
            yield RULE.objection(
                Weight.FAIL if image.source.owner_sourced else Weight.WARN,
                "in_band",
                {"element": told, "outside": outside},
                {"outside": round(outside, 4)},
                [box],
            )


RULE: Rule = Rule(
    "layout.safe_zone",
    "nothing that matters stands where the place puts its own buttons",
    look,
    {
        "in_band": Saying(
            "{element} stands {outside:.0%} in a band that the place covers", "move it towards the middle"
        ),
    },
)
