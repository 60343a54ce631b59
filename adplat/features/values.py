"""One value, one form: what a Parquet cell and a JSON field must both become before they are looked up.

A categorical value is compared as text. ``3``, ``3.0``, ``"3"`` and ``"3.0"`` are one value (``"3"``), so are
``True``, ``"True"`` and ``"true"`` (``"true"``); null, NaN and blank text are missing. Leading zeros stay
(``"007"`` is a code, not a number). Every rule exists twice, for a scalar and for a column, and a property
test holds the two together.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence

import numpy as np
import polars as pl

from adplat.domain import Feature
from adplat.features.arrays import Float64, Int32

BLANKS = " \t\r\n"
# Whole floats beyond this are not exact integers any more, so they keep their own notation.
EXACT_INTEGERS = 2**53
DECIMAL = 10
# More values than this in one cell are cut; it bounds a packed user vector.
MAX_BAG_VALUES = 32

_WHOLE = r"^(-?[0-9]+)\.0+$"
_WHOLE_PATTERN = re.compile(_WHOLE)


def canonical(value: object) -> str | None:
    """The canonical text of one categorical value, ``None`` where it is missing."""
    if value is None:
        return None
    if isinstance(value, bool | np.bool_):
        return "true" if value else "false"
    if isinstance(value, int | np.integer):
        return str(int(value))
    if isinstance(value, np.float32):
        return canonical(float(str(value)))  # 0.1 stored in 32 bits is still the 0.1 of a request
    if isinstance(value, float | np.floating):
        return _canonical_float(float(value))
    return _canonical_text(str(value))


def _canonical_float(value: float) -> str | None:
    if math.isnan(value):
        return None
    if value.is_integer() and abs(value) < EXACT_INTEGERS:
        return str(int(value))
    return repr(value)


def _canonical_text(text: str) -> str | None:
    text = text.strip(BLANKS)
    if not text:
        return None
    lowered = text.lower()
    if lowered in ("true", "false"):
        return lowered
    whole = _WHOLE_PATTERN.match(text)
    text = whole.group(1) if whole else text
    return "0" if text == "-0" else text


def canonical_column(column: pl.Series) -> pl.Series:
    """The same for a whole column: a String series with nulls where values are missing."""
    kind = column.dtype
    if kind == pl.Boolean:
        return pl.select(pl.when(column).then(pl.lit("true")).when(~column).then(pl.lit("false"))).to_series()
    if kind.is_integer():
        return column.cast(pl.String)
    if kind.is_float():
        return _mapped(column, canonical_of_float32 if kind == pl.Float32 else canonical)
    if kind == pl.Null:
        return pl.Series(column.name, [None] * len(column), dtype=pl.String)
    text = column.cast(pl.String).str.strip_chars(BLANKS)
    return pl.select(_canonical_text_expression(pl.lit(text))).to_series()


def canonical_of_float32(value: object) -> str | None:
    """``canonical`` for a Python float that came out of a 32-bit column."""
    return canonical(np.float32(value)) if isinstance(value, float) else None


def _canonical_text_expression(text: pl.Expr) -> pl.Expr:
    lowered = text.str.to_lowercase()
    whole = text.str.replace(_WHOLE, "${1}")
    whole = pl.when(whole == "-0").then(pl.lit("0")).otherwise(whole)
    return pl.when(text == "").then(None).when(lowered.is_in(["true", "false"])).then(lowered).otherwise(whole)


def _mapped(column: pl.Series, rule: Callable[[object], str | None]) -> pl.Series:
    """Apply a scalar rule once per distinct value of a column."""
    distinct = column.unique()
    results = pl.Series([rule(value) for value in distinct.to_list()], dtype=pl.String)
    return column.replace_strict(distinct, results, return_dtype=pl.String)


def bag_of(value: object, separator: str) -> list[str]:
    """The distinct canonical values of one multi-valued cell, in order, at most ``MAX_BAG_VALUES``."""
    if isinstance(value, list | tuple):
        parts = [canonical(part) for part in value]
    else:
        whole = canonical(value)
        parts = [_canonical_text(part) for part in whole.split(separator)] if whole else []
    return list(dict.fromkeys(part for part in parts if part))[:MAX_BAG_VALUES]


def number_of(value: object) -> float:
    """The number a numeric cell holds; NaN where it is missing, infinite or no number."""
    if value is None:
        return math.nan
    try:
        number = float(value)  # type: ignore[arg-type]  # whatever float() refuses is no number
    except (TypeError, ValueError, OverflowError):
        return math.nan
    return number if math.isfinite(number) else math.nan


def number_in(value: object, feature: Feature) -> float:
    """The number that a numeric feature reads in one cell: found by its pattern, in its base."""
    return _found_in(value, feature.pattern, feature.base) if feature.pattern else number_of(value)


def _found_in(value: object, pattern: str, base: int) -> float:
    """What the one group of ``pattern`` finds first in the text of a cell; NaN where it finds nothing."""
    found = re.search(pattern, value) if isinstance(value, str) else None
    digits = found.group(1) if found else None
    if base == DECIMAL or digits is None:
        return number_of(digits)
    try:
        return number_of(int(digits, base))
    except ValueError:
        return math.nan


def numbers_in(column: pl.Series, feature: Feature) -> Float64:
    """The same for a whole column: (N,) with NaN where missing."""
    return numbers_of(column, feature.pattern, feature.base)


def numbers_of(column: pl.Series, pattern: str = "", base: int = DECIMAL) -> Float64:
    """``number_of`` each cell, or what ``pattern`` finds in it: (N,) with NaN where missing."""
    if pattern or not (column.dtype.is_numeric() or column.dtype == pl.Boolean):
        distinct = column.unique()
        read = [_found_in(cell, pattern, base) if pattern else number_of(cell) for cell in distinct.to_list()]
        numbers = pl.Series(read, dtype=pl.Float64)
        column = column.replace_strict(distinct, numbers, return_dtype=pl.Float64)
    values = np.array(column.cast(pl.Float64).fill_null(math.nan).to_numpy(), dtype=np.float64)
    values[~np.isfinite(values)] = math.nan
    return values


def positions(values: pl.Series, known: Sequence[str] | pl.Series) -> Int32:
    """Where each value stands among ``known`` distinct texts, counted from 1; 0 for absent and null. (N,)"""
    if not len(known):
        return np.zeros(len(values), dtype=np.int32)
    places = pl.Series(range(1, len(known) + 1), dtype=pl.Int32)
    found = values.replace_strict(pl.Series(known, dtype=pl.String), places, default=0, return_dtype=pl.Int32)
    return found.fill_null(0).to_numpy().astype(np.int32)
