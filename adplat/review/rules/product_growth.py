"""The product has not grown: no painted ground goes on where its edge is.

Inpainting models are known to paint a handle, a heel or a second lid onto what they were told to keep. Such a growth is
ground that touches the product, has the colours of its edge, and is unlike the ground farther out.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from adplat.domain import ElementKind, Objection, Weight
from adplat.review.cannot_look import CannotLook
from adplat.review.eyes import Eyes
from adplat.review.placed import PlacedProduct, placed_products
from adplat.review.rule import Rule
from adplat.review.subject import Subject

_MOST_GROWN = 0.01  # of the product's own area
_REACH = 0.12  # how far out growth is looked for, as a share of the product's shorter side
_ALIKE, _UNLIKE = 26.0, 45.0  # distances of colours in RGB


def look(subject: Subject, eyes: Eyes) -> Iterator[Objection]:
    """Growth on the painted ground, measured before the product was pasted."""
    products = list(placed_products(subject))
    ground = _ground(subject)
    for product in products:
        grown = grown_share(product, ground)
        if grown > _MOST_GROWN:
            yield RULE.objection(
                Weight.FAIL,
                f"the ground goes on with the product beyond its edge, by {grown:.1%} of its area",
                "paint the ground once more with another seed",
                {"grown": round(grown, 4), "most_grown": _MOST_GROWN},
            )


def grown_share(product: PlacedProduct, ground: npt.NDArray[np.uint8]) -> float:
    """Area of ground that continues the product, as a share of the product's."""
    from scipy import ndimage

    box = product.element.box
    reach = max(round(min(box.width, box.height) * _REACH), 3)
    far = 2 * reach
    top, left = max(box.top - far, 0), max(box.left - far, 0)
    bottom, right = min(box.bottom + far, ground.shape[0]), min(box.right + far, ground.shape[1])
    own = np.zeros((bottom - top, right - left), dtype=bool)
    colours = np.zeros((*own.shape, 3), dtype=np.float32)
    row, column = box.top - top, box.left - left
    cut = np.s_[max(-row, 0) : own.shape[0] - row, max(-column, 0) : own.shape[1] - column]
    alpha, pixels = product.alpha[cut], product.pixels[cut]
    at = np.s_[max(row, 0) : max(row, 0) + alpha.shape[0], max(column, 0) : max(column, 0) + alpha.shape[1]]
    own[at] = alpha >= 128
    colours[at] = pixels
    if not own.any():
        return 0.0
    inner = ndimage.binary_erosion(own, iterations=2)
    away, nearest = ndimage.distance_transform_edt(~(inner if inner.any() else own), return_indices=True)
    around = ground[top:bottom, left:right].astype(np.float32)
    outside = ~own
    beyond = outside & (away > reach + 2)
    if not beyond.any():
        return 0.0
    # The ground farther out, seen from each pixel: growth is told from a plain ground of the product's own colour.
    _, farther = ndimage.distance_transform_edt(~beyond, return_indices=True)
    edge = colours[nearest[0], nearest[1]]
    to_edge = np.linalg.norm(around - edge, axis=2)
    to_ground = np.linalg.norm(around - around[farther[0], farther[1]], axis=2)
    # A shadow darkens the ground evenly; growth differs in more than light where the product has a colour.
    like = outside & (away <= reach + 2) & (to_edge < _ALIKE) & (to_ground > _UNLIKE)
    touching, _ = ndimage.label(like | own)
    names = np.unique(touching[own])
    return float((np.isin(touching, names[names > 0]) & like).sum() / own.sum())


def _ground(subject: Subject) -> npt.NDArray[np.uint8]:
    artwork = subject.artwork
    if artwork is not None:
        for element in artwork.of_kind(ElementKind.BACKGROUND):
            asset = subject.assets.get(element.asset)
            if asset is None:
                continue
            if asset.size != (element.box.width, element.box.height):
                asset = asset.resize((element.box.width, element.box.height))
            whole = np.full((artwork.height_px, artwork.width_px, 3), 255, dtype=np.uint8)
            values = np.asarray(asset.convert("RGB"))
            height, width = whole[element.box.top :, element.box.left :].shape[:2]
            values = values[:height, :width]
            whole[
                element.box.top : element.box.top + values.shape[0],
                element.box.left : element.box.left + values.shape[1],
            ] = values
            return whole
    raise CannotLook("the tree has no painted background")


RULE = Rule("product.growth", "the painted ground does not go on with the product beyond its edge", look)
