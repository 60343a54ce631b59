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
from adplat.generation.plain_ground import Mask, at_work_size, difference, plain_ground

Matting = Callable[[Image.Image], Image.Image]
"""An RGB picture to an ``L`` mask of its size: 255 where the product is."""

_SEEN = 8  # alpha below is nothing
_LEAST_PX = 24  # a product smaller than this cannot be shown
_RIM_PX = 2
_LIKE = 25.0  # differences of colour below this are hardly seen
_DOUBTFUL = 0.25  # of the outline


@dataclass(frozen=True, slots=True)
class Cutout:
    """A product with alpha, cropped to what is seen.

    Args:
        by: ``alpha``, ``border`` or ``matting``.
        has_ground_inside: it encloses areas of the ground's colour. Whether these are holes or print cannot be told,
            so they stay; they are seen on a ground of another lightness.
        like_ground: share of its outline that hardly differs from the ground it was cut from. Much of it: where the
            product ends was hard to tell, and what is wrong there is seen on a ground of another lightness.
    """

    picture: Image.Image
    by: str
    has_ground_inside: bool = False
    like_ground: float = 0.0

    @property
    def is_doubtful(self) -> bool:
        """Whether some of what it was photographed on may still be seen."""
        return self.has_ground_inside or self.like_ground > _DOUBTFUL

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
    pixels = np.asarray(rgb)
    ground = plain_ground(pixels)
    seen = None if ground is None else ~ground
    by = "border"
    if seen is None and matting is not None:
        seen, by = np.asarray(matting(rgb).convert("L")) > 127, "matting"
    if seen is None or not 0.01 < float(seen.mean()) < 0.97:
        raise ConfigRejected(
            "the product cannot be told from its ground",
            where=where,
            hint="give a PNG with alpha, or a photo on a plain ground that shows round the whole product",
        )
    small, seen_small = at_work_size(pixels), at_work_size(seen)
    inside, like = _has_ground_inside(small, seen_small), _like_ground(small, seen_small)
    return Cutout(_cropped(_unmixed(pixels, seen), where), by, inside, like)


def _cropped(rgba: Image.Image, where: str) -> Image.Image:
    box = rgba.getchannel("A").point(lambda alpha: 255 if alpha >= _SEEN else 0).getbbox()
    if box is None or min(box[2] - box[0], box[3] - box[1]) < _LEAST_PX:
        raise ConfigRejected(
            f"hardly anything of the product is seen (under {_LEAST_PX} px)",
            where=where,
            hint="give a larger picture whose alpha shows the product",
        )
    return rgba.crop(box)


def _has_ground_inside(rgb: npt.NDArray[np.uint8], seen: Mask) -> bool:
    if seen.all():
        return False
    colours = rgb.astype(np.float32)
    ground = np.median(colours[~seen], axis=0)
    alike = ndimage.binary_erosion((difference(colours, ground) < 2.0) & seen, iterations=2)
    return float(alike.sum()) > 0.004 * float(seen.sum())


def _like_ground(rgb: npt.NDArray[np.uint8], seen: Mask) -> float:
    outline = ndimage.binary_erosion(seen, iterations=1) & ~ndimage.binary_erosion(seen, iterations=3)
    if seen.all() or not outline.any():
        return 0.0
    colours = rgb.astype(np.float32)
    return float((difference(colours, np.median(colours[~seen], axis=0))[outline] < _LIKE).mean())


def _unmixed(rgb: npt.NDArray[np.uint8], seen: Mask) -> Image.Image:
    """Alpha for the rim, and the ground's light taken out of it; inside, every pixel stays as it is.

    A pixel at the edge is a mix ``a`` F + (1 - ``a``) B of the product's colour F (that of the nearest pixel inside)
    and the ground's B; ``a`` is how far along from B to F it lies. It then gets the colour F: without this, a white
    ground leaves a white rim on a dark one.
    """
    inner = ndimage.binary_erosion(seen, iterations=_RIM_PX, border_value=1)
    if not inner.any():
        return Image.fromarray(np.dstack([rgb, np.where(seen, 255, 0).astype(np.uint8)]))
    rows, columns = ndimage.distance_transform_edt(~inner, return_distances=False, return_indices=True)
    colours = rgb.astype(np.float32)
    whole = colours[rows, columns]
    ground = np.median(colours[~seen], axis=0) if (~seen).any() else np.zeros(3, np.float32)
    reach = ((whole - ground) ** 2).sum(axis=-1)
    share = ((colours - ground) * (whole - ground)).sum(axis=-1) / np.maximum(reach, 1.0)
    share = np.where(reach < 30.0**2, 1.0, np.clip(share, 0, 1))  # too like the ground to say
    share = np.where(share > 0.92, 1.0, share)
    near = seen & ~inner
    alpha = np.where(inner, 1.0, np.where(near, share, 0.0))
    mixed = near & (share < 1.0)
    return Image.fromarray(
        np.dstack([np.where(mixed[..., None], whole, colours), alpha * 255]).round().astype(np.uint8)
    )
