"""Card
This room:   drafts of creatives from a brief: copy by templates or a language model, grounds by a painter,
             layouts for every size.
May import:  domain, artwork, features; Pillow, NumPy, transformers and diffusers (late).
Must not:    approve or review anything; store; say what no fact says.
Called by:   flows.
Tests:       tests/generation/
"""

from __future__ import annotations

from adplat.generation.brief_checks import LANGUAGES, check_brief, holds_banned_word
from adplat.generation.compose import Composed, Parts, compose
from adplat.generation.cutout import Cutout, cut_out
from adplat.generation.grounds import ProceduralPainter
from adplat.generation.layouts import TEMPLATES
from adplat.generation.schemes import PALETTES, palettes_by_fit

__all__ = [
    "LANGUAGES",
    "PALETTES",
    "TEMPLATES",
    "Composed",
    "Cutout",
    "Parts",
    "ProceduralPainter",
    "check_brief",
    "compose",
    "cut_out",
    "holds_banned_word",
    "palettes_by_fit",
]
