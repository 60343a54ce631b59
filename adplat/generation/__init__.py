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

__all__ = ["LANGUAGES", "check_brief", "holds_banned_word"]
