"""The product alone: an uploaded alpha is used as it is, otherwise a plain ground is taken away, otherwise a matting
model; where none of them can, the picture is refused rather than guessed at.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image
from scipy import ndimage

from adplat.domain import ConfigRejected

Mask = npt.NDArray[np.bool_]
Matting = Callable[[Image.Image], Image.Image]
"""An RGB picture to an ``L`` mask of its size: 255 where the product is."""

_SEEN = 8  # alpha below is nothing
_LEAST_PX = 24  # a product smaller than this cannot be shown
_PLAIN = 0.8  # of the border must be of one colour
_NEAR = 7.0  # differences of colour (0 to 255, root mean square) below this are the ground's own
_SHADOW, _EDGE = 140.0, 32.0  # how much darker than the ground a shadow gets, and from one pixel to the next
_RIM_PX = 2


@dataclass(frozen=True, slots=True)
class Cutout:
    """A product with alpha, cropped to what is seen.

    Args:
        by: ``alpha``, ``border`` or ``matting``.
        has_ground_inside: it encloses areas of the ground's colour. Whether these are holes or print cannot be told,
            so they stay; they are seen on a ground of another lightness.
    """

    picture: Image.Image
    by: str
    has_ground_inside: bool = False

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
    seen = _without_plain_ground(pixels)
    by = "border"
    if seen is None and matting is not None:
        seen, by = np.asarray(matting(rgb).convert("L")) > 127, "matting"
    if seen is None or not 0.01 < float(seen.mean()) < 0.97:
        raise ConfigRejected(
            "the product cannot be told from its ground",
            where=where,
            hint="give a PNG with alpha, or a photo on a plain ground that shows round the whole product",
        )
    return Cutout(_cropped(_unmixed(pixels, seen), where), by, _has_ground_inside(pixels, seen))


def _cropped(rgba: Image.Image, where: str) -> Image.Image:
    box = rgba.getchannel("A").point(lambda alpha: 255 if alpha >= _SEEN else 0).getbbox()
    if box is None or min(box[2] - box[0], box[3] - box[1]) < _LEAST_PX:
        raise ConfigRejected(
            f"hardly anything of the product is seen (under {_LEAST_PX} px)",
            where=where,
            hint="give a larger picture whose alpha shows the product",
        )
    return rgba.crop(box)


def _without_plain_ground(rgb: npt.NDArray[np.uint8]) -> Mask | None:
    """The product by a flood from the border inwards; ``None`` where the border is not of one colour."""
    colours = rgb.astype(np.float32)
    rim = _rim(colours)
    ground = np.median(rim, axis=0)
    if float((_difference(rim, ground) < 2 * _NEAR).mean()) < _PLAIN:
        return None
    difference = _difference(colours, ground)
    flooded = _from_border(difference < _NEAR)
    seen = _without_shadow(~flooded, colours, ground)
    # Crumbs (noise, a shadow's rim) are ground as well.
    product = ndimage.binary_opening(seen, iterations=1)
    parts, count = ndimage.label(product)
    if count:
        sizes = ndimage.sum_labels(product, parts, np.arange(1, count + 1))
        product = np.isin(parts, 1 + np.flatnonzero(sizes >= max(0.02 * sizes.max(), 16)))
    return np.asarray(product, dtype=bool)


def _without_shadow(seen: Mask, colours: npt.NDArray[np.float32], ground: npt.NDArray[np.float32]) -> Mask:
    """``seen`` without the soft shadow that a product throws on its ground.

    Upwards from the lowest seen pixel of each column a shadow gets darker, has the ground's tint and no edge; the
    product begins where one of these ends. A column in which none ends is no shadow, but a product that is like one.
    """
    rows = np.flatnonzero(seen.any(axis=1))
    if not len(rows):
        return seen
    deepest = max(round(0.2 * (rows[-1] - rows[0])), 3)
    lowest_start = rows[0] + 0.55 * (rows[-1] - rows[0])
    light = colours.mean(axis=-1)
    neutral = np.abs((colours - light[..., None]) - (ground - ground.mean())).max(axis=-1) < 12
    fades = neutral & (ground.mean() - light < _SHADOW)
    columns = np.flatnonzero(seen.any(axis=0))
    starts = np.array([np.flatnonzero(seen[:, column])[-1] for column in columns])
    runs = np.array(
        [_run(light[:, c], fades[:, c], seen[:, c], int(s), deepest) for c, s in zip(columns, starts, strict=True)]
    )
    depths = np.where((runs < deepest) & (starts >= lowest_start), runs, 0)
    # Neighbours have shadows of like depth: single columns that differ are read wrongly.
    width = max(round(0.08 * len(columns)), 5) | 1
    depths = np.minimum(ndimage.median_filter(depths, size=width, mode="constant"), runs)
    kept = seen.copy()
    for column, start, depth in zip(columns, starts, depths, strict=True):
        kept[start + 1 - depth : start + 1, column] = False
    return kept


def _run(light: npt.NDArray[np.float32], fades: Mask, seen: Mask, start: int, most: int) -> int:
    """How many pixels upwards from ``start`` are shadow: all up to the ground again (beside the product), or as long
    as they get darker without an edge (below it)."""
    alone = 0
    while alone < most and seen[start - alone] and fades[start - alone]:
        alone += 1
    if (
        alone < most
        and not seen[start - alone]
        and np.abs(np.diff(light[start - alone : start])).max(initial=0) < _EDGE
    ):
        return alone
    length, before = 0, 256.0
    while length < most and fades[start - length] and -3 <= before - light[start - length] < _EDGE + (length == 0) * 64:
        before = float(light[start - length])
        length += 1
    return length


def _has_ground_inside(rgb: npt.NDArray[np.uint8], seen: Mask) -> bool:
    if seen.all():
        return False
    colours = rgb.astype(np.float32)
    ground = np.median(colours[~seen], axis=0)
    alike = ndimage.binary_erosion((_difference(colours, ground) < 2.0) & seen, iterations=2)
    return float(alike.sum()) > 0.004 * float(seen.sum())


def _from_border(open_: Mask) -> Mask:
    """What of ``open_`` hangs together with the border."""
    parts, _count = ndimage.label(open_)
    outer = np.unique(_rim(parts[..., None]))
    return np.isin(parts, outer[outer > 0])


def _rim(pixels: npt.NDArray[Any]) -> npt.NDArray[Any]:
    return np.concatenate([pixels[0], pixels[-1], pixels[:, 0], pixels[:, -1]])


def _difference(colours: npt.NDArray[np.float32], ground: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    total: npt.NDArray[np.float32] = np.sqrt(((colours - ground) ** 2).mean(axis=-1))
    return total


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
