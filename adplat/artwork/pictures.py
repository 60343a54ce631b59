"""Pictures that elements name: their hash."""

from __future__ import annotations

import hashlib

from PIL import Image


def picture_hash(picture: Image.Image) -> str:
    """SHA-256 of a picture's mode, size and pixels, as ``Element.asset`` holds it; the file it came from is no part."""
    head = f"{picture.mode} {picture.width} {picture.height} ".encode()
    return hashlib.sha256(head + picture.tobytes()).hexdigest()
