"""A UserVector as bytes, for Redis: a header that says which schema, then the arrays, little-endian.

::

    4 s "AUV1" | 16 s schema digest | 6 × u16 F_user B_user K G_user S L
    i64 categorical | i64 bags | f64 numeric | i64 history | i64 history_time_s
"""

from __future__ import annotations

import struct
from math import prod

import numpy as np

from adplat.domain import SchemaMismatch, TableRejected
from adplat.features.arrays import UserVector

_MAGIC = b"AUV1"
_HEADER = struct.Struct("<4s16s6H")


def pack_user(vector: UserVector, digest: str) -> bytes:
    """Pack under ``digest``, the hex SHA-256 of the schema (``FeatureEncoding.digest``)."""
    bags, sequences = vector.bags.shape, vector.history.shape
    shape = (len(vector.categorical), *bags, len(vector.numeric), *sequences)
    arrays = (
        vector.categorical.astype("<i8"),
        vector.bags.astype("<i8"),
        vector.numeric.astype("<f8"),
        vector.history.astype("<i8"),
        vector.history_time_s.astype("<i8"),
    )
    header = _HEADER.pack(_MAGIC, bytes.fromhex(digest)[:16], *shape)
    return header + b"".join(array.tobytes() for array in arrays)


def unpack_user(blob: bytes, digest: str) -> UserVector:
    """Read it back. Raises SchemaMismatch on another schema, TableRejected on cut or foreign bytes."""
    if len(blob) < _HEADER.size or blob[:4] != _MAGIC:
        raise TableRejected("this is no packed user vector", hint="pack the user again from the users table")
    _, schema, categorical, bags, width, numeric, sequences, length = _HEADER.unpack_from(blob)
    if schema != bytes.fromhex(digest)[:16]:
        raise SchemaMismatch(
            f"a packed user vector belongs to schema {schema.hex()}, not {digest[:32]}",
            hint="pack the users again with the bundle that is served",
        )
    shapes = ((categorical,), (bags, width), (numeric,), (sequences, length), (sequences, length))
    if len(blob) != _HEADER.size + 8 * sum(prod(shape) for shape in shapes):
        raise TableRejected("a packed user vector is cut short", hint="pack the user again from the users table")
    offset, arrays = _HEADER.size, []
    for place, shape in enumerate(shapes):
        kind = "<f8" if place == 2 else "<i8"
        arrays.append(np.frombuffer(blob, dtype=kind, count=prod(shape), offset=offset).reshape(shape))
        offset += 8 * prod(shape)
    categories, bag_values, numbers, history, times = arrays
    return UserVector(categories, bag_values, numbers, history, times)
