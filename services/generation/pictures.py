"""Pictures that come as base64 within a document."""

from __future__ import annotations

import base64
import binascii

from adplat.artwork import OpenedPicture, open_upload
from adplat.domain import ConfigRejected
from services.generation.schemas import MOST_PICTURE_BYTES


def picture_in(text: str, where: str, name: str = "") -> OpenedPicture:
    """Opened safely. Raises ConfigRejected for what is no base64 or too large, UploadRefused for what is no picture."""
    if len(text) > MOST_PICTURE_BYTES * 4 // 3 + 4:
        raise ConfigRejected(
            f"the picture is larger than {MOST_PICTURE_BYTES // 2**20} MiB", where=where, hint="send a smaller one"
        )
    try:
        content = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise ConfigRejected(
            "the picture is not base64", where=where, hint="send one PNG, JPEG or WebP file as base64"
        ) from None
    return open_upload(content, name or where)
