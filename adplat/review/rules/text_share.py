"""How much of the picture is covered by letters and logos."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from adplat.artwork import glyph_mask
from adplat.domain import Artwork, Box, Element, ElementKind, Objection, Weight
from adplat.review.eyes import Eyes
from adplat.review.rule import Rule, Saying
from adplat.review.subject import Subject

# Where the place names no limit, more than this is clutter; a warning, never more.
_CLUTTERED = 0.5


def look(subject: Subject, eyes: Eyes) -> Iterator[Objection]:
    """The boxes of lines and logos: exact from a tree, as read from a picture otherwise."""
    image = subject.placement.image
    if subject.artwork is not None:
        canvas, boxes = subject.artwork.canvas, covered_by_letters(subject.artwork)
    else:
        picture = eyes.picture()
        canvas = Box(0, 0, picture.width, picture.height)
        boxes = [line.box for line in eyes.lines()]
    share = union_area(boxes, canvas) / max(canvas.area, 1)
    limit = image.most_text_share if image is not None else None
    if share <= (_CLUTTERED if limit is None else limit):
        return
    owned = limit is not None and image is not None and image.source.owner_sourced
    yield RULE.objection(
        Weight.FAIL if owned else Weight.WARN,
        "cluttered" if limit is None else "over_limit",
        {"share": share, "most_share": _CLUTTERED if limit is None else limit},
        {"share": round(share, 4), "most_share": _CLUTTERED if limit is None else limit},
    )


def covered_by_letters(artwork: Artwork) -> list[Box]:
    """A box for every line of letters and every logo."""
    boxes: list[Box] = []
    for element in artwork.elements:
        if element.text.strip() and element.font_px:
            boxes += line_boxes(artwork, element)
        elif element.kind is ElementKind.LOGO:
            boxes.append(element.box)
    return boxes


def line_boxes(artwork: Artwork, element: Element) -> list[Box]:
    """The tight boxes of the lines of one element, as drawn."""
    mask = glyph_mask(artwork, element)
    rows = mask.any(axis=1)
    boxes, top = [], None
    gap = max(round(element.font_px * 0.12), 1)  # between an i and its dot, or the strokes of one character
    empty = 0
    for row, inked in enumerate(np.concatenate([rows, np.zeros(gap + 1, dtype=bool)])):
        if inked:
            top, empty = (row if top is None else top), 0
        elif top is not None:
            empty += 1
            if empty > gap:
                columns = np.flatnonzero(mask[top : row - empty + 1].any(axis=0))
                boxes.append(Box(int(columns[0]), top, int(columns[-1] - columns[0] + 1), row - empty + 1 - top))
                top = None
    return boxes


def union_area(boxes: list[Box], canvas: Box) -> int:
    """Square pixels of the canvas that at least one box covers."""
    covered = np.zeros((canvas.height, canvas.width), dtype=bool)
    for box in boxes:
        covered[max(box.top, 0) : max(box.bottom, 0), max(box.left, 0) : max(box.right, 0)] = True
    return int(covered.sum())


RULE: Rule = Rule(
    "picture.text_share",
    "letters and logos cover no more of the picture than the place takes",
    look,
    {
        "over_limit": Saying(
            "letters and logos cover {share:.0%} of the picture; the place takes {most_share:.0%}",
            "say less, or set it smaller",
        ),
        "cluttered": Saying(
            "letters and logos cover {share:.0%} of the picture, which looks cluttered", "say less, or set it smaller"
        ),
    },
)
