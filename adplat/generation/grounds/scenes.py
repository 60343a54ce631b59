"""The scenes of the procedural painter, one function a style: light, surfaces and shapes; no letters, no objects.

Each is built round the place where the product will stand, and leaves the rest quiet: words stand there.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from adplat.generation.grounds.canvas import Canvas, Field


def studio(canvas: Canvas) -> None:
    """A paper sweep: wall and floor run into one another, with light behind the product."""
    ground, second, _ = canvas.colours
    x0, y0 = canvas.middle
    foot, tall = canvas.keep.bottom, max(canvas.keep.height, 1)
    bend = foot - 0.16 * tall
    below = max(canvas.height - foot, 0.2 * tall)
    canvas.fill(canvas.tone(ground, -0.015))
    canvas.lay(canvas.tone(second), canvas.smooth(lambda _x, y: 0.75 / (1 + np.exp(-(y - bend) / (0.07 * tall)))))
    near = canvas.smooth(lambda _x, y: 0.65 * np.clip((y - bend) / (below + 0.3 * tall), 0, 1))
    canvas.lay(canvas.tone(ground, 0.02), near)
    canvas.glow(x0, y0 - 0.1 * tall, 0.75 * max(canvas.keep.width, tall), 0.9)
    canvas.vignette(0.5)


def gradient(canvas: Canvas) -> None:
    """One shade running into the other across the canvas, lighter behind the product."""
    ground, second, _ = canvas.colours
    x0, y0 = canvas.middle
    width, height = canvas.width, canvas.height
    towards = 1.0 if x0 >= width / 2 else -1.0

    def across(x: Field, y: Field) -> Field:
        share: Field = np.clip(0.5 + 0.55 * towards * (x / width - 0.5) + 0.6 * (y / height - 0.5), 0, 1) ** 1.2
        return share

    canvas.fill(canvas.tone(ground))
    canvas.lay(canvas.tone(second, -0.02), canvas.smooth(across))
    canvas.glow(x0, y0, 0.6 * max(canvas.keep.width, canvas.keep.height), 0.75)


def diagonal(canvas: Canvas) -> None:
    """Two tones, parted by a slanted edge beside the product, or above it where words stand above."""
    ground, second, accent = canvas.colours
    canvas.fill(canvas.tone(ground))
    x, y = canvas.axes()
    width, height, keep = canvas.width, canvas.height, canvas.keep
    if abs(keep.left + keep.width / 2 - width / 2) > 0.1 * width:
        lean = 0.19 * height * (0.5 - y / height)
        if keep.left + keep.width / 2 >= width / 2:
            inside = x - max(keep.left - 0.02 * width, 0) - lean
        else:
            inside = min(keep.right + 0.02 * width, width) + lean - x
    else:
        level = keep.top + 0.42 * keep.height + 0.28 * min(width, height) * (0.5 - x / width)
        below = keep.top + keep.height / 2 >= 0.42 * height
        inside = (y - level) if below else (level + 0.2 * keep.height - y)
    band = 0.035 * min(width, height)
    canvas.lay(canvas.tone(second), np.clip(inside + 0.5, 0, 1))
    canvas.lay(canvas.tone(accent), np.clip(np.minimum(inside + band, -inside) + 0.5, 0, 1))
    canvas.glow(*canvas.middle, 0.5 * max(keep.width, keep.height), 0.3, second)


def bokeh(canvas: Canvas) -> None:
    """Lights out of focus round the product, on a soft gradient."""
    gradient(canvas)
    _, second, accent = canvas.colours
    x0, y0 = canvas.middle
    reach = max(canvas.keep.width, canvas.keep.height)
    for index in range(22):
        angle = float(canvas.rng.uniform(0, 2 * np.pi))
        far = reach * (0.30 + 0.62 * float(canvas.rng.random()) ** 0.7)
        radius = reach * float(canvas.rng.uniform(0.035, 0.13))
        tone = canvas.tone((second, accent)[index % 2], 0.16 if canvas.is_dark else 0.05)
        strength = float(canvas.rng.uniform(0.20, 0.55))
        x1, y1 = x0 + far * float(np.cos(angle)), y0 + far * float(np.sin(angle))
        canvas.lay_disc(tone, x1, y1, radius, max(0.18 * radius, 1.2), strength)
    canvas.glow(x0, y0, 0.4 * reach, 0.5)


def shapes(canvas: Canvas) -> None:
    """A large disc behind the product, a ring, and two small discs: flat colours, as in print."""
    ground, second, accent = canvas.colours
    canvas.fill(canvas.tone(ground))
    x0, y0 = canvas.middle
    width, height = canvas.keep.width, canvas.keep.height
    radius = min(0.58 * (width * height) ** 0.5, 0.56 * max(width, height), 0.6 * min(canvas.width, canvas.height))
    canvas.lay_disc(canvas.tone(second), x0, y0, radius)
    turn = float(canvas.rng.uniform(-0.25, 0.25))
    for angle, share in ((-0.45 + turn, 0.30), (2.75 + turn, 0.17)):  # beside it: words stand above and below
        x1, y1 = x0 + 0.92 * radius * float(np.cos(angle)), y0 + 0.92 * radius * float(np.sin(angle))
        canvas.lay_disc(canvas.tone(accent), x1, y1, share * radius)
    canvas.lay_ring(canvas.tone(accent), x0, y0, 1.10 * radius, max(0.012 * radius, 1.2))


def tabletop(canvas: Canvas) -> None:
    """A wall with slanted window light, and a table whose edge runs behind the product's foot."""
    ground, second, _ = canvas.colours
    x0, _y0 = canvas.middle
    height, keep = canvas.height, canvas.keep
    step = 0.30 * max(keep.height, keep.width)
    phase = float(canvas.rng.uniform(0, 0.6)) + x0 / step

    def window_light(x: Field, y: Field) -> Field:
        leaning = x - 0.42 * (y - keep.top)
        pane = np.abs(((leaning / step - phase + 0.5) % 1.0) - 0.5)
        near = np.exp(-((leaning - x0 + 0.2 * keep.width) ** 2) / (2 * (1.1 * step) ** 2))
        light: Field = 0.85 * near / (1 + np.exp((pane - 0.36) * 25))
        return light

    canvas.fill(canvas.tone(ground, -0.01))
    canvas.lay(canvas.tone(ground, 0.08 if canvas.is_dark else 0.035), canvas.smooth(window_light))
    _x, y = canvas.axes()
    edge = keep.bottom - 0.10 * keep.height
    far = np.clip((y - edge) / max(height - edge, 1), 0, 1)
    canvas.lay_ramp(canvas.tone(second, -0.02), canvas.tone(second, 0.05), far, np.clip(y - edge + 0.5, 0, 1))
    line = max(0.004 * height, 1.0)
    canvas.lay(canvas.tone(second, 0.07), 0.7 * np.clip(line / 2 - np.abs(y - edge) + 0.5, 0, 1))
    canvas.vignette(0.4)


