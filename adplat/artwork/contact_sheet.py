"""Many pictures on one, with a caption below each, for people to look at."""

from __future__ import annotations

from collections.abc import Iterable

from PIL import Image, ImageDraw

from adplat.artwork.fonts import font

_GAP, _CAPTION = 18, 20


def contact_sheet(
    pictures: Iterable[tuple[str, Image.Image]], width_px: int = 1600, most_high_px: int = 420
) -> Image.Image:
    """Pictures in rows from left to right, the higher ones made smaller to ``most_high_px``. Raises MissingInput."""
    placed: list[tuple[str, Image.Image, int, int]] = []
    x, y, row = _GAP, _GAP, 0
    for caption, picture in pictures:
        share = min(most_high_px / picture.height, (width_px - 2 * _GAP) / picture.width, 1.0)
        size = (max(round(picture.width * share), 1), max(round(picture.height * share), 1))
        shown = picture if share == 1.0 else picture.resize(size, Image.Resampling.LANCZOS)
        if x > _GAP and x + size[0] + _GAP > width_px:
            x, y, row = _GAP, y + row + _CAPTION + _GAP, 0
        placed.append((caption, shown, x, y))
        x, row = x + size[0] + _GAP, max(row, size[1])
    sheet = Image.new("RGB", (width_px, y + row + _CAPTION + _GAP), "#d9dbde")
    pen = ImageDraw.Draw(sheet)
    for caption, shown, left, top in placed:
        sheet.paste(shown, (left, top))
        pen.text((left, top + shown.height + 3), caption, fill="#333333", font=font(11, False))
    return sheet
