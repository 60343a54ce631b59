"""ObjectStore: bytes named by their SHA-256, in a folder or in any place that ``fsspec`` can reach."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from adplat.domain import AdplatError, BundleRejected, ConfigRejected, StoreUnreachable, UnknownReference
from adplat.storage.atomic_files import write_atomically

_NAME = re.compile(r"[0-9a-f]{64}")


class FolderObjects:
    """Objects below ``root`` as ``ab/cd/abcd…``; a file there is whole or absent."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def put(self, content: bytes) -> str:
        """Store and return the name; storing the same bytes again is free."""
        name = hashlib.sha256(content).hexdigest()
        path = self.root / _sharded(name)
        with _store_errors(str(self.root)):
            # A wrong size is what a disk that was full or lost power leaves; it is written anew.
            if not path.is_file() or path.stat().st_size != len(content):
                path.parent.mkdir(parents=True, exist_ok=True)
                write_atomically(path, content)
        return name

    def get(self, sha256: str) -> bytes:
        """Raises UnknownReference when absent, BundleRejected when the bytes do not match the name."""
        with _store_errors(str(self.root)):
            try:
                content = (self.root / _sharded(sha256)).read_bytes()
            except FileNotFoundError as error:
                raise _absent(sha256, str(self.root)) from error
        return _verified(content, sha256, str(self.root))

    def has(self, sha256: str) -> bool:
        """Whether there is an object of this name; its bytes are looked at only by ``get``."""
        return bool(_NAME.fullmatch(sha256)) and (self.root / _sharded(sha256)).is_file()


class FsspecObjects:
    """Objects below an ``fsspec`` URL (``s3://bucket/prefix``, ``gs://…``, ``memory://…``).

    Meant for stores whose single PUT is atomic, as object stores' are; a folder is better served by FolderObjects.
    ``options`` go to the file system (endpoint, credentials); by default it finds them where its library looks.
    """

    def __init__(self, url: str, **options: Any) -> None:
        import fsspec

        self.place = _without_login(url)
        try:
            self._files, self._root = fsspec.url_to_fs(url, **options)
        except ImportError as error:
            raise ConfigRejected(
                f"the library for this kind of store is not installed: {error}",
                where=self.place,
                hint="install it with pip, for instance s3fs for s3://",
            ) from error
        except ValueError as error:
            raise ConfigRejected(
                f"no object store of this kind: {error}", where=self.place, hint="use a folder or s3://bucket"
            ) from error

    def put(self, content: bytes) -> str:
        """Store and return the name; storing the same bytes again sends nothing."""
        name = hashlib.sha256(content).hexdigest()
        path = self._path(name)
        with _store_errors(self.place):
            if not self._files.exists(path) or self._files.size(path) != len(content):
                self._files.makedirs(path.rpartition("/")[0], exist_ok=True)
                self._files.pipe_file(path, content)
        return name

    def get(self, sha256: str) -> bytes:
        """Raises UnknownReference when absent, BundleRejected when the bytes do not match the name."""
        with _store_errors(self.place):
            try:
                content: bytes = self._files.cat_file(self._path(sha256))
            except FileNotFoundError as error:
                raise _absent(sha256, self.place) from error
        return _verified(content, sha256, self.place)

    def has(self, sha256: str) -> bool:
        """Whether there is an object of this name."""
        if not _NAME.fullmatch(sha256):
            return False
        with _store_errors(self.place):
            return bool(self._files.exists(self._path(sha256)))

    def _path(self, name: str) -> str:
        return f"{self._root.rstrip('/')}/{_sharded(name)}"


def open_objects(place: str | Path, **options: Any) -> FolderObjects | FsspecObjects:
    """A folder for a path or ``file://`` URL, ``fsspec`` for any other URL."""
    text = str(place)
    if isinstance(place, Path) or "://" not in text:
        return FolderObjects(Path(text))
    if text.startswith("file://"):
        return FolderObjects(Path(text.removeprefix("file://")))
    return FsspecObjects(text, **options)


def _sharded(name: str) -> str:
    # Also keeps a name such as "../../etc/passwd" from ever becoming a path.
    if not _NAME.fullmatch(name):
        raise UnknownReference("not the name of an object", where=name[:80], hint="give 64 hex digits")
    return f"{name[:2]}/{name[2:4]}/{name}"


def _verified(content: bytes, name: str, place: str) -> bytes:
    if hashlib.sha256(content).hexdigest() != name:
        raise BundleRejected(
            f"object {name} was altered", where=place, hint="restore it, or put the original bytes again"
        )
    return content


def _absent(name: str, place: str) -> UnknownReference:
    return UnknownReference(f"there is no object {name}", where=place, hint="put it first")


def _without_login(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"


@contextmanager
def _store_errors(place: str) -> Iterator[None]:
    try:
        yield
    except AdplatError:
        raise
    except Exception as error:
        # Each store's library has errors of its own, with no common ancestor below Exception.
        line = next(iter(str(error).splitlines()), "") or type(error).__name__
        raise StoreUnreachable(
            f"the object store does not answer: {line}", where=place, hint="check the address and the login"
        ) from error
