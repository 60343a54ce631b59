"""The templates: for each, how it arranges a wide, a square and a tall canvas. (Strips have a file of their own.)

``side`` puts words and product beside one another, ``centred`` all on one axis, ``poster`` a large line under the
product, ``card`` the words on a card over the ground, ``split`` words and product on two plain halves.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from adplat.domain.artwork import Box
from adplat.generation.layouts.parts import Arrangement, Column
from adplat.generation.layouts.sizes import Aspect

_LOW_PX = 160  # canvases lower than this have room for a headline and a button, and little else
_NARROW = 0.85  # products narrower than this stand beside the words where there is a choice
_STACK = ("logo", "headline", "body", "offer")


def _part(room: Box, left: float, top: float, right: float, bottom: float) -> Box:
    """A box by shares of a room."""
    x0, x1 = room.left + round(left * room.width), room.left + round(right * room.width)
    y0, y1 = room.top + round(top * room.height), room.top + round(bottom * room.height)
    return Box(x0, y0, x1 - x0, y1 - y0)


def _inset(box: Box, by: int) -> Box:
    return Box(box.left + by, box.top + by, max(box.width - 2 * by, 1), max(box.height - 2 * by, 1))


def _union_words(canvas: Box, room: Box, edge: float, flat: bool) -> tuple[Box, Box]:
    """The area from the canvas's left (or lower) edge, and the part of the room inside it."""
    if flat:
        area = Box(canvas.left, canvas.top, round(edge * canvas.width), canvas.height)
        right = area.right - (room.left - canvas.left)
        return area, Box(room.left, room.top, right - room.left, room.height)
    top = round((1 - edge) * canvas.height)
    area = Box(canvas.left, top, canvas.width, canvas.bottom - top)
    inner = area.top + min(room.left - canvas.left, round(0.12 * area.height))
    return area, Box(room.left, inner, room.width, room.bottom - inner)


def _side(_canvas: Box, room: Box, aspect: Aspect, ratio: float) -> Arrangement:
    if aspect is Aspect.WIDE:
        return Arrangement(_part(room, 0.56, 0.0, 1.0, 1.0), (Column(_part(room, 0.0, 0.0, 0.53, 1.0), _STACK),))
    if aspect is Aspect.SQUARE and ratio < 1.2:
        return Arrangement(_part(room, 0.56, 0.04, 1.0, 0.96), (Column(_part(room, 0.0, 0.0, 0.55, 1.0), _STACK),))
    words = Column(_part(room, 0.0, 0.0, 1.0, 0.47), ("logo", "headline", "body", "offer"), settle="top")
    return Arrangement(_part(room, 0.04, 0.50, 0.96, 0.98), (words,))


def _centred(_canvas: Box, room: Box, aspect: Aspect, _ratio: float) -> Arrangement:
    if aspect is Aspect.WIDE:
        words = Column(_part(room, 0.44, 0.0, 1.0, 1.0), _STACK, align="centre")
        return Arrangement(_part(room, 0.0, 0.0, 0.42, 1.0), (words,))
    above = 0.34 if aspect is Aspect.SQUARE else 0.30
    below = 0.83 if aspect is Aspect.SQUARE else 0.86
    return Arrangement(
        _part(room, 0.08, above + 0.03, 0.92, below - 0.035),
        (
            Column(_part(room, 0.0, 0.0, 1.0, above), ("logo", "headline", "body"), align="centre", settle="top"),
            Column(_part(room, 0.0, below, 1.0, 1.0), ("offer",), align="centre", settle="bottom"),
        ),
    )


