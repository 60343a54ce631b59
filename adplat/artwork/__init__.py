"""Card
This room:   a creative as pixels and bytes: uploads opened safely, fonts and the width of words, the one drawer of
             element trees, colours and contrast, files under their weight, marks of provenance read and written.
May import:  domain; Pillow, NumPy, SciPy, c2pa (late).
Must not:    draft, judge or store anything; know models.
Called by:   generation, review, simulator, reporting, flows.
Tests:       tests/artwork/
"""

from __future__ import annotations

from adplat.artwork.clutter import clutter, faintest_letters
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
from adplat.artwork.display_width import display_width
from adplat.artwork.drawing import draw, glyph_mask, ground_under, text_box
from adplat.artwork.encoding import encode_under, media_type_of, suffix_of
from adplat.artwork.fidelity import MOST_GROWN, changed_pixels, grown_share
from adplat.artwork.fonts import font, font_file, unwritable
from adplat.artwork.lettering import block_width, fit_text, has_wide, line_pitch, text_height, text_width, wrap
from adplat.artwork.letters import first_emoji, first_from_the_right, first_unseen
from adplat.artwork.marks import SourceType, source_code_in, source_type_of, xmp_of
from adplat.artwork.opening import MOST_UPLOAD_BYTES, OpenedPicture, UploadRefused, open_upload
from adplat.artwork.pictures import picture_hash
from adplat.artwork.sealing import Claims, Seal, SealState, read_seal, seal, seal_bytes
from adplat.artwork.signing_chain import SigningChain, made_chain, read_chain
from adplat.artwork.thumbnails import THUMBNAIL_SIDE_PX, thumbnail

__all__ = [
    "MOST_GROWN",
    "MOST_UPLOAD_BYTES",
    "THUMBNAIL_SIDE_PX",
    "Claims",
    "OpenedPicture",
    "Rgb",
    "Seal",
    "SealState",
    "SigningChain",
    "SourceType",
    "UploadRefused",
    "block_width",
    "changed_pixels",
    "clutter",
    "contact_sheet",
    "contrast_over",
    "contrast_ratio",
    "darkened_until",
    "display_width",
    "draw",
    "encode_under",
    "enough_for",
    "faintest_letters",
    "first_emoji",
    "first_from_the_right",
    "first_unseen",
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
    "made_chain",
    "media_type_of",
    "mixed",
    "oklch",
    "open_upload",
    "picture_hash",
    "read_chain",
    "read_seal",
    "readable",
    "rgb_of",
    "rgb_of_oklch",
    "seal",
    "seal_bytes",
    "shade",
    "source_code_in",
    "source_type_of",
    "suffix_of",
    "text_box",
    "text_height",
    "text_width",
    "thumbnail",
    "unwritable",
    "wrap",
    "xmp_of",
]
