"""Product silhouettes on a 100 x 100 grid: what each thing looks like, part by part.

A part is a polygon, ellipse, rounded box or arc in one of four roles: ``body`` takes the product's
colour, ``shade`` and ``light`` a darker and a lighter one, ``ink`` is nearly black.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from PIL import Image, ImageDraw

Point = tuple[float, float]
GRID = 100
MASK_PX = 200
_DRAWN_PX = 600


@dataclass(frozen=True, slots=True)
class Part:
    """One shape: ``form`` is polygon, ellipse, box, arc or line; ``width`` is a radius or a pen."""

    role: str
    form: str
    points: tuple[Point, ...]
    width: float = 0.0


def _poly(role: str, *points: Point) -> Part:
    return Part(role, "polygon", points)


def _oval(role: str, left: float, top: float, right: float, bottom: float) -> Part:
    return Part(role, "ellipse", ((left, top), (right, bottom)))


def _box(role: str, left: float, top: float, right: float, bottom: float, radius: float = 0.0) -> Part:
    return Part(role, "box", ((left, top), (right, bottom)), radius)


def _arc(role: str, left: float, top: float, right: float, bottom: float, pen: float) -> Part:
    return Part(role, "arc", ((left, top), (right, bottom)), pen)


def _line(role: str, pen: float, *points: Point) -> Part:
    return Part(role, "line", points, pen)


_DRAWINGS: dict[str, tuple[Part, ...]] = {
    "shoe": (
        _poly(
            "body",
            (8, 34),
            (20, 30),
            (30, 38),
            (44, 36),
            (56, 48),
            (72, 55),
            (90, 60),
            (95, 70),
            (94, 76),
            (6, 76),
            (5, 52),
        ),
        _poly("shade", (8, 34), (20, 30), (27, 36), (24, 60), (6, 66), (5, 52)),
        _poly("light", (34, 74), (52, 56), (60, 60), (46, 74)),
        _poly("light", (54, 74), (66, 62), (73, 65), (64, 74)),
        _box("light", 4, 74, 96, 83, 4),
        _box("ink", 6, 81, 94, 85, 2),
        _line("ink", 1.8, (38, 42), (48, 38)),
        _line("ink", 1.8, (43, 47), (53, 43)),
        _line("ink", 1.8, (48, 52), (58, 48)),
    ),
    "ball": (
        _oval("body", 12, 12, 88, 88),
        _oval("light", 24, 20, 44, 36),
        _line("ink", 2.4, (50, 12), (50, 88)),
        _line("ink", 2.4, (12, 50), (88, 50)),
        _arc("ink", -22, 12, 34, 88, 2.4),
        _arc("ink", 66, 12, 122, 88, 2.4),
    ),
    "phone": (
        _box("ink", 28, 5, 72, 95, 8),
        _box("body", 31, 8, 69, 92, 6),
        _poly("light", (31, 60), (69, 30), (69, 50), (31, 80)),
        _box("ink", 42, 10, 58, 14, 2),
        _box("shade", 37, 72, 46, 81, 3),
        _box("shade", 54, 72, 63, 81, 3),
        _oval("light", 37, 22, 51, 36),
    ),
    "headphones": (
        _arc("ink", 14, 12, 86, 92, 6),
        _box("body", 8, 46, 30, 86, 10),
        _box("body", 70, 46, 92, 86, 10),
        _box("shade", 24, 50, 33, 82, 4),
        _box("shade", 67, 50, 76, 82, 4),
        _box("light", 12, 52, 17, 78, 2),
        _box("light", 83, 52, 88, 78, 2),
    ),
    "cup": (
        _oval("shade", 8, 78, 86, 94),
        _arc("body", 62, 40, 92, 72, 6),
        _poly("body", (16, 32), (76, 32), (70, 76), (60, 86), (32, 86), (22, 76)),
        _poly("light", (22, 40), (30, 40), (34, 78), (29, 76)),
        _oval("light", 16, 25, 76, 40),
        _oval("ink", 21, 28, 71, 38),
        _line("light", 2.6, (36, 20), (40, 13), (36, 6)),
        _line("light", 2.6, (52, 20), (56, 13), (52, 6)),
    ),
    "icecream": (
        _poly("shade", (30, 50), (70, 50), (50, 96)),
        _line("ink", 1.2, (36, 62), (60, 50)),
        _line("ink", 1.2, (42, 76), (66, 58)),
        _line("ink", 1.2, (64, 64), (40, 50)),
        _line("ink", 1.2, (58, 78), (34, 58)),
        _oval("body", 24, 30, 52, 58),
        _oval("body", 48, 30, 76, 58),
        _oval("light", 34, 10, 66, 42),
        _oval("ink", 45, 3, 57, 15),
    ),
    "bag": (
        _arc("shade", 30, 8, 70, 70, 5),
        _poly("body", (14, 38), (86, 38), (94, 90), (6, 90)),
        _poly("shade", (14, 38), (86, 38), (74, 58), (26, 58)),
        _box("light", 44, 53, 56, 65, 3),
        _line("light", 1.4, (12, 84), (88, 84)),
    ),
    "shirt": (
        _poly(
            "body",
            (34, 14),
            (42, 20),
            (58, 20),
            (66, 14),
            (94, 30),
            (84, 50),
            (73, 44),
            (73, 90),
            (27, 90),
            (27, 44),
            (16, 50),
            (6, 30),
        ),
        _poly("shade", (34, 14), (42, 20), (58, 20), (66, 14), (61, 26), (50, 30), (39, 26)),
        _oval("light", 39, 44, 61, 66),
        _line("shade", 1.6, (27, 84), (73, 84)),
    ),
    "plant": (
        _line("shade", 3, (50, 66), (50, 24)),
        _line("shade", 2.4, (50, 60), (24, 36)),
        _line("shade", 2.4, (50, 60), (76, 36)),
        _poly("body", (50, 52), (38, 30), (50, 4), (62, 30)),
        _poly("body", (48, 60), (22, 54), (8, 26), (34, 32)),
        _poly("body", (52, 60), (78, 54), (92, 26), (66, 32)),
        _line("light", 1.4, (50, 48), (50, 14)),
        _line("light", 1.4, (44, 56), (16, 34)),
        _line("light", 1.4, (56, 56), (84, 34)),
        _poly("ink", (30, 66), (70, 66), (64, 96), (36, 96)),
        _box("light", 27, 62, 73, 70, 2),
    ),
    "lamp": (
        _oval("shade", 22, 86, 70, 97),
        _line("ink", 4, (46, 90), (30, 56)),
        _line("ink", 4, (30, 56), (56, 30)),
        _oval("shade", 25, 51, 35, 61),
        _poly("body", (44, 26), (62, 12), (92, 40), (60, 60)),
        _poly("light", (60, 60), (92, 40), (90, 50), (70, 64)),
    ),
    "perfume": (
        _box("ink", 41, 6, 59, 20, 2),
        _box("light", 44, 20, 56, 30),
        _box("body", 20, 30, 80, 94, 10),
        _box("shade", 26, 56, 74, 88, 6),
        _box("light", 34, 60, 66, 76, 2),
        _box("light", 25, 36, 29, 52, 2),
    ),
    "lipstick": (
        _poly("body", (38, 46), (38, 20), (62, 6), (62, 46)),
        _poly("light", (42, 44), (42, 22), (47, 19), (47, 44)),
        _box("light", 34, 44, 66, 58, 1),
        _box("ink", 29, 56, 71, 95, 3),
        _box("shade", 29, 64, 71, 68),
    ),
    "suitcase": (
        _arc("ink", 36, 2, 64, 44, 4),
        _box("body", 18, 22, 82, 90, 8),
        _box("shade", 30, 24, 36, 88),
        _box("shade", 64, 24, 70, 88),
        _box("shade", 47, 24, 53, 88),
        _box("light", 22, 28, 26, 60, 2),
        _oval("ink", 24, 88, 36, 98),
        _oval("ink", 64, 88, 76, 98),
    ),
    "tent": (
        _poly("body", (50, 14), (96, 86), (4, 86)),
        _poly("light", (50, 14), (34, 86), (4, 86)),
        _poly("ink", (50, 34), (64, 86), (36, 86)),
        _poly("shade", (50, 34), (64, 86), (72, 84)),
        _line("shade", 2, (46, 8), (54, 20)),
        _line("shade", 2, (54, 8), (46, 20)),
        _box("shade", 2, 85, 98, 89, 2),
    ),
    "book": (
        _poly("shade", (50, 26), (94, 18), (94, 82), (50, 92)),
        _poly("body", (50, 26), (6, 18), (6, 82), (50, 92)),
        _poly("light", (50, 22), (88, 14), (88, 76), (50, 86)),
        _poly("light", (50, 22), (12, 14), (12, 76), (50, 86)),
        _line("ink", 1.8, (50, 22), (50, 88)),
        _line("ink", 1.2, (18, 28), (44, 34)),
        _line("ink", 1.2, (18, 38), (44, 44)),
        _line("ink", 1.2, (18, 48), (38, 53)),
        _oval("body", 58, 30, 82, 54),
        _line("ink", 1.2, (56, 68), (82, 62)),
    ),
    "bear": (
        _oval("body", 20, 6, 42, 28),
        _oval("body", 58, 6, 80, 28),
        _oval("light", 25, 11, 37, 23),
        _oval("light", 63, 11, 75, 23),
        _oval("body", 12, 54, 34, 84),
        _oval("body", 66, 54, 88, 84),
        _oval("body", 24, 46, 76, 96),
        _oval("light", 35, 56, 65, 90),
        _oval("body", 22, 10, 78, 58),
        _oval("light", 38, 34, 62, 54),
        _oval("ink", 35, 26, 42, 33),
        _oval("ink", 58, 26, 65, 33),
        _oval("ink", 45, 36, 55, 43),
    ),
}


@lru_cache(maxsize=32)
def silhouette(drawing: str) -> tuple[tuple[str, Image.Image], ...]:
    """The parts of a drawing, back to front, as (role, mask of MASK_PX x MASK_PX) with soft edges."""
    return tuple((part.role, _mask(part)) for part in _DRAWINGS[drawing])


def drawings() -> tuple[str, ...]:
    """The names of all drawings."""
    return tuple(_DRAWINGS)


def _mask(part: Part) -> Image.Image:
    image = Image.new("L", (_DRAWN_PX, _DRAWN_PX))
    pen = ImageDraw.Draw(image)
    unit = _DRAWN_PX / GRID
    points = [(x * unit, y * unit) for x, y in part.points]
    width = part.width * unit
    if part.form == "polygon":
        pen.polygon(points, fill=255)
    elif part.form == "ellipse":
        pen.ellipse(_corners(points), fill=255)
    elif part.form == "box":
        pen.rounded_rectangle(_corners(points), radius=width, fill=255)
    elif part.form == "arc":
        _clipped_arc(pen, _corners(points), round(width))
    else:
        pen.line(points, fill=255, width=round(width), joint="curve")
    return image.resize((MASK_PX, MASK_PX), Image.Resampling.BOX)


def _corners(points: Sequence[Point]) -> tuple[float, float, float, float]:
    (left, top), (right, bottom) = points
    return left, top, right, bottom


def _clipped_arc(pen: ImageDraw.ImageDraw, box: tuple[float, float, float, float], width: int) -> None:
    """Handles run over the top; the seams of a ball stay inside it."""
    left, _, right, _ = box
    if left < 0:
        pen.arc(box, -62, 62, fill=255, width=width)
    elif right > _DRAWN_PX:
        pen.arc(box, 118, 242, fill=255, width=width)
    elif box[3] - box[1] > 0.34 * _DRAWN_PX:
        pen.arc(box, 180, 360, fill=255, width=width)
    else:
        pen.ellipse(box, outline=255, width=width)
