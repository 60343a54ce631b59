"""The product alone: an uploaded alpha is used as it is, otherwise a plain ground is taken away, otherwise a matting
model; where none of them can, the picture is refused rather than guessed at.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from PIL import Image
from scipy import ndimage

from adplat.domain import ConfigRejected

Matting = Callable[[Image.Image], Image.Image]
"""An RGB picture to an ``L`` mask of its size: 255 where the product is."""

_SEEN = 8  # alpha below is nothing
_LEAST_PX = 24  # a product smaller than this cannot be shown
_PLAIN = 0.8  # of the border must be of one colour
_NEAR, _FAR = 7.0, 22.0  # differences of colour (0 to 255, root mean square) taken for ground and for product


@dataclass(frozen=True, slots=True)
class Cutout:
    """A product with alpha, cropped to what is seen; ``by``: ``alpha``, ``border`` or ``matting``."""

    picture: Image.Image
    by: str

    @property
    def ratio(self) -> float:
        """Width over height."""
        return self.picture.width / self.picture.height


def cut_out(picture: Image.Image, matting: Matting | None = None, where: str = "product.image_path") -> Cutout:
    """The product of a picture. Raises ConfigRejected where it cannot be told from its ground."""
    if "A" in picture.getbands() or "transparency" in picture.info:
        rgba = picture.convert("RGBA")
        if int(np.asarray(rgba.getchannel("A")).min()) < 128:
            return Cutout(_cropped(rgba, where), "alpha")
    rgb = picture.convert("RGB")
    alpha = _without_plain_ground(np.asarray(rgb))
    by = "border"
    if alpha is None and matting is not None:
        alpha, by = np.asarray(matting(rgb).convert("L")), "matting"
    if alpha is None or not 0.01 < float((alpha > 127).mean()) < 0.97:
        raise ConfigRejected(
            "the product cannot be told from its ground",
            where=where,
            hint="give a PNG with alpha, or a photo on a plain ground that shows round the whole product",
        )
    return Cutout(_cropped(_unmixed(np.asarray(rgb), alpha), where), by)


def _cropped(rgba: Image.Image, where: str) -> Image.Image:
    box = rgba.getchannel("A").point(lambda alpha: 255 if alpha >= _SEEN else 0).getbbox()
    if box is None or min(box[2] - box[0], box[3] - box[1]) < _LEAST_PX:
        raise ConfigRejected(
            f"hardly anything of the product is seen (under {_LEAST_PX} px)",
            where=where,
            hint="give a larger picture whose alpha shows the product",
        )
    return rgba.crop(box)


def _without_plain_ground(rgb: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8] | None:
    """Alpha by a flood from the border inwards; ``None`` where the border is not of one colour."""
    colours = rgb.astype(np.float32)
    rim = np.concatenate([colours[0], colours[-1], colours[:, 0], colours[:, -1]])
    ground = np.median(rim, axis=0)
    if float((_difference(rim, ground) < 2 * _NEAR).mean()) < _PLAIN:
        return None
    difference = _difference(colours, ground)
    plain, _count = ndimage.label(difference < _NEAR)
    outer = np.unique(np.concatenate([plain[0], plain[-1], plain[:, 0], plain[:, -1]]))
    flooded = np.isin(plain, outer[outer > 0])
    # Crumbs (noise, a shadow's rim) are ground; so are openings of a pixel or two that the flood could not enter.
    product = ndimage.binary_opening(~flooded, iterations=1)
    parts, count = ndimage.label(product)
    if count:
        sizes = ndimage.sum_labels(product, parts, np.arange(1, count + 1))
        product = np.isin(parts, 1 + np.flatnonzero(sizes >= max(0.02 * sizes.max(), 16)))
    inner = ndimage.binary_erosion(product, iterations=2)
    rim_alpha = np.clip((difference - _NEAR) / (_FAR - _NEAR), 0.0, 1.0)
    alpha = np.where(inner, 1.0, np.where(product, rim_alpha, 0.0))
    return np.round(alpha * 255).astype(np.uint8)


def _difference(colours: npt.NDArray[np.float32], ground: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    total: npt.NDArray[np.float32] = np.sqrt(((colours - ground) ** 2).mean(axis=-1))
    return total


def _unmixed(rgb: npt.NDArray[np.uint8], alpha: npt.NDArray[np.uint8]) -> Image.Image:
    """Takes the ground's light out of half-seen pixels: their colour is that of the nearest whole one.

    Keeps whole pixels as they are; without this, a white ground leaves a white halo on a dark one.
    """
    whole = alpha == 255
    if whole.any() and not whole.all():
        rows, columns = ndimage.distance_transform_edt(~whole, return_distances=False, return_indices=True)
        near = rgb[rows, columns]
        rgb = np.where(whole[..., None], rgb, near)
    return Image.fromarray(np.dstack([rgb, alpha]))
