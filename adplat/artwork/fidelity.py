"""Whether a product on a painted ground is still the product: its own pixels, and none grown round it."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy import ndimage

Bytes = npt.NDArray[np.uint8]
RING_PX = 6
MOST_GROWN = 0.01
"""More than this share of a product's area round it, and it was changed."""


def changed_pixels(picture: Bytes, product: Bytes, left: int, top: int) -> int:
    """How many whole pixels (alpha 255) of ``product`` (h, w, 4) are not the same in ``picture`` (H, W, 3)."""
    there = picture[top : top + product.shape[0], left : left + product.shape[1]]
    return int(((there != product[..., :3]).any(axis=-1) & (product[..., 3] == 255)).sum())


def grown_share(painted: Bytes, product: Bytes, left: int, top: int, ring_px: int = RING_PX) -> float:
    """How much of the product a painter added outside its mask, as a share of the mask.

    Of the pixels in a ring round the mask, those count that hang on to it, look like the product's nearest own pixel
    and unlike the ground farther out. ``painted`` is the ground (H, W, 3), ``product`` (h, w, 4) at ``left``, ``top``.
    """
    reach = 5 * ring_px
    window = (
        slice(max(top - reach, 0), top + product.shape[0] + reach),
        slice(max(left - reach, 0), left + product.shape[1] + reach),
    )
    colours = painted[window].astype(np.float32)
    mask = np.zeros(colours.shape[:2], dtype=bool)
    own = colours.copy()
    rows, columns = top - window[0].start, left - window[1].start
    inside = (slice(rows, rows + product.shape[0]), slice(columns, columns + product.shape[1]))
    mask[inside] = product[..., 3] > 127
    own[inside][mask[inside]] = product[..., :3][mask[inside]]
    if not mask.any() or mask.all():
        return 0.0
    distance, (near_row, near_column) = ndimage.distance_transform_edt(~mask, return_indices=True)
    ring = (distance > 0) & (distance <= ring_px)
    outer = (distance > 2 * ring_px) & (distance <= 4 * ring_px)
    if not ring.any() or not outer.any():
        return 0.0
    _far, (far_row, far_column) = ndimage.distance_transform_edt(~outer, return_indices=True)
    like_product = np.linalg.norm(colours - own[near_row, near_column], axis=-1)
    ground = ndimage.uniform_filter(colours, size=(2 * ring_px + 1, 2 * ring_px + 1, 1))
    like_ground = np.linalg.norm(colours - ground[far_row, far_column], axis=-1)
    suspect = ring & (like_product < 24) & (like_ground > 2 * like_product + 12)
    parts, _count = ndimage.label(suspect | mask)
    kept = np.isin(parts, np.unique(parts[mask])) & suspect
    return float(kept.sum() / mask.sum())
