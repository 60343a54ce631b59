"""Words stacked in a column: the largest headline at which all fits, and what is left out where nothing does.

The headline's size is searched; the others follow from the canvas (see ``unit_px``), a little smaller where it is
tight, and larger where there is room for all and the headline still leads. Left out are, in this order: body, price,
brand. Headline and button stay.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise

from adplat.artwork import block_width, fit_text, text_height, text_width, wrap
from adplat.domain.artwork import Box, Element, ElementKind
from adplat.generation.layouts.parts import Column, Words

_LEFT_OUT = ((), ("body",), ("body", "price"), ("body", "price", "logo"))
_LARGER, _SMALLER = (1.5, 1.35, 1.2), (1.0, 0.9, 0.8)
_LEADS = 2.3  # times the size of words that are read: a headline of this size leads, whatever grows beside it
_LEAST_PX = {"headline": 12, "body": 11, "cta": 11, "price": 12, "logo": 10}
_LONGEST = {"headline": 4, "body": 4}  # lines


@dataclass(frozen=True, slots=True)
class Look:
    """Sizes on one canvas: ``unit_px`` of words that are read, the largest headline, and the button's corners."""

    unit_px: float
    headline_px: int
    radius_px: int | None = None
    logo_ratio: float | None = None  # width over height of a logo picture; None: the name is written

    def size(self, part: str) -> int:
        """Of the letters of one part, in pixels."""
        share = {"body": 1.0, "cta": 1.05, "price": 1.55, "logo": 1.08}[part]
        return max(round(share * self.unit_px), _LEAST_PX[part])


@dataclass(frozen=True, slots=True)
class Stacked:
    """Elements of a column (without colours), and which parts were left out."""

    elements: tuple[Element, ...]
    left_out: tuple[str, ...]
    headline_px: int


def stack(column: Column, words: Words, look: Look) -> Stacked | None:
    """The column's parts at their sizes and places; ``None`` where not even headline and button fit.

    Raises MissingInput without a font.
    """
    for larger in _LARGER if "headline" in column.parts else ():
        grown = _tried(column, words, replace(look, unit_px=look.unit_px * larger), ())
        if grown is not None and grown.headline_px >= _LEADS * look.unit_px * larger:
            return grown
    last: Stacked | None = None
    for without in _LEFT_OUT:
        for tightness in _SMALLER:
            tried = _tried(column, words, replace(look, unit_px=look.unit_px * tightness), without)
            if tried is None:
                continue
            if "headline" not in column.parts or tried.headline_px >= 1.55 * look.unit_px * tightness:
                return tried
            last = last if last is not None and last.headline_px >= 0.85 * tried.headline_px else tried
    return last


def _tried(column: Column, words: Words, look: Look, without: tuple[str, ...]) -> Stacked | None:
    rows = [row for part in column.parts for row in _rows(part, words, look, column, without)]
    fixed = sum(row.height for row in rows) + sum(_gap(above, below, look) for above, below in _pairs(rows))
    if any(row.width > column.box.width for row in rows):
        return None
    headline = next((row for row in rows if row.part == "headline"), None)
    size = 0
    if headline is not None:
        room = column.box.height - fixed
        fitted = fit_text(
            words.headline,
            column.box.width,
            room,
            look.headline_px,
            max(round(1.15 * look.unit_px), _LEAST_PX["headline"]),
            True,
            _LONGEST["headline"],
        )
        if fitted is None:
            return None
        broken, size = fitted
        headline.text, headline.size = broken, size
        headline.width, headline.height = block_width(broken, size), text_height(broken, size)
        fixed += headline.height
    if fixed > column.box.height:
        return None
    return Stacked(tuple(_placed(rows, column, look, fixed)), without, size)


@dataclass(slots=True)
class _Row:
    part: str
    text: str
    size: int
    width: int
    height: int
    price: str = ""  # that stands beside a button


