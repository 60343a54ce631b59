from __future__ import annotations

import hashlib
import multiprocessing
from pathlib import Path

import numpy as np
import pytest

from adplat.features.vector_cache import VectorCache, stored_form


def key(number: int) -> bytes:
    return hashlib.sha256(str(number).encode()).digest()


def vectors(numbers: range) -> dict[bytes, np.ndarray]:
    return {key(n): stored_form(np.array([n, n / 3, -n], dtype=np.float32)) for n in numbers}


def write_many(folder: Path, start: int) -> None:
    for first in range(start, start + 40, 4):
        VectorCache(folder, "e").write(vectors(range(first, first + 4)))


def test_what_was_written_is_read_back_exactly(tmp_path: Path) -> None:
    cache = VectorCache(tmp_path, "e")
    cache.write(vectors(range(5)))
    cache.write(vectors(range(5, 9)))
    found = cache.read([key(1), key(7), key(99)], 3)
    assert set(found) == {key(1), key(7)}
    np.testing.assert_array_equal(found[key(7)], vectors(range(7, 8))[key(7)])


def test_another_encoder_or_size_sees_nothing(tmp_path: Path) -> None:
    VectorCache(tmp_path, "e").write(vectors(range(3)))
    assert VectorCache(tmp_path, "other").read([key(1)], 3) == {}
    assert VectorCache(tmp_path, "e").read([key(1)], 4) == {}


@pytest.mark.parametrize("damage", ["cut", "empty", "flipped", "foreign"])
def test_a_damaged_file_is_absent_and_can_be_written_again(tmp_path: Path, damage: str) -> None:
    cache = VectorCache(tmp_path, "e")
    cache.write(vectors(range(4)))
    (shard,) = tmp_path.rglob("*.safetensors")
    content = bytearray(shard.read_bytes())
    if damage == "flipped":
        content[-1] ^= 1
    shard.write_bytes({"cut": content[:40], "empty": b"", "foreign": b"\x80\x04pickle"}.get(damage, bytes(content)))
    assert cache.read([key(1)], 3) == {}
    cache.write(vectors(range(4)))
    assert set(cache.read([key(1)], 3)) == {key(1)}


def test_a_half_written_file_is_never_read(tmp_path: Path) -> None:
    cache = VectorCache(tmp_path, "e")
    cache.write(vectors(range(2)))
    (shard,) = tmp_path.rglob("*.safetensors")
    shard.with_suffix(".part").write_bytes(shard.read_bytes()[:20])
    assert len(cache.read([key(0), key(1)], 3)) == 2


def test_several_processes_may_write_at_once(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    writers = [context.Process(target=write_many, args=(tmp_path, start)) for start in (0, 20)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert [writer.exitcode for writer in writers] == [0, 0]
    assert len(VectorCache(tmp_path, "e").read([key(n) for n in range(60)], 3)) == 60
    assert not list(tmp_path.rglob("*.part"))
