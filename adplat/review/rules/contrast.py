"""Whether letters can be told from what they stand on [WCAG143]_.

.. [WCAG143] Web Content Accessibility Guidelines 2.2, success criterion 1.4.3: 4.5 to 1, and 3 to 1 for large letters.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from adplat.artwork import contrast_over, enough_for, glyph_mask, ground_under, luminances, rgb_of, text_box
from adplat.domain import Artwork, Objection, Weight
from adplat.review.eyes import Eyes
from adplat.review.rule import Rule, Saying
from adplat.review.senses.lines import ReadLine
from adplat.review.spoken import quoted
from adplat.review.subject import Subject

_PERCENTILE = 5.0
# Read letters are blurred by scaling and compression, so that what is measured is a little low.
_ALLOWANCE = 0.9
_SURE = 0.9


def look(subject: Subject, eyes: Eyes) -> Iterator[Objection]:
    """Exact from a tree: the 5th percentile under the letters. Estimated from a picture: a person decides."""
    if subject.artwork is not None:
        yield from _of_tree(subject, subject.artwork)
        return
    picture = np.asarray(eyes.picture())
    for line in eyes.lines():
        if line.sure < _SURE:  # prints on products, cut by folds
            continue
        least = enough_for(round(line.box.height * 0.75), bold=False)
        ratio = _between_letters_and_ground(picture, line)
        if ratio < least * _ALLOWANCE:
            yield RULE.objection(
                Weight.HOLD,
                "as_read",
                {"words": quoted(line.text), "ratio": ratio, "least": least},
                {"contrast": round(ratio, 2), "least": least},
                [line.box],
            )


def _of_tree(subject: Subject, artwork: Artwork) -> Iterator[Objection]:
    for element in artwork.elements:
        if not element.text.strip() or not element.font_px:
            continue
        box = text_box(element)
        window = np.s_[max(box.top, 0) : max(box.bottom, 0), max(box.left, 0) : max(box.right, 0)]
        mask = glyph_mask(artwork, element)[window]
        ground = np.asarray(ground_under(artwork, element, subject.assets))[window]
        if not mask.any():
            continue
        ratio = contrast_over(rgb_of(element.colour), ground[mask], _PERCENTILE)
        least = enough_for(element.font_px, element.bold)
        if ratio < least:
            yield RULE.objection(
                Weight.FAIL,
                "of_tree",
                {"element": element.element_id, "words": quoted(element.text), "ratio": ratio, "least": least},
                {"contrast": round(ratio, 3), "least": least},
                [box],
            )


def _between_letters_and_ground(picture: npt.NDArray[np.uint8], line: ReadLine) -> float:
    """Of a read line: its luminances split in two by Otsu's threshold, and the middles of both parts compared."""
    box = line.box
    patch = picture[max(box.top, 0) : box.bottom, max(box.left, 0) : box.right].reshape(-1, 3)
    if len(patch) < 16:
        return 21.0
    light = np.sort(luminances(patch).astype(np.float64))
    counts = np.arange(1, len(light))
    sums = np.cumsum(light)[:-1]
    low, high = sums / counts, (light.sum() - sums) / (len(light) - counts)
    between = counts * (len(light) - counts) * (high - low) ** 2
    cut = int(np.argmax(between)) + 1
    # Letters are thin: their edges are mixed with the ground, so their inner tenth is what a reader sees.
    dark, bright = np.percentile(light[:cut], 25), np.percentile(light[cut:], 75)
    return float((bright + 0.05) / (dark + 0.05))


RULE: Rule = Rule(
    "picture.contrast",
    "letters stand out from what is under them, 4.5 to 1, large ones 3 to 1",
    look,
    {
        "as_read": Saying(
            "{words} stands out {ratio:.1f} to 1 as read from the picture; {least:g} is asked for",
            "choose a colour that stands out, or put a plain panel below the words",
        ),
        "of_tree": Saying(
            "{element} {words} stands out {ratio:.2f} to 1; {least:g} is asked for",
            "choose a colour that stands out, or put a plain panel below the words",
        ),
    },
)
