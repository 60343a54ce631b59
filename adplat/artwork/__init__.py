"""Card
This room:   a creative as pixels and bytes: uploads opened safely, fonts and the width of words, the one drawer of
             element trees, colours and contrast, files under their weight, marks of provenance read and written.
May import:  domain; Pillow, NumPy, c2pa (late).
Must not:    draft, judge or store anything; know models.
Called by:   generation, review, simulator, flows.
Tests:       tests/artwork/
"""

from __future__ import annotations

from adplat.artwork.colour import Rgb, hex_of, mixed, oklch, rgb_of, rgb_of_oklch, shade
from adplat.artwork.contrast import (
    contrast_over,
    contrast_ratio,
    darkened_until,
    enough_for,
    luminance,
    luminances,
    readable,
)
from adplat.artwork.display_width import display_width
from adplat.artwork.drawing import draw, glyph_mask, ground_under, text_box
from adplat.artwork.fonts import font, font_file, unwritable
from adplat.artwork.lettering import block_width, fit_text, has_wide, line_pitch, text_height, text_width, wrap
from adplat.artwork.opening import OpenedPicture, UploadRefused, open_upload

__all__ = [
    "OpenedPicture",
    "Rgb",
    "UploadRefused",
    "block_width",
    "contrast_over",
    "contrast_ratio",
    "darkened_until",
    "display_width",
    "draw",
    "enough_for",
    "fit_text",
    "font",
    "font_file",
    "glyph_mask",
    "ground_under",
    "has_wide",
    "hex_of",
    "line_pitch",
    "luminance",
    "luminances",
    "mixed",
    "oklch",
    "open_upload",
    "readable",
    "rgb_of",
    "rgb_of_oklch",
    "shade",
    "text_box",
    "text_height",
    "text_width",
    "unwritable",
    "wrap",
]
