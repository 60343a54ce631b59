"""The bundle: an immutable folder named by its content, and the one that checks it byte by byte.

Written into a temporary folder and renamed, so it is whole or absent. The name hashes every file and what
the manifest says, all but the moment of creation: the same data, config and seed give the same name.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec

from adplat.ctr.graphs import GRAPHS
from adplat.ctr.shape import NetworkShape
from adplat.domain import BundleRejected, DataSpan, InternalFault, MissingInput, ModelBundle

FORMAT = 3
MANIFEST = "manifest.json"
REQUIRED = (
    "calibration.json",
    "vocab.parquet",
    "schema.yaml",
    "history.parquet",
    "record.safetensors",
    "familiarity.safetensors",
    "content_prior.safetensors",
    "metrics.json",
    "model_card.md",
)
_MODEL = {"network": ("weights.safetensors", *GRAPHS), "lightgbm": ("trees_click.txt",)}
_CONTRAST = ("contrast.json", "contrast.safetensors", "schema.yaml", "metrics.json", "model_card.md")
_REMAKE = "train again, or copy the bundle once more from where it was made"


@dataclass(frozen=True, slots=True)
class Manifest:
    """What ``manifest.json`` says. ``config`` is the training config as plain data."""

    format: int
    bundle_id: str
    created: datetime
    schema_digest: str
    shape: NetworkShape
    config: dict[str, Any]
    data: dict[str, str | int | float | None]
    files: dict[str, str]
    digest: str = ""

    @property
    def kind(self) -> str:
        """``network``, ``lightgbm`` or ``contrast``."""
        return str(self.config.get("model", {}).get("kind", "network"))

    @property
    def required(self) -> tuple[str, ...]:
        """The files without which this bundle is not whole."""
        return _CONTRAST if self.kind == "contrast" else (*_MODEL.get(self.kind, ()), *REQUIRED)

    def content_hash(self) -> str:
        """SHA-256 (hex) of everything but the name, the moment of creation and the seal."""
        told = msgspec.to_builtins(self)
        return _sha256(_canonical({k: v for k, v in told.items() if k not in ("bundle_id", "created", "digest")}))

    def seal(self) -> str:
        """SHA-256 (hex) of the whole manifest but the seal itself."""
        return _sha256(_canonical({k: v for k, v in msgspec.to_builtins(self).items() if k != "digest"}))


def write_bundle(
    out_dir: Path,
    fill: Callable[[Path], None],
    *,
    created: datetime,
    schema_digest: str,
    shape: NetworkShape,
    config: dict[str, Any],
    data: dict[str, str | int | float | None],
) -> ModelBundle:
    """Let ``fill`` write the files into a temporary folder, seal it and move it to ``out_dir/<bundle id>``.

    A bundle of the same content that is already there is kept as it is.

    Raises:
        MissingInput: the folder cannot be written.
        InternalFault: ``fill`` left out a required part.
    """
    building = out_dir / f".bundle.{uuid.uuid4().hex[:12]}.tmp"
    try:
        building.mkdir(parents=True)
        fill(building)
        files = {path.name: _sha256(path.read_bytes()) for path in sorted(building.iterdir())}
        draft = Manifest(FORMAT, "", created, schema_digest, shape, config, data, files)
        absent = [name for name in draft.required if name not in files]
        if absent:
            raise InternalFault(f"a bundle was made without {absent[0]}", hint="report this")
        manifest = replace(draft, bundle_id=draft.content_hash())
        manifest = replace(manifest, digest=manifest.seal())
        (building / MANIFEST).write_bytes(_canonical(msgspec.to_builtins(manifest)))
        target = out_dir / manifest.bundle_id[:20]
        if not target.exists():
            building.rename(target)
    except OSError as reason:
        raise MissingInput(
            f"cannot be written: {reason.strerror or type(reason).__name__}",
            where=str(out_dir),
            hint="give a folder that can be made, with room and permission to write",
        ) from None
    finally:
        if building.exists():
            shutil.rmtree(building)
    return verify_bundle(target)


def read_manifest(folder: Path) -> Manifest:
    """The manifest alone, checked against its own seal. Raises MissingInput or BundleRejected."""
    path = folder / MANIFEST
    if not folder.is_dir():
        raise MissingInput("no such bundle", where=str(folder), hint="give the folder that training wrote")
    if not path.is_file():
        raise BundleRejected(f"{MANIFEST} is missing", where=str(folder), hint="give the folder of one bundle")
    content = path.read_bytes()
    try:
        told = json.loads(content)
    except ValueError:
        raise BundleRejected(f"{MANIFEST} is not JSON", where=str(folder), hint=_REMAKE) from None
    if not isinstance(told, dict) or told.get("format") != FORMAT:
        found = told.get("format") if isinstance(told, dict) else None
        raise BundleRejected(
            f"format {found} is not the format {FORMAT} of this version", where=str(folder), hint="train again"
        )
    try:
        manifest = msgspec.convert(told, Manifest)
    except msgspec.ValidationError as reason:
        raise BundleRejected(f"{MANIFEST}: {reason}", where=str(folder), hint=_REMAKE) from None
    sealed = manifest.digest == manifest.seal() and manifest.bundle_id == manifest.content_hash()
    if not sealed or content != _canonical(msgspec.to_builtins(manifest)):
        raise BundleRejected(f"{MANIFEST} was altered", where=str(folder), hint=_REMAKE)
    return manifest


def read_figures(folder: Path) -> dict[str, Any]:
    """``metrics.json`` of a bundle: overall figures, ``slices``, ``curves``, ``baselines``; checked by its hash.

    Raises MissingInput or BundleRejected.
    """
    manifest, path = read_manifest(folder), folder / "metrics.json"
    content = path.read_bytes() if path.is_file() else b""
    if _sha256(content) != manifest.files.get(path.name):
        raise BundleRejected(f"{path.name} is missing or was altered", where=str(folder), hint=_REMAKE)
    found: dict[str, Any] = json.loads(content)
    return found


def verify_bundle(folder: Path) -> ModelBundle:
    """Check every byte of a bundle. Raises MissingInput, or BundleRejected naming the file that differs."""
    manifest = read_manifest(folder)
    for name in dict.fromkeys((*manifest.required, *manifest.files)):
        path = folder / name
        if name not in manifest.files or not path.is_file():
            raise BundleRejected(f"{name} is missing", where=str(folder), hint=_REMAKE)
        if _sha256(path.read_bytes()) != manifest.files[name]:
            raise BundleRejected(f"{name} was altered", where=str(folder), hint=_REMAKE)
    metrics = json.loads((folder / "metrics.json").read_bytes())
    return ModelBundle(
        bundle_id=manifest.bundle_id,
        path=str(folder),
        schema_digest=manifest.schema_digest,
        created=manifest.created,
        metrics=flat_metrics(metrics),
        data=_span(manifest.data),
        config=manifest.config,
    )


def _span(data: Mapping[str, str | int | float | None]) -> DataSpan:
    def moment(name: str) -> datetime | None:
        seconds = data.get(name)
        return datetime.fromtimestamp(seconds, UTC) if isinstance(seconds, int | float) else None

    rows, later = data.get("rows"), data.get("later_rows")
    return DataSpan(
        rows=int(rows or 0),
        later_rows=int(later or 0),
        since=moment("since_s"),
        until=moment("until_s"),
        fingerprint=str(data.get("fingerprint") or ""),
    )


def write_json(path: Path, content: Mapping[str, Any]) -> None:
    """Indented JSON for people, the same bytes for the same content."""
    path.write_text(json.dumps(content, indent=2, sort_keys=True, allow_nan=False) + "\n", encoding="utf-8")


def flat_metrics(metrics: Mapping[str, Any]) -> dict[str, float]:
    """The overall figures alone."""
    return {name: float(value) for name, value in metrics.items() if isinstance(value, int | float)}


def _canonical(content: Any) -> bytes:
    return json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
