"""Published formats into table folders: one format a file, registered here by its command-line name.

Every importer builds in a temporary folder beside the target and renames it at the end; see
``adplat.data.importers.target`` for what it refuses to overwrite.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

from adplat.data.importers.click_logs import import_avazu, import_criteo
from adplat.data.importers.ipinyou import import_ipinyou
from adplat.data.importers.libfm import import_libfm
from adplat.data.importers.open_bandit import import_open_bandit
from adplat.data.importers.table import import_csv, import_parquet
from adplat.data.importers.target import ImportSummary
from adplat.domain import Progress


class Importer(Protocol):
    """Reads ``source`` (a file or folder) and makes the table folder ``out``.

    Raises MissingInput, TableRejected or ConfigRejected; then ``out`` is as it was before.
    """

    def __call__(self, source: Path, out: Path, *, schema_path: Path | None, progress: Progress) -> ImportSummary: ...


IMPORTERS: Mapping[str, Importer] = {
    "open-bandit": import_open_bandit,
    "criteo": import_criteo,
    "avazu": import_avazu,
    "libfm": import_libfm,
    "ipinyou": import_ipinyou,
    "csv": import_csv,
    "parquet": import_parquet,
}

__all__ = ["IMPORTERS", "ImportSummary", "Importer"]
