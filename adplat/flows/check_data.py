"""Check a data folder before a model is made from it."""

from __future__ import annotations

from pathlib import Path

from adplat.data import CheckReport, check_folder, render_check_text
from adplat.domain import Progress

__all__ = ["check_data", "render_check_text"]


def check_data(folder: Path, *, schema_path: Path | None = None, progress: Progress) -> CheckReport:
    """The quality report of ``folder``; its ``passes`` decides the exit code. Raises InputError."""
    return check_folder(folder, progress, schema_path=schema_path)
