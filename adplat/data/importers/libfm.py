"""libFM and libFFM text (``label index:value …``, ``label field:index:value …``) into named columns.

How entries become columns, first rule that fits:

1. a feature index file ``featindex.txt`` beside the source (``column:value<TAB>index``): its columns and
   values; one that puts two fixed places of the lines into one column belongs to another file and is left out;
2. libFFM: one column a field;
3. every line has equally many entries of value 1 and no index stands at two places: one column a place;
4. else one multi-valued column ``features``, and ``value_INDEX`` for indices with values other than 1.

A folder gives ``rows`` from ``train.*``, ``valid`` from ``valid.*`` and ``test`` from ``test.*``. Read twice:
once to learn the columns, once to write them; neither pass holds the file in memory.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import polars as pl

from adplat.data.importers.libfm_layout import Layout, read_feature_index, survey
from adplat.data.importers.libfm_lines import read_entries
from adplat.data.importers.target import ImportSummary, import_target, refuse_schema, silent, summary_of
from adplat.data.table_writing import table_writer
from adplat.domain import Feature, FeatureKind, FeatureSchema, MissingInput, Outcome, Progress, TableRejected

BATCH_LINES = 50_000
SEPARATOR = "|"
INDEX_FILE = "featindex.txt"
_SPLITS = {"train": "rows", "valid": "valid", "test": "test"}
# The 16 fields of the libFM sample, in the order in which its lines give them.
_IPINYOU_PLACES = (
    "weekday",
    "hour",
    "useragent",
    "ip",
    "region",
    "city",
    "adexchange",
    "domain",
    "slotid",
    "slotwidth",
    "slotheight",
    "slotvisibility",
    "slotformat",
    "creative",
    "advertiser",
    "slotprice",
)
# Columns of the log that make-ipinyou-data indexes, by number; its other columns never become features.
_IPINYOU_COLUMNS = {
    "1": "weekday",
    "2": "hour",
    "6": "ipinyouid",
    "7": "useragent",
    "8": "ip",
    "9": "region",
    "10": "city",
    "11": "adexchange",
    "12": "domain",
    "13": "url",
    "14": "urlid",
    "15": "slotid",
    "16": "slotwidth",
    "17": "slotheight",
    "18": "slotvisibility",
    "19": "slotformat",
    "20": "slotprice",
    "21": "creative",
    "24": "keypage",
    "25": "advertiser",
    "26": "usertag",
}


def import_libfm(
    source: Path, out: Path, *, schema_path: Path | None = None, progress: Progress = silent
) -> ImportSummary:
    """Import a file, or a folder with ``train.*`` (and ``valid.*``, ``test.*``).

    Raises MissingInput without a file, TableRejected on a line that is not of the format (with its
    number), ConfigRejected when ``out`` may not be replaced.
    """
    return _import("libfm", source, out, {}, (), schema_path, progress)


def import_ipinyou_libfm(
    source: Path, out: Path, *, schema_path: Path | None = None, progress: Progress = silent
) -> ImportSummary:
    """iPinYou logs as libFM text: the 16-field sample, or lines numbered by make-ipinyou-data's feature index.

    Raises like ``import_libfm``.
    """
    return _import("ipinyou", source, out, _IPINYOU_COLUMNS, _IPINYOU_PLACES, schema_path, progress)


def _import(
    format_name: str,
    source: Path,
    out: Path,
    column_names: Mapping[str, str],
    place_names: Sequence[str],
    schema_path: Path | None,
    progress: Progress,
) -> ImportSummary:
    refuse_schema(format_name, schema_path)
    files = _files(source)
    index_file = next(iter(files.values())).with_name(INDEX_FILE)
    index = read_feature_index(index_file, column_names) if index_file.exists() else None
    sources = [*files.values(), *([index_file] if index else [])]
    with import_target(format_name, sources, out, progress) as target:
        layout = survey(list(files.values()), index, place_names, progress)
        if layout.index_is_foreign:
            target.notes.append(f"{INDEX_FILE} numbers another file; columns are told by their place")
        for split, path in files.items():
            with table_writer(target.folder / f"{split}.parquet") as writer:
                for batch in _batches(path, layout):
                    writer.write(batch)
                    progress(writer.rows, layout.lines[path], f"writing {split}")
            target.rows[f"{split}.parquet"] = writer.rows
        target.schema = _schema(format_name, layout)
    return summary_of(target, format_name, out)


def _files(source: Path) -> dict[str, Path]:
    if source.is_file():
        return {"rows": source}
    if not source.is_dir():
        raise MissingInput("no such file or folder", where=str(source), hint="check the path")
    found: dict[str, Path] = {}
    for stem, split in _SPLITS.items():
        matches = sorted(path for path in source.glob(f"{stem}.*") if path.is_file())
        if len(matches) > 1:
            raise MissingInput(
                f"{matches[0].name} and {matches[1].name} are both there",
                where=str(source),
                hint="name the file itself",
            )
        if matches:
            found[split] = matches[0]
    if "rows" not in found:
        raise MissingInput(
            "the folder has no train file", where=str(source), hint="name the file, or call it train.txt"
        )
    return found


def _batches(path: Path, layout: Layout) -> Iterator[pl.DataFrame]:
    columns: dict[str, list[object]] = _empty(layout)
    for line in read_entries(path):
        columns["click"].append(line.label)
        cells = layout.cells(line, path)
        for column in layout.columns:
            found = cells.get(column.name)
            if found is None:
                columns[column.name].append(None)
            elif column.is_numeric:
                columns[column.name].append(float(found[0]))
            else:
                columns[column.name].append(SEPARATOR.join(found))
        if len(columns["click"]) == BATCH_LINES:
            yield pl.DataFrame(columns, schema=_types(layout))
            columns = _empty(layout)
    if not columns["click"] and layout.lines[path] == 0:
        raise TableRejected("the file has no rows", where=str(path), hint="give a file with rows")
    yield pl.DataFrame(columns, schema=_types(layout))


def _empty(layout: Layout) -> dict[str, list[object]]:
    return {"click": [], **{column.name: [] for column in layout.columns}}


def _types(layout: Layout) -> dict[str, pl.DataType]:
    kinds: dict[str, pl.DataType] = {"click": pl.Int8()}
    kinds |= {column.name: pl.Float64() if column.is_numeric else pl.String() for column in layout.columns}
    return kinds


def _schema(format_name: str, layout: Layout) -> FeatureSchema:
    features = tuple(
        Feature(column.name, FeatureKind.NUMERIC)
        if column.is_numeric
        else Feature(column.name, FeatureKind.CATEGORICAL, separator=SEPARATOR if column.most_per_row > 1 else "")
        for column in layout.columns
    )
    return FeatureSchema(name=format_name, features=features, outcomes=(Outcome("click", "click"),))
