"""A brief that a person or a program wrote, as a Brief that drafts can be made from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from adplat.artwork import MOST_UPLOAD_BYTES, UploadRefused
from adplat.data import as_config, load_placements, read_document
from adplat.domain import Brief, ConfigRejected, InputError, MissingInput, PlacementRules
from adplat.flows.draft_round import BriefPictures
from adplat.generation import check_brief

MOST_BYTES = 1_000_000


def read_brief(path: Path, placements: Mapping[str, PlacementRules] | None = None) -> Brief:
    """The brief in a YAML or JSON file; its pictures stand beside it.

    Raises MissingInput (the file or a picture) and ConfigRejected, with the file and the field.
    """
    size = path.stat().st_size if path.is_file() else 0
    if size > MOST_BYTES:
        raise ConfigRejected(
            f"a brief of {size:,} bytes", where=str(path), hint=f"{MOST_BYTES:,} at most; pictures stand beside it"
        )
    brief = brief_from(read_document(path), where=str(path), placements=placements)
    for field, name in (("product.image_path", brief.product.image_path), ("brand.logo_path", brief.brand.logo_path)):
        if name and not (path.parent / name).is_file():
            raise MissingInput(
                f"no such picture {name[:120]!r}", where=f"{path}: {field}", hint="paths are relative to the brief"
            )
    return brief


def pictures_of(brief: Brief, folder: Path) -> BriefPictures:
    """The files that a brief names, beside it. Raises MissingInput, UploadRefused (too large to be opened)."""

    def content_of(name: str, field: str) -> bytes:
        path, where = folder / name, f"{field}: {folder / name}"
        try:
            size = path.stat().st_size
            if size > MOST_UPLOAD_BYTES:  # said before so much is read
                raise UploadRefused(
                    f"the file has {size:,} bytes", where=where, hint=f"keep it under {MOST_UPLOAD_BYTES // 2**20} MiB"
                )
            return path.read_bytes()
        except OSError as reason:
            raise MissingInput(f"cannot be read: {reason.strerror}", where=where, hint="mend the path") from None

    logo = content_of(brief.brand.logo_path, "brand.logo_path") if brief.brand.logo_path else b""
    return BriefPictures(content_of(brief.product.image_path, "product.image_path"), logo)


def with_directions(brief: Brief, path: Path | None) -> Brief:
    """The brief with the directions of a file (as ``adplat improve`` writes it) before its own.

    Raises MissingInput, ConfigRejected.
    """
    if path is None:
        return brief
    told = read_document(path).get("directions")
    if not isinstance(told, list) or not all(isinstance(line, str) for line in told):
        raise ConfigRejected(
            "no list of directions", where=f"{path}: directions", hint="give what adplat improve wrote"
        )
    return replace(brief, directions=(*told, *(one for one in brief.directions if one not in told)))


def brief_from(content: dict[str, Any], *, where: str, placements: Mapping[str, PlacementRules] | None = None) -> Brief:
    """The same from a document already read; whether its pictures exist is not asked. Raises ConfigRejected."""
    try:
        brief = as_config(content, Brief, where=where)
        if not brief.product.image_path:
            raise ConfigRejected("no picture is named", where="product.image_path", hint="give the product's picture")
        check_brief(brief, load_placements() if placements is None else placements)
    except InputError as reason:
        if where in reason.where:
            raise
        place = f"{where}: {reason.where}" if reason.where else where
        raise type(reason)(reason.what, where=place, hint=reason.hint) from None
    return brief
