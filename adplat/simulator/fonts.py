"""How large the words of a picture can be."""

from __future__ import annotations

from functools import lru_cache

from adplat.artwork import font


@lru_cache(maxsize=4096)
def fitting_size(text: str, width_px: int, largest_px: int, smallest_px: int) -> int:
    """The largest size at which ``text`` fits into ``width_px`` on one line (at least ``smallest_px``)."""
    width_per_px = font(largest_px).getlength(text) / largest_px
    return max(smallest_px, min(largest_px, int(width_px / max(width_per_px, 1e-6))))
