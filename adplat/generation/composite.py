"""The product on its ground: at its size, with a shadow, its own pixels kept, and whether anything grew round it."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageFilter
from scipy import ndimage

from adplat.domain.artwork import Box

MOST_ENLARGED = 2.5  # a product picture is not blown up more than this: it would be seen


def size_within(ratio: float, native: tuple[int, int], room: Box) -> tuple[int, int]:
    """Width and height of a product in a room, whole and undistorted, and not blown up more than MOST_ENLARGED."""
    width = min(room.width, room.height * ratio, native[0] * MOST_ENLARGED)
    return max(round(width), 1), max(round(width / ratio), 1)


def at_size(picture: Image.Image, size: tuple[int, int]) -> Image.Image:
    """RGBA resampled with colours weighted by alpha, so that unseen pixels give no fringe."""
    if picture.size == size:
        return picture
    return picture.convert("RGBa").resize(size, Image.Resampling.LANCZOS, reducing_gap=2.0).convert("RGBA")


def contact_shadow(product: Image.Image, stands: bool) -> tuple[Image.Image, tuple[int, int]]:
    """A soft RGBA shadow, and where its upper left corner is from that of the product.

    Args:
        stands: on a floor, so that it is darkest where the product touches it; otherwise it lies or floats, and the
            shadow is its blurred outline, a little lower.
    """
    width, height = product.size
    reach = max(round(0.05 * max(width, height)), 2)
    if not stands:
        blur = max(reach * 0.7, 1.5)
        margin = round(3 * blur)
        shadow = Image.new("L", (width + 2 * margin, height + 2 * margin))
        shadow.paste(product.getchannel("A").point(lambda alpha: round(alpha * 0.34)), (margin, margin))
        return _black(_blurred(shadow, blur)), (-margin, -margin + max(round(reach * 0.55), 1))
    alpha = np.asarray(product.getchannel("A"))
    foot = alpha[-max(round(0.06 * height), 2) :].max(axis=0) > 100
    across = np.flatnonzero(foot)
    left, right = (int(across[0]), int(across[-1]) + 1) if len(across) else (0, width)
    deep = max(round(min(0.10 * (right - left), 0.09 * height)), 3)
    margin = 3 * deep
    canvas = Image.new("L", (right - left + 2 * margin, 2 * deep + 2 * margin))
    wide = _ellipse(right - left + 2 * deep, 2 * deep, 0.34)
    close = _ellipse(right - left, max(round(0.7 * deep), 2), 0.62)
    canvas.paste(wide, (margin - deep, margin))
    soft = _blurred(canvas, max(deep * 0.55, 1.2))
    tight = Image.new("L", canvas.size)
    tight.paste(close, (margin, margin + deep - close.height // 2 - max(deep // 6, 1)))
    tight = _blurred(tight, max(deep * 0.18, 0.8))
    both = np.maximum(np.asarray(soft), np.asarray(tight))
    return _black(Image.fromarray(both)), (left - margin, height - margin - deep - max(deep // 5, 1))


def matched_ground(
    painted: npt.NDArray[np.uint8], product: npt.NDArray[np.uint8], left: int, top: int
) -> npt.NDArray[np.uint8]:
    """A painted ground whose colours meet the product's at its rim.

    A painter that saw the product painted it too, with its own drift of colour. What it made of the rim just inside
    the mask, less what the rim truly is, is that drift; it is taken off the ground, wholly at the rim and less with
    distance.
    """
    rows, columns = slice(top, top + product.shape[0]), slice(left, left + product.shape[1])
    whole = product[..., 3] == 255
    rim = whole & ~ndimage.binary_erosion(whole, iterations=4)
    if not rim.any():
        return painted
    drift = (painted[rows, columns][rim].astype(np.float32) - product[..., :3][rim]).mean(axis=0)
    drift = np.clip(drift, -24, 24)  # more than that is no drift but another picture
    mask = np.zeros(painted.shape[:2], dtype=bool)
    mask[rows, columns] = product[..., 3] > 127
    fade = np.exp(-ndimage.distance_transform_edt(~mask) / (0.25 * max(product.shape[:2])))
    matched: npt.NDArray[np.uint8] = np.clip(painted - drift * fade[..., None], 0, 255).round().astype(np.uint8)
    return matched


def box_of(size: tuple[int, int], room: Box, stands: bool) -> Box:
    """Where a product of that size is in its room: in the middle, a little lower where it stands on a floor."""
    left = room.left + (room.width - size[0]) // 2
    top = room.top + round((room.height - size[1]) * (0.62 if stands else 0.5))
    return Box(left, top, *size)


def _black(coverage: Image.Image) -> Image.Image:
    shadow = Image.new("RGBA", coverage.size, (20, 18, 24, 0))
    shadow.putalpha(coverage)
    return shadow


def _blurred(image: Image.Image, radius: float) -> Image.Image:
    """A Gaussian blur; large ones are made on a smaller picture, which is not seen and much faster."""
    step = max(int(radius // 4), 1)
    if step == 1:
        return image.filter(ImageFilter.GaussianBlur(radius))
    small = image.resize((max(image.width // step, 1), max(image.height // step, 1)), Image.Resampling.BOX)
    return small.filter(ImageFilter.GaussianBlur(radius / step)).resize(image.size, Image.Resampling.BICUBIC)


@lru_cache(maxsize=32)
def _ellipse(width: int, height: int, darkness: float) -> Image.Image:
    y, x = np.ogrid[:height, :width]
    far = ((x + 0.5) / width * 2 - 1) ** 2 + ((y + 0.5) / height * 2 - 1) ** 2
    return Image.fromarray(np.where(far <= 1, round(255 * darkness), 0).astype(np.uint8))