def podium(canvas: Canvas) -> None:
    """An arch on the wall and a round stand, on which the product is put."""
    ground, second, accent = canvas.colours
    x0, _y0 = canvas.middle
    keep = canvas.keep
    x, y = canvas.axes()
    half = min(0.68 * max(keep.width, 0.62 * keep.height), 0.5 * canvas.width)
    crown, foot = keep.top + max(0.34 * keep.height, half - 0.03 * keep.height), keep.bottom - 0.06 * keep.height
    straight = np.clip(half - np.abs(x - x0) + 0.5, 0, 1) * np.clip(y - crown + 0.5, 0, 1)
    arch = np.maximum(straight, canvas.disc(x0, crown, half, 1.0)) * np.clip(foot - y + 0.5, 0, 1)
    fading = 1 - 0.35 * np.clip((y - crown + half) / (foot - crown + half), 0, 1)
    canvas.fill(canvas.tone(ground))
    canvas.lay(canvas.tone(second), arch * fading)
    canvas.lay(canvas.tone(second, -0.025), 0.55 * np.clip(y - foot + 0.5, 0, 1))
    wide = min(0.60 * keep.width + 0.05 * keep.height, 0.49 * canvas.width)
    flat = 0.16 * wide
    top = keep.bottom - 0.45 * flat
    rim = top + max(0.09 * keep.height, 0.6 * flat) + flat * np.sqrt(np.clip(1 - ((x - x0) / wide) ** 2, 0, 1))
    body = np.clip(wide - np.abs(x - x0) + 0.5, 0, 1) * np.clip(y - top + 0.5, 0, 1) * np.clip(rim - y + 0.5, 0, 1)
    light = np.clip(0.5 - (x - x0) / (2.4 * wide), 0, 1)
    canvas.lay_ramp(canvas.tone(accent, -0.10), canvas.tone(accent, 0.02), light, body)
    lid = np.clip((1 - np.hypot((x - x0) / wide, (y - top) / flat)) * flat + 0.5, 0, 1)
    canvas.lay(canvas.tone(accent, 0.07), lid)
    canvas.vignette(0.3)


SCENES: dict[str, Callable[[Canvas], None]] = {
    "studio": studio,
    "gradient": gradient,
    "shapes": shapes,
    "podium": podium,
    "tabletop": tabletop,
    "diagonal": diagonal,
    "bokeh": bokeh,
}
FOOT_ROOM = {"studio": 0.04, "tabletop": 0.06, "podium": 0.15}
"""Styles with a floor: the product stands on it and throws its shadow there; below it they need this share of its
height."""
