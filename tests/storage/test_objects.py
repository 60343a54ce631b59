"""Objects are named by their bytes, in a folder and beyond."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adplat.domain import BundleRejected, ConfigRejected, ObjectStore, StoreUnreachable, UnknownReference
from adplat.storage import FolderObjects, FsspecObjects, open_objects

ABSENT = "0" * 64


@pytest.fixture(params=["folder", "file", "memory"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> ObjectStore:
    if request.param == "folder":
        return FolderObjects(tmp_path / "objects")
    if request.param == "file":
        return FsspecObjects(f"file://{tmp_path}/objects")
    return FsspecObjects(f"memory://{tmp_path.name}")


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=st.binary(max_size=300))
def test_any_bytes_come_back_by_their_name(store: ObjectStore, content: bytes) -> None:
    name = store.put(content)

    assert name == hashlib.sha256(content).hexdigest() == store.put(content)
    assert store.has(name)
    assert store.get(name) == content


def test_what_was_never_put_is_absent(store: ObjectStore) -> None:
    assert not store.has(ABSENT)
    with pytest.raises(UnknownReference, match=ABSENT):
        store.get(ABSENT)


@pytest.mark.parametrize("name", ["", "../../etc/passwd", "A" * 64, "0" * 63 + "\n"])
def test_a_name_that_is_no_hash_never_becomes_a_path(store: ObjectStore, name: str) -> None:
    assert not store.has(name)
    with pytest.raises(UnknownReference):
        store.get(name)


@pytest.mark.parametrize("kind", ["folder", "file"])
def test_altered_bytes_are_refused_and_a_truncated_object_is_mended_by_putting_it_again(
    tmp_path: Path, kind: str
) -> None:
    store: ObjectStore = FolderObjects(tmp_path) if kind == "folder" else FsspecObjects(f"file://{tmp_path}")
    name = store.put(b"a picture")
    file = tmp_path / name[:2] / name[2:4] / name
    file.write_bytes(b"a pictura")
    with pytest.raises(BundleRejected, match="altered"):
        store.get(name)

    file.write_bytes(b"a pic")
    store.put(b"a picture")

    assert store.get(name) == b"a picture"


def test_a_folder_keeps_no_temporary_files(tmp_path: Path) -> None:
    store = FolderObjects(tmp_path)
    names = {store.put(bytes([number])) for number in range(20)}

    assert {file.name for file in tmp_path.rglob("*") if file.is_file()} == names


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")

    with pytest.raises(StoreUnreachable):
        FolderObjects(tmp_path / "file").put(b"x")


def test_an_address_chooses_the_store(tmp_path: Path) -> None:
    assert isinstance(open_objects(tmp_path), FolderObjects)
    assert isinstance(open_objects(str(tmp_path)), FolderObjects)
    file_store = open_objects(f"file://{tmp_path}")
    assert isinstance(file_store, FolderObjects)
    assert file_store.root == tmp_path
    assert isinstance(open_objects("memory://bucket"), FsspecObjects)


def test_a_store_of_no_known_kind_is_refused() -> None:
    with pytest.raises(ConfigRejected):
        open_objects("nonsense://me:secret@bucket")
