"""Any CSV or Parquet table with a schema: checked against it, typed by it, written as a table folder.

``SRC`` is the rows' file, or a folder with ``rows.*`` or ``train.*`` (and ``valid.*``, ``test.*``). Side tables
are looked for where the schema says, beside the rows; the images that they name are copied.
"""

from __future__ import annotations

import shutil
from pathlib import Path, PurePosixPath

import polars as pl

from adplat.data.column_kinds import as_expected
from adplat.data.importers.target import ImportSummary, ImportTarget, import_target, silent, summary_of
from adplat.data.schema_file import read_feature_schema
from adplat.data.schema_fit import require_columns
from adplat.data.table_writing import table_writer, write_table
from adplat.data.tables import refuse_missing, scan_rows, table_columns
from adplat.data.training_folder import load_side_tables
from adplat.domain import ConfigRejected, FeatureKind, FeatureSchema, MissingInput, Progress, TableRejected

_SPLITS = {"rows": "rows", "train": "rows", "valid": "valid", "test": "test"}


def import_csv(
    source: Path, out: Path, *, schema_path: Path | None = None, progress: Progress = silent
) -> ImportSummary:
    """Import ``.csv`` rows. Raises like ``import_table``."""
    return _import("csv", source, _given(schema_path), out, progress)


def import_parquet(
    source: Path, out: Path, *, schema_path: Path | None = None, progress: Progress = silent
) -> ImportSummary:
    """Import ``.parquet`` rows. Raises like ``import_table``."""
    return _import("parquet", source, _given(schema_path), out, progress)


def import_table(source: Path, schema_path: Path, out: Path, progress: Progress = silent) -> ImportSummary:
    """Import rows of either format, by the suffix that is found.

    Raises MissingInput for an absent file, TableRejected for a column that is missing or of a wrong
    type, ConfigRejected for a bad schema or an ``out`` that may not be replaced.
    """
    is_csv = source.suffix.lower() == ".csv" or any((source / f"{stem}.csv").exists() for stem in _SPLITS)
    return _import("csv" if is_csv else "parquet", source, schema_path, out, progress)


def _import(format_name: str, source: Path, schema_path: Path, out: Path, progress: Progress) -> ImportSummary:
    schema = read_feature_schema(schema_path)
    files = _files(source, f".{format_name}")
    root = next(iter(files.values())).parent
    for path in files.values():
        table_columns(path)  # refuses an absent or damaged file before anything is built
    side_tables = load_side_tables(schema, root)
    sources = [*files.values(), *(root / side.file for side in schema.tables), schema_path]
    with import_target(format_name, sources, out, progress) as target:
        for split, path in files.items():
            _copy_rows(schema, path, target, split, progress)
        for side in schema.tables:
            frame = side_tables[side.name]
            write_table(frame, target.folder / side.file)
            target.rows[side.file] = frame.height
            _copy_images(schema, side.name, frame, root, target, progress)
        target.schema = schema
    return summary_of(target, format_name, out)


def _given(schema_path: Path | None) -> Path:
    if schema_path is None:
        raise ConfigRejected("this format needs a schema", hint="add --schema FILE")
    return schema_path


def _files(source: Path, suffix: str) -> dict[str, Path]:
    if not source.is_dir():
        if source.exists() and source.suffix.lower() != suffix:
            raise TableRejected(f"not a {suffix} file", where=str(source), hint="name the format it has")
        return {"rows": source}
    found: dict[str, Path] = {}
    for stem, split in _SPLITS.items():
        path = source / f"{stem}{suffix}"
        if path.exists():
            found.setdefault(split, path)
    if "rows" not in found:
        raise MissingInput(
            f"the folder has no rows{suffix} and no train{suffix}",
            where=str(source),
            hint="name the file itself, or rename it",
        )
    return found


def _copy_rows(schema: FeatureSchema, path: Path, target: ImportTarget, split: str, progress: Progress) -> None:
    expect = _expected(schema)
    refuse_missing(list(expect), table_columns(path), path)
    with table_writer(target.folder / f"{split}.parquet") as writer:
        for batch in scan_rows(path):
            typed = as_expected(batch, expect, path, first_row=writer.rows)
            require_columns(schema, typed, path, outcomes=True)
            writer.write(typed)
            progress(writer.rows, writer.rows, f"reading {path.name}")
    if not writer.rows:
        raise TableRejected("the table has no rows", where=str(path), hint="give a table with rows")
    target.rows[f"{split}.parquet"] = writer.rows


def _expected(schema: FeatureSchema) -> dict[str, str]:
    """The kind of every row column that the schema reads."""
    expect = {outcome.column: "number" for outcome in schema.outcomes}
    for feature in schema.features:
        if feature.table or feature.kind is FeatureKind.SEQUENCE:
            continue
        for column in feature.columns:
            kind = {"numeric": "number", "text": "text", "image": "text"}.get(feature.kind, "any")
            if expect.get(column, "any") == "any":
                expect[column] = kind
    if schema.time:
        expect[schema.time] = "time"
    return expect


def _copy_images(
    schema: FeatureSchema, table: str, frame: pl.DataFrame, root: Path, target: ImportTarget, progress: Progress
) -> None:
    columns = [
        column for feature in schema.of_kind(FeatureKind.IMAGE) if feature.table == table for column in feature.columns
    ]
    names = sorted({str(name) for column in columns for name in frame.get_column(column).drop_nulls() if name})
    absent = 0
    for position, name in enumerate(names):
        inside = PurePosixPath(name)
        if inside.is_absolute() or ".." in inside.parts:
            raise TableRejected(
                f"image path {name!r} leaves the folder", where=table, hint="give paths inside the folder"
            )
        if position % 500 == 0:
            progress(position, len(names), "copying images")
        if not (root / inside).is_file():
            absent += 1
            continue
        copy = target.folder / inside
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(root / inside, copy)
    if absent:
        target.notes.append(f"{absent} of {len(names)} images named in {table!r} are not there")
