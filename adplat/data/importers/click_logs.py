"""The two published click logs of display ads: Criteo's (13 numbers, 26 hashed categories) and Avazu's.

* ``criteo``: lines ``label I1..I13 C1..C26`` without a header, tabs or commas; the test part has no label.
  The log has no time, so a part drawn by lot is held out unless a ``valid`` file is there.
* ``avazu``: ``id,click,hour,C1,…``; the header may be absent. ``hour`` (YYMMDDHH, UTC) becomes the time ``ts``,
  ``hour_of_day`` and ``weekday``.

``SRC`` is one file, or a folder with ``train.*`` and perhaps ``valid.*`` (``dev.*``) and ``test.*``; each may be
gzipped. The schema stands beside the rows and in ``configs/schemas/``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import polars as pl

from adplat.data.column_kinds import as_expected
from adplat.data.configs import configs_folder
from adplat.data.importers.delimited import Layout, layout_of, split_files, text_batches
from adplat.data.importers.target import ImportSummary, import_target, refuse_schema, silent, summary_of
from adplat.data.schema_file import read_feature_schema
from adplat.data.table_writing import table_writer
from adplat.domain import Progress, TableRejected

_PER_CENT = 100
CRITEO_NUMBERS = tuple(f"I{number}" for number in range(1, 14))
CRITEO_CATEGORIES = tuple(f"C{number}" for number in range(1, 27))
_AVAZU_CONTEXT = (
    *("C1", "banner_pos", "site_id", "site_domain", "site_category", "app_id", "app_domain", "app_category"),
    *("device_id", "device_ip", "device_model", "device_type", "device_conn_type"),
    *(f"C{number}" for number in range(14, 22)),
)
_HOUR = r"^\d{8}$"


@dataclass(frozen=True, slots=True)
class ClickLog:
    """One published log. ``columns`` follow the label in each line; ``before`` stand in front of it."""

    name: str
    label: str
    before: tuple[str, ...]
    columns: tuple[str, ...]
    typed: Callable[[pl.DataFrame, Path, int], pl.DataFrame]

    @property
    def labelled(self) -> tuple[str, ...]:
        """The columns of a training file."""
        return (*self.before, self.label, *self.columns)

    @property
    def unlabelled(self) -> tuple[str, ...]:
        """The columns of a published test file."""
        return (*self.before, *self.columns)


def import_click_log(
    log: ClickLog, source: Path, out: Path, *, schema_path: Path | None = None, progress: Progress = silent
) -> ImportSummary:
    """Make ``rows.parquet`` (and ``valid``, ``test``) with ``schema.yaml``, batch by batch.

    Raises MissingInput without a file, TableRejected on a line of another shape, a label other than 0 and 1
    or a value of another type (with its row), ConfigRejected when ``out`` may not be replaced.
    """
    refuse_schema(log.name, schema_path)
    files = split_files(source)
    layouts = {split: layout_of(path, (log.labelled, log.unlabelled), log.name) for split, path in files.items()}
    for split in ("rows", "valid"):
        if split in layouts and log.label not in layouts[split].columns:
            raise TableRejected(
                f"no column {log.label!r}: a published test part has no labels",
                where=str(files[split]),
                hint="give the train file",
            )
    with import_target(log.name, list(files.values()), out, progress) as target:
        for split, path in files.items():
            name = f"{split}.parquet"
            target.rows[name] = _copy(log, path, layouts[split], target.folder / name, progress)
        target.schema = read_feature_schema(configs_folder() / "schemas" / f"{log.name}.yaml")
    return summary_of(target, log.name, out)


def _copy(log: ClickLog, path: Path, layout: Layout, out: Path, progress: Progress) -> int:
    what = f"reading {path.name}"
    with table_writer(out) as writer:
        for batch, share in text_batches(path, layout):
            typed = log.typed(batch, path, writer.rows)
            if log.label in batch.columns:
                _refuse_other_labels(typed[log.label], path, writer.rows)
            writer.write(typed)
            progress(int(_PER_CENT * share), _PER_CENT, what)
        if not writer.rows:
            raise TableRejected("the file has no rows", where=str(path), hint="give a file with rows")
    progress(_PER_CENT, _PER_CENT, what)
    return writer.rows


def _refuse_other_labels(labels: pl.Series, path: Path, first_row: int) -> None:
    other = ~labels.is_in([0, 1]).fill_null(False)
    if other.any():
        row = other.arg_max() or 0
        raise TableRejected(
            f"column {labels.name!r} holds {labels[row]} in row {first_row + row + 1} instead of 0 or 1",
            where=str(path),
            hint="mend the line, or download the file again",
        )


def _criteo(batch: pl.DataFrame, path: Path, first_row: int) -> pl.DataFrame:
    numbers = [name for name in ("label", *CRITEO_NUMBERS) if name in batch.columns]
    return as_expected(batch, dict.fromkeys(numbers, "integer"), path, first_row=first_row)


def _avazu(batch: pl.DataFrame, path: Path, first_row: int) -> pl.DataFrame:
    numbers = [name for name in ("click",) if name in batch.columns]
    batch = as_expected(batch, dict.fromkeys(numbers, "integer"), path, first_row=first_row)
    told = batch["hour"]
    # The trailing zeros are minutes: chrono parses no hour without them.
    moments = (
        pl.select(pl.when(told.str.contains(_HOUR)).then(told + "00"))
        .to_series()
        .str.to_datetime("%y%m%d%H%M", time_unit="us", strict=False)
        .dt.replace_time_zone("UTC")
    )
    if moments.null_count():
        row = moments.is_null().arg_max() or 0
        raise TableRejected(
            f"column 'hour' holds {told[row]!r} in row {first_row + row + 1} instead of YYMMDDHH",
            where=str(path),
            hint="mend the line, or download the file again",
        )
    return batch.select(
        "id",
        moments.alias("ts"),
        *numbers,
        moments.dt.hour().alias("hour_of_day"),
        moments.dt.weekday().alias("weekday"),
        *_AVAZU_CONTEXT,
    )


CRITEO = ClickLog("criteo", "label", (), (*CRITEO_NUMBERS, *CRITEO_CATEGORIES), _criteo)
AVAZU = ClickLog("avazu", "click", ("id",), ("hour", *_AVAZU_CONTEXT), _avazu)
import_criteo = partial(import_click_log, CRITEO)
import_avazu = partial(import_click_log, AVAZU)
