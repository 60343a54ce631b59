"""A round of drafts as a folder: files, a sidecar beside each, ``drafts.json``, and contact sheets to look at.

The folder is there whole or not at all, and one that exists is never written into.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from adplat.artwork import suffix_of
from adplat.data import building_folder
from adplat.domain import Brief, ConfigRejected
from adplat.flows.contact_sheet import contact_page, contact_picture
from adplat.flows.describe_drafts import draft_document, review_document
from adplat.flows.draft_creatives import MadeDraft
from adplat.flows.draft_round import DraftRound


def require_new(out: Path) -> None:
    """Raises ConfigRejected for a folder that is there already, empty or not."""
    if out.exists():
        raise ConfigRejected("it is there already", where=str(out), hint="name another folder, or take it away")


def write_drafts(done: DraftRound, out: Path) -> dict[str, Any]:
    """Write it and give the document, in which every draft has its ``file``. Raises ConfigRejected, MissingInput."""
    require_new(out)
    document = done.document()
    names = file_names(done)
    for told, name in zip(document["drafts"], names, strict=True):
        told["file"] = name or None
    with building_folder(out) as folder:
        for one, name in zip(done.made, names, strict=True):
            stem = Path(name).stem if name else one.draft.draft_id
            if name:
                (folder / name).write_bytes(one.content)
            (folder / f"{stem}.json").write_bytes(sidecar_of(one, done.brief))
        (folder / "drafts.json").write_text(json.dumps(document, ensure_ascii=False, indent=1) + "\n")
        (folder / "drafts.html").write_text(contact_page(document))
        picture = contact_picture([(one.draft, one.content) for one in done.made if one.content])
        if picture:
            (folder / "drafts.png").write_bytes(picture)
    return document


def sidecar_of(one: MadeDraft, brief: Brief) -> bytes:
    """All that is known of one draft's making, as JSON: what the seal says and what it has no room for."""
    told: Mapping[str, Any] = {
        "draft": draft_document(one.draft),
        "review": review_document(one.review),
        "provenance": dict(one.sidecar),
        "artwork": None if one.draft.artwork is None else msgspec.to_builtins(one.draft.artwork),
        "brief": msgspec.to_builtins(brief),
    }
    return (json.dumps(told, ensure_ascii=False, indent=1) + "\n").encode()


def file_names(done: DraftRound) -> list[str]:
    """``PLACEMENT-LANGUAGE-NUMBER.jpg`` of each; empty for words alone."""
    count: dict[str, int] = {}
    names = []
    for one in done.made:
        stem = f"{one.draft.placement_id}-{one.draft.copy.language}"
        count[stem] = count.get(stem, 0) + 1
        names.append(f"{stem}-{count[stem]}{suffix_of(one.content)}" if one.content else "")
    return names
