"""The product where it stands: its pixels as they were handed in, and which of them must be seen unchanged."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from adplat.domain import Artwork, Box, Element, ElementKind
from adplat.review.cannot_look import CannotLook
from adplat.review.subject import Subject


@dataclass(frozen=True, slots=True, eq=False)
class PlacedProduct:
    """``pixels`` (h, w, 3) and ``alpha`` (h, w) of its box; ``above`` are the elements drawn later."""

    element: Element
    pixels: npt.NDArray[np.uint8]
    alpha: npt.NDArray[np.uint8]
    above: tuple[Element, ...]


def placed_products(subject: Subject) -> Iterator[PlacedProduct]:
    """The products of a tree. Raises CannotLook without a tree, or without a product or its picture."""
    from PIL import Image

    if subject.artwork is None:
        raise CannotLook("the picture came without its tree, so the product's own pixels are not known")
    products = subject.artwork.of_kind(ElementKind.PRODUCT)
    if not products:
        raise CannotLook("the tree has no product")
    for element in products:
        asset = subject.assets.get(element.asset)
        if asset is None:
            raise CannotLook("the product's own pixels were not given")
        picture = asset.convert("RGBA")
        if picture.size != (element.box.width, element.box.height):
            picture = picture.resize((element.box.width, element.box.height), Image.Resampling.LANCZOS)
        values = np.asarray(picture)
        at = subject.artwork.elements.index(element)
        yield PlacedProduct(element, values[..., :3], values[..., 3], subject.artwork.elements[at + 1 :])


def window(box: Box, artwork: Artwork) -> tuple[slice, slice, slice, slice]:
    """Rows and columns of the canvas that ``box`` covers, and the same of the box."""
    left, top = max(box.left, 0), max(box.top, 0)
    right, bottom = min(box.right, artwork.width_px), min(box.bottom, artwork.height_px)
    return (
        slice(top, bottom),
        slice(left, right),
        slice(top - box.top, bottom - box.top),
        slice(left - box.left, right - box.left),
    )
