"""Pictures inside the page: data URIs, and creatives scaled down to the size at which they are shown."""

from __future__ import annotations

import base64
import io

from adplat.domain import TableRejected

CARD_WIDTH_PX = 480
_MAGIC = {
    b"\x89PNG\r\n\x1a\n": "image/png",
    b"\xff\xd8\xff": "image/jpeg",
    b"GIF8": "image/gif",
}


def data_uri(content: bytes) -> str:
    """A picture as ``data:`` URI, its kind read from its first bytes. Raises TableRejected for anything else."""
    kind = next((kind for magic, kind in _MAGIC.items() if content.startswith(magic)), "")
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        kind = "image/webp"
    elif b"<svg" in content[:1000]:
        kind = "image/svg+xml"
    if not kind:
        raise TableRejected("a picture is neither PNG, JPEG, GIF, WebP nor SVG", hint="give the bytes of an image file")
    return f"data:{kind};base64,{base64.b64encode(content).decode('ascii')}"


def card_uri(content: bytes | None) -> str:
    """A creative's picture, at most 480 px wide, as ``data:`` URI; empty when absent or unreadable."""
    if not content:
        return ""
    from PIL import Image, ImageOps

    try:
        with Image.open(io.BytesIO(content)) as opened:
            picture = ImageOps.exif_transpose(opened)
            picture.thumbnail((CARD_WIDTH_PX, 2 * CARD_WIDTH_PX))
            has_alpha = "A" in picture.getbands() or "transparency" in picture.info
            out = io.BytesIO()
            if has_alpha:
                picture.convert("RGBA").save(out, "PNG", optimize=True)
            else:
                picture.convert("RGB").save(out, "JPEG", quality=88)
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError, Image.DecompressionBombWarning):
        # Pillow raises all of these for damaged or hostile files; the card then says that there is no picture.
        return ""
    return data_uri(out.getvalue())
