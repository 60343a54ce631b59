"""A plain mapping, as read from JSON or YAML, as the document that it is meant to be."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

import msgspec

from adplat.domain import ConfigRejected

T = TypeVar("T", bound=msgspec.Struct)


def document_of(content: Mapping[str, Any], kind: type[T], *, schema: str, where: str) -> T:
    """Raises ConfigRejected for unknown or missing fields and wrong types; ``schema`` is that of ``adplat schema``."""
    try:
        return msgspec.convert(dict(content), kind, strict=True)
    except msgspec.ValidationError as reason:
        raise ConfigRejected(
            " ".join(str(reason).split()), where=where, hint=f"compare the document with: adplat schema {schema}"
        ) from None
