"""What is known of an auction before it is held, as whole numbers: one code a column.

Code 0 means that nothing is known: a value never seen, seen too rarely, or absent. Numbers are cut at their quantiles,
since a landscape may rise, fall or jump with them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from adplat.domain import ConfigRejected, TableRejected

Int32 = npt.NDArray[np.int32]
# By name, ``(N,)`` texts or numbers.
Contexts = Mapping[str, npt.ArrayLike]

# A value seen in fewer auctions says too little of prices to stand alone.
LEAST_AUCTIONS = 20
MOST_VALUES = 5_000
MOST_CUTS = 63


@dataclass(frozen=True, slots=True)
class TextColumn:
    """Code ``1 + place`` for the ``values``, which are sorted."""

    name: str
    values: tuple[str, ...]

    @property
    def codes(self) -> int:
        """How many codes there are."""
        return len(self.values) + 1

    def coded(self, column: npt.ArrayLike) -> Int32:
        """(N,) codes."""
        told = np.asarray(column, dtype=np.str_)
        if not self.values:
            return np.zeros(len(told), np.int32)
        known = np.array(self.values)
        places = np.minimum(np.searchsorted(known, told), len(known) - 1)
        return np.where(known[places] == told, places + 1, 0).astype(np.int32)


@dataclass(frozen=True, slots=True)
class NumberColumn:
    """Code ``1 + cuts below or at the number``."""

    name: str
    cuts: tuple[float, ...]

    @property
    def codes(self) -> int:
        """How many codes there are."""
        return len(self.cuts) + 2

    def coded(self, column: npt.ArrayLike) -> Int32:
        """(N,) codes."""
        try:
            told = np.asarray(column, dtype=np.float64)
        except ValueError:
            raise TableRejected(
                f"column {self.name!r} holds no numbers", where=self.name, hint="give numbers, as when it was fitted"
            ) from None
        return np.where(np.isnan(told), 0, 1 + np.searchsorted(np.array(self.cuts), told, side="right")).astype(
            np.int32
        )


Column = TextColumn | NumberColumn


@dataclass(frozen=True, slots=True)
class ContextCoding:
    """The columns in order."""

    columns: tuple[Column, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """Of the columns."""
        return tuple(column.name for column in self.columns)

    def coded(self, contexts: Contexts) -> Int32:
        """(N, F) codes; further columns are not looked at.

        Raises TableRejected where a column is missing, of another length, or holds texts where numbers belong.
        """
        missing = [name for name in self.names if name not in contexts]
        if missing:
            raise TableRejected(
                f"the landscape needs column {missing[0]!r}",
                where=missing[0],
                hint=f"give {', '.join(self.names)}; empty where unknown",
            )
        parts = [column.coded(contexts[column.name]) for column in self.columns]
        if len({len(part) for part in parts}) != 1:
            raise TableRejected("columns of contexts do not run in parallel", hint="give columns of one length")
        return np.column_stack(parts)

    def as_json(self) -> list[dict[str, Any]]:
        """Plain data, read back by :meth:`from_json`."""
        return [
            {"name": one.name, "values": list(one.values)}
            if isinstance(one, TextColumn)
            else {"name": one.name, "cuts": list(one.cuts)}
            for one in self.columns
        ]

    @classmethod
    def from_json(cls, content: Sequence[Mapping[str, Any]]) -> ContextCoding:
        """Raises ConfigRejected when this is no coding."""
        try:
            return cls(
                tuple(
                    TextColumn(str(one["name"]), tuple(map(str, one["values"])))
                    if "values" in one
                    else NumberColumn(str(one["name"]), tuple(map(float, one["cuts"])))
                    for one in content
                )
            )
        except (KeyError, TypeError, ValueError):
            raise ConfigRejected(
                "a landscape whose columns cannot be read", where="columns", hint="fit it again"
            ) from None


def learn_coding(contexts: Contexts) -> ContextCoding:
    """The codes of these auctions; a column with one known value at most says nothing and is left out.

    Text columns are those whose values are texts.
    """
    learned: list[Column] = []
    for name, values in contexts.items():
        column = np.asarray(values)
        kept = _texts(name, column) if column.dtype.kind in "UOST" else _numbers(name, column.astype(np.float64))
        if kept.codes > 2:
            learned.append(kept)
    return ContextCoding(tuple(learned))


def _texts(name: str, column: npt.NDArray[Any]) -> TextColumn:
    values, counts = np.unique(column.astype(np.str_), return_counts=True)
    often = (counts >= LEAST_AUCTIONS) & (values != "")
    values, counts = values[often], counts[often]
    commonest = np.sort(np.argsort(-counts, kind="stable")[:MOST_VALUES])
    return TextColumn(name, tuple(str(value) for value in values[commonest]))


def _numbers(name: str, column: npt.NDArray[np.float64]) -> NumberColumn:
    told = column[~np.isnan(column)]
    if not len(told):
        return NumberColumn(name, ())
    distinct = np.unique(told)
    if len(distinct) <= MOST_CUTS + 1:
        return NumberColumn(name, tuple(float(one) for one in distinct[1:]))
    cuts = np.unique(np.quantile(told, np.linspace(0.0, 1.0, MOST_CUTS + 2)[1:-1], method="higher"))
    return NumberColumn(name, tuple(float(one) for one in cuts))
