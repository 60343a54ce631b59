"""Card
This room:   drafts of creatives from a brief: copy by templates or a language model, grounds by a painter,
             layouts for every size.
May import:  domain, artwork, data, features; Pillow, NumPy, SciPy, transformers and diffusers (late).
Must not:    approve or review anything; store; say what no fact says.
Called by:   flows.
Tests:       tests/generation/
"""

from __future__ import annotations

from adplat.generation.brief_checks import LANGUAGES, check_brief, holds_banned_word
from adplat.generation.compose import Composed, Parts, compose
from adplat.generation.copy import CopyModelConfig, TemplateCopywriter, draft_copies, open_copywriter
from adplat.generation.cutout import Cutout, cut_out
from adplat.generation.grounds import DiffusersPainter, DiffusionSettings, ProceduralPainter, licence_of
from adplat.generation.layouts import SIZES, TEMPLATES, Words, words_of
from adplat.generation.matting import u2net_matting
from adplat.generation.schemes import PALETTES, ground_may_show, palettes_by_fit

__all__ = [
    "LANGUAGES",
    "PALETTES",
    "SIZES",
    "TEMPLATES",
    "Composed",
    "CopyModelConfig",
    "Cutout",
    "DiffusersPainter",
    "DiffusionSettings",
    "Parts",
    "ProceduralPainter",
    "TemplateCopywriter",
    "Words",
    "check_brief",
    "compose",
    "cut_out",
    "draft_copies",
    "ground_may_show",
    "holds_banned_word",
    "licence_of",
    "open_copywriter",
    "palettes_by_fit",
    "u2net_matting",
    "words_of",
]
