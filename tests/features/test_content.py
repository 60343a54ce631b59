from __future__ import annotations

import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from adplat.features.content import MAX_IMAGE_BYTES, Refused, image_bytes, open_image, readable_text
from tests.features.builders import bytes_of, painted


def png_claiming(width: int, height: int) -> bytes:
    """A PNG header of any size with next to no data: what a decompression bomb looks like."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    data = chunk(b"IDAT", zlib.compress(b"\0" * 100))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + data + chunk(b"IEND", b"")


def reason(content: bytes) -> str:
    opened = open_image(content)
    assert isinstance(opened, Refused)
    return opened.reason


def test_a_sound_picture_is_rgb() -> None:
    opened = open_image(bytes_of(painted(1)))
    assert isinstance(opened, Image.Image)
    assert (opened.mode, opened.size) == ("RGB", (40, 30))


@pytest.mark.parametrize("mode", ["1", "L", "P", "LA", "RGBA"])
def test_the_usual_modes_are_read(mode: str) -> None:
    assert isinstance(open_image(bytes_of(painted(1).convert(mode))), Image.Image)


def test_transparency_lies_on_white() -> None:
    opened = open_image(bytes_of(Image.new("RGBA", (4, 4), (0, 0, 0, 0))))
    assert isinstance(opened, Image.Image)
    assert opened.getpixel((1, 1)) == (255, 255, 255)


def test_strange_pictures_are_refused_with_a_reason() -> None:
    assert reason(bytes_of(painted(1).convert("CMYK"), "JPEG")) == "colour mode CMYK"
    animated = bytes_of(painted(1), "GIF", save_all=True, append_images=[painted(2)])
    assert reason(animated) == "animated"
    assert reason(png_claiming(8_000, 7_000)) == "larger than 50 megapixels"
    assert reason(png_claiming(60_000, 60_000)) == "larger than 50 megapixels"
    assert reason(b"not a picture").startswith("corrupt")
    assert reason(b"").startswith("corrupt")
    assert reason(bytes_of(painted(1), "JPEG")[:300]).startswith("corrupt")
    assert reason(bytes_of(Image.fromarray(np.zeros((4, 4), np.uint16)))) == "colour mode I;16"


@given(st.binary(max_size=60), st.integers(8, 3000))
@settings(max_examples=60, deadline=None)
def test_scrambled_bytes_never_raise(noise: bytes, place: int) -> None:
    content = bytes_of(painted(3))
    opened = open_image(content[:place] + noise + content[place + len(noise) :])
    assert isinstance(opened, Refused | Image.Image)


def test_a_large_picture_is_shrunk_before_it_waits_for_its_batch() -> None:
    opened = open_image(bytes_of(Image.new("RGB", (4_000, 3_000))))
    assert isinstance(opened, Image.Image)
    assert opened.size == (1365, 1024)


def test_paths_stay_inside_the_folder(tmp_path: Path) -> None:
    inside = tmp_path / "inside"
    inside.mkdir()
    (tmp_path / "secret.png").write_bytes(bytes_of(painted(1)))
    (inside / "good.png").write_bytes(b"content")
    (inside / "link.png").symlink_to(tmp_path / "secret.png")
    assert image_bytes(inside, "good.png") == b"content"
    for escaping in ("../secret.png", str(tmp_path / "secret.png"), "link.png"):
        assert image_bytes(inside, escaping) == Refused("missing: the path leaves the folder")
    assert image_bytes(inside, "none.png") == Refused("missing: no such file")
    for nothing in (None, "", 3.5, "a\0b", "x" * 5_000):
        assert isinstance(image_bytes(inside, nothing), Refused)


def test_a_huge_file_is_not_read(tmp_path: Path) -> None:
    with (tmp_path / "huge.png").open("wb") as file:
        file.truncate(MAX_IMAGE_BYTES + 1)
    assert image_bytes(tmp_path, "huge.png") == Refused("larger than 30 MB")


def test_texts_are_joined_and_bounded() -> None:
    assert readable_text([" Toy \n Story ", None, "fun"]) == "Toy Story. fun"
    assert readable_text([None, "  "]) == Refused("empty")
    assert readable_text(["x" * 5_001]) == Refused("longer than 5,000 characters")
    assert isinstance(readable_text(["x" * 5_000]), str)
    assert readable_text(["lone \ud800"]) == "lone ?"
