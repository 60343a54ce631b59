"""Which code a draft gets, and that it comes back out of every kind of file."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from adplat.artwork import SourceType, encode_under, source_code_in, source_type_of, xmp_of
from adplat.domain.drafts import Making

from .test_encoding import LIMIT, noise

DRAWN = Making("procedural", 1)
PAINTED = Making("diffusers", 1, "stabilityai/sdxl", "openrail++")
WRITTEN = Making("lm", 1, "smollm2", "apache-2.0")
FILLED_IN = Making("template", 1)


@pytest.mark.parametrize(
    ("ground", "words", "has_product", "code"),
    [
        (PAINTED, FILLED_IN, True, "compositeWithTrainedAlgorithmicMedia"),
        (PAINTED, FILLED_IN, False, "trainedAlgorithmicMedia"),
        (DRAWN, WRITTEN, True, "compositeSynthetic"),
        (DRAWN, FILLED_IN, True, "composite"),
        (DRAWN, FILLED_IN, False, "algorithmicMedia"),
        (None, FILLED_IN, True, "composite"),
    ],
)
def test_the_code_says_what_a_trained_model_made(
    ground: Making | None, words: Making, has_product: bool, code: str
) -> None:
    found = source_type_of(ground, (words,), has_product=has_product)
    assert found == code
    assert found.by_model == (PAINTED is ground or WRITTEN is words)


@pytest.mark.parametrize("kind", ["jpeg", "png", "webp"])
def test_the_mark_is_read_back(kind: str) -> None:
    for source_type in SourceType:
        content = encode_under(noise(), type(LIMIT)(300, 250, LIMIT.source, formats=(kind,)), 0, xmp_of(source_type))
        assert source_code_in(content) == source_type


def test_marks_of_others_are_read_as_elements_and_with_https() -> None:
    address = "https://cv.iptc.org/newscodes/digitalsourcetype/digitalCapture"
    for packet in (
        f"<Iptc4xmpExt:DigitalSourceType>{address}</Iptc4xmpExt:DigitalSourceType>",
        f'<Iptc4xmpExt:DigitalSourceType rdf:resource="{address}"/>',
        f"<rdf:Description Iptc4xmpExt:DigitalSourceType='{address}'/>",
    ):
        file = io.BytesIO()
        Image.new("RGB", (8, 8)).save(file, "JPEG", xmp=packet.encode())
        assert source_code_in(file.getvalue()) == "digitalCapture"


def test_a_picture_without_a_mark_and_what_is_none_tell_nothing() -> None:
    assert source_code_in(encode_under(noise(), LIMIT)) == ""
    for rubbish in (b"", b"no picture", encode_under(noise(), LIMIT)[:40], b"\x89PNG\r\n\x1a\n" + b"\0" * 50):
        assert source_code_in(rubbish) == ""
