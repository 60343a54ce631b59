"""Encoder vectors on disk by content, so that an image is encoded once however often it is asked for.

The key is (encoder fingerprint, SHA-256 of the content). Each batch becomes one file that appears whole by an
atomic rename, so writers need no lock and a kill leaves no half file. A file whose own checksum fails is
ignored and removed, and its vectors are made again. No pickle.
"""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

import numpy as np

from adplat.features.arrays import Float32

Key = bytes  # the 32 bytes of a SHA-256

_LARGEST = float(np.finfo(np.float16).max)


def stored_form(vectors: Float32) -> Float32:
    """What a vector is after one trip through the cache; used also without one, so that both agree."""
    return np.clip(vectors, -_LARGEST, _LARGEST).astype(np.float16).astype(np.float32)


class VectorCache:
    """The vectors of one encoder under ``folder/<fingerprint>/``."""

    def __init__(self, folder: Path, fingerprint: str) -> None:
        self._folder = folder / hashlib.sha256(fingerprint.encode()).hexdigest()[:24]

    def read(self, wanted: Collection[Key], size: int) -> dict[Key, Float32]:
        """Those of the wanted keys that are there; a damaged or foreign file counts as absent."""
        asked = set(wanted)
        return {
            key: vector.astype(np.float32)
            for keys, vectors in (self._shards(size) if asked else ())
            for key, vector in zip(keys, vectors, strict=True)
            if key in asked
        }

    def keys(self, size: int) -> set[Key]:
        """All that are there; what ``read`` would find, without holding a vector."""
        return {key for keys, _ in self._shards(size) for key in keys}

    def _shards(self, size: int) -> Iterator[tuple[list[Key], np.ndarray]]:  # (n, D) float16
        from safetensors import SafetensorError

        for path in sorted(self._folder.glob("*.safetensors")):
            try:
                keys, vectors = _read_shard(path)
            except (OSError, SafetensorError, KeyError, ValueError):
                path.unlink(missing_ok=True)
                continue
            if vectors.shape[1:] == (size,):
                yield keys, vectors

    def write(self, vectors: Mapping[Key, Float32]) -> None:
        """Add a batch; nothing is written when it is empty."""
        if not vectors:
            return
        from safetensors.numpy import save

        ordered = sorted(vectors)
        keys = np.frombuffer(b"".join(ordered), dtype=np.uint8).reshape(-1, 32)
        values = np.stack([vectors[key] for key in ordered]).astype(np.float16)
        content = save({"keys": keys, "vectors": values, "checksum": _checksum(keys, values)})
        self._folder.mkdir(parents=True, exist_ok=True)
        name = hashlib.sha256(keys.tobytes()).hexdigest()[:32]
        with tempfile.NamedTemporaryFile(dir=self._folder, suffix=".part", delete=False) as file:
            temporary = Path(file.name)
            try:
                file.write(content)
                file.flush()
                temporary.replace(self._folder / f"{name}.safetensors")
            finally:
                temporary.unlink(missing_ok=True)


def _read_shard(path: Path) -> tuple[list[Key], np.ndarray]:  # (n, D) float16
    from safetensors.numpy import load

    parts = load(path.read_bytes())
    keys, vectors = parts["keys"], parts["vectors"]
    if len(keys) != len(vectors) or not np.array_equal(parts["checksum"], _checksum(keys, vectors)):
        raise ValueError("the checksum of a cache file does not match")
    return [key.tobytes() for key in keys], vectors


def _checksum(keys: np.ndarray, vectors: np.ndarray) -> np.ndarray:  # bytes
    digest = hashlib.sha256(keys.tobytes() + vectors.tobytes()).digest()
    return np.frombuffer(digest, dtype=np.uint8)
