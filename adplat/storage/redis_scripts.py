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


def _read(*names: str) -> Script:
    """The last of these files, with what the others define put before it."""
    folder, name = files("adplat.storage") / "scripts", names[-1]
    text = "\n".join((folder / f"{part}.lua").read_text(encoding="utf-8") for part in names)
    return Script(name, text, hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest())


RECORD_DECISION = _read("record_decision")
LOG_REQUESTS = _read("log_requests")
FOLD = _read("fold")
ARMS_SINCE = _read("arms_since")
SETTLE = _read("owned_decision", "settle")
TELL_COUNTS = _read("tell_counts")
OPEN_REQUEST = _read("open_request")
CLOSE_REQUEST = _read("bid_money", "close_request")
RECORD_NOTICE = _read("bid_money", "owned_decision", "record_notice")
RELEASE_EXPIRED = _read("bid_money", "release_expired")
