"""Uploads opened safely: the header is read before a pixel is decoded, and memory and time have bounds.

What can be shown but is not plain (CMYK, 16 bits, a palette, transparency, a turned camera, several frames) is
converted, and ``OpenedPicture.notes`` says so. Everything else is refused in one line that names the file, and nothing
is guessed: a page of HTML called ``banner.png`` is called an HTML page.
"""

from __future__ import annotations

import hashlib
import warnings
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from adplat.artwork.file_kinds import MEDIA_TYPES, PICTURE_FORMATS, FileKind, kind_of, named_format
from adplat.artwork.frame_counts import MOST_FRAMES_COUNTED, gif_frames, jpeg_scans
from adplat.domain import InputError, MissingInput

if TYPE_CHECKING:
    from PIL.Image import Image

MOST_UPLOAD_BYTES = 32 * 1024 * 1024
# The largest picture any network takes is 7680 × 4320 (LinkedIn); decoded with alpha this is 144 MB.
MOST_PIXELS = 36_000_000
MOST_SIDE_PX = 16_384
# The smallest slot in use is 120 × 20.
LEAST_SIDE_PX = 16
# Encoders write about ten scans; a file of thousands keeps a decoder busy for minutes.
MOST_JPEG_SCANS = 100
_OPAQUE = 255


class UploadRefused(InputError):
    """An uploaded file that is not opened: no picture, too large, too small, broken."""


@dataclass(frozen=True, slots=True, eq=False)
class OpenedPicture:
    """An uploaded picture, decoded.

    Args:
        name: of the file; empty where bytes were handed in without one.
        format: ``jpeg``, ``png``, ``gif`` or ``webp``, by its bytes.
        named_format: what its name promises; empty where it promises nothing.
        content: the file, as it would be delivered.
        picture: RGB, upright; transparency laid on white. Of an animation the first frame.
        cut_out: the same with its alpha, where a pixel of it is not opaque.
        frames: at most 1,000 are counted.
        xmp: its XMP packet as text; empty where there is none.
        notes: what was converted, a sentence each.
    """

    name: str
    format: str
    named_format: str
    content: bytes
    sha256: str
    picture: Image
    cut_out: Image | None
    frames: int
    xmp: str
    notes: tuple[str, ...]

    @property
    def width_px(self) -> int:
        return int(self.picture.width)

    @property
    def height_px(self) -> int:
        return int(self.picture.height)

    @property
    def size_bytes(self) -> int:
        return len(self.content)

    @property
    def media_type(self) -> str:
        return MEDIA_TYPES[self.format]


def open_upload(upload: Path | bytes, name: str = "") -> OpenedPicture:
    """Open a picture that a stranger made.

    Args:
        upload: a file, or its bytes.
        name: what the file is called, where bytes are handed in; it is only held against what they are.

    Raises:
        MissingInput: no such file.
        UploadRefused: not a picture, larger or smaller than any ad, truncated or broken.
    """
    content, name = (upload, name) if isinstance(upload, bytes) else (_read(upload), upload.name)
    where = name or "upload"
    if len(content) > MOST_UPLOAD_BYTES:
        raise _too_heavy(len(content), where)
    kind = kind_of(content)
    if not kind.picture:
        raise _no_picture(kind, where, named_format(name))
    if kind.picture == "jpeg" and jpeg_scans(content) > MOST_JPEG_SCANS:
        raise UploadRefused(
            f"the JPEG has more than {MOST_JPEG_SCANS} scans", where=where, hint="save it again as a plain JPEG"
        )
    return _decoded(content, kind.picture, name, where)


def _read(path: Path) -> bytes:
    where = str(path)
    try:
        if not path.exists():
            raise MissingInput("no such file", where=where, hint="give the path of a picture")
        if not path.is_file():
            raise UploadRefused("this is no file", where=where, hint="give the path of a picture")
        size = path.stat().st_size
        if size > MOST_UPLOAD_BYTES:
            raise _too_heavy(size, where)
        with path.open("rb") as file:  # a file may grow meanwhile
            return file.read(MOST_UPLOAD_BYTES + 1)
    except (OSError, ValueError) as reason:
        raise UploadRefused(
            f"the file cannot be read: {type(reason).__name__}", where=where, hint="check its rights"
        ) from None


