"""A model of contrasts as files of a bundle: ``contrast.json``, ``contrast.safetensors`` and ``schema.yaml``."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt
from safetensors import SafetensorError
from safetensors.numpy import load, save

from adplat.ctr.contrast_fit import ContrastFit
from adplat.data import read_feature_schema, write_feature_schema
from adplat.domain import BundleRejected
from adplat.features import WideConfig, WideEncoding
from adplat.features.pieces import PieceRule, PieceWeights
from adplat.features.scaling import Scaling

CONTRAST_FILES = ("contrast.json", "contrast.safetensors", "schema.yaml")
_FACTS, _ARRAYS, _SCHEMA = CONTRAST_FILES


def write_contrast(folder: Path, encoding: WideEncoding, fit: ContrastFit) -> None:
    """Write the three files."""
    write_feature_schema(encoding.schema, folder / _SCHEMA)
    arrays: dict[str, npt.NDArray[Any]] = {"coefficients": fit.coefficients}
    arrays |= {f"idf.{name}": one.idf for name, one in encoding.pieces.items()}
    arrays |= {f"centre.{name}": one for name, one in encoding.centres.items()}
    arrays |= {f"spread.{name}": one for name, one in encoding.spreads.items()}
    (folder / _ARRAYS).write_bytes(save({name: np.ascontiguousarray(one) for name, one in arrays.items()}))
    facts = {
        "encoder": encoding.encoder,
        "fingerprint": encoding.fingerprint,
        "states": encoding.states,
        "flags": list(encoding.flags),
        "wide": asdict(encoding.config),
        "rules": {name: asdict(one.rule) for name, one in encoding.pieces.items()},
        "scalings": {name: asdict(one) for name, one in encoding.scalings.items()},
        "level": fit.level,
        "unexplained": fit.unexplained,
    }
    (folder / _FACTS).write_text(json.dumps(facts, indent=1, sort_keys=True) + "\n", encoding="utf-8")


def read_contrast(folder: Path) -> tuple[WideEncoding, ContrastFit]:
    """Read back what ``write_contrast`` wrote. Raises MissingInput, BundleRejected."""
    schema = read_feature_schema(folder / _SCHEMA)
    try:
        facts = json.loads((folder / _FACTS).read_bytes())
        arrays = load((folder / _ARRAYS).read_bytes())
        encoding = WideEncoding(
            schema=schema,
            config=msgspec.convert(facts["wide"], WideConfig),
            encoder=facts["encoder"],
            fingerprint=facts["fingerprint"],
            states=facts.get("states", ""),
            flags=tuple(facts["flags"]),
            pieces={
                name: PieceWeights(PieceRule(**rule), arrays[f"idf.{name}"]) for name, rule in facts["rules"].items()
            },
            centres={name.removeprefix("centre."): one for name, one in arrays.items() if name.startswith("centre.")},
            spreads={name.removeprefix("spread."): one for name, one in arrays.items() if name.startswith("spread.")},
            scalings={name: Scaling(**scaling) for name, scaling in facts["scalings"].items()},
        )
        return encoding, ContrastFit(arrays["coefficients"], float(facts["level"]), float(facts["unexplained"]))
    except (OSError, SafetensorError, msgspec.ValidationError, KeyError, ValueError, TypeError) as reason:
        raise BundleRejected(
            f"the contrasts cannot be read: {type(reason).__name__}", where=str(folder), hint="train again"
        ) from None
