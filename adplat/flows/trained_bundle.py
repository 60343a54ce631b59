"""Which bundle a training config made last in this workspace: noted by training, looked up by whoever names the config.

Kept beside the state of the workspace under the config's file name, with a digest of what the config and its schema
said: a config that was changed since means a bundle that does not exist yet, and is refused.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import msgspec

from adplat.ctr import read_train_config
from adplat.data import read_feature_schema, write_bytes
from adplat.domain import ConfigRejected, MissingInput, ModelBundle

CONFIG_SUFFIXES = (".yaml", ".yml")


def remember_trained(workspace: Path, config: Path, bundle: ModelBundle) -> None:
    """Note that ``config`` made ``bundle``. Raises MissingInput where the workspace cannot be written."""
    told = {
        "bundle": str(Path(bundle.path).resolve()),
        "bundle_id": bundle.bundle_id,
        "config": str(config.resolve()),
        "digest": _digest(config),
    }
    write_bytes(_note(workspace, config), json.dumps(told, ensure_ascii=False).encode())


def trained_bundle(what: Path, workspace: Path) -> Path:
    """The folder of a bundle: ``what`` itself, or the last one that the training config ``what`` made.

    What the command line changed of the config (epochs, sample, seed) does not matter. Reads no bundle.

    Raises:
        MissingInput: nothing was trained from the config yet, or its bundle is gone.
        ConfigRejected: the config is none, or was changed since.
    """
    if what.suffix not in CONFIG_SUFFIXES or what.is_dir():
        return what
    digest = _digest(what)
    try:
        told = json.loads(_note(workspace, what).read_bytes())
        bundle, trained = Path(told["bundle"]), str(told["digest"])
    except (FileNotFoundError, NotADirectoryError, ValueError, KeyError, TypeError):
        raise MissingInput(
            f"nothing was trained from {what.name} in this workspace",
            where=str(workspace),
            hint=f"run adplat train {what} first, or name the bundle's folder",
        ) from None
    if trained != digest:
        raise ConfigRejected(
            f"the config or its schema says other things than what was trained into {bundle}",
            where=str(what),
            hint="train again, or name the bundle's folder",
        )
    if not bundle.is_dir():
        raise MissingInput(
            f"the bundle last trained from {what.name} is gone",
            where=str(bundle),
            hint=f"run adplat train {what} again, or name another bundle's folder",
        )
    return bundle


def _digest(config_path: Path) -> str:
    """SHA-256 (hex) of what the config and the schema it names say, wherever they lie and however they are written."""
    config, schema_path = read_train_config(config_path)
    said = msgspec.to_builtins(config) | {"schema": read_feature_schema(schema_path).digest()}
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()


def _note(workspace: Path, config: Path) -> Path:
    return workspace / "trained" / f"{config.stem}.json"
