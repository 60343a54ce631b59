"""From a row of the catalogue to its picture: the words on the badge are made here and stand nowhere else."""

from __future__ import annotations

import io

from adplat.simulator.backgrounds import Colour
from adplat.simulator.catalogue import Catalogue
from adplat.simulator.colour import Rgb
from adplat.simulator.elements import BACKGROUNDS, BADGES, LAYOUTS
from adplat.simulator.rendering import Picture, render
from adplat.simulator.seeds import stream
from adplat.simulator.trade import LANGUAGES

_BADGE_WORDS = {
    "zh": {"none": "", "new": "新品", "limited": "限时特卖", "shipping": "全国包邮"},
    "en": {"none": "", "new": "NEW", "limited": "TODAY ONLY", "shipping": "FREE POST"},
}


def picture_of(catalogue: Catalogue, row: int) -> Picture:
    """What the creative in ``row`` shows."""
    creatives, elements = catalogue.creatives, catalogue.creatives.elements
    language = LANGUAGES[creatives.language[row]]
    ad = int(creatives.ad[row])
    advertiser = catalogue.campaigns.advertiser[creatives.campaign[row]]
    names = catalogue.advertisers.name_zh if language == "zh" else catalogue.advertisers.name_en
    return Picture(
        drawing=catalogue.ads.product[ad].drawing,
        background=BACKGROUNDS[elements.background[row]],
        layout=LAYOUTS[elements.layout[row]],
        background_rgb=_colour(elements.background_rgb, row),
        second_rgb=_colour(elements.second_rgb, row),
        brand_rgb=_colour(catalogue.advertisers.rgb, int(advertiser)),
        scale=float(elements.scale[row]),
        tilt_degrees=float(elements.tilt_degrees[row]),
        decorations=int(elements.decorations[row]),
        brand=names[advertiser],
        product=catalogue.ads.product_name(ad, language),
        cta=creatives.words[row].cta,
        badge=BADGES[elements.badge[row]],
        badge_text=badge_text(catalogue, row),
    )


def badge_text(catalogue: Catalogue, row: int) -> str:
    """The words on the badge of the creative in ``row``; empty without a badge."""
    creatives = catalogue.creatives
    badge = BADGES[creatives.elements.badge[row]]
    if badge == "discount":
        return f"-{creatives.elements.discount_percent[row]}%"
    if badge == "price":
        return f"¥{catalogue.ads.price_yuan[creatives.ad[row]]:.0f}"
    return _BADGE_WORDS[LANGUAGES[creatives.language[row]]][badge]


def png_of(catalogue: Catalogue, row: int, seed: int) -> bytes:
    """The PNG of one creative; equal seeds give equal bytes."""
    content = io.BytesIO()
    render(picture_of(catalogue, row), stream(seed, "picture", row)).save(content, "PNG", compress_level=2)
    return content.getvalue()


def _colour(rgb: Rgb, row: int) -> Colour:
    red, green, blue = (int(channel) for channel in rgb[row])
    return red, green, blue
