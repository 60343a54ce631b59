"""Which rows made a model: one hash over the columns that the schema reads."""

from __future__ import annotations

import hashlib

import polars as pl

from adplat.data import Tables
from adplat.domain import FeatureSchema


def fingerprint(schema: FeatureSchema, tables: Tables) -> str:
    """SHA-256 (hex) over the row hashes of the training and later rows, in order, columns by name."""
    wanted = {schema.time, schema.user, schema.item, *(outcome.column for outcome in schema.outcomes)}
    for feature in schema.features:
        wanted.update(feature.columns if not feature.table else ())
    digest = hashlib.sha256()
    for frame in (tables.rows, tables.valid):
        if frame is None:
            continue
        columns = sorted(wanted.intersection(frame.columns))
        digest.update("\x1f".join(columns).encode())
        digest.update(frame.select(pl.col(columns).cast(pl.String)).hash_rows(seed=0).to_numpy().tobytes())
    if tables.stream is not None:
        digest.update(tables.stream.fingerprint.encode())
    return digest.hexdigest()
