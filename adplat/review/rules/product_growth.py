"""The product has not grown: no painted ground goes on where its edge is.

Inpainting models are known to paint a handle, a heel or a second lid onto what they were told to keep. Such a growth is
ground that touches the product, has the colours of its edge, and is unlike the ground farther out.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from adplat.artwork import MOST_GROWN
from adplat.domain import ElementKind, Objection, Weight
from adplat.review.cannot_look import CannotLook
from adplat.review.eyes import Eyes
from adplat.review.placed import PlacedProduct, placed_products
from adplat.review.rule import Rule, Saying
from adplat.review.subject import Subject

_REACH = 0.12  # how far out growth is looked for, as a share of the product's shorter side
_ALIKE, _UNLIKE = 20.0, 40.0  # distances of colours in RGB
_COMMON = 0.15  # of the ground farther out
_NEVER_SAW_IT = frozenset({"procedural", "template", "language_model"})


def look(subject: Subject, eyes: Eyes) -> Iterator[Objection]:
    """Growth on the painted ground, measured before the product was pasted.

    A ground that a formula drew never saw the product, and cannot go on with it; a white product on its white podium
    would else be taken for one that grew.
    """
    if subject.makings and all(making.by in _NEVER_SAW_IT for making in subject.makings):
        return
    products = list(placed_products(subject))
    ground = _ground(subject)
    for product in products:
        grown = _growth(product, ground)
        if grown > MOST_GROWN:
            yield RULE.objection(
                Weight.FAIL,
                "grown",
                {"grown": grown},
                {"grown": round(grown, 4), "most_grown": MOST_GROWN},
            )


def _growth(product: PlacedProduct, ground: npt.NDArray[np.uint8]) -> float:
    """Area of ground that continues the product, as a share of the product's."""
    from scipy import ndimage
    from scipy.spatial import cKDTree

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
    away = ndimage.distance_transform_edt(~own)
    around = ground[top:bottom, left:right].astype(np.float32)
    near = ~own & (away <= reach)
    ring = around[~own & (away > reach)]
    if not near.any() or not len(ring):
        return 0.0
    candidates = around[near]
    to_product, _ = cKDTree(_sample(colours[own])).query(candidates, distance_upper_bound=_ALIKE)
    like = np.zeros_like(own)
    like[near] = np.isfinite(to_product)
    # A ground of the product's own colour is no growth: that colour is common farther out as well.
    ringed = cKDTree(_sample(ring))
    common = np.array([len(found) for found in ringed.query_ball_point(around[like], _UNLIKE)]) / ringed.n
    like[like] = common < _COMMON
    touching, _ = ndimage.label(like | own)
    names = np.unique(touching[own])
    return float((np.isin(touching, names[names > 0]) & like).sum() / own.sum())


def _sample(colours: npt.NDArray[np.float32], most: int = 400) -> npt.NDArray[np.float32]:
    """At most ``most`` of (n, 3) colours, evenly taken."""
    return colours[:: max(len(colours) // most, 1)]


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


RULE: Rule = Rule(
    "product.growth",
    "the painted ground does not go on with the product beyond its edge",
    look,
    {
        "grown": Saying(
            "the ground goes on with the product beyond its edge, by {grown:.1%} of its area",
            "paint the ground once more with another seed",
        ),
    },
)
