"""Encode the images or texts of many items: safely opened, each distinct content once, cached on disk."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl

from adplat.domain import Feature, Progress
from adplat.features.arrays import EncodingProblem, Float32
from adplat.features.content import Refused, readable_text
from adplat.features.content_steps import ContentSteps, Named, PictureSteps, TextSteps, Vector
from adplat.features.encoders.protocols import ImageEncoder, TextEncoder
from adplat.features.modality import RawVectors
from adplat.features.tabular import column_of
from adplat.features.vector_cache import Key, VectorCache, stored_form

# Vectors a cache file holds; also how much work a kill can lose.
SHARD = 256
# A person hears of the look at the contents only where there are as many.
_MANY = 2_000
_CHANGED = Refused("changed while it was read")


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
    return _encode(PictureSteps(encoder, root), features, keys, picture_cells(features, frame), cache_dir, progress)


def encode_texts(
    encoder: TextEncoder,
    features: Sequence[Feature],
    keys: pl.Series,
    frame: pl.DataFrame,
    cache_dir: Path | None,
    progress: Progress,
) -> RawVectors:
    """Vectors of every text feature of M items. Raises MissingInput for an absent column."""
    return _encode(TextSteps(encoder), features, keys, text_cells(features, frame), cache_dir, progress)


def picture_cells(features: Sequence[Feature], frame: pl.DataFrame) -> list[list[object]]:
    """The paths of M items, one list a feature. Raises MissingInput."""
    return [column_of(frame, feature.columns[0], "the item table").to_list() for feature in features]


def text_cells(features: Sequence[Feature], frame: pl.DataFrame) -> list[list[object]]:
    """The readable (or refused) texts of M items, one list a feature. Raises MissingInput."""
    return [
        [readable_text(list(parts)) for parts in zip(*columns, strict=True)]
        for feature in features
        for columns in [[column_of(frame, name, "the item table").to_list() for name in feature.columns]]
    ]


@dataclass(frozen=True)
class NamedCells:
    """Every cell by content, and one cell that has each content."""

    named: list[list[Named]]
    cell_of: dict[Key, object]

    @classmethod
    def of(cls, steps: ContentSteps, cells: Sequence[Sequence[object]], progress: Progress) -> NamedCells:
        """Reads every content once."""
        named: list[list[Named]] = []
        done, total = 0, sum(len(column) for column in cells)
        for column in cells:
            named.append([])
            for name in steps.names(column):
                named[-1].append(name)
                done += 1
                if total >= _MANY and (done % _MANY == 0 or done == total):
                    progress(done, total, f"looking at what {steps.encoder.name} is to encode")
        cell_of = {
            key: cell
            for keys, column in zip(named, cells, strict=True)
            for key, cell in zip(keys, column, strict=True)
            if isinstance(key, bytes)
        }
        return cls(named, cell_of)

    def problems(
        self, features: Sequence[Feature], keys: pl.Series, encoded: Collection[Key], refused: Mapping[Key, Refused]
    ) -> tuple[EncodingProblem, ...]:
        """The cells without a vector; ``refused`` are the contents that were read and yet gave none."""
        return tuple(
            EncodingProblem(keys[row], "+".join(feature.columns), reason.reason)
            for feature, named in zip(features, self.named, strict=True)
            for row, key in enumerate(named)
            if key not in encoded
            for reason in [refused.get(key, _CHANGED) if isinstance(key, bytes) else key]
        )


def _encode(
    steps: ContentSteps,
    features: Sequence[Feature],
    keys: pl.Series,
    cells: Sequence[Sequence[object]],
    cache_dir: Path | None,
    progress: Progress,
) -> RawVectors:
    """The common half: name every cell by content, fetch, make what is missing, place, report."""
    contents, encoder = NamedCells.of(steps, cells, progress), steps.encoder
    cache = VectorCache(cache_dir, encoder.fingerprint) if cache_dir else None
    vectors = cache.read(contents.cell_of, encoder.size) if cache else {}
    refused: dict[Key, Refused] = {}
    for key, vector in newly_encoded(steps, contents.cell_of, vectors, cache, progress):
        if isinstance(vector, Refused):
            refused[key] = vector
        else:
            vectors[key] = vector
    shape = (len(keys), len(features))
    placed, present = np.zeros((*shape, encoder.size), dtype=np.float32), np.zeros(shape, dtype=np.float32)
    for place, named in enumerate(contents.named):
        for row, name in enumerate(named):
            if isinstance(name, bytes) and name in vectors:
                placed[row, place] = vectors[name]
                present[row, place] = 1.0
    return RawVectors(placed, present, contents.problems(features, keys, vectors, refused))


def newly_encoded(
    steps: ContentSteps,
    cell_of: Mapping[Key, object],
    known: Collection[Key],
    cache: VectorCache | None,
    progress: Progress,
) -> Iterator[Vector]:
    """Encode the contents that are not ``known``, a cache file at a time; vectors come in the form they are stored."""
    missing = [cell for key, cell in cell_of.items() if key not in known]
    fresh: dict[Key, Float32] = {}
    encoder = steps.encoder
    what, done = f"encoding with {encoder.name}", len(cell_of) - len(missing)
    progress(done, len(cell_of), what)
    for key, vector in steps.vectors(missing):
        done += 1
        if isinstance(vector, Refused):
            yield key, vector
        elif not np.isfinite(vector).all():
            yield key, Refused("the encoder gave no finite vector")
        else:
            fresh[key] = stored_form(vector)
            yield key, fresh[key]
        if len(fresh) >= SHARD:
            _keep(cache, fresh)
            fresh = {}
        if done % encoder.batch == 0 or done == len(cell_of):
            progress(done, len(cell_of), what)
    _keep(cache, fresh)


def _keep(cache: VectorCache | None, fresh: dict[Key, Float32]) -> None:
    if cache:
        cache.write(fresh)
