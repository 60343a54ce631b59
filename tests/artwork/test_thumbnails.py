"""A picture made small."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from adplat.artwork import THUMBNAIL_SIDE_PX, UploadRefused, thumbnail


@pytest.mark.parametrize(("size", "small"), [((1200, 628), (320, 167)), ((90, 60), (90, 60)), ((160, 600), (85, 320))])
def test_no_side_is_longer_than_it_may_be_and_nothing_is_made_larger(
    size: tuple[int, int], small: tuple[int, int]
) -> None:
    file = io.BytesIO()
    Image.new("RGBA", size, (200, 30, 30, 0)).save(file, "PNG")
    with Image.open(io.BytesIO(thumbnail(file.getvalue()))) as made:
        assert (made.format, made.mode, made.size) == ("WEBP", "RGB", small) and max(small) <= THUMBNAIL_SIDE_PX
        assert min(made.getpixel((5, 5))) > 250  # type: ignore[type-var, arg-type]  # three numbers of an RGB picture


def test_what_is_no_picture_is_refused() -> None:
    with pytest.raises(UploadRefused):
        thumbnail(b"<html></html>")
