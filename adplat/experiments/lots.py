"""Lots: numbers that a unit draws once and for all, the same in every process and on every day.

The lot of a unit for one purpose is the BLAKE2b hash (RFC 7693, 8 bytes, no key) of ``purpose|salt|unit`` in UTF-8,
read as a big-endian number x: ``(⌊x / 2¹²⌋ + ½) / 2⁵²``, which lies strictly between 0 and 1. Lots of different
purposes or salts are as good as independent.
"""

from __future__ import annotations

from hashlib import blake2b


class LotDrawer:
    """Draws for one purpose and salt. What comes before the unit is hashed once: a draw takes about 0.3 µs.

    Example::

        LotDrawer("arm", "tea-pictures", "control").draw(b"u00b80b4ce184")
    """

    __slots__ = ("_begun",)

    def __init__(self, *purpose_and_salt: str) -> None:
        self._begun = blake2b("|".join((*purpose_and_salt, "")).encode(), digest_size=8)

    def draw(self, unit: bytes) -> float:
        """The unit's lot, above 0 and below 1."""
        state = self._begun.copy()
        state.update(unit)
        return ((int.from_bytes(state.digest(), "big") >> 12) + 0.5) * 2.0**-52
