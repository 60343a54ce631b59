"""Pictures made small, once each, and kept in memory by what they are of: a page of fifty asks for fifty."""

from __future__ import annotations

import threading
from collections import OrderedDict

from adplat.artwork import thumbnail
from adplat.domain import ObjectStore

MOST_KEPT_BYTES = 32 * 2**20
_AT_ONCE = 2


class Thumbnails:
    """By the SHA-256 of the picture; those that nobody asked for longest go first. For several threads.

    Few are made at once: a large picture takes 144 MB while it is decoded.
    """

    def __init__(self, most_bytes: int = MOST_KEPT_BYTES) -> None:
        self._most_bytes, self._bytes = most_bytes, 0
        self._kept: OrderedDict[str, bytes] = OrderedDict()
        self._lock, self._making = threading.Lock(), threading.BoundedSemaphore(_AT_ONCE)

    def of(self, objects: ObjectStore, sha256: str) -> bytes:
        """Raises UnknownReference, and UploadRefused for what is no picture that can be opened."""
        found = self._found(sha256)
        if found is not None:
            return found
        with self._making:
            found = self._found(sha256)  # who waited may find it made
            return self._keep(sha256, thumbnail(objects.get(sha256))) if found is None else found

    def _found(self, sha256: str) -> bytes | None:
        with self._lock:
            if sha256 in self._kept:
                self._kept.move_to_end(sha256)
            return self._kept.get(sha256)

    def _keep(self, sha256: str, made: bytes) -> bytes:
        with self._lock:
            if sha256 not in self._kept:
                self._bytes += len(made)
            self._kept[sha256] = made
            while self._bytes > self._most_bytes and len(self._kept) > 1:
                _, gone = self._kept.popitem(last=False)
                self._bytes -= len(gone)
        return made
