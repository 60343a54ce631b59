"""The quality report of a folder: every check, worst finding first, before a model is made from it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from adplat.data.check_report import Checked, CheckReport, report_of
from adplat.data.checks.columns import check_columns
from adplat.data.checks.coverage import check_coverage
from adplat.data.checks.drift import check_drift
from adplat.data.checks.duplicates import check_duplicates
from adplat.data.checks.events import check_events
from adplat.data.checks.label_delay import check_label_delay
from adplat.data.checks.label_rate import check_label_rate
from adplat.data.checks.leakage import check_leakage
from adplat.data.checks.ranges import check_ranges
from adplat.data.checks.source import CheckSource, open_source
from adplat.data.schema_file import read_feature_schema
from adplat.domain import MissingInput, Progress

CHECKS: dict[str, Callable[[CheckSource], Checked]] = {
    "schema and nulls": check_columns,
    "ranges": check_ranges,
    "duplicates": check_duplicates,
    "events": check_events,
    "leakage": check_leakage,
    "label rate": check_label_rate,
    "label delay": check_label_delay,
    "drift": check_drift,
    "coverage": check_coverage,
}


def check_folder(folder: Path, progress: Progress, *, schema_path: Path | None = None) -> CheckReport:
    """Check a table folder or a world folder against its ``schema.yaml`` (or the one given).

    Rows are ``rows.*`` or ``train.*``, held-out rows ``valid.*`` and ``test.*``, ``.parquet`` or ``.csv``.
    What would spoil a model is a finding that blocks; what cannot be read at all is an error.

    Raises MissingInput, ConfigRejected (schema) or TableRejected (a damaged file).
    """
    if not folder.is_dir():
        raise MissingInput("no such folder", where=str(folder), hint="give the folder that holds the data")
    if schema_path is None and not (folder / "schema.yaml").exists():
        raise MissingInput(
            "the folder has no schema.yaml",
            where=str(folder),
            hint="import the data first, or give the schema that says what the columns mean",
        )
    schema = read_feature_schema(schema_path or folder / "schema.yaml")
    steps = len(CHECKS) + 1
    progress(0, steps, "checking: loading")
    with open_source(folder, schema) as source:
        parts = []
        for done, (name, check) in enumerate(CHECKS.items(), start=1):
            progress(done, steps, f"checking: {name}")
            if source.rows or name == "schema and nulls":
                parts.append(check(source))
        progress(steps, steps, "checking: done")
        return report_of(str(folder), source.kind, source.rows, parts)
