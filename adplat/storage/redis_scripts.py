"""The Lua scripts: read from this package, called by their SHA-1, loaded again when a server has forgotten them."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from importlib.resources import files


@dataclass(frozen=True, slots=True)
class Script:
    """One script; ``sha`` is the name under which a server that has loaded it knows it."""

    name: str
    text: str
    sha: str


def _read(name: str) -> Script:
    text = (files("adplat.storage") / "scripts" / f"{name}.lua").read_text(encoding="utf-8")
    return Script(name, text, hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest())


RECORD_DECISION = _read("record_decision")
RECORD_EVENT = _read("record_event")
FOLD = _read("fold")
