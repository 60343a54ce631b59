"""Sums over the units of an arm: whole numbers summed exactly, others with a compensated sum."""

from __future__ import annotations

from dataclasses import dataclass

from duckdb import DuckDBPyConnection


@dataclass(frozen=True, slots=True)
class UnitSums:
    """Over the units of one arm (and of one value of a context column): n and Σ of products.

    y is the measure, d its denominator, x the covariate, e the covariate's denominator; ``xy`` is Σxy. Sums of what was
    not asked for are ``None``.
    """

    arm: int
    group: str | None
    n: int
    y: float
    yy: float
    d: float | None
    dd: float | None
    dy: float | None
    x: float | None
    xx: float | None
    xy: float | None
    xd: float | None
    e: float | None
    ee: float | None
    xe: float | None
    ye: float | None
    de: float | None


_PRODUCTS = ("y", "yy", "d", "dd", "dy", "x", "xx", "xy", "xd", "e", "ee", "xe", "ye", "de")


def unit_sums(connection: DuckDBPyConnection, group: str | None) -> list[UnitSums]:
    """By arm, and by the values of the column ``group`` of ``kept`` (already SQL); largest groups of an arm first."""
    types = dict(connection.execute("SELECT column_name, column_type FROM (DESCRIBE kept)").fetchall())
    sums = ", ".join(_sum(product, types) for product in _PRODUCTS)
    by = "NULL" if group is None else group
    rows = connection.execute(
        f"SELECT arm, {by} AS value, count(*) AS n, {sums} FROM kept GROUP BY arm, value ORDER BY arm, n DESC, value"
    ).fetchall()
    return [
        UnitSums(int(arm), value, int(n), float(y), float(yy), *(None if one is None else float(one) for one in rest))
        for arm, value, n, y, yy, *rest in rows
    ]


def _sum(product: str, types: dict[str, str]) -> str:
    whole = all(types[name].endswith("INT") or types[name] in {"BIGINT", "INTEGER"} for name in product)
    kind, total = ("HUGEINT", "sum") if whole else ("DOUBLE", "fsum")
    return f"{total}({' * '.join(f'{name}::{kind}' for name in product)})"
