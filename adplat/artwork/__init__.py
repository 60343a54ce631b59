"""Card
This room:   a creative as pixels and bytes: uploads opened safely, fonts and the width of words, the one drawer of
             element trees, colours and contrast, files under their weight, marks of provenance read and written.
May import:  domain; Pillow, NumPy, SciPy, c2pa (late).
Must not:    draft, judge or store anything; know models.
Called by:   generation, review, simulator, flows.
Tests:       tests/artwork/
"""

from adplat.artwork.colour import Rgb, hex_of, mixed, oklch, rgb_of, rgb_of_oklch, shade
from adplat.artwork.contact_sheet import contact_sheet
from adplat.artwork.contrast import (
    contrast_over,
    contrast_ratio,
    darkened_until,
    enough_for,
    luminance,
    luminances,
    readable,
)
from adplat.artwork.drawing import draw, glyph_mask, ground_under, text_box
from adplat.artwork.fidelity import MOST_GROWN, changed_pixels, grown_share
from adplat.artwork.fonts import font, font_file, unwritable
from adplat.artwork.lettering import block_width, fit_text, has_wide, line_pitch, text_height, text_width, wrap
from adplat.artwork.pictures import picture_hash

__all__ = [
    "MOST_GROWN",
    "Rgb",
    "block_width",
    "changed_pixels",
    "contact_sheet",
    "contrast_over",
    "contrast_ratio",
    "darkened_until",
    "draw",
    "enough_for",
    "fit_text",
    "font",
    "font_file",
    "glyph_mask",
    "ground_under",
    "grown_share",
    "has_wide",
    "hex_of",
    "line_pitch",
    "luminance",
    "luminances",
    "mixed",
    "oklch",
    "picture_hash",
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
