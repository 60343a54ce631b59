"""Samples of opportunities that read as sentences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import numpy as np

from adplat.forecast import (
    CELL_COLUMNS,
    NOT_TOLD,
    TEXT_COLUMNS,
    HourlyCells,
    ListCodes,
    OpportunitySample,
    TextCodes,
)

MONDAY = datetime(2026, 3, 2, tzinfo=UTC)


def coded(texts: Sequence[str]) -> TextCodes:
    values = tuple(sorted({text for text in texts if text}))
    return TextCodes(values, np.array([values.index(text) if text else NOT_TOLD for text in texts], dtype=np.int32))


def a_sample(
    at_s: Any,
    user: Any,
    facts: Mapping[str, Sequence[str]] | None = None,
    segments: Sequence[Sequence[str]] | None = None,
    *,
    rate: float = 1.0,
    users: float | None = None,
    source: str = "requests",
    data_from: datetime | None = None,
    data_to: datetime | None = None,
) -> OpportunitySample:
    """Rows in order of time, each a cell of its values; all of the log unless ``rate`` says otherwise."""
    moments, people = np.asarray(at_s, dtype=np.float64), np.asarray(user, dtype=np.int64)
    rows = len(moments)
    texts = {name: coded((facts or {}).get(name, [""] * rows)) for name in TEXT_COLUMNS}
    codes = np.column_stack([texts[name].codes for name in CELL_COLUMNS])
    kinds, cell = np.unique(codes, axis=0, return_inverse=True)
    lists = segments or [[] for _ in range(rows)]
    names = tuple(sorted({name for one in lists for name in one}))
    begins = data_from or datetime.fromtimestamp(moments[0], UTC)
    ends = data_to or datetime.fromtimestamp(moments[-1], UTC)
    first = int(begins.timestamp() // 3600)
    counts = np.zeros((int(ends.timestamp() // 3600) - first + 1, len(kinds)), dtype=np.float64)
    np.add.at(counts, ((moments // 3600).astype(int) - first, cell.ravel()), 1.0 / rate)
    nothing = np.full(rows, NOT_TOLD, dtype=np.int64)
    return OpportunitySample(
        at_s=moments,
        user=people,
        texts=texts,
        segments=ListCodes(
            names,
            np.concatenate([[0], np.cumsum([len(one) for one in lists])]).astype(np.int64),
            np.array([names.index(name) for one in lists for name in one], dtype=np.int32),
        ),
        position=nothing,
        hour=nothing,
        weekday=nothing,
        floor_micros=nothing,
        cell=cell.ravel().astype(np.int32),
        cells=HourlyCells(
            first,
            {name: kinds[:, place].astype(np.int32) for place, name in enumerate(CELL_COLUMNS)},
            counts.astype(np.float32),
        ),
        rate=rate,
        source=source,
        users=len(np.unique(people[people >= 0])) / rate if users is None else users,
        data_from=begins,
        data_to=ends,
        currency="EUR",
    )
