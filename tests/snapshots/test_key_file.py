"""The published keys: written whole, read back, noticed, and told when they cannot be read."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from adplat.domain import ApiKey, Caller, InternalFault, KeyBook, Permission
from adplat.snapshots import KeyFile

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
BOOK = KeyBook(
    (Caller("shop", "Tea 茶", frozenset({Permission.BID}), frozenset({"a1"})), Caller("all")),
    (ApiKey("adp_1", "shop", "1" * 64, NOON, "mei", NOON, NOON), ApiKey("adp_2", "all", "2" * 64, NOON)),
)


def test_what_is_written_is_read_back_and_noticed(tmp_path: Path) -> None:
    file, reader = KeyFile(tmp_path), KeyFile(tmp_path)
    assert reader.read() is None
    assert not reader.has_moved()
    file.write(BOOK)
    assert reader.has_moved()
    read = reader.read()
    assert read is not None
    assert (tuple(read.callers), tuple(read.keys)) == (BOOK.callers, BOOK.keys)
    assert not reader.has_moved()
    file.path.unlink()
    assert reader.has_moved()


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"callers": [{"caller_id": "a b"}]}', b'{"keys": [{}]}'])
def test_a_damaged_file_says_how_it_is_mended(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "keys.json").write_bytes(content)
    with pytest.raises(InternalFault, match="adplat key publish"):
        KeyFile(tmp_path).read()
