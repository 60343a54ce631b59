"""The two steps from a cell to a vector, for pictures and for texts: name it by its content, encode it.

Both may be taken in another process, or on another machine: an ``EncodingOrder`` says in words what is needed there.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from adplat.domain import FeatureKind
from adplat.features.arrays import Float32
from adplat.features.content import Refused, image_bytes, open_image
from adplat.features.encoders.protocols import Encoder, ImageEncoder, TextEncoder
from adplat.features.encoders.registry import image_encoder_named, text_encoder_named
from adplat.features.vector_cache import Key

if TYPE_CHECKING:
    from PIL.Image import Image

Named = Key | Refused
Vector = tuple[Key, Float32 | Refused]


class ContentSteps(Protocol):
    """What ``item_vectors`` asks of whoever reads and encodes cells."""

    @property
    def encoder(self) -> Encoder: ...

    @property
    def order(self) -> EncodingOrder:
        """These very steps in words."""
        ...

    def names(self, cells: Sequence[object]) -> Iterable[Named]:
        """The SHA-256 of each cell's content, or why it has none; in the order of the cells."""
        ...

    def vectors(self, cells: Sequence[object]) -> Iterable[Vector]:
        """Content and vector of each cell, in any order; a cell that cannot be read any more is left out."""
        ...


@dataclass(frozen=True, slots=True)
class EncodingOrder:
    """``fingerprint`` is the one that the encoder of that name must have; ``root`` is empty for texts."""

    kind: FeatureKind
    encoder: str
    fingerprint: str
    root: str = ""

    def steps(self) -> ContentSteps:
        """The steps in this process; loads the encoder. Raises MissingInput when its package is not there."""
        if self.kind is FeatureKind.IMAGE:
            return PictureSteps(image_encoder_named(self.encoder), Path(self.root))
        return TextSteps(text_encoder_named(self.encoder))


@dataclass(frozen=True)
class PictureSteps:
    """Cells are paths relative to ``root``."""

    encoder: ImageEncoder
    root: Path

    @property
    def order(self) -> EncodingOrder:
        """See ``ContentSteps``."""
        return EncodingOrder(FeatureKind.IMAGE, self.encoder.name, self.encoder.fingerprint, str(self.root.absolute()))

    def names(self, cells: Sequence[object]) -> Iterator[Named]:
        """See ``ContentSteps``."""
        return picture_names(self.root, cells)

    def vectors(self, cells: Sequence[object]) -> Iterator[Vector]:
        """Opened one by one, encoded in batches; the file is read again, so its key is taken again too."""
        waiting: list[tuple[Key, Image]] = []
        for cell in cells:
            content = image_bytes(self.root, cell)
            if isinstance(content, Refused):
                continue  # it vanished between the two looks; the caller reports what has no vector
            key = hashlib.sha256(content).digest()
            picture = open_image(content)
            if isinstance(picture, Refused):
                yield key, picture
                continue
            waiting.append((key, picture))
            if len(waiting) == self.encoder.batch:
                yield from self._encoded(waiting)
                waiting = []
        if waiting:
            yield from self._encoded(waiting)

    def _encoded(self, waiting: Sequence[tuple[Key, Image]]) -> Iterator[tuple[Key, Float32]]:
        vectors = self.encoder.encode([picture for _, picture in waiting])
        yield from zip((key for key, _ in waiting), vectors, strict=True)


@dataclass(frozen=True)
class TextSteps:
    """Cells are readable texts, or already refused."""

    encoder: TextEncoder

    @property
    def order(self) -> EncodingOrder:
        """See ``ContentSteps``."""
        return EncodingOrder(FeatureKind.TEXT, self.encoder.name, self.encoder.fingerprint)

    def names(self, cells: Sequence[object]) -> Iterator[Named]:
        """See ``ContentSteps``."""
        return (_named(cell if isinstance(cell, Refused) else str(cell).encode()) for cell in cells)

    def vectors(self, cells: Sequence[object]) -> Iterator[Vector]:
        """See ``ContentSteps``."""
        for start in range(0, len(cells), self.encoder.batch):
            texts = [str(cell) for cell in cells[start : start + self.encoder.batch]]
            keys = (hashlib.sha256(text.encode()).digest() for text in texts)
            yield from zip(keys, self.encoder.encode(texts), strict=True)


def picture_names(root: Path, cells: Iterable[object]) -> Iterator[Named]:
    """``PictureSteps.names``, for who has no encoder at hand."""
    return (_named(image_bytes(root, cell)) for cell in cells)


def _named(content: bytes | Refused) -> Named:
    return content if isinstance(content, Refused) else hashlib.sha256(content).digest()
