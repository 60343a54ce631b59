"""Strips: everything in one row. Words take what product and button leave.

Left out are, in this order: body, brand, price; the product stays, small as it is, because it says what is sold.
"""

from __future__ import annotations

from adplat.artwork import block_width, fit_text, text_height, text_width
from adplat.domain.artwork import Box, Element, ElementKind
from adplat.generation.layouts.parts import Arrangement, Column, Words
from adplat.generation.layouts.stack import Look, Stacked, button_size

_LEFT_OUT = ((), ("body",), ("body", "logo"), ("body", "logo", "price"))
_ORDER = {
    # from left to right; "words" is brand, headline and body
    "side": ("words", "product", "price", "cta"),
    "centred": ("product", "words", "price", "cta"),
    "poster": ("words", "price", "cta", "product"),
    "card": ("product", "words", "price", "cta"),
    "split": ("words", "price", "cta", "product"),
}


def strip(
    template: str, canvas: Box, room: Box, words: Words, look: Look, product_ratio: float
) -> tuple[Arrangement, Stacked] | None:
    """Where everything goes; ``None`` where not even headline and button fit. Raises MissingInput without a font."""
    last: tuple[Arrangement, Stacked] | None = None
    for without in _LEFT_OUT:
        tried = _tried(template, canvas, room, words, look, product_ratio, without)
        if tried is None:
            continue
        if tried[1].headline_px >= max(0.2 * canvas.height, 12):
            return tried
        if last is None or tried[1].headline_px > 1.1 * last[1].headline_px:
            last = tried
    return last


def _tried(
    template: str, canvas: Box, room: Box, words: Words, look: Look, ratio: float, without: tuple[str, ...]
) -> tuple[Arrangement, Stacked] | None:
    high = room.height
    gap = max(round(0.16 * canvas.height), 6)
    cta_px = min(max(round(0.175 * canvas.height), 11), 20)
    button_wide, button_high = button_size(words.cta, cta_px)
    if button_wide > 0.3 * canvas.width:
        button_wide = text_width(words.cta, cta_px) + cta_px
    price_px = min(max(round(0.27 * canvas.height), 13), 30)
    price_wide = text_width(words.price, price_px) if words.price and "price" not in without else 0
    product_wide = min(round(high * max(ratio, 0.75)), round(0.24 * canvas.width))
    widths = {"product": product_wide, "price": price_wide, "cta": button_wide}
    taken = sum(width + gap for width in widths.values() if width)
    rest = room.width - taken
    if rest < 0.25 * canvas.width:
        return None
    made = _words(Box(0, room.top, rest, high), words, canvas.height, look, without)
    if made is None:
        return None
    lines, headline_px = made
    widths["words"] = rest
    at: dict[str, Box] = {}
    x = room.left
    for part in _ORDER[template]:
        if widths[part]:
            at[part] = Box(x, room.top, widths[part], high)
            x += widths[part] + gap
    elements = [
        Element(
            line.element_id,
            line.kind,
            Box(at["words"].left, line.box.top, rest, line.box.height),
            line.text,
            line.font_px,
            line.bold,
            asset=line.asset,
        )
        if line.text
        else Element(line.element_id, line.kind, Box(at["words"].left, line.box.top, line.box.width, line.box.height))
        for line in lines
    ]
    middle = room.top + high // 2
    if price_wide:
        tall = text_height("", price_px)
        box = Box(at["price"].left, middle - tall // 2, price_wide, tall)
        elements.append(Element("price", ElementKind.PRICE, box, words.price, price_px))
    box = Box(at["cta"].left, middle - button_high // 2, button_wide, button_high)
    radius = button_high // 2 if look.radius_px is None else min(look.radius_px, 4)
    elements.append(Element("cta", ElementKind.CTA, box, words.cta, cta_px, align="centre", radius_px=radius))
    panel = _panel(template, canvas, at, gap)
    column = Column(at["words"], ("logo", "headline", "body"))
    arrangement = Arrangement(
        at["product"], (column,), panel, 0, panel_is_bold=template == "split", radius_px=look.radius_px
    )
    return arrangement, Stacked(tuple(elements), without, headline_px)


def _panel(template: str, canvas: Box, at: dict[str, Box], gap: int) -> Box | None:
    """The plain area below the words, from the product to the edge."""
    product = at["product"]
    if template == "card":
        left = product.right + gap // 2
        return Box(left, canvas.top, canvas.right - left, canvas.height)
    if template == "split":
        return Box(canvas.left, canvas.top, product.left - gap // 2 - canvas.left, canvas.height)
    return None


def _words(
    room: Box, words: Words, canvas_high: int, look: Look, without: tuple[str, ...]
) -> tuple[list[Element], int] | None:
    """Brand above, headline, body below, the lot in the middle of the row's height."""
    small = min(max(round(0.15 * canvas_high), 10), 16)
    body_px = max(small, 11)
    logo_high = 0
    if "logo" not in without and (words.brand or look.logo_ratio is not None):
        logo_high = round(1.5 * small) if look.logo_ratio is not None else text_height("", small)
    body = words.body if "body" not in without else ""
    if body and text_width(body, body_px, False) > room.width:
        return None
    body_high = text_height(body, body_px, False) if body else 0
    gaps = (3 if logo_high else 0) + (4 if body_high else 0)
    left = room.height - logo_high - body_high - gaps
    largest = round((0.31 if logo_high and body_high else 0.36) * canvas_high)
    lines = 1 if body_high and logo_high and canvas_high < 120 else 2
    fitted = fit_text(words.headline, room.width, left, largest, 11, True, lines)
    if fitted is None:
        return None
    broken, size = fitted
    high = text_height(broken, size)
    y = room.top + (room.height - high - logo_high - body_high - gaps) // 2
    made: list[Element] = []
    if logo_high:
        wide = round(logo_high * look.logo_ratio) if look.logo_ratio is not None else text_width(words.brand, small)
        text = "" if look.logo_ratio is not None else words.brand
        made.append(Element("logo", ElementKind.LOGO, Box(0, y, wide, logo_high), text, small if text else 0))
        y += logo_high + 3
    made.append(Element("headline", ElementKind.HEADLINE, Box(0, y, block_width(broken, size), high), broken, size))
    if body_high:
        y += high + 4
        made.append(Element("body", ElementKind.BODY, Box(0, y, room.width, body_high), body, body_px, False))
    return made, size
