"""Card
This room:   a creative as pixels and bytes: uploads opened safely, fonts and the width of words, the one drawer of
             element trees, colours and contrast, files under their weight, marks of provenance read and written.
May import:  domain; Pillow, NumPy, c2pa (late).
Must not:    draft, judge or store anything; know models.
Called by:   generation, review, simulator, flows.
Tests:       tests/artwork/
"""

from __future__ import annotations

from adplat.artwork.display_width import display_width
from adplat.artwork.letters import first_emoji, first_from_the_right, first_unseen

__all__ = ["display_width", "first_emoji", "first_from_the_right", "first_unseen"]
