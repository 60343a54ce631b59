"""A picture as a file under its weight: the finest quality that fits, the same bytes for the same picture.

Pictures of few colours are kept exactly, as PNG with a palette. All others are JPEG where that is taken: letters keep
their edges by full colour sampling down to the quality where that costs more than it shows. WebP stands in where it
alone is taken, and PNG where nothing else is: exact if that fits, in 256 colours if not.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

from PIL import Image

from adplat.domain import ConfigRejected
from adplat.domain.placement_rules import ImageLimit

FINEST, COARSEST = 95, 30
# Below it halved colours are hardly seen beside what the quality itself does.
_FULL_COLOUR_FROM = 75
_FEW_COLOURS = 256
_STARTS = ((b"\xff\xd8\xff", "image/jpeg"), (b"\x89PNG\r\n\x1a\n", "image/png"), (b"GIF8", "image/gif"))


def encode_under(image: Image.Image, limit: ImageLimit, spare_bytes: int = 0, xmp: bytes = b"") -> bytes:
    """The file of an RGB picture; ``spare_bytes`` of its allowed weight are left, for what signing adds.

    ``xmp`` is a packet of metadata that goes into the file. Raises ConfigRejected where the lowest quality is too
    heavy, and where the place takes no format that can be written here.
    """
    most = None if limit.most_bytes is None else limit.most_bytes - spare_bytes
    picture = image if image.mode == "RGB" else image.convert("RGB")
    tried = []
    if "png" in limit.formats and picture.getcolors(_FEW_COLOURS) is not None:
        exact = _png(picture.convert("P", palette=Image.Palette.ADAPTIVE, colors=_FEW_COLOURS), xmp)
        if _fits(exact, most):
            return exact
    if "jpeg" in limit.formats or "webp" in limit.formats:
        encode = _jpeg if "jpeg" in limit.formats else _webp
        tried.append(_finest(lambda quality: encode(picture, quality, xmp), most))
    elif "png" in limit.formats:
        tried.append(_png(picture, xmp))
        if not _fits(tried[0], most):
            tried.append(_png(picture.quantize(_FEW_COLOURS, Image.Quantize.MEDIANCUT), xmp))
    else:
        raise ConfigRejected(
            f"none of {', '.join(limit.formats) or 'no format'} can be written",
            where="formats",
            hint="let the placement take jpeg, png or webp",
        )
    if not _fits(tried[-1], most):
        raise ConfigRejected(
            f"{picture.width}x{picture.height} px take {len(tried[-1])} bytes at the lowest quality, of {most} allowed",
            where="picture",
            hint="draw it simpler: a plainer ground, fewer words",
        )
    return tried[-1]


def media_type_of(content: bytes) -> str:
    """By how the file begins; ``application/octet-stream`` for one that is no picture of ours."""
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "image/webp"
    return next((kind for start, kind in _STARTS if content.startswith(start)), "application/octet-stream")


def suffix_of(content: bytes) -> str:
    """Of a file's name, with its dot."""
    kinds = {"image/jpeg": ".jpg", "image/png": ".png", "image/webp": ".webp", "image/gif": ".gif"}
    return kinds.get(media_type_of(content), ".bin")


def _finest(encode: Callable[[int], bytes], most: int | None) -> bytes:
    """By halving: weight grows with quality. The coarsest where none fits."""
    best = encode(FINEST)
    if _fits(best, most):
        return best
    best, low, high = encode(COARSEST), COARSEST, FINEST
    while high - low > 1 and _fits(best, most):
        middle = (low + high) // 2
        content = encode(middle)
        if _fits(content, most):
            best, low = content, middle
        else:
            high = middle
    return best


def _fits(content: bytes, most: int | None) -> bool:
    return most is None or len(content) <= most


def _jpeg(picture: Image.Image, quality: int, xmp: bytes) -> bytes:
    sampling = 0 if quality >= _FULL_COLOUR_FROM else 2
    # Not "optimize": it saves three per cent, takes thrice as long, and fails on noise, for which its buffer is short.
    return _saved(picture, "JPEG", quality=quality, subsampling=sampling, **_packet(xmp))


def _webp(picture: Image.Image, quality: int, xmp: bytes) -> bytes:
    return _saved(picture, "WEBP", quality=quality, method=4, exact=True, **_packet(xmp))


def _png(picture: Image.Image, xmp: bytes) -> bytes:
    from PIL.PngImagePlugin import PngInfo

    told = PngInfo()
    if xmp:
        told.add_itxt("XML:com.adobe.xmp", xmp.decode())
    return _saved(picture, "PNG", optimize=True, pnginfo=told)


def _packet(xmp: bytes) -> dict[str, bytes]:
    return {"xmp": xmp} if xmp else {}


def _saved(picture: Image.Image, kind: str, **how: Any) -> bytes:
    file = io.BytesIO()
    picture.save(file, kind, **how)
    return file.getvalue()
