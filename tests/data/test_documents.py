"""JSON or YAML, one mapping."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from adplat.data import read_document
from adplat.domain import ConfigRejected, MissingInput


def test_json_and_yaml_are_told_apart_by_name(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text('{"x": [1, 2.5, null]}')
    (tmp_path / "a.yml").write_text("x: [1, 2.5, null]")
    assert read_document(tmp_path / "a.json") == read_document(tmp_path / "a.yml") == {"x": [1, 2.5, None]}


def test_numbers_that_json_does_not_know_are_left_to_the_reader(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text('{"x": NaN}')
    assert math.isnan(read_document(tmp_path / "a.json")["x"])


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"{", "line 1"),
        (b"[1]", "no object"),
        (b'{"a": {"b": 1, "b": 2}}', "'b' is given twice"),
        (b"\xff\xfe{", "not a JSON text|not valid JSON"),
        (b"[" * 100_000, "not a JSON text"),
    ],
)
def test_what_is_no_document_is_refused(tmp_path: Path, content: bytes, said: str) -> None:
    (tmp_path / "a.json").write_bytes(content)
    with pytest.raises(ConfigRejected, match=said):
        read_document(tmp_path / "a.json")


def test_what_is_no_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(MissingInput):
        read_document(tmp_path / "none.json")
    with pytest.raises(ConfigRejected, match="folder"):
        read_document(tmp_path)
