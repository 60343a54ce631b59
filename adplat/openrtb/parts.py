"""What every object of a request has in common.

``None`` is "not told". ``binding`` names the members that restrict or charge us: written in a way that cannot be read,
they make the request unusable. Any other member that cannot be read is taken as not told (see ``decoding``).
"""

from __future__ import annotations

from typing import ClassVar

import msgspec


class Part(msgspec.Struct, gc=False):
    """An object of the request."""

    binding: ClassVar[frozenset[str]] = frozenset()
