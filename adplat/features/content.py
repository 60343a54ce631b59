"""Opening images and texts that strangers made. Every refusal is a reason in words, never a crash or a guess."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL.Image import Image

MAX_IMAGE_BYTES = 30_000_000
MAX_IMAGE_PIXELS = 50_000_000
MAX_TEXT_CHARACTERS = 5_000
# Encoders look at about 224 pixels; what is far larger is shrunk at once so that a batch fits in memory.
WORKING_SIDE_PX = 1_024

_READABLE_MODES = ("1", "L", "LA", "P", "PA", "RGB", "RGBA", "RGBX", "La", "RGBa")


@dataclass(frozen=True, slots=True)
class Refused:
    """Why a cell gives no vector."""

    reason: str


def image_bytes(root: Path, relative: object) -> bytes | Refused:
    """The bytes of an image named in a table, relative to ``root``; a path that leaves ``root`` is missing."""
    if not isinstance(relative, str) or not relative.strip():
        return Refused("no image is named")
    try:
        path = (root / relative.strip()).resolve()
        if not path.is_relative_to(root.resolve()):
            return Refused("missing: the path leaves the folder")
        if not path.is_file():
            return Refused("missing: no such file")
        if path.stat().st_size > MAX_IMAGE_BYTES:
            return Refused("larger than 30 MB")
        return path.read_bytes()
    except (OSError, ValueError) as reason:
        return Refused(f"missing: {type(reason).__name__}")


def open_image(content: bytes) -> Image | Refused:
    """An RGB picture, upright, transparency laid on white, at most ``WORKING_SIDE_PX`` on its shorter side."""
    from PIL import Image, ImageOps

    with warnings.catch_warnings():
        # PIL warns of bombs and odd metadata; sizes are judged below, before a pixel is decoded.
        warnings.simplefilter("ignore")
        try:
            with Image.open(BytesIO(content)) as file:
                refused = _refusal(file)
                if refused:
                    return refused
                upright = ImageOps.exif_transpose(file)
                picture = _on_white(upright)
        except Image.DecompressionBombError:
            return Refused("larger than 50 megapixels")
        except Exception as reason:  # noqa: BLE001 - a hostile file may raise anything from any decoder
            return Refused(f"corrupt: {type(reason).__name__}")
    shorter = min(picture.size)
    if shorter > WORKING_SIDE_PX:
        scale = WORKING_SIDE_PX / shorter
        size = (round(picture.width * scale), round(picture.height * scale))
        picture = picture.resize(size, Image.Resampling.BICUBIC, reducing_gap=2.0)
    return picture


def _refusal(file: Image) -> Refused | None:
    if file.width * file.height > MAX_IMAGE_PIXELS:
        return Refused("larger than 50 megapixels")
    if getattr(file, "n_frames", 1) > 1:
        return Refused("animated")
    if file.mode not in _READABLE_MODES:
        return Refused(f"colour mode {file.mode}")
    return None


def _on_white(picture: Image) -> Image:
    from PIL import Image

    if not picture.has_transparency_data:
        return picture.convert("RGB")
    coloured = picture.convert("RGBA")
    ground = Image.new("RGBA", coloured.size, (255, 255, 255, 255))
    return Image.alpha_composite(ground, coloured).convert("RGB")


def readable_text(parts: list[object]) -> str | Refused:
    """The texts of one cell or several columns as one, white space collapsed."""
    told = [" ".join(str(part).split()) for part in parts if part is not None]
    text = ". ".join(part for part in told if part)
    if not text:
        return Refused("empty")
    if len(text) > MAX_TEXT_CHARACTERS:
        return Refused("longer than 5,000 characters")
    return text.encode("utf-8", "replace").decode("utf-8")  # a lone surrogate would stop a tokenizer
