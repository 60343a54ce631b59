"""The folder that an import makes: whole or absent, with its provenance.

An import may replace an earlier import of the same format and source, and nothing else: a folder that
holds anything not written by that import is refused, so that no file of a person's is ever lost.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from adplat.data.atomic import building_folder, write_bytes
from adplat.data.schema_file import write_feature_schema
from adplat.domain import ConfigRejected, FeatureSchema, MissingInput, Progress

PROVENANCE = "provenance.json"
MADE_BY = "adplat data import"


def silent(done: int, total: int, what: str) -> None:
    """A Progress that tells nobody."""


@dataclass(frozen=True)
class ImportSummary:
    """What an import made: table rows by file name, and the digest of the schema beside them."""

    format: str
    out: Path
    rows: dict[str, int]
    schema_digest: str
    notes: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """The summary as plain JSON values."""
        return {
            "format": self.format,
            "out": str(self.out),
            "rows": dict(self.rows),
            "schema_digest": self.schema_digest,
            "notes": list(self.notes),
        }


@dataclass
class ImportTarget:
    """The folder under construction; importers add files and say how many rows each table has."""

    folder: Path
    rows: dict[str, int] = field(default_factory=dict)
    schema: FeatureSchema | None = None
    notes: list[str] = field(default_factory=list)


@contextmanager
def import_target(format_name: str, sources: Sequence[Path], out: Path, progress: Progress) -> Iterator[ImportTarget]:
    """Give a folder to build in; on success add schema and provenance and rename it to ``out``.

    Raises ConfigRejected when ``out`` holds something that this import may not replace, MissingInput
    when a source is absent or ``out`` cannot be written.
    """
    origins = [{"name": path.name, "bytes": _size(path)} for path in sources]
    _refuse_foreign(format_name, origins, out, sources)
    with building_folder(out) as folder:
        target = ImportTarget(folder)
        yield target
        if target.schema is None:
            raise ValueError("an importer must set the schema")
        write_feature_schema(target.schema, folder / "schema.yaml")
        for position, path in enumerate(sources):
            progress(position, len(sources), f"hashing {path.name}")
            origins[position]["sha256"] = _sha256(path)
        files = sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())
        provenance = {
            "made_by": MADE_BY,
            "format": format_name,
            "sources": origins,
            "schema_digest": target.schema.digest(),
            "rows": target.rows,
            "files": [*files, PROVENANCE],
        }
        write_bytes(folder / PROVENANCE, (json.dumps(provenance, indent=1) + "\n").encode())


def summary_of(target: ImportTarget, format_name: str, out: Path) -> ImportSummary:
    """The summary of a finished target."""
    if target.schema is None:
        raise ValueError("an importer must set the schema")
    return ImportSummary(format_name, out, dict(target.rows), target.schema.digest(), tuple(target.notes))


def refuse_schema(format_name: str, schema_path: Path | None) -> None:
    """Raise ConfigRejected when a schema is given to a format that brings its own."""
    if schema_path is not None:
        raise ConfigRejected(
            f"format {format_name!r} brings its own schema", where=str(schema_path), hint="leave --schema out"
        )


def _refuse_foreign(format_name: str, origins: list[dict[str, object]], out: Path, sources: Sequence[Path]) -> None:
    if any(out.resolve() in (path.resolve(), *path.resolve().parents) for path in sources):
        raise ConfigRejected(
            "the output folder holds the source itself", where=str(out), hint="give another folder to --out"
        )
    if not out.exists():
        return
    if not out.is_dir():
        raise ConfigRejected("the output is a file", where=str(out), hint="give a folder to --out")
    present = {str(path.relative_to(out)) for path in out.rglob("*") if path.is_file()}
    if not present:
        return
    made = _provenance(out)
    same = made.get("made_by") == MADE_BY and made.get("format") == format_name
    files, before = made.get("files"), made.get("sources")
    names = [origin.get("name") for origin in before] if isinstance(before, list) else []
    if not same or names != [origin["name"] for origin in origins]:
        raise ConfigRejected(
            "the output folder is not empty and not an earlier import of the same source",
            where=str(out),
            hint="give an empty or new folder to --out",
        )
    strangers = sorted(present - set(files if isinstance(files, list) else []))
    if strangers:
        raise ConfigRejected(
            f"the output folder holds {strangers[0]!r}, which the import did not write",
            where=str(out),
            hint="move it away, or give another folder to --out",
        )


def _provenance(out: Path) -> dict[str, object]:
    try:
        content = json.loads((out / PROVENANCE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return content if isinstance(content, dict) else {}


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        raise MissingInput("no such file", where=str(path), hint="check the path") from None


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
