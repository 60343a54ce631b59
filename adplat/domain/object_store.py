"""The port of bytes by content."""

from __future__ import annotations

from typing import Protocol


class ObjectStore(Protocol):
    """Bytes by content: the name of an object is the SHA-256 (hex) of its bytes."""

    def put(self, content: bytes) -> str:
        """Store and return the name; storing the same bytes again is free."""
        ...

    def get(self, sha256: str) -> bytes:
        """Raises UnknownReference when absent, BundleRejected when the bytes do not match the name."""
        ...

    def has(self, sha256: str) -> bool: ...
