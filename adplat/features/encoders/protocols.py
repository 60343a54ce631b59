"""What an encoder is: content in, vectors out, and a fingerprint that names exactly what made them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

from adplat.features.arrays import Float32

if TYPE_CHECKING:
    from PIL.Image import Image


class Encoder(Protocol):
    """``fingerprint`` is name, version and weights hash; equal fingerprints give equal vectors."""

    @property
    def name(self) -> str: ...

    @property
    def fingerprint(self) -> str: ...

    @property
    def size(self) -> int:
        """D: the length of a vector."""
        ...

    @property
    def batch(self) -> int:
        """How many pieces of content it takes best at once."""
        ...


class ImageEncoder(Encoder, Protocol):
    """Turns RGB pictures of any size into vectors."""

    def encode(self, images: Sequence[Image]) -> Float32:
        """(n, D)"""
        ...


class TextEncoder(Encoder, Protocol):
    """Turns non-empty texts into vectors."""

    def encode(self, texts: Sequence[str]) -> Float32:
        """(n, D)"""
        ...
