"""Backgrounds of the pictures, one function a style, painted from two colours."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw

Colour = tuple[int, int, int]
Float32 = npt.NDArray[np.float32]


def paint_background(
    style: str, size: tuple[int, int], one: Colour, two: Colour, rng: np.random.Generator
) -> Image.Image:
    """An RGB picture of ``size`` (width, height) in one of the styles of ``elements.BACKGROUNDS``."""
    if style == "plain":
        return Image.new("RGB", size, one)
    if style in ("stripes", "bubbles"):
        return _pattern(style, size, one, two, rng)
    if style == "scene":
        return _scene(size, one, two, rng)
    return _blend(_slope(size, rng) if style == "gradient" else _grain(size, rng), one, two)


def _blend(share: Float32, one: Colour, two: Colour) -> Image.Image:
    """Mix two colours by a (height, width) share of the second."""
    first, second = np.array(one, np.float32), np.array(two, np.float32)
    return Image.fromarray((first + share[:, :, None] * (second - first)).clip(0, 255).astype(np.uint8), "RGB")


def _slope(size: tuple[int, int], rng: np.random.Generator) -> Float32:
    width, height = size
    angle = rng.uniform(0, 2 * np.pi)
    x = np.linspace(-1, 1, width, dtype=np.float32)[None, :] * np.float32(np.cos(angle))
    y = np.linspace(-1, 1, height, dtype=np.float32)[:, None] * np.float32(np.sin(angle))
    return np.clip((x + y) * 0.9 + 0.5, -0.3, 1.5).astype(np.float32)


def _grain(size: tuple[int, int], rng: np.random.Generator) -> Float32:
    """Cloth or stone: noise at three scales, stretched along one direction."""
    width, height = size
    total = np.zeros((height, width), np.float32)
    for cells, strength in ((5, 0.9), (16, 0.6), (60, 0.5)):
        shape = (max(2, cells // 4), cells)
        noise = Image.fromarray((rng.random(shape) * 255).astype(np.uint8), "L")
        total += strength * (np.asarray(noise.resize(size, Image.Resampling.BICUBIC), np.float32) / 255.0 - 0.5)
    steps: Float32 = np.round((total * 1.6 + 0.5) * 24).astype(np.float32) / np.float32(24)
    return steps


def _pattern(style: str, size: tuple[int, int], one: Colour, two: Colour, rng: np.random.Generator) -> Image.Image:
    width, height = size
    image = Image.new("RGB", (width * 2, height * 2), one)
    pen = ImageDraw.Draw(image)
    if style == "stripes":
        pitch = int(rng.integers(40, 80))
        lean = height * 2 if rng.random() < 0.7 else 0
        for left in range(-lean, width * 2, pitch * 2):
            corners = [(left, 0), (left + pitch, 0), (left + pitch + lean, height * 2), (left + lean, height * 2)]
            pen.polygon(corners, fill=two)
    else:
        for _ in range(int(rng.integers(9, 16))):
            x, y = rng.uniform(0, width * 2), rng.uniform(0, height * 2)
            radius = rng.uniform(18, 90)
            pen.ellipse((x - radius, y - radius, x + radius, y + radius), fill=two)
    return image.reduce(2)


def _scene(size: tuple[int, int], one: Colour, two: Colour, rng: np.random.Generator) -> Image.Image:
    """A wall with a window's light above a table top."""
    width, height = size
    horizon = int(height * rng.uniform(0.66, 0.78))
    down = np.linspace(0.0, 0.5, height, dtype=np.float32)[:, None] * np.ones((1, width), np.float32)
    image = _blend(down, one, two)
    pen = ImageDraw.Draw(image)
    wood = tuple(int(0.45 * c + 0.55 * w) for c, w in zip(two, (150, 104, 70), strict=True))
    edge = tuple(int(c * 0.78) for c in wood)
    pen.rectangle((0, horizon, width, height), fill=wood)
    pen.rectangle((0, horizon, width, horizon + 3), fill=edge)
    for _ in range(4):
        y = int(rng.integers(horizon + 6, height))
        pen.line((0, y, width, y), fill=edge)
    light = Image.new("L", size)
    left = int(rng.integers(10, width - 110))
    glow = ImageDraw.Draw(light)
    for pane in range(2):
        x = left + pane * 46
        glow.polygon([(x, 16), (x + 38, 16), (x + 62, horizon - 20), (x + 24, horizon - 20)], fill=60)
    image.paste((255, 255, 255), mask=light)
    return image
