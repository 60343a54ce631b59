"""Do the side tables know the items and users of the rows, and are the images on the disk?"""

# ruff: noqa: S608  (identifiers are quoted; DuckDB runs in process over a scratch copy of the folder)

from __future__ import annotations

from pathlib import Path

from PIL import Image, UnidentifiedImageError

from adplat.data.check_report import Checked, Section
from adplat.data.checks.source import CheckSource, quoted
from adplat.domain import FeatureKind, Finding, Severity, SideTable

CHECK = "coverage"
MANY_ITEMS, MANY_IMAGES = 0.2, 0.5
MOST_IMAGES_OPENED = 2_000


def check_coverage(source: CheckSource) -> Checked:
    """An absent side table, a fifth of the rows without item or half of the images missing block; less warns."""
    findings: list[Finding] = []
    table_rows: list[tuple[str, int, int, float]] = []
    for side in source.schema.tables:
        if f"side_{side.name}" not in source.columns:
            what = f"table {side.name!r} is not there"
            findings.append(Finding(CHECK, Severity.BLOCK, what, side.file, "put the file into the folder"))
            continue
        findings += _rows_covered(source, side, table_rows)
        findings += _images(source, side, table_rows)
    columns = ("what", "wanted", "missing", "share missing")
    return Checked(tuple(findings), (Section("coverage", columns, tuple(table_rows)),) if table_rows else ())


def _rows_covered(source: CheckSource, side: SideTable, table_rows: list[tuple[str, int, int, float]]) -> list[Finding]:
    table = f"side_{side.name}"
    if side.key not in source.columns[table] or side.row_key not in source.columns["rows"]:
        return []
    key = f"CAST(rows.{quoted(side.row_key)} AS VARCHAR)"
    # An empty key means "not known" (a user without consent), not a hole in the table.
    wanted, missing = source.one(
        f"SELECT count(*), count(*) FILTER ({key} NOT IN (SELECT CAST({quoted(side.key)} AS VARCHAR) "
        f"FROM {quoted(table)} WHERE {quoted(side.key)} IS NOT NULL)) FROM rows "
        f"WHERE rows.{quoted(side.row_key)} IS NOT NULL AND {key} <> ''"
    )
    share = missing / wanted if wanted else 0.0
    table_rows.append((f"rows with a match in {side.name}", wanted, missing, share))
    if not missing:
        return []
    severity = Severity.BLOCK if side.role == "item" and share > MANY_ITEMS else Severity.WARN
    what = f"{missing:,} rows ({share:.1%}) have a {side.row_key} that table {side.name!r} does not know"
    evidence: dict[str, float | str] = {"rows": float(missing), "share": share}
    return [Finding(CHECK, severity, what, side.file, "add the missing entries", evidence)]


def _images(source: CheckSource, side: SideTable, table_rows: list[tuple[str, int, int, float]]) -> list[Finding]:
    table = f"side_{side.name}"
    findings = []
    for feature in source.schema.of_kind(FeatureKind.IMAGE):
        column = feature.columns[0]
        if feature.table != side.name or source.columns[table].get(column) != "VARCHAR":
            continue
        named = [
            str(row[0])
            for row in source.query(
                f"SELECT DISTINCT {quoted(column)} FROM {quoted(table)} WHERE {quoted(column)} <> '' ORDER BY 1"
            )
        ]
        present = [name for name in named if (source.root / name).is_file()]
        missing = len(named) - len(present)
        table_rows.append((f"images of {side.name}", len(named), missing, missing / max(len(named), 1)))
        if missing:
            share = missing / len(named)
            severity = Severity.BLOCK if share > MANY_IMAGES else Severity.WARN
            what = f"{missing:,} of {len(named):,} images are not on the disk"
            evidence: dict[str, float | str] = {"images": float(missing), "share": share}
            findings.append(Finding(CHECK, severity, what, side.file, "add the files", evidence))
        step = -(-len(present) // MOST_IMAGES_OPENED) or 1
        broken = [name for name in present[::step] if not _is_image(source.root / name)]
        if broken:
            what = f"{len(broken):,} of {len(present[::step]):,} images looked at cannot be opened"
            findings.append(Finding(CHECK, Severity.WARN, what, broken[0], "write these files again"))
    return findings


def _is_image(path: Path) -> bool:
    """Whether the header is that of an image; the pixels are not decoded."""
    try:
        with Image.open(path) as image:
            return image.width > 0
    except (UnidentifiedImageError, OSError, ValueError, Image.DecompressionBombError):
        return False
