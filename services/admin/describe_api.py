"""``python -m services.admin.describe_api``: the OpenAPI document of the admin, from which its client is generated.

The client keeps the document's digest beside it, so that a test sees when the two have parted: ``make client``.
"""

from __future__ import annotations

import hashlib
import json
import sys
from pathlib import Path
from typing import Any

from services.admin.app import admin_app


def api_document() -> dict[str, Any]:
    """The document, whatever adplat's own version and its pages are. The parts of the application are not opened."""

    def no_parts() -> Any:
        raise NotImplementedError

    document = {name: told for name, told in admin_app(no_parts).openapi().items() if not name.startswith("x-")}
    return document | {"info": document["info"] | {"version": "1"}}


def digest_of(document: dict[str, Any]) -> str:
    """SHA-256 of the document, however it is spaced and ordered."""
    return hashlib.sha256(json.dumps(document, sort_keys=True).encode()).hexdigest()


def main() -> None:
    """Writes ``openapi.json`` and ``openapi.sha256`` into the folder that is named."""
    folder, document = Path(sys.argv[1]), api_document()
    (folder / "openapi.json").write_text(json.dumps(document, indent=1, sort_keys=True), encoding="utf-8")
    (folder / "openapi.sha256").write_text(digest_of(document) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
