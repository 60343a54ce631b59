"""Pictures and trees that break one rule each, in several ways a rule."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from io import BytesIO

import numpy as np
from PIL import Image, ImageDraw, ImageEnhance

from adplat.artwork import SourceType, font, xmp_of
from adplat.domain import Box, Element, ElementKind, Making
from tests.review.planted.scenes import GROUNDS, PRODUCTS, Scene, blurred, scene

NAMES = ("Norvik", "Lunera", "Halden", "Selwyn", "Pikko")
LINES = (
    ("Cold for the whole day", "A steel flask for long trails.", "Shop now"),
    ("山顶也能喝到热茶", "不锈钢杯身，好看好洗。", "立即选购"),
    ("Light that follows your evening", "A warm beam and a steady arm.", "Take a look"),
    ("清晨一抹，轻轻吸收", "四季都可以用的日霜。", "了解更多"),
    ("Build, knock down, build again", "Beech wood for small hands.", "See the blocks"),
)
SIZES = {
    "iab_300x250": (300, 250), "iab_728x90": (728, 90), "iab_160x600": (160, 600), "iab_970x250": (970, 250),
    "iab_300x600": (300, 600), "iab_336x280": (336, 280), "meta_feed_1080x1080": (1080, 1080),
    "google_rda_1200x628": (1200, 628), "meta_story_1080x1920": (1080, 1920),
}  # fmt: skip


@dataclass(frozen=True)
class Case:
    """One creative: a tree with its pixels, or a file alone; ``weight``: what is expected at least."""

    rule: str
    half: str
    placement: str
    scene: Scene | None = None
    file: tuple[str, bytes] | None = None
    drawn: Image.Image | None = None
    makings: tuple[Making, ...] | None = None
    weight: str = "hold"
    facts: str = ""
    told: str = field(default="")


def good_scene(number: int, placement: str) -> Scene:
    """A good one; the same number gives the same."""
    headline, body, call = LINES[number % len(LINES)]
    return scene(
        SIZES[placement], headline, body, call, NAMES[number % len(NAMES)], kind=PRODUCTS[number % len(PRODUCTS)],
        style=GROUNDS[number % len(GROUNDS)], dark=number % 2 == 0, seed=number,
    )  # fmt: skip


def encoded(picture: Image.Image, kind: str = "jpeg", **options: object) -> bytes:
    kept = BytesIO()
    picture.save(kept, kind, **({"quality": 92} if kind in {"jpeg", "webp"} and not options else options))
    return kept.getvalue()


def bad_pictures() -> Iterator[Case]:
    """All of them."""
    yield from _contrast()
    yield from _text_share()
    yield from _layout()
    yield from _product()
    yield from _letters_in_grounds()
    yield from _logos()
    yield from _interfaces()
    yield from _files()
    yield from _makings()
    yield from _words_in_pictures()


def _half(number: int) -> str:
    return "open" if number % 3 == 0 else "held"


def _contrast() -> Iterator[Case]:
    places = ["iab_300x250", "meta_feed_1080x1080", "iab_970x250", "iab_160x600", "iab_336x280", "iab_300x600"]
    for number, place in enumerate(places):
        made = good_scene(number, place)
        base = np.asarray(made.assets[made.element("background").asset]).reshape(-1, 3).mean(axis=0)
        faint = "#" + "".join(f"{int(min(max(part + (30 if number % 2 == 0 else -30), 0), 255)):02x}" for part in base)
        name = ("headline", "body", "headline", "body", "headline", "body")[number]
        bad = made.changed(name, colour=faint)
        yield Case("picture.contrast", _half(number), place, bad)
        if number in {1, 2, 5}:
            yield Case("picture.contrast", _half(number + 1), place, file=("faint.jpg", encoded(bad.drawn())))
    made = good_scene(1, "iab_300x250")
    yield Case("picture.contrast", "held", "iab_300x250", made.changed("cta", colour="#ffffff", fill="#ffd34d"))
    loud = Image.fromarray(np.random.default_rng(5).integers(0, 150, (250, 300, 3), dtype=np.uint8))
    yield Case("picture.contrast", "held", "iab_300x250", made.with_asset("background", blurred(loud, 1.2)))


def _text_share() -> Iterator[Case]:
    for number in range(4):
        made = good_scene(number, "google_rda_1200x628").without("product", "body")
        text = (
            "Cold for the\nwhole day and\nlong nights",
            "山顶也能\n喝到热茶",
            "Light that\nfollows your\nevening",
            "清晨一抹\n轻轻吸收",
        )[number]
        head = made.element("headline")
        bad = made.changed(
            "headline",
            text=text,
            font_px=130 if number % 2 == 0 else 170,
            box=replace(head.box, width=1100, height=440),
        )
        button = bad.element("cta")
        bad = bad.changed("cta", box=replace(button.box, top=628 - 6 - button.box.height, left=900, width=280))
        if number < 3:
            yield Case("picture.text_share", _half(number), "google_rda_1200x628", bad)
        if number > 1:
            yield Case(
                "picture.text_share", "held", "google_rda_1200x628", file=("full.png", encoded(bad.drawn(), "png"))
            )


def _layout() -> Iterator[Case]:
    for number, place in enumerate(("iab_300x250", "iab_970x250", "iab_300x600")):
        made = good_scene(number, place)
        head, body, mark = made.element("headline").box, made.element("body").box, made.element("logo").box
        yield Case("layout.overlap", _half(number), place, made.changed("body", box=replace(body, top=head.top + 4)))
        yield Case(
            "layout.overlap", _half(number + 1), place, made.changed("logo", box=replace(mark, top=head.top + 2))
        )
        width, height = SIZES[place]
        yield Case("layout.canvas", _half(number), place, made.changed("headline", box=replace(head, left=width - 40)))
        yield Case(
            "layout.canvas", _half(number + 1), place, made.changed("logo", box=replace(mark, left=-mark.width // 2))
        )
        button = made.element("cta").box
        yield Case("layout.canvas", "held", place, made.changed("cta", box=replace(button, top=height - 6)))
        box = made.element("product").box
        cover = Box(box.left + box.width // 6, box.top + box.height // 3, box.width, box.height // 2)
        panel = Element("panel", ElementKind.PANEL, cover, fill="#cc3344")
        covered = replace(made, artwork=replace(made.artwork, elements=(*made.artwork.elements, panel)))
        yield Case("layout.product_covered", _half(number), place, covered)
        wide = replace(button, left=box.left, top=box.top + box.height // 3, width=box.width)
        yield Case("layout.product_covered", "held", place, made.changed("cta", box=wide))
    story = good_scene(2, "meta_story_1080x1920")
    yield Case("layout.safe_zone", "open", "meta_story_1080x1920", story, weight="warn")
    lower = story.changed("logo", box=replace(story.element("logo").box, top=300))
    lower = lower.changed("headline", box=replace(story.element("headline").box, top=420))
    lower = lower.changed("body", box=replace(story.element("body").box, top=760))
    yield Case("layout.safe_zone", "held", "meta_story_1080x1920", lower, weight="warn")
    yield Case(
        "layout.safe_zone", "held", "meta_story_1080x1920", file=("story.jpg", encoded(story.drawn())), weight="warn"
    )


def _product() -> Iterator[Case]:
    for number, place in enumerate(("iab_300x250", "iab_970x250", "meta_feed_1080x1080", "iab_300x600", "iab_336x280")):
        made = good_scene(number + 1, place)
        box = made.element("product").box
        frame = (box.left, box.top, box.right, box.bottom)
        drawn = made.drawn()
        patch = drawn.crop(frame)
        changed = (
            ImageEnhance.Color(patch).enhance(0.2),
            blurred(patch, 2),
            patch.transpose(Image.Transpose.FLIP_LEFT_RIGHT),
            ImageEnhance.Brightness(patch).enhance(1.04),
            patch.transform(patch.size, Image.Transform.AFFINE, (0.97, 0, 0, 0, 0.97, 0)),
        )[number]
        drawn.paste(changed, frame)
        yield Case("product.pixels", _half(number), place, made, drawn=drawn)
        if number in {0, 4}:
            yield Case("product.pixels", "held", place, made, file=("banner.jpg", encoded(drawn)))
    for number, place in enumerate(("iab_300x250", "iab_970x250", "meta_feed_1080x1080", "iab_300x600")):
        made = good_scene(2 * number + 1, place)
        yield Case("product.growth", _half(number), place, _grown(made, number))


def _grown(made: Scene, number: int) -> Scene:
    """The ground as an inpainting model leaves it that goes on with the product."""
    element = made.element("product")
    own, box = made.assets[element.asset], element.box
    painted = made.assets[made.element("background").asset].copy()
    step = max(box.width // 14, 3)
    if number == 0:  # larger all round
        larger = own.resize((box.width + 2 * step, box.height + 2 * step))
        painted.paste(larger, (box.left - step, box.top - step), larger)
    elif number == 1:  # a second one behind, moved
        painted.paste(own, (box.left - 2 * step, box.top), own)
    elif number == 2:  # taller
        taller = own.resize((box.width, box.height + 2 * step))
        painted.paste(taller, (box.left, box.top - 2 * step), taller)
    else:  # a handle
        middle = np.asarray(own)[box.height // 2, box.width * 4 // 5, :3]
        pen = ImageDraw.Draw(painted)
        at = (box.right - step, box.top + box.height // 3, box.right + 2 * step, box.top + 2 * box.height // 3)
        pen.rectangle(at, fill=tuple(int(part) for part in middle))
    return made.with_asset("background", painted)


def _letters_in_grounds() -> Iterator[Case]:
    told = ("SALE", "Fresh taste", "新品上市", "Rosewood Farm", "好喝", "LOVE your day")
    for number, text in enumerate(told):
        place = ("iab_300x250", "meta_feed_1080x1080", "iab_970x250")[number % 3]
        made = good_scene(number, place)
        painted = made.assets[made.element("background").asset].copy()
        width, height = painted.size
        size = max(min(width, height) // 9, 18)
        ink = (250, 240, 200) if number % 2 == 0 else (70, 50, 60)
        ImageDraw.Draw(painted).text((width * 0.64, height * 0.05), text, fill=ink, font=font(size), anchor="mt")
        yield Case("picture.background_letters", _half(number), place, made.with_asset("background", painted))


def _logos() -> Iterator[Case]:
    for number, (place, across, down) in enumerate(
        (
            ("iab_300x250", 1.3, 1.0),
            ("iab_970x250", 0.75, 1.0),
            ("iab_300x600", 1.0, 1.5),
            ("meta_feed_1080x1080", 1.12, 1.0),
        )
    ):
        made = good_scene(number, place)
        box = made.element("logo").box
        stretched = replace(box, width=round(box.width * across), height=round(box.height * down))
        yield Case("marks.own_logo", _half(number), place, made.changed("logo", box=stretched))
    yield Case("marks.own_logo", "held", "iab_300x250", good_scene(4, "iab_300x250").without("logo"), facts="toy")


def _interfaces() -> Iterator[Case]:
    for number, place in enumerate(
        ("iab_300x250", "iab_970x250", "meta_feed_1080x1080", "iab_300x600", "iab_336x280", "iab_160x600")
    ):
        made = good_scene(number, place).drawn()
        width, height = made.size
        pen = ImageDraw.Draw(made)
        size = max(min(width, height) // (28 if number == 2 else 14), 10)
        if number < 4:  # crosses: bare, in a square, in a disc, thin
            left = width - size - 8 if number != 2 else 10
            at = (left, 8, left + size, 8 + size)
            ink: tuple[int, int, int] = (255, 255, 255) if number % 2 == 0 else (30, 30, 30)
            if number == 1:
                pen.rectangle((at[0] - 4, at[1] - 4, at[2] + 4, at[3] + 4), fill=(210, 210, 210))
            if number == 2:
                pen.ellipse((at[0] - 8, at[1] - 8, at[2] + 8, at[3] + 8), fill=(120, 120, 120))
            line = max(size // (8 if number == 3 else 5), 2)
            pen.line(at, fill=ink, width=line)
            pen.line((at[0], at[3], at[2], at[1]), fill=ink, width=line)
        else:
            middle_x, middle_y, reach = width // 2, height // 2, min(width, height) // 6
            pen.ellipse(
                (middle_x - 2 * reach, middle_y - 2 * reach, middle_x + 2 * reach, middle_y + 2 * reach),
                fill=(20, 20, 20),
            )
            pen.polygon(
                [
                    (middle_x - reach * 0.7, middle_y - reach),
                    (middle_x + reach, middle_y),
                    (middle_x - reach * 0.7, middle_y + reach),
                ],
                fill=(255, 255, 255),
            )
        yield Case("policy.fake_interface", _half(number), place, file=("banner.png", encoded(made, "png")))


def _files() -> Iterator[Case]:
    made = [good_scene(number, "iab_300x250").drawn() for number in range(5)]
    small, wide = good_scene(1, "iab_336x280").drawn(), good_scene(2, "google_rda_1200x628").drawn()
    yield Case("file.size", "open", "iab_300x250", file=("banner.png", encoded(small, "png")))
    yield Case("file.size", "held", "iab_728x90", file=("banner.jpg", encoded(made[1])))
    yield Case("file.size", "held", "google_rda_1200x628", file=("banner.jpg", encoded(wide.resize((560, 293)))))
    yield Case("file.size", "held", "google_rda_1200x628", file=("banner.jpg", encoded(wide.crop((0, 0, 1100, 628)))))
    yield Case("file.size", "held", "iab_300x250", file=("banner.png", encoded(made[2].resize((301, 250)), "png")))
    noise = Image.fromarray(np.random.default_rng(1).integers(0, 256, (250, 300, 3), dtype=np.uint8))
    mixed = [Image.blend(picture, noise, 0.25) for picture in made]
    yield Case("file.weight", "open", "iab_300x250", file=("banner.png", encoded(mixed[0], "png")))
    yield Case("file.weight", "held", "iab_300x250", file=("banner.png", encoded(mixed[1], "png", compress_level=0)))
    yield Case("file.weight", "held", "iab_300x250", file=("banner.png", encoded(mixed[3], "png")))
    strip = good_scene(3, "iab_728x90").drawn()
    yield Case("file.weight", "held", "iab_728x90", file=("banner.png", encoded(strip, "png", compress_level=0)))
    yield Case("file.format", "open", "iab_300x250", file=("banner.png", encoded(made[0])))
    yield Case("file.format", "held", "google_rda_1200x628", file=("banner.webp", encoded(wide, "webp")))
    yield Case("file.format", "held", "iab_300x250", file=("banner.jpeg", encoded(made[3], "png")))
    yield Case("file.format", "held", "google_rda_1200x628", file=("banner.gif", encoded(wide, "gif")))
    for number, kind in enumerate(("gif", "png", "gif")):
        place = ("google_display_300x250", "iab_300x250", "google_display_300x250")[number]
        frames = {
            "save_all": True,
            "append_images": [picture.quantize(16) if kind == "gif" else picture for picture in made[1 : 3 + number]],
        }
        first = made[0].quantize(16) if kind == "gif" else made[0].quantize(32)
        if kind == "png":
            frames["append_images"] = [picture.quantize(32) for picture in made[1:3]]
        yield Case(
            "file.animation",
            _half(number),
            place,
            file=(f"banner.{kind}", encoded(first, kind, duration=300, **frames)),
        )


def _makings() -> Iterator[Case]:
    licences = (
        "FLUX.1 [dev] Non-Commercial License",
        "",
        "Stability AI Non-Commercial Research Community License",
        "CC BY-NC 4.0",
    )
    mark = xmp_of(SourceType.COMPOSITE_WITH_TRAINED)
    for number, licence in enumerate(licences):
        making = Making("diffusers", number, model="some/model@1", licence=licence, prompt="a table by a window")
        made = good_scene(number, "iab_300x250")
        file = ("banner.jpg", encoded(made.drawn(), "jpeg", quality=92, xmp=mark))
        yield Case("provenance.licence", _half(number), "iab_300x250", made, file=file, makings=(making,))
    making = Making("diffusers", 1, model="some/model@1", licence="Apache-2.0", prompt="a table by a window")
    for number, xmp in enumerate((b"", xmp_of(SourceType.COMPOSITE), b"<x>digitalCapture</x>")):
        made = good_scene(number, "iab_970x250")
        file = ("banner.jpg", encoded(made.drawn(), "jpeg", quality=92, **({"xmp": xmp} if xmp else {})))
        yield Case("provenance.mark", _half(number), "iab_970x250", made, file=file, makings=(making,))


def _words_in_pictures() -> Iterator[Case]:
    """Uploads whose letters alone say it."""
    told = (
        ("claims.prices", "All lamps 50% off today", "lamp"),
        ("claims.guarantees", "100% satisfaction guaranteed", "cream"),
        ("claims.superlatives", "全国第一的积木品牌", "toy"),
        ("claims.urgency", "最后一天，限时抢购", "headphones"),
        ("claims.cures", "Cures back pain in a week", "bedding"),
        ("claims.income", "Earn $900 a day from home", "course"),
        ("policy.fake_interface", "You have 3 new messages", "course"),
        ("marks.other_brands", "Quieter than Sony", "headphones"),
        ("claims.free", "免费领取保温杯", "bottle"),
    )
    for number, (rule, text, brief) in enumerate(told):
        place = ("iab_300x250", "meta_feed_1080x1080", "iab_970x250")[number % 3]
        _, _, call = LINES[number % len(LINES)]
        made = scene(
            SIZES[place], text, "See more on our page." if text.isascii() else "点击了解更多详情。", call, "Norvik",
            kind=PRODUCTS[number % 8], style=GROUNDS[number % 6], dark=number % 2 == 0, seed=100 + number,
        )  # fmt: skip
        yield Case(rule, _half(number), place, file=("banner.png", encoded(made.drawn(), "png")), facts=brief)
