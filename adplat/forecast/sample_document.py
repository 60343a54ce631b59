"""A sample of opportunities as bytes: safetensors, with what is no array as JSON in its header. No pickle."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

import numpy as np
import numpy.typing as npt

from adplat.domain import ConfigRejected
from adplat.forecast.opportunity_sample import (
    CELL_COLUMNS,
    POOLED,
    ROW_COLUMNS,
    TEXT_COLUMNS,
    HourlyCells,
    ListCodes,
    OpportunitySample,
    TextCodes,
)

FORMAT = "adplat opportunity sample 1"


def sample_bytes(sample: OpportunitySample) -> bytes:
    """The file of a sample; the same bytes for the same sample."""
    from safetensors.numpy import save

    arrays: dict[str, npt.NDArray[Any]] = {name: getattr(sample, name) for name in ROW_COLUMNS}
    arrays |= {f"text.{name}": sample.texts[name].codes for name in TEXT_COLUMNS}
    arrays |= {f"cell.{name}": sample.cells.columns[name] for name in CELL_COLUMNS}
    arrays |= {"segment.starts": sample.segments.starts, "segment.codes": sample.segments.codes}
    arrays["counts"] = sample.cells.counts
    told = {
        "format": FORMAT,
        "values": {name: sample.texts[name].values for name in TEXT_COLUMNS},
        "segments": sample.segments.values,
        "first_hour": sample.cells.first_hour,
        "rate": sample.rate,
        "source": sample.source,
        "users": sample.users,
        "data_from": sample.data_from.isoformat(),
        "data_to": sample.data_to.isoformat(),
        "currency": sample.currency,
    }
    laid_out = {name: np.ascontiguousarray(array) for name, array in arrays.items()}
    # One entry: several are written in another order each time.
    return save(laid_out, metadata={"sample": json.dumps(told)})


def sample_of_bytes(content: bytes, *, where: str) -> OpportunitySample:
    """The sample of a file. Raises ConfigRejected when this is none, or is damaged."""
    from safetensors import SafetensorError
    from safetensors.numpy import load

    try:
        length = int.from_bytes(content[:8], "little")
        told = json.loads(json.loads(content[8 : 8 + length])["__metadata__"]["sample"])
        if told["format"] != FORMAT:
            raise _refused(where)
        arrays = load(content)
        sample = OpportunitySample(
            **{name: arrays[name] for name in ROW_COLUMNS},
            texts={name: TextCodes(tuple(told["values"][name]), arrays[f"text.{name}"]) for name in TEXT_COLUMNS},
            segments=ListCodes(tuple(told["segments"]), arrays["segment.starts"], arrays["segment.codes"]),
            cells=HourlyCells(
                int(told["first_hour"]), {name: arrays[f"cell.{name}"] for name in CELL_COLUMNS}, arrays["counts"]
            ),
            rate=float(told["rate"]),
            source=str(told["source"]),
            users=None if told["users"] is None else float(told["users"]),
            data_from=datetime.fromisoformat(told["data_from"]),
            data_to=datetime.fromisoformat(told["data_to"]),
            currency=str(told["currency"]),
        )
    except (KeyError, ValueError, TypeError, IndexError, SafetensorError):
        raise _refused(where) from None
    if not _hangs_together(sample):
        raise _refused(where)
    return sample


def _hangs_together(sample: OpportunitySample) -> bool:
    rows, cells = len(sample), sample.cells.counts.shape[1] if sample.cells.counts.ndim == 2 else -1
    starts, codes = sample.segments.starts, sample.segments.codes
    return (
        0.0 < sample.rate <= 1.0
        and all(len(getattr(sample, name)) == rows for name in ROW_COLUMNS)
        and bool(np.all(np.diff(sample.at_s) >= 0.0))
        and all(len(one.codes) == rows and _within(one.codes, len(one.values)) for one in sample.texts.values())
        and all(
            len(column) == cells and _within(np.where(column == POOLED, 0, column), len(sample.texts[name].values) or 1)
            for name, column in sample.cells.columns.items()
        )
        and _within(sample.cell, cells)
        and bool(np.all(sample.cell >= 0))
        and len(starts) == rows + 1
        and bool(np.all(np.diff(starts) >= 0))
        and (int(starts[0]), int(starts[-1])) == (0, len(codes))
        and _within(codes, len(sample.segments.values))
    )


def _within(codes: npt.NDArray[np.int32], values: int) -> bool:
    return not len(codes) or (int(codes.min()) >= -1 and int(codes.max()) < values)


def _refused(where: str) -> ConfigRejected:
    return ConfigRejected(
        "this is no whole sample of opportunities", where=where, hint="make it again with 'adplat forecast sample'"
    )
