"""The product is shown as it is: its pixels are those that were handed in."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from adplat.domain import Artwork, Objection, Weight
from adplat.review.cannot_look import CannotLook
from adplat.review.eyes import Eyes
from adplat.review.placed import PlacedProduct, placed_products, window
from adplat.review.rule import Rule
from adplat.review.subject import Subject

# What encoders that lose something may move a channel by: single pixels much, the picture as a whole little.
_ENCODED_MEAN = 6.0
_ENCODED_SHARE, _ENCODED_STEP = 0.01, 48


def look(subject: Subject, eyes: Eyes) -> Iterator[Objection]:
    """Bit for bit where the pixels before encoding are given; within what encoding does, otherwise."""
    products = list(placed_products(subject))
    artwork = subject.artwork
    exact = subject.drawn is not None
    shown = subject.drawn if subject.drawn is not None else subject.picture
    if shown is None or artwork is None:
        raise CannotLook("no picture was given")
    if shown.size != (artwork.width_px, artwork.height_px):
        raise CannotLook("the picture and its tree differ in size")
    pixels = np.asarray(shown.convert("RGB"))
    for product in products:
        steps = _steps(product, pixels, artwork)
        if len(steps) == 0:
            continue
        changed = float((steps > (0 if exact else _ENCODED_STEP)).mean())
        mean = float(steps.mean())
        if changed > (0 if exact else _ENCODED_SHARE) or (not exact and mean > _ENCODED_MEAN):
            yield RULE.objection(
                Weight.FAIL,
                f"{changed:.1%} of the product's pixels are not those that were handed in (by {mean:.1f} of 255 a pixel)",
                "paste the product's own pixels back as the last step",
                {"changed": round(changed, 5), "mean_step": round(mean, 3)},
            )


def _steps(product: PlacedProduct, pixels: npt.NDArray[np.uint8], artwork: Artwork) -> npt.NDArray[np.int16]:
    """By how much the opaque pixels of a product differ where nothing is drawn above; the largest channel of each."""
    rows, columns, own_rows, own_columns = window(product.element.box, artwork)
    kept = product.alpha[own_rows, own_columns] == 255
    for above in product.above:
        top, bottom = above.box.top - rows.start, above.box.bottom - rows.start
        left, right = above.box.left - columns.start, above.box.right - columns.start
        kept[max(top, 0) : max(bottom, 0), max(left, 0) : max(right, 0)] = False
    shown = pixels[rows, columns].astype(np.int16)
    own = product.pixels[own_rows, own_columns].astype(np.int16)
    steps: npt.NDArray[np.int16] = np.abs(shown - own).max(axis=2)[kept]
    return steps


RULE = Rule("product.pixels", "the product's pixels are those that were handed in", look)
