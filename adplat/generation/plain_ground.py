"""Which pixels of a photo are its plain ground, with the shadow that the product throws on it.

A shadow is told from a product by how it begins: it has the ground's tint, leaves the ground without an edge, and gets
darker without ever getting lighter again on the way in. What is lighter than all ways to it from the border (the white
parts of a product, beyond their outline) is no shadow, however soft its edges are.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image
from scipy import ndimage

from adplat.generation.foot_shadow import without_foot_shadow

Mask = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float32]

NEAR = 7.0  # differences of colour (0 to 255, root mean square) below this are the ground's own
_LEAST_NEAR = 3.0  # on a ground without noise, such as a white one that was cut out before
_PLAIN = 0.8  # of the border must be of one colour
_DARKEST = 120.0  # how much darker than the ground a shadow is taken away
_TINT = 11.0  # how far its colour may be from the ground's, each channel less the lightness
_STEP, _STEP_IN_DARK = 3.5, 0.16  # from one pixel to the next where a shadow begins, and more by each level of dark
_MIXED = 0.12
_STRICTNESS = (1.0, 0.7, 0.5)  # of what is said of steps, looser ones first
_LEAST_SHADOW, _LEAST_HOLE = 0.006, 0.003  # of the product's area
_SOFT = 20.0  # how far a shadow is from the ground where it begins
_PALE = 45.0  # differences from the ground below this are like it
_WHITE_PRODUCT, _SOMEWHAT_WHITE, _HARDLY_WHITE = 0.5, 0.24, 0.08  # shares of pale pixels
_LIGHTER_AGAIN = 4.0
WORK_PX = 512
_BILINEAR = Image.Resampling.BILINEAR
_CRUMB = 0.02  # of the largest part's area: parts below are noise


def plain_ground(rgb: npt.NDArray[np.uint8]) -> Mask | None:
    """Ground and shadows by a flood from the border inwards; ``None`` where the border is not of one colour.

    What is looked for is as large in a large picture as in a small one, so it is looked for in one of at most
    ``WORK_PX``; in the large one the outline follows the pixels again.
    """
    small = at_work_size(rgb)
    ground = _ground_of_small(small.astype(np.float32))
    if ground is None or small.shape == rgb.shape:
        return ground
    height, width = rgb.shape[:2]
    enlarged = Image.fromarray(np.where(ground, 0, 255).astype(np.uint8)).resize((width, height), _BILINEAR)
    seen = np.asarray(enlarged)
    colour = np.median(rim_of(small), axis=0)
    return np.asarray(~((seen > 242) | ((seen > 127) & (difference(rgb.astype(np.float32), colour) >= NEAR))))


def at_work_size(pixels: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """The picture (or mask) at the size at which its ground is looked for."""
    height, width = pixels.shape[:2]
    share = WORK_PX / max(height, width)
    if share >= 1:
        return pixels
    size = (max(round(width * share), 1), max(round(height * share), 1))
    if pixels.dtype == np.bool_:
        return at_work_size(np.where(pixels, 255, 0).astype(np.uint8)) > 127
    return np.asarray(Image.fromarray(pixels).resize(size, Image.Resampling.BOX))


def _ground_of_small(colours: Floats) -> Mask | None:
    rim = rim_of(colours)
    ground = np.median(rim, axis=0)
    off = difference(rim, ground)
    if float((off < 2 * NEAR).mean()) < _PLAIN:
        return None
    near = float(np.clip(2 + 2 * np.quantile(off, 0.8), _LEAST_NEAR, NEAR))
    off = difference(colours, ground)
    # Beside something strong a little of it is mixed in: what is left of the ground there is further from its colour.
    about = ndimage.maximum_filter(off, 9)
    seen = ~_from_border(off < np.clip(_MIXED * about, near, NEAR))
    fades = _shadows(colours, ground)
    seen = _without_shadows(seen, off, fades)
    if seen.any() and float((off[seen] < _PALE).mean()) < _SOMEWHAT_WHITE:
        seen = without_foot_shadow(seen, colours, ground)
    seen = _without_holes(seen, off, near, fades[1])
    return ~_without_crumbs(seen, off)


def difference(colours: Floats, ground: npt.NDArray[Any]) -> Floats:
    """Root mean square over the channels."""
    total: Floats = np.sqrt(((colours - ground) ** 2).mean(axis=-1))
    return total


def rim_of(pixels: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """The pixels at the four sides."""
    return np.concatenate([pixels[0], pixels[-1], pixels[:, 0], pixels[:, -1]])


def _without_shadows(seen: Mask, off: Floats, fades: Sequence[Mask]) -> Mask:
    """``seen`` without the areas at its foot that shade into the ground; the loosest measure of shading first."""
    rows = np.flatnonzero(seen.any(axis=1))
    if not len(rows):
        return seen
    top, height = int(rows[0]), max(int(rows[-1] - rows[0]), 1)
    area = float(seen.sum())
    for fading in fades:
        found = ndimage.binary_opening(_from_border(~seen | fading) & seen)
        parts, _count = ndimage.label(found)
        edge = ndimage.binary_dilation(~seen, iterations=3)
        for number, place in enumerate(ndimage.find_objects(parts), start=1):
            part = np.zeros_like(seen)
            part[place] = parts[place] == number
            down = np.nonzero(part)[0]
            if len(down) < _LEAST_SHADOW * area or not (part & edge).any():
                continue
            low = np.quantile(down, 0.03) > top + 0.43 * height and down.mean() > top + 0.65 * height
            rest = seen & ~part
            soft = np.median(off[part & edge]) < _SOFT
            if low and soft and rest.any() and float((off[rest] < _PALE).mean()) < _WHITE_PRODUCT:
                seen = rest
    return seen


def _without_holes(seen: Mask, off: Floats, near: float, fades: Mask) -> Mask:
    """``seen`` without large enclosed areas of exactly the ground's colour, where the product has hardly any white
    itself: a print has the white of its paper or cloth, never just that of the ground."""
    holes = ndimage.binary_opening((off < near) & seen, iterations=1)
    parts, count = ndimage.label(holes)
    if not count:
        return seen
    numbers = np.arange(1, count + 1)
    large = numbers[ndimage.sum_labels(holes, parts, numbers) > max(_LEAST_HOLE * seen.sum(), 12)]
    holes = np.isin(parts, large)
    open_ = seen & ((off < 2 * near) | fades)
    holes = ndimage.binary_propagation(holes, mask=open_) if len(large) else holes
    rest = seen & ~ndimage.binary_dilation(holes, iterations=5)
    if not len(large) or not rest.any() or float((off[rest] < _PALE).mean()) > _HARDLY_WHITE:
        return seen
    return seen & ~holes


def _shadows(colours: Floats, ground: npt.NDArray[Any]) -> list[Mask]:
    """Pixels that may be shadow, wherever they are: by loose measures first, then by stricter ones."""
    smooth = ndimage.gaussian_filter(colours, (0.8, 0.8, 0))
    light = smooth.mean(axis=-1)
    dark = float(ground.mean()) - light
    tint = np.abs((smooth - light[..., None]) - (ground - ground.mean())).max(axis=-1)
    step = np.maximum(np.abs(ndimage.sobel(light, 0)), np.abs(ndimage.sobel(light, 1))) / 8
    steps = step / (_STEP + _STEP_IN_DARK * np.maximum(dark, 0))
    lighter = (light - _darkest_on_the_way(light, float(ground.mean()))) / _LIGHTER_AGAIN
    may_be = (tint < _TINT) & (dark < _DARKEST)
    return [np.asarray(may_be & (np.maximum(steps, lighter) < strict)) for strict in _STRICTNESS]


def _darkest_on_the_way(light: Floats, ground: float) -> Floats:
    """For each pixel the lightness of the darkest on the lightest way to it from the border, in steps of 3.

    This is what mathematical morphology calls the reconstruction of the picture from its border.
    """
    found = np.full(light.shape, ground - _DARKEST, np.float32)
    for level in np.arange(ground - _DARKEST, ground + 1, 3.0):
        found[_from_border(light >= level)] = level
    return np.minimum(found + 3, light)


def _from_border(open_: Mask) -> Mask:
    """What of ``open_`` hangs together with the border."""
    parts, _count = ndimage.label(open_)
    outer = np.unique(rim_of(parts[..., None]))
    return np.isin(parts, outer[outer > 0])


def _without_crumbs(seen: Mask, off: Floats) -> Mask:
    """``seen`` without noise, threads, and lone pale patches, which are shadow or reflection."""
    bumps = seen & (off < _PALE) & (ndimage.uniform_filter(seen.astype(np.float32), 5) < 0.5)
    product = ndimage.binary_opening(seen & ~bumps, iterations=1)
    parts, count = ndimage.label(product)
    if not count:
        return np.asarray(product)
    numbers = np.arange(1, count + 1)
    sizes = ndimage.sum_labels(product, parts, numbers)
    pale = (ndimage.mean(off, parts, numbers) < _PALE) & (sizes < 0.25 * sizes.max())
    kept = (sizes >= max(_CRUMB * sizes.max(), 16)) & ~pale
    return np.asarray(np.isin(parts, numbers[kept]))
