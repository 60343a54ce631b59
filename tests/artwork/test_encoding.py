"""Files under their weight: the finest that fits, the same each time, and a refusal where none does."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from adplat.artwork import encode_under, media_type_of, suffix_of
from adplat.domain import ConfigRejected
from adplat.domain.placement_rules import ImageLimit, Source

SOURCE = Source("https://example.org/sizes", date(2026, 11, 26), owner_sourced=True)
LIMIT = ImageLimit(300, 250, SOURCE, most_bytes=150_000)


def noise(width: int = 300, height: int = 250, seed: int = 0) -> Image.Image:
    return Image.fromarray(np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8))


def opened(content: bytes) -> Image.Image:
    return Image.open(io.BytesIO(content))


@settings(max_examples=15, deadline=None)
@given(st.integers(15_000, 200_000), st.integers(0, 12_000), st.sampled_from([("jpeg", "png"), ("webp",), ("jpeg",)]))
def test_a_file_is_under_its_weight_with_what_was_to_be_spared(most: int, spare: int, formats: tuple[str, ...]) -> None:
    try:
        content = encode_under(noise(120, 100), replace(LIMIT, most_bytes=most, formats=formats), spare)
    except ConfigRejected:
        assert most - spare < 20_000, "noise of 12,000 pixels fits into 20 kB at the lowest quality"
        return
    assert len(content) + spare <= most
    assert opened(content).size == (120, 100)
    assert media_type_of(content) == f"image/{formats[0]}"


def test_more_weight_is_more_quality() -> None:
    picture = noise()

    def error_at(most: int | None) -> float:
        content = encode_under(picture, replace(LIMIT, most_bytes=most))
        return float(np.abs(np.asarray(opened(content), float) - np.asarray(picture, float)).mean())

    errors = [error_at(most) for most in (40_000, 60_000, 90_000, None)]
    assert errors == sorted(errors, reverse=True) and errors[0] > 2 * errors[-1]


def test_the_same_picture_is_the_same_bytes() -> None:
    assert encode_under(noise(), LIMIT, 4000, b"<x/>") == encode_under(noise(), LIMIT, 4000, b"<x/>")


def test_few_colours_are_kept_exactly() -> None:
    picture = Image.new("RGB", (300, 250), "#ff8800")
    picture.paste("#003366", (10, 10, 90, 40))
    content = encode_under(picture, LIMIT)
    assert media_type_of(content) == "image/png" and suffix_of(content) == ".png"
    assert opened(content).convert("RGB").tobytes() == picture.tobytes()


def test_png_alone_is_exact_where_that_fits_and_in_256_colours_where_not() -> None:
    only = replace(LIMIT, formats=("png",), most_bytes=None)
    exact = opened(encode_under(noise(), only))
    assert exact.mode == "RGB" and exact.tobytes() == noise().tobytes()
    assert opened(encode_under(noise(), replace(only, most_bytes=100_000))).mode == "P"


def test_what_fits_at_no_quality_is_refused() -> None:
    with pytest.raises(ConfigRejected, match=r"take \d+ bytes at the lowest quality, of 5000 allowed"):
        encode_under(noise(), replace(LIMIT, most_bytes=6000), 1000)
    with pytest.raises(ConfigRejected, match="none of html5 can be written"):
        encode_under(noise(), replace(LIMIT, formats=("html5",)))


def test_what_is_no_picture_is_named_so() -> None:
    assert media_type_of(b"<svg>") == "application/octet-stream"
    assert suffix_of(b"GIF89a") == ".gif"
