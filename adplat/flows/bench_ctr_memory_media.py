"""How much memory streamed training of a multimodal table takes: a catalogue with pictures and words, people with a
past.

The catalogue and the people are the same at either size, so that only impressions are more. Pairs of a person and a
creative are counted one by one, and at the smaller size half of all possible ones have met already.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl

from adplat.data import table_writer, write_table
from adplat.domain import Figure, Progress
from adplat.flows.bench_ctr_memory import figure_of

CREATIVES, PEOPLE = 200, 1_000
_CHUNK, _SIDE, _START_S = 100_000, 32, 1_700_000_000
_HELD_OUT = 10_000
_SCHEMA = """version: 1
name: streamed_media
time: ts
user: person
item: creative
outcomes:
  - {name: click, column: click}
tables:
  - {name: creatives, file: creatives.parquet, key: creative, role: item}
  - {name: people, file: people.parquet, key: person, role: user}
features:
  - {name: person, kind: categorical}
  - {name: creative, kind: categorical}
  - {name: place, kind: categorical}
  - {name: age, kind: numeric, table: people}
  - {name: words, kind: text, table: creatives}
  - {name: picture, kind: image, table: creatives}
  - {name: clicked, kind: sequence, length: 10, outcome: click}
"""
_TRAIN = """schema: schema.yaml
data: {kind: table, train: train.parquet, valid: valid.parquet, stream: true}
encoders: {image: hashing, text: hashing, image_dimension: 16, text_dimension: 16}
model: {embedding: 8, hidden: [32], cross_layers: 1, record: ordered, familiarity: ordered, content_prior: true}
training: {epochs: 1, batch: 4096}
"""


def media_memory_figures(place: Path, rows: int, progress: Progress, times: int = 10) -> list[Figure]:
    """Peak memory at ``rows`` and at ``times`` as many impressions of one catalogue."""
    what = "streamed multimodal training"
    return [figure_of("ctr.6.memory_media", what, place, rows, write_media_rows, progress, times)]


def write_media_rows(folder: Path, rows: int) -> None:
    """Impressions in order of time with a click, the catalogue and the people, a schema and a config that streams."""
    (folder / "pictures").mkdir(parents=True)
    rng = np.random.default_rng(0)
    _write_catalogue(folder, rng)
    write_table(
        pl.DataFrame({"person": np.arange(PEOPLE), "age": rng.integers(18, 80, PEOPLE)}), folder / "people.parquet"
    )
    (folder / "schema.yaml").write_text(_SCHEMA)
    (folder / "train.yaml").write_text(_TRAIN)
    _write_impressions(folder / "train.parquet", 0, rows, rng)
    _write_impressions(folder / "valid.parquet", rows, _HELD_OUT, rng)


def _write_catalogue(folder: Path, rng: np.random.Generator) -> None:
    from PIL import Image

    names = [f"pictures/{number}.png" for number in range(CREATIVES)]
    for name in names:
        Image.fromarray(rng.integers(0, 256, (_SIDE, _SIDE, 3), dtype=np.uint8)).save(folder / name)
    words = [f"offer {number % 7} of shop {number % 11}" for number in range(CREATIVES)]
    creatives = pl.DataFrame({"creative": np.arange(CREATIVES), "words": words, "picture": names})
    write_table(creatives, folder / "creatives.parquet")


def _write_impressions(path: Path, first: int, count: int, rng: np.random.Generator) -> None:
    """A second holds ten of them."""
    with table_writer(path) as writer:
        for start in range(first, first + count, _CHUNK):
            size = min(_CHUNK, first + count - start)
            creative = rng.integers(0, CREATIVES, size)
            writer.write(
                pl.DataFrame(
                    {
                        "ts": _START_S + np.arange(start, start + size) // 10,
                        "person": rng.integers(0, PEOPLE, size),
                        "creative": creative,
                        "place": rng.integers(0, 5, size),
                        "click": (rng.random(size) < 0.05 + 0.05 * (creative % 3)).astype(np.int64),
                    }
                )
            )
