"""Hostile and odd uploads: one clear line each, bounded memory and time."""

from __future__ import annotations

import struct
import tracemalloc
import zlib
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from time import perf_counter

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from adplat.artwork import OpenedPicture, UploadRefused, open_upload
from adplat.artwork.frame_counts import MOST_FRAMES_COUNTED, gif_frames
from adplat.domain import InputError, MissingInput


def ramp(width: int = 64, height: int = 48) -> Image.Image:
    levels = np.linspace(0, 255, width, dtype=np.uint8)
    plane = np.broadcast_to(levels, (height, width))
    return Image.fromarray(np.dstack([plane, 255 - plane, plane // 2]))


def saved(picture: Image.Image, kind: str, **options: object) -> bytes:
    kept = BytesIO()
    picture.save(kept, kind, **options)
    return kept.getvalue()


def png_chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def png_that_claims(width: int, height: int) -> bytes:
    """A few bytes whose header promises very many pixels."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    packed = zlib.compress(bytes(10_000_000), 9)
    return b"\x89PNG\r\n\x1a\n" + png_chunk(b"IHDR", header) + png_chunk(b"IDAT", packed) + png_chunk(b"IEND", b"")


def refusal(upload: bytes, name: str = "banner.png") -> str:
    with pytest.raises(UploadRefused) as refused:
        open_upload(upload, name)
    line = str(refused.value)
    assert "\n" not in line
    assert name in line
    assert refused.value.hint
    return line


@pytest.mark.parametrize("kind", ["jpeg", "png", "gif", "webp"])
def test_a_plain_picture_of_each_format_opens_without_a_note(kind: str) -> None:
    opened = open_upload(saved(ramp().convert("RGB"), kind), f"banner.{kind}")
    assert (opened.format, opened.named_format, opened.frames) == (kind, kind, 1)
    assert (opened.width_px, opened.height_px) == (64, 48)
    assert opened.picture.mode == "RGB"
    assert opened.cut_out is None
    assert opened.media_type == f"image/{kind}"
    assert opened.notes == () or kind == "gif"  # every GIF has a palette


@pytest.mark.parametrize(("width", "height"), [(1, 1), (15, 300), (300, 1)])
def test_a_picture_of_one_pixel_is_smaller_than_any_ad(width: int, height: int) -> None:
    assert f"{width} × {height} pixels, smaller than any ad" in refusal(saved(ramp(width, height), "png"))


@pytest.mark.parametrize(("width", "height"), [(20_000, 20_000), (20_000, 20), (6_100, 6_100), (2**31 - 1, 2**31 - 1)])
def test_a_bomb_is_refused_by_its_header_in_no_time_and_no_memory(width: int, height: int) -> None:
    bomb = png_that_claims(width, height)
    tracemalloc.start()
    started = perf_counter()
    line = refusal(bomb)
    took_s, (_, peak_bytes) = perf_counter() - started, tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert "larger than any ad" in line or "bomb" in line
    assert took_s < 1
    assert peak_bytes < 30_000_000


def test_a_png_whose_notes_unpack_to_a_gigabyte_is_refused() -> None:
    packed = zlib.compress(bytes(200_000_000), 9)
    header = struct.pack(">IIBBBBB", 64, 48, 8, 2, 0, 0, 0)
    pixels = zlib.compress(bytes((64 * 3 + 1) * 48))
    bomb = (
        b"\x89PNG\r\n\x1a\n"
        + png_chunk(b"IHDR", header)
        + b"".join(png_chunk(b"zTXt", b"a\x00\x00" + packed) for _ in range(4))
        + png_chunk(b"IDAT", pixels)
        + png_chunk(b"IEND", b"")
    )
    tracemalloc.start()
    refusal(bomb)
    peak_bytes = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak_bytes < 30_000_000


def test_a_file_heavier_than_any_network_takes_is_not_read(tmp_path: Path) -> None:
    heavy = tmp_path / "heavy.jpg"
    with heavy.open("wb") as file:
        file.truncate(40 * 1024 * 1024)
    with pytest.raises(UploadRefused, match="41,943,040 bytes"):
        open_upload(heavy)


@pytest.mark.parametrize("kind", ["jpeg", "png", "webp"])
@pytest.mark.parametrize("share", [0.3, 0.6, 0.9])
def test_a_truncated_file_is_refused(kind: str, share: float) -> None:
    noise = Image.fromarray(np.random.default_rng(3).integers(0, 256, (200, 300, 3), dtype=np.uint8))
    whole = saved(noise, kind)
    line = refusal(whole[: int(len(whole) * share)], f"cut.{kind}")
    assert "truncated" in line or "broken" in line


def test_an_animation_gives_its_first_frame_and_says_so() -> None:
    frames = [Image.new("RGB", (64, 48), colour) for colour in ("red", "green", "blue")]
    for kind in ("gif", "png", "webp"):
        opened = open_upload(saved(frames[0], kind, save_all=True, append_images=frames[1:], duration=100))
        assert opened.frames == 3, kind
        assert any("animated, 3 frames" in note for note in opened.notes)
        assert np.allclose(np.asarray(opened.picture)[0, 0], (255, 0, 0), atol=3)


def test_frames_of_an_endless_gif_are_counted_up_to_a_bound() -> None:
    still = saved(Image.new("P", (16, 16)), "gif")
    at = still.index(b"\x2c")
    frame = still[at:-1]
    endless = still[:at] + frame * 200_000 + b"\x3b"
    started = perf_counter()
    opened = open_upload(endless, "endless.gif")
    assert opened.frames == MOST_FRAMES_COUNTED
    assert perf_counter() - started < 2
    assert gif_frames(still[:at] + frame * 7 + b"\x3b") == 7


def test_a_gif_of_one_byte_blocks_is_bounded_in_time() -> None:
    still = saved(Image.new("P", (16, 16)), "gif")
    at = still.index(b"\x2c")
    started = perf_counter()
    gif_frames(still[:at] + b"\x21\xfe" + b"\x01x" * 10_000_000)
    assert perf_counter() - started < 3


def test_a_jpeg_of_thousands_of_scans_is_not_decoded() -> None:
    whole = saved(ramp(), "jpeg", progressive=True)
    at = whole.index(b"\xff\xda")
    assert "scans" in refusal(whole[:at] + whole[at:-2] * 2_000 + whole[-2:], "slow.jpg")
    assert open_upload(whole).format == "jpeg"


def test_print_colours_become_rgb_with_a_note() -> None:
    opened = open_upload(saved(Image.new("CMYK", (64, 48), (0, 255, 255, 0)), "jpeg"))
    assert any("CMYK" in note for note in opened.notes)
    red, green, blue = np.asarray(opened.picture)[10, 10]
    assert red > 200
    assert max(green, blue) < 60


def test_sixteen_bits_are_reduced_to_eight_with_a_note() -> None:
    levels = np.linspace(0, 65_535, 64, dtype=np.uint16)[None, :].repeat(48, axis=0)
    opened = open_upload(saved(Image.fromarray(levels), "png"))
    assert any("16 bits" in note for note in opened.notes)
    assert opened.picture.getpixel((0, 0)) == (0, 0, 0)
    assert opened.picture.getpixel((63, 0)) == (255, 255, 255)
    assert opened.picture.getpixel((32, 0))[0] == pytest.approx(128, abs=3)


def test_a_palette_becomes_rgb_with_a_note() -> None:
    opened = open_upload(saved(ramp().quantize(8), "png"))
    assert opened.picture.mode == "RGB"
    assert any("palette" in note for note in opened.notes)


def test_transparency_is_laid_on_white_and_kept_beside() -> None:
    drawn = Image.new("RGBA", (64, 48), (255, 0, 0, 0))
    drawn.paste((0, 0, 255, 255), (0, 0, 32, 48))
    opened = open_upload(saved(drawn, "png"))
    assert opened.picture.getpixel((50, 10)) == (255, 255, 255)
    assert opened.picture.getpixel((5, 10)) == (0, 0, 255)
    assert opened.cut_out is not None
    assert opened.cut_out.getpixel((50, 10))[3] == 0
    assert any("transparent" in note for note in opened.notes)


def test_an_alpha_that_hides_nothing_is_no_cut_out() -> None:
    opened = open_upload(saved(ramp().convert("RGBA"), "png"))
    assert opened.cut_out is None
    assert opened.notes == ()


def test_a_turned_camera_is_turned_back() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    opened = open_upload(saved(ramp(64, 48), "jpeg", exif=exif))
    assert (opened.width_px, opened.height_px) == (48, 64)
    assert any("upright" in note for note in opened.notes)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b'<svg xmlns="http://www.w3.org/2000/svg"></svg>', "an SVG drawing"),
        (b'<?xml version="1.0"?>\n<!-- x --><svg onload="alert(1)"></svg>', "an SVG drawing"),
        (b"%PDF-1.7\n", "a PDF document"),
        (b"<!DOCTYPE html><html></html>", "an HTML page"),
        (b"\n  <HTML><body>", "an HTML page"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n", "a PostScript document"),
        (b"PK\x03\x04rest", "a ZIP archive"),
        (b"MZ\x90\x00", "a program"),
        (b"hello there", "a text file"),
        (b"\x00\x01\x02\x03\x04", "no picture that can be told"),
        (b"", "an empty file"),
        (b"II*\x00\x08\x00\x00\x00", "a TIFF picture"),
    ],
)
def test_what_is_no_picture_is_called_by_its_name(content: bytes, told: str) -> None:
    line = refusal(content)
    assert told in line
    assert "promises PNG" in line


def test_a_picture_under_a_wrong_name_opens_and_both_are_known() -> None:
    opened = open_upload(saved(ramp(), "png"), "photo.jpg")
    assert (opened.format, opened.named_format) == ("png", "jpeg")


def test_folders_and_missing_files_are_said_to_be_so(tmp_path: Path) -> None:
    with pytest.raises(MissingInput):
        open_upload(tmp_path / "nobody.png")
    with pytest.raises(UploadRefused, match="no file"):
        open_upload(tmp_path)


def test_a_path_and_its_bytes_open_alike(tmp_path: Path) -> None:
    path = tmp_path / "banner.png"
    path.write_bytes(saved(ramp(), "png"))
    by_path, by_bytes = open_upload(path), open_upload(path.read_bytes(), "banner.png")
    assert by_path.sha256 == by_bytes.sha256
    assert by_path.name == by_bytes.name


def test_the_xmp_packet_of_every_format_is_read() -> None:
    packet = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><a>trainedAlgorithmicMedia</a></x:xmpmeta>'
    for kind in ("jpeg", "webp"):
        assert "trainedAlgorithmicMedia" in open_upload(saved(ramp(), kind, xmp=packet)).xmp


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    kind=st.sampled_from(["jpeg", "png", "gif", "webp"]),
    wounds=st.lists(st.tuples(st.floats(0, 1), st.integers(0, 255)), min_size=1, max_size=12),
    cut=st.floats(0.05, 1),
)
def test_wounded_files_open_or_are_refused_and_nothing_else(
    kind: str, wounds: list[tuple[float, int]], cut: float
) -> None:
    content = bytearray(saved(ramp(), kind))
    for where, value in wounds:
        content[int(where * (len(content) - 1))] = value
    try:
        opened: OpenedPicture = open_upload(bytes(content[: max(int(len(content) * cut), 1)]))
    except InputError as refused:
        assert refused.hint
    else:
        assert opened.picture.mode == "RGB"


@given(content=st.binary(max_size=200))
def test_any_bytes_are_answered(content: bytes) -> None:
    opener: Callable[[bytes], OpenedPicture] = open_upload
    with pytest.raises(InputError):
        opener(content)
