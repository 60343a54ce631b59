"""The product is shown as it is: its pixels are those that were handed in."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO

import numpy as np
import numpy.typing as npt

from adplat.artwork import draw
from adplat.domain import Artwork, Objection, Weight
from adplat.review.cannot_look import CannotLook
from adplat.review.eyes import Eyes
from adplat.review.placed import PlacedProduct, placed_products, window
from adplat.review.rule import Rule, Saying
from adplat.review.subject import Subject

# What encoding may move a channel by, beyond what the same tables of a JPEG do to the drawn picture: mean of all, and the
# share of pixels that move far. Other formats that lose something are held against the drawn picture itself.
_JPEG_MEAN, _JPEG_STEP = 1.5, 16
_OTHER_MEAN, _OTHER_STEP = 6.0, 48
_FAR_SHARE = 0.005


def look(subject: Subject, eyes: Eyes) -> Iterator[Objection]:
    """Bit for bit where the pixels before encoding are given; within what encoding does, otherwise."""
    products = list(placed_products(subject))
    artwork = subject.artwork
    shown = subject.drawn if subject.drawn is not None else subject.picture
    if shown is None or artwork is None:
        raise CannotLook("no picture was given")
    if shown.size != (artwork.width_px, artwork.height_px):
        raise CannotLook("the picture and its tree differ in size")
    pixels, expected = np.asarray(shown.convert("RGB")), None
    most_mean, far = 0.0, 0
    if subject.drawn is None:
        expected, most_mean, far = _encoded_alike(subject, artwork)
    for product in products:
        steps = _steps(product, pixels, artwork, expected)
        if len(steps) == 0:
            continue
        changed, mean = float((steps > far).mean()), float(steps.mean())
        if mean > most_mean or (far and changed > _FAR_SHARE):
            yield RULE.objection(
                Weight.FAIL,
                "changed",
                {"changed": changed, "mean": mean},
                {"changed": round(changed, 5), "mean_step": round(mean, 3)},
            )


def _encoded_alike(subject: Subject, artwork: Artwork) -> tuple[npt.NDArray[np.uint8], float, int]:
    """The tree drawn, and encoded by the tables of the delivered JPEG; with the mean and the step that are allowed."""
    from PIL import Image, JpegImagePlugin

    drawn, opened = draw(artwork, subject.assets), subject.opened
    if opened is None or opened.format != "jpeg":
        exact = opened is not None and opened.format == "png"
        return np.asarray(drawn), (0.5 if exact else _OTHER_MEAN), _OTHER_STEP
    with Image.open(BytesIO(opened.content)) as file:
        tables = getattr(file, "quantization", None)
        sampling = JpegImagePlugin.get_sampling(file)
    kept = BytesIO()
    drawn.save(kept, "jpeg", qtables=tables, subsampling=max(sampling, 0))
    with Image.open(kept) as again:
        return np.asarray(again.convert("RGB")), _JPEG_MEAN, _JPEG_STEP


def _steps(
    product: PlacedProduct,
    pixels: npt.NDArray[np.uint8],
    artwork: Artwork,
    expected: npt.NDArray[np.uint8] | None,
) -> npt.NDArray[np.int16]:
    """By how much the opaque pixels of a product differ where nothing is drawn above; the largest channel of each."""
    rows, columns, own_rows, own_columns = window(product.element.box, artwork)
    kept = product.alpha[own_rows, own_columns] == 255
    for above in product.above:
        top, bottom = above.box.top - rows.start, above.box.bottom - rows.start
        left, right = above.box.left - columns.start, above.box.right - columns.start
        kept[max(top, 0) : max(bottom, 0), max(left, 0) : max(right, 0)] = False
    shown = pixels[rows, columns].astype(np.int16)
    own = (product.pixels[own_rows, own_columns] if expected is None else expected[rows, columns]).astype(np.int16)
    steps: npt.NDArray[np.int16] = np.abs(shown - own).max(axis=2)[kept]
    return steps


RULE: Rule = Rule(
    "product.pixels",
    "the product's pixels are those that were handed in",
    look,
    {
        "changed": Saying(
            "{changed:.1%} of the product's pixels are not those that were handed in (by {mean:.1f} of 255 a pixel)",
            "paste the product's own pixels back as the last step",
        ),
    },
)
