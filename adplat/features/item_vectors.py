"""Encode the images or texts of many items: safely opened, each distinct content once, cached on disk."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from adplat.domain import Feature, Progress
from adplat.features.arrays import EncodingProblem, Float32
from adplat.features.content import Refused, image_bytes, open_image, readable_text
from adplat.features.encoders.protocols import Encoder, ImageEncoder, TextEncoder
from adplat.features.modality import RawVectors
from adplat.features.tabular import column_of
from adplat.features.vector_cache import Key, VectorCache, stored_form

if TYPE_CHECKING:
    from PIL.Image import Image

# Vectors a cache file holds; also how much work a kill can lose.
SHARD = 256


def silent(done: int, total: int, what: str) -> None:
    """The progress of a caller that does not listen."""


def encode_images(
    encoder: ImageEncoder,
    features: Sequence[Feature],
    keys: pl.Series,
    frame: pl.DataFrame,
    root: Path,
    cache_dir: Path | None,
    progress: Progress,
) -> RawVectors:
    """Vectors of every image feature of M items. Raises MissingInput for an absent column."""
    cells = [column_of(frame, feature.columns[0], "the item table").to_list() for feature in features]

    def content(cell: object) -> bytes | Refused:
        return image_bytes(root, cell)

    def vectors(cells: Iterable[object]) -> Iterator[tuple[Key, Float32 | Refused]]:
        return _image_vectors(encoder, root, cells)

    return _encode(encoder, features, keys, cells, content, vectors, cache_dir, progress)


def encode_texts(
    encoder: TextEncoder,
    features: Sequence[Feature],
    keys: pl.Series,
    frame: pl.DataFrame,
    cache_dir: Path | None,
    progress: Progress,
) -> RawVectors:
    """Vectors of every text feature of M items. Raises MissingInput for an absent column."""
    cells = [
        [readable_text(list(parts)) for parts in zip(*columns, strict=True)]
        for feature in features
        for columns in [[column_of(frame, name, "the item table").to_list() for name in feature.columns]]
    ]

    def content(cell: object) -> bytes | Refused:
        return cell if isinstance(cell, Refused) else str(cell).encode()

    def vectors(cells: Iterable[object]) -> Iterator[tuple[Key, Float32 | Refused]]:
        for texts in _batches((str(cell) for cell in cells), encoder.batch):
            keys = (hashlib.sha256(text.encode()).digest() for text in texts)
            yield from zip(keys, encoder.encode(texts), strict=True)

    return _encode(encoder, features, keys, cells, content, vectors, cache_dir, progress)


def _image_vectors(
    encoder: ImageEncoder, root: Path, cells: Iterable[object]
) -> Iterator[tuple[Key, Float32 | Refused]]:
    """Opened one by one, encoded in batches; the file is read again, so its key is taken again too."""
    waiting: list[tuple[Key, Image]] = []
    for cell in cells:
        content = image_bytes(root, cell)
        if isinstance(content, Refused):
            continue  # it vanished between the two looks; the caller reports what has no vector
        key = hashlib.sha256(content).digest()
        picture = open_image(content)
        if isinstance(picture, Refused):
            yield key, picture
            continue
        waiting.append((key, picture))
        if len(waiting) == encoder.batch:
            yield from _encoded(encoder, waiting)
            waiting = []
    if waiting:
        yield from _encoded(encoder, waiting)


def _encoded(encoder: ImageEncoder, waiting: Sequence[tuple[Key, Image]]) -> Iterator[tuple[Key, Float32]]:
    vectors = encoder.encode([picture for _, picture in waiting])
    yield from zip((key for key, _ in waiting), vectors, strict=True)


def _encode(
    encoder: Encoder,
    features: Sequence[Feature],
    keys: pl.Series,
    cells: Sequence[Sequence[object]],
    content: Callable[[object], bytes | Refused],
    vectors: Callable[[Iterable[object]], Iterator[tuple[Key, Float32 | Refused]]],
    cache_dir: Path | None,
    progress: Progress,
) -> RawVectors:
    """The common half: name every cell by content, fetch, make what is missing, place, report."""
    named = [[_key(content(cell)) for cell in column] for column in cells]
    cell_of = {
        key: cell
        for keys_, column in zip(named, cells, strict=True)
        for key, cell in zip(keys_, column, strict=True)
        if isinstance(key, bytes)
    }
    made = _fetch_or_make(encoder, cell_of, vectors, cache_dir, progress)
    shape = (len(keys), len(features))
    placed, present = np.zeros((*shape, encoder.size), dtype=np.float32), np.zeros(shape, dtype=np.float32)
    problems = []
    for place, feature in enumerate(features):
        for row, key in enumerate(named[place]):
            vector = made.get(key, Refused("changed while it was read")) if isinstance(key, bytes) else key
            if isinstance(vector, Refused):
                problems.append(EncodingProblem(keys[row], "+".join(feature.columns), vector.reason))
            else:
                placed[row, place] = vector
                present[row, place] = 1.0
    return RawVectors(placed, present, tuple(problems))


def _key(content: bytes | Refused) -> Key | Refused:
    return content if isinstance(content, Refused) else hashlib.sha256(content).digest()


def _fetch_or_make(
    encoder: Encoder,
    cell_of: dict[Key, object],
    vectors: Callable[[Iterable[object]], Iterator[tuple[Key, Float32 | Refused]]],
    cache_dir: Path | None,
    progress: Progress,
) -> dict[Key, Float32 | Refused]:
    cache = VectorCache(cache_dir, encoder.fingerprint) if cache_dir else None
    made: dict[Key, Float32 | Refused] = dict(cache.read(cell_of, encoder.size)) if cache else {}
    missing = [cell for key, cell in cell_of.items() if key not in made]
    fresh: dict[Key, Float32] = {}
    what, done = f"encoding with {encoder.name}", len(cell_of) - len(missing)
    progress(done, len(cell_of), what)
    for key, vector in vectors(missing):
        done += 1
        if isinstance(vector, Refused):
            made[key] = vector
        elif not np.isfinite(vector).all():
            made[key] = Refused("the encoder gave no finite vector")
        else:
            made[key] = fresh[key] = stored_form(vector)
        if len(fresh) >= SHARD:
            _keep(cache, fresh)
            fresh = {}
        if done % encoder.batch == 0 or done == len(cell_of):
            progress(done, len(cell_of), what)
    _keep(cache, fresh)
    return made


def _keep(cache: VectorCache | None, fresh: dict[Key, Float32]) -> None:
    if cache:
        cache.write(fresh)


def _batches(texts: Iterable[str], size: int) -> Iterator[list[str]]:
    batch: list[str] = []
    for text in texts:
        batch.append(text)
        if len(batch) == size:
            yield batch
            batch = []
    if batch:
        yield batch
