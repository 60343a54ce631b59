"""Products, words and placements that the tests of this room draw themselves."""

from __future__ import annotations

import datetime

from PIL import Image, ImageDraw

from adplat.domain.placement_rules import ImageLimit, Source
from adplat.generation import Cutout, Parts, Words, cut_out

SOURCE = Source("https://example.org/limits", datetime.date(2026, 11, 1), owner_sourced=True)
ENGLISH = Words(
    headline="Soft hands, spring in every drop",
    cta="Shop now",
    brand="Acme & Söhne",
    body="Cherry blossom hand cream, 30 ml, absorbs in seconds",
    price="$12.90",
)
CHINESE = Words(
    headline="樱花护手霜，滋润不油腻",
    cta="立即购买",
    brand="花间堂",
    body="30毫升便携装，清新樱花香，快速吸收",
    price="￥89",
    disclosure="广告",
)


def a_bottle(width: int = 240, height: int = 520) -> Image.Image:
    """A drawn bottle with alpha: white label, dark cap, nothing of it plain enough to hide a mistake."""
    picture = Image.new("RGBA", (width, height), (0, 0, 0, 0))
    pen = ImageDraw.Draw(picture)
    pen.rounded_rectangle((20, 90, width - 20, height - 10), 40, fill=(190, 60, 90, 255))
    pen.rectangle((40, 220, width - 40, height - 130), fill=(250, 246, 240, 255))
    pen.ellipse((width // 2 - 40, 260, width // 2 + 40, 340), fill=(230, 150, 40, 255))
    pen.rectangle((width // 2 - 45, 10, width // 2 + 45, 90), fill=(40, 36, 44, 255))
    return picture


def a_crate() -> Image.Image:
    """Wider than high, with alpha."""
    picture = Image.new("RGBA", (700, 420), (0, 0, 0, 0))
    pen = ImageDraw.Draw(picture)
    for row in range(4):
        pen.rectangle((20, 20 + row * 98, 680, 100 + row * 98), fill=(150 - 12 * row, 100, 60, 255))
    pen.rectangle((20, 20, 60, 400), fill=(100, 64, 36, 255))
    return picture


def on_white(picture: Image.Image, ground: tuple[int, int, int] = (255, 255, 255)) -> Image.Image:
    """A product photo without alpha: the picture with room round it on a plain ground."""
    photo = Image.new("RGB", (picture.width + 120, picture.height + 120), ground)
    photo.paste(picture.convert("RGB"), (60, 60), picture.getchannel("A"))
    return photo


def the_bottle() -> Cutout:
    return cut_out(a_bottle())


def a_limit(width_px: int, height_px: int, safe: tuple[int, int, int, int] = (0, 0, 0, 0)) -> ImageLimit:
    return ImageLimit(width_px, height_px, SOURCE, safe_margin_px=safe)


def some_parts(
    words: Words = ENGLISH, template: str = "side", style: str = "studio", palette: str = "light", seed: int = 3
) -> Parts:
    return Parts(words, template, style, palette, ("#b23a6f", "#f2b705"), seed)
