"""The YAML form of a FeatureSchema: the field names of the domain class, defaults left out.

Reading refuses what the class alone cannot see: a sequence without a user, an item, a time or a known
outcome to collect, two tables of one role, a file path that leaves the folder.
"""

from __future__ import annotations

import dataclasses
from pathlib import Path, PurePosixPath
from typing import Any

import yaml

from adplat.data.atomic import write_bytes
from adplat.data.configs import as_config, read_yaml
from adplat.domain import ConfigRejected, Feature, FeatureKind, FeatureSchema, SideTable


def read_feature_schema(path: Path) -> FeatureSchema:
    """Read ``schema.yaml``. Raises MissingInput, or ConfigRejected naming the key and the nearest known one."""
    content = read_yaml(path)
    try:
        schema = as_config(content, FeatureSchema, where=str(path))
    except ConfigRejected as reason:
        if str(path) in reason.where:
            raise
        where = f"{path}: {reason.where}" if reason.where else str(path)
        raise ConfigRejected(reason.what, where=where, hint=reason.hint) from None
    _refuse_contradictions(schema, str(path))
    return schema


def write_feature_schema(schema: FeatureSchema, path: Path) -> None:
    """Write the YAML form atomically; reading it back gives an equal schema (and digest)."""
    text = yaml.safe_dump({"version": schema.version, **_plain(schema)}, sort_keys=False, allow_unicode=True, width=110)
    write_bytes(path, text.encode())


def _plain(value: Any) -> dict[str, Any]:
    """The fields of a dataclass that differ from their defaults, in declaration order."""
    kept: dict[str, Any] = {}
    for field in dataclasses.fields(value):
        content = getattr(value, field.name)
        if field.default is not dataclasses.MISSING and content == field.default:
            continue
        if (isinstance(value, Feature) and field.name == "columns" and content == (value.name,)) or (
            isinstance(value, SideTable) and field.name == "row_key" and content == value.key
        ):
            continue  # what the class fills in by itself
        if isinstance(content, tuple):
            content = [_plain(item) if dataclasses.is_dataclass(item) else item for item in content]
        elif isinstance(content, str):
            content = str(content.value) if hasattr(content, "value") else content
        kept[field.name] = content
    return kept


def _refuse_contradictions(schema: FeatureSchema, where: str) -> None:
    if schema.version != 1:
        raise ConfigRejected(f"schema version {schema.version} is unknown", where=where, hint="use version: 1")
    if not schema.features:
        raise ConfigRejected("the schema has no features", where=where, hint="list one or more features")
    names = [outcome.name for outcome in schema.outcomes]
    if not names or len(set(names)) != len(names):
        raise ConfigRejected(
            "outcomes are missing or named twice", where=where, hint="list each outcome once, e.g. click"
        )
    roles = [table.role for table in schema.tables if table.role != "other"]
    if len(set(roles)) != len(roles):
        raise ConfigRejected("two tables have the same role", where=where, hint="one item and one user table at most")
    for table in schema.tables:
        file = PurePosixPath(table.file)
        if file.is_absolute() or ".." in file.parts or not table.file:
            raise ConfigRejected(
                f"table file {table.file!r} is not inside the folder",
                where=f"{where}: {table.name}",
                hint="give a path relative to the folder of the rows",
            )
    for feature in schema.of_kind(FeatureKind.SEQUENCE):
        missing = [word for word in ("time", "user", "item") if not getattr(schema, word)]
        if missing:
            raise ConfigRejected(
                f"sequence {feature.name!r} needs the schema's {missing[0]!r} column",
                where=where,
                hint=f"add '{missing[0]}: COLUMN' or remove the sequence",
            )
        if feature.outcome not in names:
            raise ConfigRejected(
                f"sequence {feature.name!r} collects the unknown outcome {feature.outcome!r}",
                where=where,
                hint=f"known outcomes: {', '.join(names)}",
            )
