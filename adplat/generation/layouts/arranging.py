"""One creative's words on one canvas: margins, the template's arrangement, the stacks that fit it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from adplat.artwork import text_box, text_height, unwritable, wrap
from adplat.domain import ConfigRejected
from adplat.domain.artwork import Box, Element, ElementKind
from adplat.generation.layouts.parts import Arrangement, Words
from adplat.generation.layouts.sizes import Aspect, aspect_of, least_gap_px, unit_px
from adplat.generation.layouts.stack import Look, stack
from adplat.generation.layouts.strip import strip
from adplat.generation.layouts.templates import TEMPLATES


@dataclass(frozen=True, slots=True)
class Laid:
    """Where everything goes: elements have no colours yet; ``left_out`` names the parts that did not fit."""

    arrangement: Arrangement
    elements: tuple[Element, ...]
    left_out: tuple[str, ...]


def lay_out(
    template: str,
    words: Words,
    size: tuple[int, int],
    safe_margin_px: tuple[int, int, int, int],
    product_ratio: float,
    logo_ratio: float | None = None,
) -> Laid:
    """Raises ConfigRejected (unknown template, letters that no face has, words that do not fit) and MissingInput."""
    if template not in TEMPLATES:
        hint = f"take one of {', '.join(TEMPLATES)}"
        raise ConfigRejected(f"no template is called {template!r}", where="template", hint=hint)
    lacking = unwritable("".join((words.headline, words.cta, words.brand, words.body, words.price, words.disclosure)))
    if lacking:
        raise ConfigRejected(
            f"no face can write {lacking[:12]!r}", where="copy", hint="write Chinese or Latin letters, without emoji"
        )
    canvas = Box(0, 0, *size)
    aspect = aspect_of(*size)
    room, disclosure = _room(canvas, aspect, safe_margin_px, words)
    unit = unit_px(*size)
    if aspect is Aspect.STRIP:
        look = Look(unit, 0, logo_ratio=logo_ratio, radius_px=4 if template in {"poster", "split"} else None)
        made = strip(template, canvas, room, words, look, product_ratio)
        if made is not None:
            return Laid(made[0], (*made[1].elements, *disclosure), _missing(made[1].left_out, words))
    else:
        laid = _stacks(template, canvas, room, words, product_ratio, logo_ratio)
        if laid is not None:
            return Laid(laid.arrangement, (*laid.elements, *disclosure), laid.left_out)
    raise ConfigRejected(
        f"headline and button do not fit {size[0]} x {size[1]}", where="copy", hint="give a shorter headline or button"
    )


def _stacks(
    template: str, canvas: Box, room: Box, words: Words, product_ratio: float, logo_ratio: float | None
) -> Laid | None:
    aspect, unit = aspect_of(canvas.width, canvas.height), unit_px(canvas.width, canvas.height)
    arrangement = TEMPLATES[template](canvas, room, aspect, product_ratio)
    largest = round(min((4.4 if aspect is Aspect.WIDE else 3.8) * unit, 0.155 * canvas.width + 6))
    if template == "poster":
        largest = round(1.15 * largest)
    look = Look(unit, largest, arrangement.radius_px, logo_ratio)
    elements: list[Element] = []
    left_out: tuple[str, ...] = ()
    for column in arrangement.columns:
        stacked = stack(column, words, look)
        if stacked is None:
            if "cta" in column.parts or "offer" in column.parts or "headline" in column.parts:
                return None
            left_out = (*left_out, *column.parts)
            continue
        elements.extend(stacked.elements)
        left_out = (*left_out, *(part for part in stacked.left_out if part in _shown(column.parts)))
    taken = [text_box(one) if one.text and one.kind is not ElementKind.CTA else one.box for one in elements]
    gap = least_gap_px(canvas.width, canvas.height)
    free = _free_room(arrangement.product, [*taken, *([arrangement.panel] if arrangement.panel else [])], gap)
    roomy = replace(arrangement, product=free)
    return Laid(roomy, tuple(elements), _missing(left_out, words))


def _free_room(product: Box, taken: list[Box], gap: int) -> Box:
    """The product's room, up to what is above and down to what is below, of which it may take more or less than was
    set apart, and away from what is beside it: letters never come closer than ``gap``."""
    across = [box for box in taken if box.left < product.right and box.right > product.left]
    middle = product.top + product.height // 2
    top = max((box.bottom + gap for box in across if box.bottom <= middle), default=product.top)
    foot = min((box.top - gap for box in across if box.top >= middle), default=product.bottom)
    beside = [box for box in taken if box.top < foot and box.bottom > top and box not in across]
    left = max((box.right + gap for box in beside if box.right <= product.left), default=product.left)
    right = min((box.left - gap for box in beside if box.left >= product.right), default=product.right)
    left, right = max(left, product.left), min(right, product.right)
    return Box(left, top, max(right - left, 1), max(foot - top, 1))


def _shown(parts: tuple[str, ...]) -> tuple[str, ...]:
    return (*parts, "price") if "offer" in parts else parts


def _missing(left_out: tuple[str, ...], words: Words) -> tuple[str, ...]:
    """Only what there was to leave out."""
    there = {"body": words.body, "price": words.price, "logo": words.brand}
    return tuple(part for part in dict.fromkeys(left_out) if there.get(part, ""))


def _room(
    canvas: Box, aspect: Aspect, safe: tuple[int, int, int, int], words: Words
) -> tuple[Box, tuple[Element, ...]]:
    """The canvas without its margins, and the line of the disclosure at its foot, which is never left out."""
    if aspect is Aspect.STRIP:
        across, down = max(round(0.15 * canvas.height), 6), max(round(0.09 * canvas.height), 4)
    else:
        across = down = max(round(0.06 * min(canvas.width, canvas.height)), 9)
    left, top = max(across, safe[0]), max(down, safe[1])
    right, bottom = canvas.width - max(across, safe[2]), canvas.height - max(down, safe[3])
    if right - left < 40 or bottom - top < 24:
        raise ConfigRejected(
            f"the safe margins leave no room on {canvas.width} x {canvas.height}",
            where="safe_margin_px",
            hint="give smaller margins or a larger size",
        )
    room = Box(left, top, right - left, bottom - top)
    if not words.disclosure:
        return room, ()
    size = max(round(0.62 * unit_px(canvas.width, canvas.height)), 8)
    broken = wrap(words.disclosure, room.width, size, False)
    if broken is None:
        raise ConfigRejected(
            f"the disclosure does not fit {canvas.width} x {canvas.height}", where="copy", hint="give a shorter one"
        )
    high = text_height(broken, size, False)
    line = Box(room.left, room.bottom - high, room.width, high)
    gap = max(round(0.3 * size), 2)
    return (
        Box(room.left, room.top, room.width, room.height - high - gap),
        (Element("disclosure", ElementKind.DISCLOSURE, line, broken, size, False),),
    )