def _rows(part: str, words: Words, look: Look, column: Column, without: tuple[str, ...]) -> list[_Row]:
    """What a part takes; the headline has no height yet."""
    width = column.box.width
    if part in without:
        return []
    if part == "headline":
        return [_Row("headline", words.headline, 0, 0, 0)]
    if part == "logo":
        return _logo(words, look, width)
    if part == "body":
        return _body(words, look, width)
    return _offer(words, look, width, without)


def _logo(words: Words, look: Look, width: int) -> list[_Row]:
    size = look.size("logo")
    if look.logo_ratio is not None:
        high = min(round(1.7 * size), round(width / look.logo_ratio))
        return [_Row("logo", "", 0, round(high * look.logo_ratio), high)]
    wide = text_width(words.brand, size)
    return [_Row("logo", words.brand, size, wide, text_height("", size))] if words.brand else []


def _body(words: Words, look: Look, width: int) -> list[_Row]:
    if not words.body:
        return []
    size = look.size("body")
    broken = wrap(words.body, width, size, False, _LONGEST["body"])
    if broken is None:
        return [_Row("body", words.body, size, width + 1, 0)]  # too wide, which the caller sees
    return [_Row("body", broken, size, block_width(broken, size, False), text_height(broken, size, False))]


def _offer(words: Words, look: Look, width: int, without: tuple[str, ...]) -> list[_Row]:
    """Price and button in one row, or one above the other."""
    size, price_size = look.size("cta"), look.size("price")
    wide, high = button_size(words.cta, size)
    if wide > width >= text_width(words.cta, size) + round(1.0 * size):
        wide = width
    button = _Row("cta", words.cta, size, wide, high)
    if not words.price or "price" in without:
        return [button]
    price_width = text_width(words.price, price_size)
    if price_width + round(0.7 * price_size) + wide <= width:
        button.price, button.width = words.price, price_width + round(0.7 * price_size) + wide
        return [button]
    return [_Row("price", words.price, price_size, price_width, text_height("", price_size)), button]


def button_size(label: str, size_px: int) -> tuple[int, int]:
    """Width and height of a button with one line of letters."""
    return text_width(label, size_px) + round(2.1 * size_px), round(2.15 * size_px)


def _pairs(rows: list[_Row]) -> list[tuple[str, str]]:
    return [(above.part, below.part) for above, below in pairwise(rows)]


def _gap(above: str, below: str, look: Look) -> int:
    if above == "logo":
        return round(0.75 * look.unit_px)
    if below == "body":
        return round(0.5 * look.unit_px)
    return round((0.55 if above == "price" else 1.15) * look.unit_px)


def _placed(rows: list[_Row], column: Column, look: Look, total: int) -> list[Element]:
    spare = column.box.height - total
    y = column.box.top + {"top": 0, "middle": spare // 2, "bottom": spare}[column.settle]
    made: list[Element] = []
    for index, row in enumerate(rows):
        left = column.box.left + ((column.box.width - row.width) // 2 if column.align == "centre" else 0)
        made.extend(_elements(row, Box(left, y, row.width, row.height), column, look))
        y += row.height + (_gap(row.part, rows[index + 1].part, look) if index + 1 < len(rows) else 0)
    return made


def _elements(row: _Row, box: Box, column: Column, look: Look) -> list[Element]:
    full = Box(column.box.left, box.top, column.box.width, box.height)
    if row.part != "cta":
        kind = ElementKind(row.part)
        bold = row.part != "body"
        at = box if kind is ElementKind.LOGO and not row.text else full
        return [Element(row.part, kind, at, row.text, row.size, bold, align=column.align)]
    made: list[Element] = []
    if row.price:
        size = look.size("price")
        width = text_width(row.price, size)
        high = text_height("", size)
        at = Box(box.left, box.top + (box.height - high) // 2, width, high)
        made.append(Element("price", ElementKind.PRICE, at, row.price, size))
        shift = width + round(0.7 * size)
        box = Box(box.left + shift, box.top, box.width - shift, box.height)
    radius = box.height // 2 if look.radius_px is None else look.radius_px
    made.append(Element("cta", ElementKind.CTA, box, row.text, row.size, align="centre", radius_px=radius))
    return made
