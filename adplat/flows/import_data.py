"""Import published data into a table folder."""

from __future__ import annotations

from difflib import get_close_matches
from pathlib import Path
from typing import Any

from adplat.data import IMPORTERS
from adplat.domain import ConfigRejected, Progress


def import_data(
    format_name: str, source: Path, out: Path, *, schema_path: Path | None, progress: Progress
) -> dict[str, Any]:
    """Find the importer of ``format_name`` and run it; ``out`` is whole afterwards, or as it was.

    Returns format, out, rows by file, schema_digest and notes.

    Raises ConfigRejected on an unknown format, and whatever InputError the importer raises.
    """
    importer = IMPORTERS.get(format_name)
    if importer is None:
        near = get_close_matches(format_name, IMPORTERS, n=1)
        hint = f"did you mean {near[0]!r}?" if near else f"known formats: {', '.join(IMPORTERS)}"
        raise ConfigRejected(f"unknown format {format_name!r}", hint=hint)
    return importer(source, out, schema_path=schema_path, progress=progress).as_json()
