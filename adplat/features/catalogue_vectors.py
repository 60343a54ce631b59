"""The images and texts of a whole catalogue into the vector cache, where training and deploying find them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from adplat.domain import ConfigRejected, Feature, FeatureSchema, Progress
from adplat.features.arrays import EncodingProblem
from adplat.features.content import Refused
from adplat.features.content_steps import ContentSteps, PictureSteps, TextSteps
from adplat.features.encoders.choice import EncoderConfig
from adplat.features.encoders.registry import choose_image_encoder, choose_text_encoder
from adplat.features.item_frames import item_key_column
from adplat.features.item_vectors import NamedCells, newly_encoded, picture_cells, text_cells
from adplat.features.layout import Layout
from adplat.features.tabular import keyed
from adplat.features.vector_cache import Key, VectorCache

# The same steps, taken by whoever has the machines.
Spread = Callable[[ContentSteps], ContentSteps]


def here(steps: ContentSteps) -> ContentSteps:
    """Taken by this process."""
    return steps


@dataclass(frozen=True, slots=True)
class CatalogueVectors:
    """Distinct contents that were ``encoded`` now or ``cached`` before, and the cells that have no vector.

    ``encoders`` are the names of those that ran; ``flags`` say in words where one is a stand-in.
    """

    encoded: int
    cached: int
    problems: tuple[EncodingProblem, ...]
    encoders: tuple[str, ...]
    flags: tuple[str, ...]


def encode_catalogue_items(
    schema: FeatureSchema,
    items: pl.DataFrame,
    root: Path,
    encoders: EncoderConfig,
    cache_dir: Path,
    progress: Progress,
    spread: Spread = here,
) -> CatalogueVectors:
    """Encode what the cache lacks, with the encoders that ``FeatureEncoding.fit`` would choose.

    Image paths are relative to ``root``. Memory: the item frame and 32 bytes a content, no vectors.
    Raises MissingInput (a column, an encoder's package), TableRejected, ConfigRejected (nothing to encode).
    """
    layout = Layout(schema)
    keys, frame = keyed(items, item_key_column(layout), "the item table")
    parts: list[_Part] = []
    flags: list[str] = []
    if layout.images and encoders.image != "none":
        eyes, flag = choose_image_encoder(encoders.image)
        cells = picture_cells(layout.images, frame)
        parts.append(_Part(spread(PictureSteps(eyes, root)), layout.images, cells))
        flags += [flag] if flag else []
    if layout.texts and encoders.text != "none":
        reader, flag = choose_text_encoder(encoders.text)
        parts.append(_Part(spread(TextSteps(reader)), layout.texts, text_cells(layout.texts, frame)))
        flags += [flag] if flag else []
    if not parts:
        raise ConfigRejected(
            "there is nothing to encode",
            where=schema.name,
            hint="the schema has no image or text, or its encoder is none",
        )
    encoded = cached = 0
    problems: list[EncodingProblem] = []
    for part in parts:
        done, found, told = part.encode(keys, cache_dir, progress)
        encoded, cached = encoded + done, cached + found
        problems += told
    names = tuple(part.steps.encoder.name for part in parts)
    return CatalogueVectors(encoded, cached, tuple(problems), names, tuple(flags))


@dataclass(frozen=True)
class _Part:
    """All pictures, or all texts."""

    steps: ContentSteps
    features: Sequence[Feature]
    cells: Sequence[Sequence[object]]

    def encode(
        self, keys: pl.Series, cache_dir: Path, progress: Progress
    ) -> tuple[int, int, tuple[EncodingProblem, ...]]:
        """How many contents were encoded, how many were there, and which cells have no vector."""
        contents, encoder = NamedCells.of(self.steps, self.cells, progress), self.steps.encoder
        cache = VectorCache(cache_dir, encoder.fingerprint)
        known = cache.keys(encoder.size) & contents.cell_of.keys()
        found, refused = len(known), dict[Key, Refused]()
        for key, vector in newly_encoded(self.steps, contents.cell_of, known, cache, progress):
            if isinstance(vector, Refused):
                refused[key] = vector
            else:
                known.add(key)
        return len(known) - found, found, contents.problems(self.features, keys, known, refused)
