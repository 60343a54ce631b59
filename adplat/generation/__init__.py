"""Card
This room:   drafts of creatives from a brief: copy by templates or a language model, grounds by a painter,
             layouts for every size.
May import:  domain, artwork, data, features; Pillow, NumPy, transformers and diffusers (late).
Must not:    approve or review anything; store; say what no fact says.
Called by:   flows.
Tests:       tests/generation/
"""

from __future__ import annotations

from adplat.generation.brief_checks import LANGUAGES, check_brief, holds_banned_word
from adplat.generation.copy import CopyModelConfig, TemplateCopywriter, draft_copies, open_copywriter

__all__ = [
    "LANGUAGES",
    "CopyModelConfig",
    "TemplateCopywriter",
    "check_brief",
    "draft_copies",
    "holds_banned_word",
    "open_copywriter",
]
