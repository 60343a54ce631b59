"""What was learned, as four files of a bundle: vocab.parquet, schema.yaml, features.safetensors, features.json.

No pickle. Each file appears whole; the bundle's own manifest tells whether a byte changed later.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from adplat.data import read_feature_schema, read_table, write_feature_schema, write_table
from adplat.domain import BundleRejected, MissingInput, SchemaMismatch
from adplat.features.encoders.choice import EncoderConfig
from adplat.features.learned import Learned
from adplat.features.modality import Modality
from adplat.features.scaling import Scaling
from adplat.features.vocabularies import HashedValues, LearnedValues, Values
from adplat.features.whitening import Whitening

FORMAT = 1


def save_learned(learned: Learned, folder: Path) -> None:
    """See ``FeatureEncoding.save``."""
    from safetensors.numpy import save

    folder.mkdir(parents=True, exist_ok=True)
    write_feature_schema(learned.schema, folder / "schema.yaml")
    write_table(_vocabulary_table(learned), folder / "vocab.parquet")
    arrays = {"format": np.array([FORMAT], dtype=np.int32)}
    modalities: dict[str, Any] = {}
    for name, modality in (("image", learned.image), ("text", learned.text)):
        if modality is not None:
            modalities[name] = {"encoder": modality.encoder, "fingerprint": modality.fingerprint}
            arrays[f"{name}.mean"] = np.ascontiguousarray(modality.whitening.mean)
            arrays[f"{name}.projection"] = np.ascontiguousarray(modality.whitening.projection)
    _write(folder / "features.safetensors", save(arrays))
    facts = {
        "format": FORMAT,
        "schema_digest": learned.digest,
        "encoders": asdict(learned.encoders),
        "encoder_flags": list(learned.encoder_flags),
        "modalities": modalities,
        "item_bag_width": learned.item_bag_width,
        "row_bag_width": learned.row_bag_width,
        "hashed": {name: v.buckets for name, v in learned.vocabularies.items() if isinstance(v, HashedValues)},
        "learned": [name for name, v in learned.vocabularies.items() if isinstance(v, LearnedValues)],
        "scalings": {name: asdict(scaling) for name, scaling in learned.scalings.items()},
    }
    _write(folder / "features.json", json.dumps(facts, indent=1, ensure_ascii=False).encode())


def _vocabulary_table(learned: Learned) -> pl.DataFrame:
    known = [(name, v.values) for name, v in learned.vocabularies.items() if isinstance(v, LearnedValues)]
    return pl.DataFrame(
        {
            "feature": [name for name, values in known for _ in values],
            "value": [value for _, values in known for value in values],
            "index": [index for _, values in known for index in range(1, len(values) + 1)],
        },
        schema={"feature": pl.String, "value": pl.String, "index": pl.Int32},
    )


def _write(path: Path, content: bytes) -> None:
    temporary = path.with_name(f".{path.name}.part")
    temporary.write_bytes(content)
    temporary.replace(path)


def load_learned(folder: Path) -> Learned:
    """See ``FeatureEncoding.load``."""
    from safetensors import SafetensorError
    from safetensors.numpy import load

    for name in ("schema.yaml", "vocab.parquet", "features.safetensors", "features.json"):
        if not (folder / name).is_file():
            raise MissingInput("no such file", where=str(folder / name), hint="give the folder of a whole bundle")
    schema = read_feature_schema(folder / "schema.yaml")
    try:
        facts = json.loads((folder / "features.json").read_bytes())
        arrays = load((folder / "features.safetensors").read_bytes())
        if facts["format"] != FORMAT:
            raise BundleRejected(
                f"feature format {facts['format']} is unknown", where=str(folder), hint="use the adplat that wrote it"
            )
        if facts["schema_digest"] != schema.digest():
            raise SchemaMismatch(
                "schema.yaml is not the schema that the features were fitted with",
                where=str(folder),
                hint="restore the bundle's own schema.yaml",
            )
        return Learned(
            schema=schema,
            encoders=EncoderConfig(**facts["encoders"]),
            vocabularies=_vocabularies(folder, facts),
            scalings={name: Scaling(**scaling) for name, scaling in facts["scalings"].items()},
            item_bag_width=facts["item_bag_width"],
            row_bag_width=facts["row_bag_width"],
            image=_modality("image", facts, arrays),
            text=_modality("text", facts, arrays),
            encoder_flags=tuple(facts["encoder_flags"]),
        )
    except (SafetensorError, KeyError, ValueError, TypeError) as reason:
        raise BundleRejected(
            f"the features cannot be read: {type(reason).__name__}", where=str(folder), hint="copy the bundle again"
        ) from None


def _vocabularies(folder: Path, facts: dict[str, Any]) -> dict[str, Values]:
    table = read_table(folder / "vocab.parquet", columns=("feature", "value", "index")).sort("index")
    by_feature = dict.fromkeys(facts["learned"], ()) | {
        str(name): tuple(part["value"].to_list())
        for (name,), part in table.partition_by("feature", as_dict=True).items()
    }
    values: dict[str, Values] = {name: LearnedValues(known) for name, known in by_feature.items()}
    values.update({name: HashedValues(buckets) for name, buckets in facts["hashed"].items()})
    return values


def _modality(name: str, facts: dict[str, Any], arrays: dict[str, Any]) -> Modality | None:
    if name not in facts["modalities"]:
        return None
    told = facts["modalities"][name]
    whitening = Whitening(arrays[f"{name}.mean"], arrays[f"{name}.projection"])
    return Modality(told["encoder"], told["fingerprint"], whitening)