def _poster(canvas: Box, room: Box, aspect: Aspect, ratio: float) -> Arrangement:
    if aspect is Aspect.WIDE and canvas.height < _LOW_PX:
        return replace(_side(canvas, room, aspect, ratio), radius_px=0)
    if aspect is Aspect.WIDE:
        return Arrangement(
            _part(room, 0.60, 0.0, 1.0, 1.0),
            (
                Column(_part(room, 0.0, 0.14, 0.60, 0.74), ("headline", "body"), settle="middle"),
                Column(_part(room, 0.0, 0.0, 0.58, 0.13), ("logo",), settle="top"),
                Column(_part(room, 0.0, 0.76, 0.58, 1.0), ("offer",), settle="bottom"),
            ),
            radius_px=0,
        )
    edge = 0.53 if aspect is Aspect.SQUARE else 0.56
    return Arrangement(
        _part(room, 0.08, 0.09, 0.92, edge),
        (
            Column(_part(room, 0.0, edge + 0.03, 1.0, 1.0), ("headline", "body", "offer"), settle="bottom"),
            Column(_part(room, 0.0, 0.0, 1.0, 0.09), ("logo",), settle="top"),
        ),
        radius_px=0,
    )


def _card(canvas: Box, room: Box, aspect: Aspect, ratio: float) -> Arrangement:
    pad = max(round(0.075 * min(canvas.width, canvas.height)), 8)
    radius = max(round(0.03 * min(canvas.width, canvas.height)), 4)
    if aspect is Aspect.WIDE or (aspect is Aspect.SQUARE and ratio < _NARROW):
        edge = 0.56 if canvas.height >= _LOW_PX else 0.64
        card = _part(room, 0.0, 0.0, edge, 1.0)
        inner = Column(_inset(card, pad if canvas.height >= _LOW_PX else 6), _STACK)
        product = _part(room, edge + 0.04, 0.0, 1.0, 1.0)
        return Arrangement(product, (inner,), card, radius, radius_px=radius // 2)
    top = 0.50 if aspect is Aspect.SQUARE else 0.56
    card = _part(room, 0.0, top, 1.0, 1.0)
    parts = ("headline", "body", "offer") if aspect is Aspect.SQUARE else _STACK
    columns = [Column(_inset(card, round(0.8 * pad)), parts)]
    if aspect is Aspect.SQUARE:
        columns.append(Column(_part(room, 0.0, 0.0, 1.0, 0.09), ("logo",), settle="top"))
    product = _part(room, 0.06, 0.09 if aspect is Aspect.SQUARE else 0.02, 0.94, top - 0.02)
    return Arrangement(product, tuple(columns), card, radius, radius_px=radius // 2)


def _split(canvas: Box, room: Box, aspect: Aspect, ratio: float) -> Arrangement:
    if aspect is Aspect.WIDE or (aspect is Aspect.SQUARE and ratio < _NARROW):
        area, words = _union_words(canvas, room, 0.52 if aspect is Aspect.WIDE else 0.57, flat=True)
        product = Box(area.right, room.top, room.right - area.right, room.height)
        return Arrangement(_inset_x(product, 0.08), (Column(words, _STACK),), area, panel_is_bold=True, radius_px=4)
    edge = 0.47 if aspect is Aspect.SQUARE else 0.44
    area, words = _union_words(canvas, room, edge, flat=False)
    parts = _STACK if aspect is Aspect.TALL else ("headline", "body", "offer")
    columns = [Column(words, parts, align="centre")]
    if aspect is Aspect.SQUARE:
        columns.append(Column(_part(room, 0.0, 0.0, 1.0, 0.09), ("logo",), align="centre", settle="top"))
    top = room.top + (round(0.09 * room.height) if aspect is Aspect.SQUARE else 0)
    product = Box(room.left, top, room.width, area.top - top - round(0.02 * canvas.height))
    return Arrangement(_inset_x(product, 0.06), tuple(columns), area, panel_is_bold=True, radius_px=4)


def _inset_x(box: Box, share: float) -> Box:
    by = round(share * box.width)
    return Box(box.left + by, box.top, box.width - 2 * by, box.height)


TEMPLATES: dict[str, Callable[[Box, Box, Aspect, float], Arrangement]] = {
    "side": _side,
    "centred": _centred,
    "poster": _poster,
    "card": _card,
    "split": _split,
}
"""By id: the canvas, the part of it that is not margin, its class, and the product's width over height, to an
arrangement. Not for strips."""
