"""A picture made small, for lists of many."""

from __future__ import annotations

from io import BytesIO

from adplat.artwork.opening import open_upload

THUMBNAIL_SIDE_PX = 320
_QUALITY = 78


def thumbnail(content: bytes, side_px: int = THUMBNAIL_SIDE_PX) -> bytes:
    """As WebP, no side longer than ``side_px``, transparency laid on white; of an animation the first frame.

    Raises UploadRefused, as ``open_upload`` does.
    """
    small = open_upload(content).picture
    small.thumbnail((side_px, side_px))
    file = BytesIO()
    small.save(file, "WEBP", quality=_QUALITY)
    return file.getvalue()
