"""ItemBlocks: built from an item table, merged over older ones, kept in a bundle as ``items.safetensors``."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, fields
from pathlib import Path

import numpy as np
import polars as pl

from adplat.domain import BundleRejected, Feature, FeatureKind, MissingInput, Progress, SchemaMismatch
from adplat.features.arrays import EncodingProblem, Float32, ItemBlock, item_hash
from adplat.features.encoders.registry import image_encoder_named, text_encoder_named
from adplat.features.item_frames import item_key_column
from adplat.features.item_vectors import encode_images, encode_texts
from adplat.features.learned import Learned
from adplat.features.modality import Modality, RawVectors
from adplat.features.tabular import keyed

FILE = "items.safetensors"
_ARRAYS = tuple(field.name for field in fields(ItemBlock) if field.name not in ("ids", "encoding_report"))


def build_item_block(
    learned: Learned, items: pl.DataFrame, root: Path, cache_dir: Path | None, progress: Progress
) -> ItemBlock:
    """See ``FeatureEncoding.item_block``."""
    layout = learned.layout
    key_column = item_key_column(layout)
    keys, frame = keyed(items, key_column, "the item table")
    # The rows may name the item by another column than its own table does.
    frame = frame.with_columns(keys.alias(layout.item_column or key_column))
    table = learned.encode(frame, layout.item, learned.item_bag_width, "the item table").with_unknown()
    vectors: dict[str, Float32] = {}
    problems: list[EncodingProblem] = []
    for name, modality, features in (("image", learned.image, layout.images), ("text", learned.text, layout.texts)):
        vectors[name] = np.zeros((len(keys) + 1, 0), dtype=np.float32)
        vectors[f"{name}_present"] = np.zeros(len(keys) + 1, dtype=np.float32)
        if modality is not None:
            raw = _raw_vectors(modality, features, keys, frame, root, cache_dir, progress)
            reduced, present = modality.reduce(raw)
            vectors[name], vectors[f"{name}_present"] = np.pad(reduced, ((1, 0), (0, 0))), np.pad(present, (1, 0))
            problems.extend(raw.problems)
    ids = tuple(keys.to_list())
    return ItemBlock(
        ids=ids,
        hashes=np.array([0, *(item_hash(key) for key in ids)], dtype=np.int64),
        categorical=table.categorical,
        bags=table.bags,
        numeric=table.numeric,
        encoding_report=tuple(problems),
        **vectors,
    )


def _raw_vectors(
    modality: Modality,
    features: Sequence[Feature],
    keys: pl.Series,
    frame: pl.DataFrame,
    root: Path,
    cache_dir: Path | None,
    progress: Progress,
) -> RawVectors:
    """Encode with the very encoder of the fit. Raises MissingInput, SchemaMismatch."""
    if features[0].kind is FeatureKind.IMAGE:
        images = image_encoder_named(modality.encoder)
        _same_encoder(modality, images.fingerprint)
        return encode_images(images, features, keys, frame, root, cache_dir, progress)
    texts = text_encoder_named(modality.encoder)
    _same_encoder(modality, texts.fingerprint)
    return encode_texts(texts, features, keys, frame, cache_dir, progress)


def _same_encoder(modality: Modality, fingerprint: str) -> None:
    if fingerprint != modality.fingerprint:
        raise SchemaMismatch(
            f"encoder {modality.encoder!r} is not the one this model was trained with",
            where=f"{fingerprint} instead of {modality.fingerprint}",
            hint="install the version it was trained with, or train again",
        )


def merge_items(kept: ItemBlock, given: ItemBlock) -> ItemBlock:
    """All items of both; where both know an item, ``given`` wins. Raises SchemaMismatch on other widths."""
    for name in _ARRAYS:
        if getattr(kept, name).shape[1:] != getattr(given, name).shape[1:]:
            raise SchemaMismatch(
                f"two item blocks disagree on the shape of {name!r}",
                hint="build both with the feature encoding of the same bundle",
            )
    newer = set(given.ids)
    old = [row for row, item_id in enumerate(kept.ids, start=1) if item_id not in newer]
    arrays = {name: np.concatenate([getattr(kept, name)[[0, *old]], getattr(given, name)[1:]]) for name in _ARRAYS}
    report = [problem for problem in kept.encoding_report if problem.item_id not in newer]
    return ItemBlock(
        ids=(*(kept.ids[row - 1] for row in old), *given.ids),
        encoding_report=(*report, *given.encoding_report),
        **arrays,
    )


def save_items(block: ItemBlock, folder: Path) -> None:
    """Write ``items.safetensors`` into ``folder``, whole or not at all."""
    from safetensors.numpy import save

    names = [item_id.encode("utf-8", "surrogatepass") for item_id in block.ids]
    arrays = {name: np.ascontiguousarray(getattr(block, name)) for name in _ARRAYS}
    arrays["id_bytes"] = np.frombuffer(b"".join(names), dtype=np.uint8)
    arrays["id_ends"] = np.cumsum([len(name) for name in names], dtype=np.int64)
    report = json.dumps([asdict(problem) for problem in block.encoding_report])
    content = save(arrays, metadata={"encoding_report": report})
    folder.mkdir(parents=True, exist_ok=True)
    temporary = folder / f".{FILE}.part"
    temporary.write_bytes(content)
    temporary.replace(folder / FILE)


def load_items(folder: Path) -> ItemBlock:
    """Read it back. Raises MissingInput, BundleRejected."""
    from safetensors import SafetensorError, safe_open

    path = folder / FILE
    if not path.is_file():
        raise MissingInput("no such file", where=str(path), hint="give the folder of a whole bundle")
    try:
        with safe_open(path, framework="numpy") as file:
            arrays = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 - it is no mapping
            report = json.loads((file.metadata() or {}).get("encoding_report", "[]"))
        content, ends = arrays.pop("id_bytes").tobytes(), arrays.pop("id_ends").tolist()
        ids = (
            tuple(
                content[start:end].decode("utf-8", "surrogatepass")
                for start, end in zip([0, *ends[:-1]], ends, strict=True)
            )
            if ends
            else ()
        )
        problems = tuple(EncodingProblem(**problem) for problem in report)
        return ItemBlock(ids=ids, encoding_report=problems, **arrays)
    except (SafetensorError, KeyError, ValueError, TypeError) as reason:
        raise BundleRejected(
            f"the kept items cannot be read: {type(reason).__name__}", where=str(path), hint="copy the bundle again"
        ) from None
