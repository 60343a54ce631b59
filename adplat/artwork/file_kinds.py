"""What a file is by its first bytes, whatever its name says."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePath

# What an ad server takes. Pillow reads far more; every further decoder is one more door for a hostile file.
PICTURE_FORMATS = ("jpeg", "png", "gif", "webp")
MEDIA_TYPES = {"jpeg": "image/jpeg", "png": "image/png", "gif": "image/gif", "webp": "image/webp"}
_ENDINGS = {
    ".jpg": "jpeg",
    ".jpeg": "jpeg",
    ".jpe": "jpeg",
    ".jfif": "jpeg",
    ".png": "png",
    ".apng": "png",
    ".gif": "gif",
    ".webp": "webp",
}
_SIGNATURES: tuple[tuple[int, bytes, str], ...] = (
    (0, b"\xff\xd8\xff", "jpeg"),
    (0, b"\x89PNG\r\n\x1a\n", "png"),
    (0, b"GIF87a", "gif"),
    (0, b"GIF89a", "gif"),
    (8, b"WEBP", "webp"),
    (0, b"%PDF", "a PDF document"),
    (0, b"%!PS", "a PostScript document"),
    (0, b"8BPS", "a Photoshop document"),
    (0, b"BM", "a BMP picture"),
    (0, b"II*\x00", "a TIFF picture"),
    (0, b"MM\x00*", "a TIFF picture"),
    (0, b"\x00\x00\x01\x00", "an icon file"),
    (4, b"ftypavif", "an AVIF picture"),
    (4, b"ftypavis", "an AVIF picture"),
    (4, b"ftyphei", "a HEIC picture"),
    (4, b"ftypmif1", "a HEIC picture"),
    (4, b"ftyp", "a video"),
    (0, b"\x1aE\xdf\xa3", "a video"),
    (8, b"AVI ", "a video"),
    (0, b"PK\x03\x04", "a ZIP archive"),
    (0, b"\x1f\x8b", "a gzip archive"),
    (0, b"Rar!", "a RAR archive"),
    (0, b"7z\xbc\xaf", "a 7z archive"),
    (0, b"\x7fELF", "a program"),
    (0, b"MZ", "a program"),
)
_LOOKED_AT_BYTES = 4_096


@dataclass(frozen=True, slots=True)
class FileKind:
    """``picture`` is one of ``PICTURE_FORMATS``, or empty: then ``told`` says what it is instead, in words."""

    picture: str
    told: str


def kind_of(content: bytes) -> FileKind:
    """What a file is; only its first bytes are looked at."""
    if not content:
        return FileKind("", "an empty file")
    for at, signature, kind in _SIGNATURES:
        if content[at : at + len(signature)] == signature:
            return FileKind(kind, f"a {kind.upper()} picture") if kind in PICTURE_FORMATS else FileKind("", kind)
    return FileKind("", _text_kind(content[:_LOOKED_AT_BYTES]))


def named_format(name: str) -> str:
    """The picture format that a file's name promises; empty where it promises none."""
    return _ENDINGS.get(PurePath(name).suffix.lower(), "")


def _text_kind(head: bytes) -> str:
    wide = head[:2] in {b"\xff\xfe", b"\xfe\xff"}
    text = head.decode("utf-16" if wide else "utf-8", "ignore").lstrip("\ufeff \t\r\n").lower()
    if "<svg" in text and text.startswith("<"):
        return "an SVG drawing"
    if text.startswith(("<!doctype html", "<html", "<head", "<body", "<script", "<!--", "<iframe", "<div")):
        return "an HTML page"
    if text.startswith("<?xml"):
        return "an XML document"
    printable = sum(byte >= 32 or byte in b"\t\r\n" for byte in head)
    return "a text file" if printable == len(head) else "no picture that can be told"
