"""Which columns a libFM or libFFM file has, learned in one pass over its lines."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from adplat.data.importers.libfm_lines import Line, read_entries
from adplat.domain import Progress, TableRejected

FeatureIndex = dict[str, tuple[str, str]]  # index -> (column, value)
MOST_NUMERIC_COLUMNS = 256


@dataclass
class Column:
    """One column to be: how many entries a row has at most, and whether it holds numbers."""

    name: str
    most_per_row: int = 1
    is_numeric: bool = False
    only_index: str | None = None  # the one index seen, until a second one shows up


@dataclass
class Layout:
    """The columns and how an entry finds its own. ``rule`` is one of index, field, place, bag."""

    rule: str
    index: FeatureIndex | None
    columns: list[Column]
    lines: dict[Path, int] = field(default_factory=dict)
    numeric_indices: frozenset[str] = frozenset()
    index_is_foreign: bool = False  # a feature index was given but numbers another file

    def __post_init__(self) -> None:
        self._numeric_names = {column.name for column in self.columns if column.is_numeric}

    def cells(self, line: Line, path: Path) -> dict[str, list[str]]:
        """The texts of one row by column name."""
        cells: dict[str, list[str]] = {}
        for place, (field_name, index, value) in enumerate(line.entries):
            name, text = self._home(place, field_name, index, line, path)
            cells.setdefault(name, []).append(repr(value) if name in self._numeric_names else text)
        return cells

    def _home(self, place: int, field_name: str, index: str, line: Line, path: Path) -> tuple[str, str]:
        if self.rule == "index":
            return named(self.index or {}, index, line, path)
        if self.rule == "field":
            return f"field_{field_name}", index
        if self.rule == "place":
            return self.columns[place].name, index
        return (f"value_{index}" if index in self.numeric_indices else "features"), index


def read_feature_index(path: Path, column_names: Mapping[str, str]) -> FeatureIndex:
    """Read ``column:value<TAB>index`` lines; a line without a column (``truncate``) is a remainder class.

    Columns are renamed by ``column_names``; other numbered ones become ``column_NUMBER``. Raises TableRejected.
    """
    index: FeatureIndex = {}
    try:
        lines = path.read_text(encoding="utf-8").split("\n")
    except (OSError, UnicodeDecodeError):
        raise TableRejected("not a readable feature index", where=str(path), hint="give UTF-8 text") from None
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        label, _, tail = line.partition("\t")
        found = re.match(r"[0-9]+", tail)  # a remark may follow the number
        column, colon, value = label.partition(":")
        if found is None:
            raise TableRejected(
                "a line is not 'column:value<TAB>index'",
                where=f"{path}, line {number}",
                hint="give the feature index that belongs to the file",
            )
        if colon:
            name = column_names.get(column) or (f"column_{column}" if column.isdigit() else column)
            index[found.group()] = (name, value)
        else:
            index[found.group()] = ("other", label)
    return index


def named(index: FeatureIndex, key: str, line: Line, path: Path) -> tuple[str, str]:
    """Column and value of an index. Raises TableRejected when the feature index lacks it."""
    try:
        return index[key]
    except KeyError:
        raise TableRejected(
            f"index {key} is not in the feature index",
            where=f"{path}, line {line.number}",
            hint="give the feature index that belongs to the file",
        ) from None


def survey(paths: Sequence[Path], index: FeatureIndex | None, place_names: Sequence[str], progress: Progress) -> Layout:
    """Read every line once and choose the columns. Raises TableRejected on a line or layout that fits none."""
    seen = _Seen(index)
    lines: dict[Path, int] = {}
    for path in paths:
        lines[path] = 0
        for line in read_entries(path):
            lines[path] += 1
            if lines[path] % 100_000 == 0:
                progress(lines[path], lines[path], f"surveying {path.name}")
            seen.add(line, path)
    return seen.layout(paths[0], lines, place_names)


class _Seen:
    """What the lines so far have in common."""

    def __init__(self, index: FeatureIndex | None) -> None:
        self.index = index
        self.columns: dict[str, Column] = {}
        self.place_of: dict[str, int] = {}
        self.sizes: set[int] = set()
        self.fielded: set[bool] = set()
        self.numeric: set[str] = set()
        self.places_hold = True

    def add(self, line: Line, path: Path) -> None:
        self.sizes.add(len(line.entries))
        per_row: Counter[str] = Counter()
        for place, (field_name, key, value) in enumerate(line.entries):
            self.fielded.add(bool(field_name))
            if value != 1.0:
                self.numeric.add(key)
            self.places_hold &= self.place_of.setdefault(key, place) == place
            name = named(self.index, key, line, path)[0] if self.index else f"field_{field_name}"
            per_row[name] += 1
            column = self.columns.setdefault(name, Column(name, only_index=key))
            column.is_numeric |= value != 1.0
            column.only_index = key if column.only_index == key else None
        for name, count in per_row.items():
            self.columns[name].most_per_row = max(self.columns[name].most_per_row, count)

    def _places_share_a_column(self) -> bool:
        """Whether the feature index puts two places of the lines into one column: it numbers another file."""
        homes: dict[str, int] = {}
        return any(homes.setdefault((self.index or {})[key][0], place) != place for key, place in self.place_of.items())

    def layout(self, first: Path, lines: dict[Path, int], place_names: Sequence[str]) -> Layout:
        if self.fielded == {False, True}:
            raise _unfit(first, "libFM and libFFM lines are mixed")
        by_place = self.places_hold and len(self.sizes) == 1 and not self.numeric and self.sizes != {0}
        foreign_index = bool(self.index) and by_place and self._places_share_a_column()
        if (self.index and not foreign_index) or self.fielded == {True}:
            for column in self.columns.values():
                if column.is_numeric and (column.only_index is None or column.most_per_row > 1):
                    raise _unfit(first, f"column {column.name!r} mixes categories with values other than 1")
            rule = "index" if self.index else "field"
            return Layout(rule, self.index, sorted(self.columns.values(), key=_by_number), lines)
        if by_place:
            size = next(iter(self.sizes))
            names = place_names if len(place_names) == size else [f"field_{place}" for place in range(size)]
            columns = [Column(name) for name in names]
            return Layout("place", None, columns, lines, index_is_foreign=foreign_index)
        if len(self.numeric) > MOST_NUMERIC_COLUMNS:
            raise _unfit(first, f"{len(self.numeric)} indices have values other than 1")
        columns = [Column(f"value_{key}", is_numeric=True) for key in sorted(self.numeric)]
        if set(self.place_of) - self.numeric:
            columns.insert(0, Column("features", most_per_row=max(self.sizes, default=1)))
        return Layout("bag", None, columns, lines, frozenset(self.numeric))


def _by_number(column: Column) -> tuple[str, int, str]:
    stem, _, tail = column.name.rpartition("_")
    return (stem, int(tail), "") if tail.isdigit() else (column.name, 0, column.name)


def _unfit(path: Path, what: str) -> TableRejected:
    return TableRejected(what, where=str(path), hint="convert it to CSV and import that with a schema")
