"""A fitted model of outcomes as a folder, written whole and checked when opened; and where a config's last fit lies."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import msgspec

from adplat.data import building_folder, write_bytes
from adplat.domain import BundleRejected, MissingInput
from adplat.forecast import OutcomeModel

FORMAT = "adplat-outcomes-1"
MANIFEST, MODEL = "manifest.json", "model.json"


def write_outcome_bundle(model: OutcomeModel, told: dict[str, Any], out: Path) -> str:
    """Write the folder ``out`` and return its bundle id. Raises MissingInput where it cannot be written."""
    content = msgspec.json.encode(model)
    bundle_id = hashlib.sha256(content).hexdigest()
    with building_folder(out) as folder:
        (folder / MODEL).write_bytes(content)
        manifest = {"format": FORMAT, "bundle_id": bundle_id, "name": model.config.name, **told}
        (folder / MANIFEST).write_text(json.dumps(manifest, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    return bundle_id


def open_outcome_bundle(folder: Path) -> tuple[OutcomeModel, str]:
    """The model and its bundle id. Raises MissingInput or BundleRejected."""
    hint = "fit it again with adplat forecast outcomes fit"
    try:
        manifest = json.loads((folder / MANIFEST).read_bytes())
        content = (folder / MODEL).read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        raise MissingInput("no fitted outcomes here", where=str(folder), hint=hint) from None
    except ValueError:
        raise BundleRejected("the manifest is not JSON", where=str(folder), hint=hint) from None
    if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
        raise BundleRejected("not a bundle of outcomes", where=str(folder), hint=hint)
    if hashlib.sha256(content).hexdigest() != manifest.get("bundle_id"):
        raise BundleRejected("the model was altered", where=str(folder / MODEL), hint=hint)
    try:
        return msgspec.json.decode(content, type=OutcomeModel), str(manifest["bundle_id"])
    except msgspec.ValidationError:
        raise BundleRejected("written by another version", where=str(folder / MODEL), hint=hint) from None


def remember_bundle(workspace: Path, name: str, bundle: Path, bundle_id: str) -> None:
    """Keep under a config's name where its last fit lies."""
    told = {"bundle": str(bundle.resolve()), "bundle_id": bundle_id}
    write_bytes(_pointer(workspace, name), json.dumps(told).encode())


def remembered_bundle(workspace: Path, name: str) -> Path:
    """Where the last fit under a config's name lies. Raises MissingInput."""
    try:
        return Path(json.loads(_pointer(workspace, name).read_bytes())["bundle"])
    except (FileNotFoundError, NotADirectoryError, ValueError, KeyError):
        raise MissingInput(
            f"nothing was fitted under the name {name!r} in this workspace",
            where=str(workspace),
            hint="run adplat forecast outcomes fit first, or name its folder with --model",
        ) from None


def _pointer(workspace: Path, name: str) -> Path:
    return workspace / "forecast" / "outcomes" / f"{name}.json"