def _decoded(content: bytes, kind: str, name: str, where: str) -> OpenedPicture:
    from PIL import Image, ImageOps

    with warnings.catch_warnings():
        # Pillow warns of bombs from 89 megapixels on; sizes are judged here, before a pixel is decoded.
        warnings.simplefilter("ignore")
        try:
            with Image.open(BytesIO(content), formats=[known.upper() for known in PICTURE_FORMATS]) as file:
                _demand_size(file.width, file.height, where)
                frames = _frames(file, content, kind)
                notes = _notes(file, content, kind, frames)
                file.load()
                xmp = file.info.get("xmp", b"")
                upright = ImageOps.exif_transpose(file)
                if upright.size != file.size or file.getexif().get(0x0112, 1) != 1:
                    notes.append("it was turned upright, as its camera data ask")
                picture, cut_out = _plain(upright)
        except UploadRefused:
            raise
        except Image.DecompressionBombError:
            raise UploadRefused(
                "the picture is a decompression bomb", where=where, hint=f"keep it under {MOST_PIXELS:,} pixels"
            ) from None
        except Exception as reason:  # noqa: BLE001 - a hostile file may raise anything from any decoder
            cut = "truncated" in str(reason).lower() or isinstance(reason, EOFError)
            raise UploadRefused(
                f"the {kind.upper()} is truncated" if cut else f"the {kind.upper()} is broken and cannot be decoded",
                where=where,
                hint="upload it once more, or save it again from its source",
            ) from None
    if cut_out is not None:
        notes.append("it has transparent parts; they were laid on white")
    return OpenedPicture(
        name=name,
        format=kind,
        named_format=named_format(name),
        content=content,
        sha256=hashlib.sha256(content).hexdigest(),
        picture=picture,
        cut_out=cut_out,
        frames=frames,
        xmp=xmp.decode("utf-8", "replace") if isinstance(xmp, bytes) else str(xmp),
        notes=tuple(notes),
    )


def _frames(file: Image, content: bytes, kind: str) -> int:
    if kind == "gif":
        return gif_frames(content)
    if kind == "jpeg":  # phones put a second view of the same moment behind the first; no viewer plays it
        return 1
    return min(int(getattr(file, "n_frames", 1)), MOST_FRAMES_COUNTED)


def _notes(file: Image, content: bytes, kind: str, frames: int) -> list[str]:
    notes = []
    if frames > 1:
        more = " or more" if frames >= MOST_FRAMES_COUNTED else ""
        notes.append(f"it is animated, {frames}{more} frames; the first one was looked at")
    if file.mode in {"CMYK", "YCCK"}:
        notes.append("its colours are CMYK, meant for print; they were converted to RGB and may look different")
    if file.mode in {"P", "PA"}:
        notes.append("its colours come from a palette; they were converted to RGB")
    if file.mode.startswith("I") or (kind == "png" and content[24:25] == b"\x10"):
        notes.append("it has 16 bits a channel; they were reduced to 8")
    return notes


def _plain(picture: Image) -> tuple[Image, Image | None]:
    """RGB, and RGBA where some pixel is not opaque."""
    import numpy as np
    from PIL import Image

    if picture.mode.startswith("I"):
        levels = np.asarray(picture)
        eight = (np.clip(levels.astype(np.int64), 0, 65_535) >> 8).astype(np.uint8)
        return Image.fromarray(eight).convert("RGB"), None
    if not picture.has_transparency_data:
        return picture.convert("RGB"), None
    coloured = picture.convert("RGBA")
    lowest = coloured.getchannel("A").getextrema()[0]
    if lowest == _OPAQUE:
        return coloured.convert("RGB"), None
    ground = Image.new("RGB", coloured.size, (255, 255, 255))
    ground.paste(coloured, mask=coloured.getchannel("A"))
    return ground, coloured


def _demand_size(width_px: int, height_px: int, where: str) -> None:
    told = f"{width_px} × {height_px} pixels"
    if min(width_px, height_px) < LEAST_SIDE_PX:
        raise UploadRefused(
            f"the picture has {told}, smaller than any ad",
            where=where,
            hint=f"both sides must have {LEAST_SIDE_PX} pixels at least",
        )
    if max(width_px, height_px) > MOST_SIDE_PX or width_px * height_px > MOST_PIXELS:
        raise UploadRefused(
            f"the picture has {told}, larger than any ad",
            where=where,
            hint=f"keep it under {MOST_PIXELS // 1_000_000} megapixels and {MOST_SIDE_PX:,} pixels a side",
        )


def _no_picture(kind: FileKind, where: str, promised: str) -> UploadRefused:
    hint = "upload a JPEG, PNG, GIF or WebP"
    if "SVG" in kind.told:
        hint = "SVG can carry scripts and is never opened; export it as PNG"
    elif "PDF" in kind.told or "PostScript" in kind.told or "Photoshop" in kind.told:
        hint = "export the page as PNG or JPEG"
    elif "HTML" in kind.told or "archive" in kind.told:
        hint = "HTML creatives are not opened; upload a JPEG, PNG, GIF or WebP"
    lie = f", though its name promises {promised.upper()}" if promised else ""
    return UploadRefused(f"this is {kind.told}, not a picture that ads are made of{lie}", where=where, hint=hint)


def _too_heavy(size: int, where: str) -> UploadRefused:
    return UploadRefused(
        f"the file has {size:,} bytes", where=where, hint=f"keep it under {MOST_UPLOAD_BYTES // 2**20} MiB"
    )
